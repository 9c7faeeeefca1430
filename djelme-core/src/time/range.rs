//! A range of time: what a search asks for.

use std::fmt;

use chrono::{DateTime, Utc};

use super::TimeBound;
use crate::error::{Error, Result};

/// From one time (inclusive) until another (exclusive).
///
/// ```
/// use djelme_core::time::{IntoTimeBound, TimeRange};
///
/// let spring = TimeRange::new((2026, 3).into_time_bound()?, (2026, 6).into_time_bound()?)?;
/// assert_eq!(spring.to_string(), "2026.3 until 2026.6");
/// # Ok::<(), djelme_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRange {
    from: TimeBound,
    until: TimeBound,
}

impl TimeRange {
    /// The range between two bounds.
    ///
    /// # Errors
    /// [`Error::Range`] if it ends before or where it starts.
    pub fn new(from: TimeBound, until: TimeBound) -> Result<Self> {
        let range = Self { from, until };
        let reason = if until.instant() < from.instant() {
            "it is reversed: `until` lies before `from`"
        } else if until.instant() == from.instant() {
            "it is empty: `until` is exclusive, so it must lie after `from`"
        } else {
            return Ok(range);
        };
        Err(Error::Range { given: range.to_string(), reason: reason.to_owned() })
    }

    /// The start, which belongs to the range.
    #[must_use]
    pub fn from(&self) -> TimeBound {
        self.from
    }

    /// The end, which does not belong to the range.
    #[must_use]
    pub fn until(&self) -> TimeBound {
        self.until
    }

    /// Whether the instant lies within the range.
    #[must_use]
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        (self.from.instant()..self.until.instant()).contains(&instant)
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} until {}", self.from, self.until)
    }
}
