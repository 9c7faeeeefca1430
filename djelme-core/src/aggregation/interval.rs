//! Spans of time in requests.

use std::time::Duration;

use chrono::TimeDelta;

/// A span of the calendar, in the time zone of the aggregation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CalendarInterval {
    /// From the second 00.
    Minute,
    /// From the minute 00.
    Hour,
    /// From midnight, 23 to 25 hours.
    Day,
    /// From Monday.
    Week,
    /// From the first day of the month.
    Month,
    /// From the first day of January, April, July or October.
    Quarter,
    /// From the first day of the year.
    Year,
}

impl CalendarInterval {
    /// Elasticsearch's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// The span as Elasticsearch writes it, such as `90m`; `None` below a millisecond, or for nothing at all.
pub(super) fn fixed(interval: Duration) -> Option<String> {
    let milliseconds = interval.as_millis();
    let whole = milliseconds > 0 && interval.subsec_nanos().is_multiple_of(1_000_000);
    let unit = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")]
        .into_iter()
        .find(|(unit, _)| milliseconds.is_multiple_of(*unit));
    let (unit, name) = unit.filter(|_| whole)?;
    Some(format!("{}{name}", milliseconds / unit))
}

/// The shift as Elasticsearch writes it, such as `+6h` or `-90m`; `None` if it is not of whole milliseconds.
pub(super) fn shift(by: TimeDelta) -> Option<String> {
    if by.is_zero() {
        return Some("+0ms".into());
    }
    let sign = if by < TimeDelta::zero() { '-' } else { '+' };
    Some(format!("{sign}{}", fixed(by.abs().to_std().ok()?)?))
}
