//! Times as text: dotted time parts and ISO 8601 dates and date-times.

use chrono::{FixedOffset, NaiveDate, NaiveTime, Weekday};

use super::bound::{IntoTimeBound, TimeBound};
use super::{TimeParts, not_a_time};
use crate::error::Result;

const FORMS: &str =
    "a time is written as \"2026\", \"2026-02\", \"2026-02-14\", \"2026.2.14\" or \"2026-02-14T23:59:59Z\"";

/// Reads any of the forms that [`IntoTimeBound`] lists.
pub(super) fn parse_bound(given: &str) -> Result<TimeBound> {
    if given.is_empty() {
        return Err(not_a_time(given, "it is empty"));
    }
    // Eight digits are a day without hyphens, any other number a year.
    let basic_date = digits(given, 8).is_some();
    if !basic_date && given.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return TimeParts::parse(given)?.into_time_bound();
    }
    match given.split_once(['T', 't', ' ']) {
        Some((date, time)) => date_time(given, date, time),
        None => iso_date(given).ok_or_else(|| not_a_time(given, FORMS))?.into_time_bound(),
    }
}

/// The parts of an ISO date: a day (calendar or week, with or without hyphens), a week's Monday, or a month.
fn iso_date(date: &str) -> Option<TimeParts> {
    let hyphens = date.bytes().filter(|&byte| byte == b'-').count();
    let (year, rest) = date.split_at_checked(4)?;
    let year = digits(year, 4)?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if let Some(week) = rest.strip_prefix('W') {
        let (week, weekday) = week.split_at_checked(2)?;
        let weekday = match (weekday.strip_prefix('-'), hyphens) {
            (None, 0 | 1) if weekday.is_empty() => 1,
            (None, 0) => digits(weekday, 1)?,
            (Some(weekday), 2) => digits(weekday, 1)?,
            _ => return None,
        };
        let weekday = Weekday::try_from(u8::try_from(weekday.checked_sub(1)?).ok()?).ok()?;
        let day = NaiveDate::from_isoywd_opt(i32::try_from(year).ok()?, digits(week, 2)?, weekday)?;
        return Some(day.into_time_bound().ok()?.parts());
    }
    let (month, rest) = rest.split_at_checked(2)?;
    let month = digits(month, 2)?;
    let day = match (rest.strip_prefix('-'), hyphens) {
        (None, 1) if rest.is_empty() => return TimeParts::new(&[year, month]).ok(),
        (None, 0) => rest,
        (Some(day), 2) => day,
        _ => return None,
    };
    TimeParts::new(&[year, month, digits(day, 2)?]).ok()
}

/// An ISO date-time, which must name its zone.
fn date_time(given: &str, date: &str, time: &str) -> Result<TimeBound> {
    let day = iso_date(date).filter(|parts| parts.len() == 3).ok_or_else(|| not_a_time(given, FORMS))?;
    let midnight = day.into_time_bound()?.instant();
    let Some(at) = time.find(['Z', 'z', '+', '-']) else {
        return Err(not_a_time(
            given,
            "its zone is missing: add `Z` if it is in UTC, or an offset such as `+01:00`",
        ));
    };
    let (clock, zone) = time.split_at(at);
    let clock = clock_time(clock).ok_or_else(|| {
        not_a_time(given, "the clock is written as \"23:59\" or \"23:59:59\", up to second 59")
    })?;
    let zone =
        offset(zone).ok_or_else(|| not_a_time(given, "the zone is `Z` or an offset such as `+01:00`"))?;
    midnight
        .date_naive()
        .and_time(clock)
        .checked_sub_offset(zone)
        .ok_or_else(|| not_a_time(given, "the year must be within 1 to 9999"))?
        .and_utc()
        .into_time_bound()
}

/// `23`, `23:59`, `23:59:59` and the same without colons; up to nine decimals of the second.
fn clock_time(clock: &str) -> Option<NaiveTime> {
    let (clock, decimals) = match clock.split_once('.') {
        Some((clock, decimals)) => (clock, Some(decimals)),
        None => (clock, None),
    };
    let [hour, minute, second] = two_digit_fields(clock)?;
    let nanos = match decimals {
        None => 0,
        Some(decimals) if second.is_some() && (1..=9).contains(&decimals.len()) => {
            digits(decimals, decimals.len())? * 10_u32.pow(9 - decimals.len() as u32)
        }
        Some(_) => return None,
    };
    NaiveTime::from_hms_nano_opt(hour?, minute.unwrap_or(0), second.unwrap_or(0), nanos)
}

/// `Z`, `+01`, `+01:00`, `+0100`.
fn offset(zone: &str) -> Option<FixedOffset> {
    let sign = match zone.as_bytes().first()? {
        b'Z' | b'z' => return (zone.len() == 1).then(|| FixedOffset::east_opt(0))?,
        b'-' => -1,
        _ => 1,
    };
    let [hours, minutes, None] = two_digit_fields(zone.get(1..)?)? else { return None };
    let minutes = minutes.filter(|&minutes| minutes < 60).or(minutes.is_none().then_some(0))?;
    FixedOffset::east_opt(sign * i32::try_from(hours? * 3_600 + minutes * 60).ok()?)
}

/// One to three fields of two digits, all or none of them divided by colons.
fn two_digit_fields(text: &str) -> Option<[Option<u32>; 3]> {
    let mut fields = [None; 3];
    let mut rest = text;
    for (place, field) in fields.iter_mut().enumerate() {
        if place > 0 && text.contains(':') {
            rest = rest.strip_prefix(':')?;
        }
        let (two, after) = rest.split_at_checked(2)?;
        *field = Some(digits(two, 2)?);
        rest = after;
        if rest.is_empty() {
            return Some(fields);
        }
    }
    None
}

/// A number of exactly so many ASCII digits.
fn digits(text: &str, len: usize) -> Option<u32> {
    (text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}
