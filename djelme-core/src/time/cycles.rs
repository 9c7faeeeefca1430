//! The cycles of a range, one after the other.

use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::{Cycle, CycleDepth, TimeDepth, TimeRange};
use crate::error::Result;

/// The cycles of a range, from the first to the last or the other way round; made by [`Cycle::within`].
#[derive(Debug, Clone)]
#[must_use = "an iterator does nothing until it is used"]
pub struct Cycles<D> {
    numbers: Range<i64>,
    depth: PhantomData<D>,
}

impl<D: CycleDepth> Cycles<D> {
    /// The cycles that start within the range.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if an end lies outside of the years 1 to 9999.
    pub fn new(range: &TimeRange) -> Result<Self> {
        let first_from = |instant: DateTime<Utc>| -> Result<i64> {
            let cycle = Cycle::<D>::of(instant)?;
            Ok(number(D::DEPTH, cycle.start()) + i64::from(cycle.start() < instant))
        };
        let numbers = first_from(range.from().instant())?..first_from(range.until().instant())?;
        Ok(Self { numbers, depth: PhantomData })
    }

    fn cycle(number: i64) -> Option<Cycle<D>> {
        Cycle::of(start(D::DEPTH, number)?).ok()
    }
}

impl<D: CycleDepth> Iterator for Cycles<D> {
    type Item = Cycle<D>;

    fn next(&mut self) -> Option<Cycle<D>> {
        Self::cycle(self.numbers.next()?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.numbers.size_hint()
    }
}

impl<D: CycleDepth> DoubleEndedIterator for Cycles<D> {
    fn next_back(&mut self) -> Option<Cycle<D>> {
        Self::cycle(self.numbers.next_back()?)
    }
}

/// The years 1 to 9999 have fewer than a hundred million hours.
impl<D: CycleDepth> ExactSizeIterator for Cycles<D> {}

impl<D: CycleDepth> FusedIterator for Cycles<D> {}

/// The number of the cycle that starts at the instant; each cycle has the number after that of the one before.
fn number(depth: TimeDepth, start: DateTime<Utc>) -> i64 {
    let year = i64::from(start.year());
    match depth {
        TimeDepth::Year => year,
        TimeDepth::Month => year * 12 + i64::from(start.month0()),
        TimeDepth::Day => start.timestamp().div_euclid(86_400),
        TimeDepth::Hour => start.timestamp().div_euclid(3_600),
    }
}

/// The start of the cycle with the number.
fn start(depth: TimeDepth, number: i64) -> Option<DateTime<Utc>> {
    let month = |year: i64, month0: i64| {
        let first = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month0 + 1).ok()?, 1)?;
        Some(first.and_time(chrono::NaiveTime::MIN).and_utc())
    };
    match depth {
        TimeDepth::Year => month(number, 0),
        TimeDepth::Month => month(number.div_euclid(12), number.rem_euclid(12)),
        TimeDepth::Day => DateTime::from_timestamp(number.checked_mul(86_400)?, 0),
        TimeDepth::Hour => DateTime::from_timestamp(number.checked_mul(3_600)?, 0),
    }
}
