//! The parameters of intervals of time.

use serde_json::Value;

use super::params::Params;
use super::rounding::{Calendar, Interval, Rounding};
use crate::date::Zone;
use crate::error::Refusal;

/// Reads `calendar_interval` or `fixed_interval`, `time_zone` and `offset`.
pub(super) fn rounding(params: &Params<'_>) -> Result<Rounding, Refusal> {
    let zone = match params.value("time_zone") {
        None => Zone::UTC,
        Some(Value::String(zone)) => Zone::parse(zone)
            .ok_or_else(|| params.wrong("time_zone", format_args!("Unknown time-zone ID: {zone}")))?,
        Some(other) => return Err(params.wrong_type("time_zone", other)),
    };
    let offset = match params.value("offset") {
        None => 0,
        Some(Value::Number(number)) => {
            number.as_i64().ok_or_else(|| params.wrong("offset", "not a whole number of milliseconds"))?
        }
        Some(Value::String(text)) => offset(params, text)?,
        Some(other) => return Err(params.wrong_type("offset", other)),
    };
    Ok(Rounding { interval: interval(params)?, zone, offset })
}

/// The parameters `calendar_interval` and `fixed_interval`, of which there must be one.
fn interval(params: &Params<'_>) -> Result<Interval, Refusal> {
    match (params.text("calendar_interval")?, params.text("fixed_interval")?) {
        (Some(_), Some(_)) => Err(params.wrong(
            "fixed_interval",
            "Cannot use [fixed_interval] with [calendar_interval] configuration option.",
        )),
        (Some(text), None) => Calendar::parse(text).map(Interval::Calendar).ok_or_else(|| {
            let why = format!("The supplied interval [{text}] could not be parsed as a calendar interval.");
            params.wrong("calendar_interval", why)
        }),
        (None, Some(text)) => match duration(text) {
            Some(length) if length <= 0 => {
                Err(Refusal::illegal("Zero or negative time interval not supported"))
            }
            Some(length) => Ok(Interval::Fixed(length)),
            None => Err(params.wrong("fixed_interval", no_duration("date_histogram.fixedInterval", text))),
        },
        (None, None) => Err(Refusal::illegal("Invalid interval specified, must be non-null and non-empty")),
    }
}

fn no_duration(setting: &str, text: &str) -> String {
    format!(
        "failed to parse setting [{setting}] with value [{text}] as a time value: unit is missing or unrecognized"
    )
}

/// A length of time in whole milliseconds: `90m`.
fn duration(text: &str) -> Option<i64> {
    let digits = text.find(|character: char| !character.is_ascii_digit() && character != '-')?;
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(unit)
}

/// The parameter `offset`: a length of time with a sign.
fn offset(params: &Params<'_>, text: &str) -> Result<i64, Refusal> {
    let length = match text.strip_prefix('-') {
        Some(rest) => duration(rest).map(|length| -length),
        None => duration(text.strip_prefix('+').unwrap_or(text)),
    };
    length.ok_or_else(|| {
        params.wrong("offset", no_duration("DateHistogramAggregationBuilder.parseOffset", text))
    })
}

/// The length of a unit of time, for rates: `day`, `1d` or `90m`.
pub(super) fn unit(text: &str) -> Option<i64> {
    match Calendar::parse(text) {
        Some(calendar) => Some(calendar.typical_length()),
        None => duration(text).filter(|length| *length > 0),
    }
}
