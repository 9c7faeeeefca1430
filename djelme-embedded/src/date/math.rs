//! Date math: `now-7d/d`, `2020-02-01||-1M/M`, and the bounds of ranges that are written so.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::civil::{Civil, days, days_of_month};
use super::{DAY, DateFormat, HOUR, MINUTE, Missing, SECOND, Zone};
use crate::error::Refusal;

/// The milliseconds since 1970 that a bound means. `last` where it is rounded up: what a rounding takes in, or what a
/// date has not, is then counted to its end. `zone` counts where the text names none, and is the zone of roundings.
pub(crate) fn parse_bound(
    format: &DateFormat,
    text: &str,
    last: bool,
    now: DateTime<Utc>,
    zone: Zone,
) -> Result<i64, Refusal> {
    let date = |text: &str, last: bool| {
        let missing = if last { Missing::Last } else { Missing::First };
        format.parse(text, missing, zone).map_err(|error| unreadable(text, format, &error.0))
    };
    if let Some(math) = text.strip_prefix("now") {
        return calculate(math, now.timestamp_millis(), last, zone);
    }
    match text.split_once("||") {
        Some((text, math)) => calculate(math, date(text, false)?, last, zone),
        None => date(text, last),
    }
}

/// The text of a value, as Java writes it: numbers are read by the same formats as texts.
pub(crate) fn bound_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(double) if !(1e-3..1e7).contains(&double.abs()) && double != 0.0 => format!("{double:E}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// The instants that equal a date: a day, if it is only a day.
pub(crate) fn instants(
    format: &DateFormat,
    text: &str,
    now: DateTime<Utc>,
    zone: Zone,
) -> Result<RangeInclusive<i64>, Refusal> {
    Ok(parse_bound(format, text, false, now, zone)?..=parse_bound(format, text, true, now, zone)?)
}

fn unreadable(text: &str, format: &DateFormat, reason: &str) -> Refusal {
    if text.is_empty() {
        return wrong("cannot parse empty datetime");
    }
    let format = format.as_str();
    wrong(format_args!("failed to parse date field [{text}] with format [{format}]: [{reason}]"))
}

fn wrong(reason: impl std::fmt::Display) -> Refusal {
    Refusal::new(400, "parse_exception", reason.to_string())
}

/// Carries out `+1d-2h/d` on an instant.
fn calculate(math: &str, instant: i64, last: bool, zone: Zone) -> Result<i64, Refusal> {
    let mut instant = instant;
    let mut rest = math.chars().peekable();
    while let Some(operator) = rest.next() {
        let truncated = || wrong(format_args!("truncated date math [{math}]"));
        if !matches!(operator, '/' | '+' | '-') {
            return Err(wrong(format_args!("operator not supported for date math [{math}]")));
        }
        let mut digits = String::new();
        while let Some(digit) = rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        let unit = rest.next().ok_or_else(truncated)?;
        let count = if digits.is_empty() { 1 } else { whole(&digits)? };
        if operator == '/' && count != 1 {
            let reason = format_args!("rounding `/` can only be used on single unit types [{math}]");
            return Err(wrong(reason));
        }
        let unsupported = || wrong(format_args!("unit [{unit}] not supported for date math [{math}]"));
        let unit = Unit::of(unit).ok_or_else(unsupported)?;
        let result = match operator {
            '/' => unit.round(instant, last, zone),
            '-' => unit.add(instant, -count, zone),
            _ => unit.add(instant, count, zone),
        };
        instant =
            result.ok_or_else(|| Refusal::illegal(format!("the date math [{math}] leaves the calendar")))?;
    }
    Ok(instant)
}

fn whole(digits: &str) -> Result<i64, Refusal> {
    digits
        .parse::<i32>()
        .map(i64::from)
        .map_err(|_| Refusal::new(400, "number_format_exception", format!("For input string: \"{digits}\"")))
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Months(i64),
    Days(i64),
    /// Milliseconds, whatever the clocks do.
    Time(i64),
}

impl Unit {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'y' => Self::Months(12),
            'M' => Self::Months(1),
            'w' => Self::Days(7),
            'd' => Self::Days(1),
            'h' | 'H' => Self::Time(HOUR),
            'm' => Self::Time(MINUTE),
            's' => Self::Time(SECOND),
            _ => return None,
        })
    }

    /// So many units later, by the calendar of the place.
    fn add(self, instant: i64, count: i64, zone: Zone) -> Option<i64> {
        let local = Civil::new(instant, zone);
        match self {
            Self::Time(length) => instant.checked_add(count.checked_mul(length)?),
            Self::Days(length) => {
                let day = days(local.year, local.month, local.day).checked_add(count.checked_mul(length)?)?;
                at(day, local.time, zone)
            }
            Self::Months(length) => {
                let months = local.year.checked_mul(12)?.checked_add(i64::from(local.month) - 1)?;
                let (year, month) = year_and_month(months.checked_add(count.checked_mul(length)?)?);
                // The 31st becomes the last of a shorter month.
                let day = local.day.min(days_of_month(year, month));
                at(days(year, month, day), local.time, zone)
            }
        }
    }

    /// The start of the unit that the instant is in; with `last` its last millisecond.
    fn round(self, instant: i64, last: bool, zone: Zone) -> Option<i64> {
        let local = Civil::new(instant, zone);
        let day = days(local.year, local.month, local.day);
        let start = match self {
            Self::Time(length) => {
                let start = instant.checked_sub(local.time.rem_euclid(length))?;
                // Unless the clocks were changed since then.
                if zone.offset_at(start) == local.offset {
                    start
                } else {
                    at(day, local.time - local.time.rem_euclid(length), zone)?
                }
            }
            // 1970-01-01 was a Thursday; weeks begin on Mondays.
            Self::Days(7) => at(day - (day + 3).rem_euclid(7), 0, zone)?,
            Self::Days(_) => at(day, 0, zone)?,
            Self::Months(12) => at(days(local.year, 1, 1), 0, zone)?,
            Self::Months(_) => at(days(local.year, local.month, 1), 0, zone)?,
        };
        if last { self.add(start, 1, zone)?.checked_sub(1) } else { Some(start) }
    }
}

