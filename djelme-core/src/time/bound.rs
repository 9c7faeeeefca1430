//! What counts as a time in calls: tuples, chrono's types, text and cycles.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use super::text::parse_bound;
use super::{Cycle, CycleDepth, TimeParts, not_a_time};
use crate::error::Result;

/// One end of a range, or a point in time in general: the parts as given and the instant where they start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeBound {
    parts: TimeParts,
    instant: DateTime<Utc>,
}

impl TimeBound {
    /// The time parts as given, neither padded nor truncated; six parts for an instant.
    #[must_use]
    pub fn parts(&self) -> TimeParts {
        self.parts
    }

    /// The instant: exact if one was given, else the first one of the parts.
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        self.instant
    }
}

/// The time parts, or the instant itself where it lies between two seconds.
impl fmt::Display for TimeBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.instant.timestamp_subsec_nanos() == 0 {
            self.parts.fmt(f)
        } else {
            self.instant.to_rfc3339().fmt(f)
        }
    }
}

/// Everything that can be given as a time: the ends of a range, a cycle, the time of an index.
///
/// | given | means |
/// |---|---|
/// | `(2026,)` to `(2026, 2, 14, 23, 59, 59)` | the year, .. the second, in UTC |
/// | `DateTime<Utc>`, `DateTime<FixedOffset>` | the instant |
/// | `NaiveDate` | the day in UTC |
/// | `"2026.2.14"`, `"2026.02.14"` | as the tuple |
/// | `"2026"`, `"2026-02"`, `"2026-02-14"`, `"20260214"`, `"2026-W07-6"` | the year, month, day |
/// | `"2026-02-14T23:59:59Z"`, `"2026-02-15T00:59+01:00"` | the instant; the zone is required |
/// | [`TimeParts`], [`Cycle`] | themselves |
///
/// A date-time without a zone is no time: which instant it means is a guess. `naive.and_utc()` says it.
///
/// ```compile_fail
/// use djelme_core::time::IntoTimeBound;
///
/// let noon = chrono::NaiveDate::from_ymd_opt(2026, 2, 14).and_then(|day| day.and_hms_opt(12, 0, 0));
/// let bound = noon.map(|noon| noon.into_time_bound());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time",
    label = "not a time with a zone, a date, a tuple of time parts, a cycle or a text",
    note = "give `(2026, 2)`, `(2026, 2, 14)`, a `DateTime<Utc>` or `DateTime<FixedOffset>`, a `NaiveDate`, `TimeParts`, a `Cycle` or a text such as \"2026-02-14\"",
    note = "a `NaiveDateTime` has no zone: write `.and_utc()` if it is in UTC"
)]
pub trait IntoTimeBound {
    /// The time, checked against the calendar.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if the calendar has no such time, or a text has none of the forms above.
    fn into_time_bound(self) -> Result<TimeBound>;
}

impl IntoTimeBound for TimeBound {
    fn into_time_bound(self) -> Result<TimeBound> {
        Ok(self)
    }
}

impl IntoTimeBound for TimeParts {
    fn into_time_bound(self) -> Result<TimeBound> {
        Ok(TimeBound { parts: self, instant: self.start()? })
    }
}

impl<D: CycleDepth> IntoTimeBound for Cycle<D> {
    fn into_time_bound(self) -> Result<TimeBound> {
        Ok(TimeBound { parts: self.parts(), instant: self.start() })
    }
}

impl IntoTimeBound for DateTime<Utc> {
    fn into_time_bound(self) -> Result<TimeBound> {
        Ok(TimeBound { parts: TimeParts::of(self)?, instant: self })
    }
}

impl IntoTimeBound for DateTime<FixedOffset> {
    fn into_time_bound(self) -> Result<TimeBound> {
        self.to_utc().into_time_bound()
    }
}

impl IntoTimeBound for NaiveDate {
    fn into_time_bound(self) -> Result<TimeBound> {
        let instant = self.and_time(chrono::NaiveTime::MIN).and_utc();
        Ok(TimeBound { parts: TimeParts::of(instant)?.truncated(3), instant })
    }
}

impl IntoTimeBound for &str {
    fn into_time_bound(self) -> Result<TimeBound> {
        parse_bound(self)
    }
}

impl IntoTimeBound for String {
    fn into_time_bound(self) -> Result<TimeBound> {
        parse_bound(&self)
    }
}

impl IntoTimeBound for &String {
    fn into_time_bound(self) -> Result<TimeBound> {
        parse_bound(self)
    }
}

/// A number in a tuple of time parts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time part",
    label = "not an integer",
    note = "time parts are integers: `(2026, 2, 14)`"
)]
pub trait TimePart: Copy + fmt::Display {
    /// The part; `None` if it is negative or too large.
    fn to_part(self) -> Option<u32>;
}

macro_rules! time_part {
    ($($integer:ident)*) => { $(
        impl TimePart for $integer {
            fn to_part(self) -> Option<u32> {
                u32::try_from(self).ok()
            }
        }
    )* };
}

// Several integer types, so that chrono's `(date.year(), date.month())` needs no casts; untyped literals are `i32`.
time_part! { i32 i64 u8 u16 u32 u64 usize }

fn to_part(part: impl TimePart) -> Result<u32> {
    part.to_part()
        .ok_or_else(|| not_a_time(part.to_string(), "a time part is not negative and below 4294967296"))
}

macro_rules! tuples {
    ($($($part:ident)+;)*) => { $(
        impl<$($part: TimePart),+> IntoTimeBound for ($($part,)+) {
            #[allow(non_snake_case)]
            fn into_time_bound(self) -> Result<TimeBound> {
                let ($($part,)+) = self;
                TimeParts::new(&[$(to_part($part)?),+])?.into_time_bound()
            }
        }
    )* };
}

tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; }
