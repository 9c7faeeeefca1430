//! The calendar: which time parts exist, when they start and when they end.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};

use super::{TimeParts, not_a_time};
use crate::error::Result;

/// Each part after the year and the day, which the calendar itself checks: name, least and greatest value.
const LIMITS: [(&str, u32, u32); TimeParts::MAX_LEN] = [
    ("year", 1, 9999),
    ("month", 1, 12),
    ("day", 1, 31),
    ("hour", 0, 23),
    ("minute", 0, 59),
    ("second", 0, 59),
    ("microsecond", 0, 999_999),
];

impl TimeParts {
    /// The first instant of the span.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if there are no parts, or the calendar has no such time.
    pub fn start(&self) -> Result<DateTime<Utc>> {
        if self.is_empty() {
            return Err(not_a_time("", "there is no year"));
        }
        for (&part, (name, least, most)) in self.as_slice().iter().zip(LIMITS) {
            if !(least..=most).contains(&part) {
                return Err(not_a_time(
                    self.to_string(),
                    format!("the {name} {part} is not within {least} to {most}"),
                ));
            }
        }
        let padded = self.resolve(7, true, false);
        let &[year, month, day, hour, minute, second, micros] = padded.as_slice() else {
            return Err(not_a_time(self.to_string(), "there are at most seven time parts"));
        };
        NaiveDate::from_ymd_opt(year as i32, month, day)
            .and_then(|date| date.and_hms_micro_opt(hour, minute, second, micros))
            .map(|time| time.and_utc())
            .ok_or_else(|| not_a_time(self.to_string(), format!("the month {year}.{month} has no day {day}")))
    }

    /// The first instant of the span and the first one after it.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn span(&self) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
        let start = self.start()?;
        let end = match self.len() {
            1 => start.checked_add_months(Months::new(12)),
            2 => start.checked_add_months(Months::new(1)),
            3 => start.checked_add_signed(TimeDelta::days(1)),
            4 => start.checked_add_signed(TimeDelta::hours(1)),
            5 => start.checked_add_signed(TimeDelta::minutes(1)),
            6 => start.checked_add_signed(TimeDelta::seconds(1)),
            _ => start.checked_add_signed(TimeDelta::microseconds(1)),
        };
        Ok((start, end.unwrap_or(DateTime::<Utc>::MAX_UTC)))
    }

    /// The span of the same length that follows: `2026.12` is followed by `2027.1`.
    ///
    /// # Errors
    /// As [`start`](Self::start), and at the end of the year 9999.
    pub fn next(&self) -> Result<Self> {
        let (_, end) = self.span()?;
        Self::of(end)?;
        Ok(Self::of_valid(end).truncated(self.len()))
    }
}
