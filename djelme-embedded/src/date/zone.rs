//! Time zones: fixed offsets, and places of the IANA database with their daylight-saving times.

use chrono::{DateTime, MappedLocalTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

use super::civil::{HOUR, MINUTE, SECOND};

/// The offset from UTC, always or at each moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Milliseconds.
    Fixed(i64),
    Named(Tz),
}

impl Zone {
    pub(crate) const UTC: Self = Self::Fixed(0);

    /// `Z`, `+01:00`, `Europe/Berlin`, `UTC`: what Java takes for a zone.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if matches!(text, "Z" | "UTC" | "GMT" | "UT") {
            return Some(Self::UTC);
        }
        if text.starts_with(['+', '-']) {
            return offset(text).map(Self::Fixed);
        }
        if let Ok(zone) = text.parse::<Tz>() {
            return Some(Self::Named(zone));
        }
        let prefix = ["UTC", "GMT", "UT"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
        prefix.starts_with(['+', '-']).then(|| offset(prefix).map(Self::Fixed))?
    }

    /// What is to be added to UTC at this moment, in milliseconds.
    pub(crate) fn offset_at(self, millis: i64) -> i64 {
        match self {
            Self::Fixed(offset) => offset,
            Self::Named(zone) => {
                let moment = DateTime::from_timestamp_millis(millis).unwrap_or({
                    if millis < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC }
                });
                seconds(zone.offset_from_utc_datetime(&moment.naive_utc()).fix())
            }
        }
    }

    /// The moment at which the clocks of the place show this (milliseconds since 1970 there). Of two moments it is
    /// the earlier; a time that the clocks skip counts as if they had not been set forward yet.
    pub(crate) fn to_utc(self, local: i64) -> Option<i64> {
        match self {
            Self::Fixed(offset) => local.checked_sub(offset),
            Self::Named(zone) => {
                let offset = (0..=24).find_map(|hours| local_offset(zone, local - hours * HOUR));
                local.checked_sub(offset.unwrap_or_else(|| self.offset_at(local)))
            }
        }
    }
}

/// The offset of the first moment at which the clocks show this.
fn local_offset(zone: Tz, local: i64) -> Option<i64> {
    let clock = DateTime::from_timestamp_millis(local)?.naive_utc();
    match zone.offset_from_local_datetime(&clock) {
        MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => {
            Some(seconds(offset.fix()))
        }
        MappedLocalTime::None => None,
    }
}

fn seconds(offset: chrono::FixedOffset) -> i64 {
    i64::from(offset.local_minus_utc()) * SECOND
}

/// `+1`, `+01`, `+0100`, `+01:00`, `+010000` or `+01:00:00`, within 18 hours.
fn offset(text: &str) -> Option<i64> {
    let (sign, digits) = text.split_at_checked(1)?;
    let parts: Vec<&str> = match digits.len() {
        _ if digits.contains(':') => digits.split(':').collect(),
        1 | 2 => vec![digits],
        4 => vec![digits.get(..2)?, digits.get(2..)?],
        6 => vec![digits.get(..2)?, digits.get(2..4)?, digits.get(4..)?],
        _ => return None,
    };
    let mut millis = 0;
    for (at, part) in parts.iter().enumerate() {
        let two = part.len() == 2 || (part.len() == 1 && parts.len() == 1);
        let value =
            part.parse::<i64>().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()) && two)?;
        millis += match at {
            0 => value * HOUR,
            1 if value < 60 => value * MINUTE,
            2 if value < 60 => value * SECOND,
            _ => return None,
        };
    }
    (millis <= 18 * HOUR).then_some(if sign == "-" { -millis } else { millis })
}

/// An offset as ISO 8601 writes it, with `Z` for none.
pub(super) fn format_offset(offset: i64) -> String {
    if offset == 0 {
        return "Z".to_owned();
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let offset = offset.abs();
    let (hours, minutes, seconds) = (offset / HOUR, offset % HOUR / MINUTE, offset % MINUTE / SECOND);
    if seconds == 0 {
        format!("{sign}{hours:02}:{minutes:02}")
    } else {
        format!("{sign}{hours:02}:{minutes:02}:{seconds:02}")
    }
}