/// Year and month, counted in months since the year 0.
fn year_and_month(months: i64) -> (i64, u32) {
    (months.div_euclid(12), u32::try_from(months.rem_euclid(12)).unwrap_or_default() + 1)
}

/// The instant of this day and time at the place.
fn at(day: i64, time: i64, zone: Zone) -> Option<i64> {
    zone.to_utc(day.checked_mul(DAY)?.checked_add(time)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[track_caller]
    fn check(text: &str, last: bool, zone: &str, expected: &str) {
        let now = DateTime::parse_from_rfc3339("2020-05-20T13:14:15.016Z").unwrap().to_utc();
        let zone = Zone::parse(zone).unwrap();
        let found = parse_bound(&DateFormat::default(), text, last, now, zone).unwrap();
        assert_eq!(found, millis(expected), "{text}: {:?}", DateTime::from_timestamp_millis(found));
    }

    #[test]
    fn math_counts_by_the_calendar_and_rounds_either_way() {
        check("now", false, "Z", "2020-05-20T13:14:15.016Z");
        check("now-7d", false, "Z", "2020-05-13T13:14:15.016Z");
        check("now-7d/d", false, "Z", "2020-05-13T00:00:00Z");
        check("now-7d/d", true, "Z", "2020-05-13T23:59:59.999Z");
        check("now/w", false, "Z", "2020-05-18T00:00:00Z");
        check("now/w", true, "Z", "2020-05-24T23:59:59.999Z");
        check("now/M", true, "Z", "2020-05-31T23:59:59.999Z");
        check("now/y", true, "Z", "2020-12-31T23:59:59.999Z");
        check("now/h", false, "Z", "2020-05-20T13:00:00Z");
        check("now/m", true, "Z", "2020-05-20T13:14:59.999Z");
        check("now+1M-1d/s", false, "Z", "2020-06-19T13:14:15Z");
        check("2020-03-31||-1M", false, "Z", "2020-02-29T00:00:00Z");
        check("2020-02-29||+1y", false, "Z", "2021-02-28T00:00:00Z");
        check("2020-02-15||/M", true, "Z", "2020-02-29T23:59:59.999Z");
        check("2020-02-15||", true, "Z", "2020-02-15T00:00:00Z");
        check("2020-02-15", true, "Z", "2020-02-15T23:59:59.999Z");
        check("2020", true, "Z", "2020-01-01T23:59:59.999Z");
        check("now/d", false, "+01:00", "2020-05-19T23:00:00Z");
        check("2020-03-29||+1d", false, "Europe/Berlin", "2020-03-29T22:00:00Z");
        check("2020-03-29||/d", true, "Europe/Berlin", "2020-03-29T21:59:59.999Z");
        check("2020-10-25||+1d", false, "Europe/Berlin", "2020-10-25T23:00:00Z");
        check("2020-10-25T01:30:00Z||/h", false, "Europe/Berlin", "2020-10-25T01:00:00Z");
    }

    #[test]
    fn what_is_no_math_is_an_error_in_elasticsearchs_words() {
        let cases = [
            ("now/x", "unit [x] not supported for date math [/x]"),
            ("now*1d", "operator not supported for date math [*1d]"),
            ("now+", "truncated date math [+]"),
            ("now+1", "truncated date math [+1]"),
            ("now/2d", "rounding `/` can only be used on single unit types [/2d]"),
            ("now-9999999999y", "For input string: \"9999999999\""),
            ("", "cannot parse empty datetime"),
        ];
        for (text, reason) in cases {
            let error = parse_bound(&DateFormat::default(), text, false, Utc::now(), Zone::UTC).unwrap_err();
            assert_eq!(error.reason, reason, "{text}");
        }
        let error = parse_bound(&DateFormat::default(), "abc", false, Utc::now(), Zone::UTC).unwrap_err();
        assert!(
            error
                .reason
                .starts_with("failed to parse date field [abc] with format [strict_date_optional_time")
        );
        for text in ["now+2147483647y", "now-2147483647y+2147483647y", "now+2147483647w+2147483647w"] {
            let _ = parse_bound(&DateFormat::default(), text, true, Utc::now(), Zone::UTC);
        }
    }

    #[test]
    fn numbers_are_written_as_java_writes_them() {
        assert_eq!(bound_text(&1_581_762_030_123_i64.into()), "1581762030123");
        assert_eq!(bound_text(&1_581_762_030_123.0_f64.into()), "1.581762030123E12");
        assert_eq!(bound_text(&5.5.into()), "5.5");
    }
}
