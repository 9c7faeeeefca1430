//! Time as djelme sees it: in UTC, in whole parts, from the year down to the second.
//!
//! Index names, plans, ids and the documents themselves carry time as [`TimeParts`], such as `2026.2.14`: unpadded
//! numbers whose order is the order in time. A program hands time in as anything that is [`IntoTimeBound`]; what
//! comes out has been checked against the calendar and lies in UTC.
//!
//! Limits: the years 1 to 9999, and no leap seconds (23:59:60 is refused). Microseconds are the finest part.

mod bound;
mod calendar;
mod cycle;
mod cycles;
mod depth;
mod duration;
mod parts;
mod range;
mod text;

pub use bound::{IntoTimeBound, TimeBound, TimePart};
pub use cycle::{Cycle, CycleDepth, Day, Hour, Month, Year};
pub use cycles::Cycles;
pub use depth::TimeDepth;
pub use duration::parse_duration;
pub use parts::TimeParts;
pub use range::TimeRange;

use crate::error::Error;

/// The error of a value that is not a time.
fn not_a_time(given: impl Into<String>, reason: impl Into<String>) -> Error {
    Error::Time { given: given.into(), reason: reason.into() }
}
