//! Cycles: the year, month, day or hour that a periodic report covers, as a type.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Cycles, IntoTimeBound, TimeDepth, TimeParts, TimeRange, not_a_time};
use crate::error::{Error, Result};

/// The depth of a [`Cycle`] as a type: [`Year`], [`Month`], [`Day`] or [`Hour`].
pub trait CycleDepth: fmt::Debug + Copy + Ord + std::hash::Hash + Send + Sync + 'static {
    /// The depth as a value.
    const DEPTH: TimeDepth;
}

macro_rules! depths {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {}

        impl CycleDepth for $name {
            const DEPTH: TimeDepth = TimeDepth::$name;
        }
    )* };
}

depths! {
    /// Yearly cycles.
    Year
    /// Monthly cycles.
    Month
    /// Daily cycles.
    Day
    /// Hourly cycles.
    Hour
}

/// One cycle of periodic reports: the year 2026, February 2026, its 14th day, or an hour. [`Cycle::within`] has all of a
/// range.
///
/// Text and JSON are the unpadded time parts, such as `"2026.2"`, as they lie in the field `cycle_coverage`. Every
/// value is a time that the calendar has, and the order is the order in time.
///
/// ```
/// use djelme_core::time::{Cycle, Month};
///
/// let december = Cycle::<Month>::new((2026, 12))?;
/// assert_eq!(december.next().map(|cycle| cycle.to_string()).as_deref(), Some("2027.1"));
/// assert_eq!(Cycle::<Month>::new("2026-12-24")?, december);
/// # Ok::<(), djelme_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cycle<D> {
    start: DateTime<Utc>,
    depth: PhantomData<D>,
}

impl<D: CycleDepth> Cycle<D> {
    /// The cycle that holds the given time. Parts finer than the cycle are left out: a day stands for its month.
    ///
    /// # Errors
    /// [`Error::Time`] if the time is coarser than the cycle (the year 2026 is no month), or the calendar does not
    /// have it.
    pub fn new(time: impl IntoTimeBound) -> Result<Self> {
        let bound = time.into_time_bound()?;
        if bound.parts().len() < usize::from(D::DEPTH.number()) {
            let reason = format!("it names no {}: give at least {} time parts", D::DEPTH, D::DEPTH.number());
            return Err(not_a_time(bound.to_string(), reason));
        }
        Self::at(bound.parts())
    }

    /// The cycle that holds an instant.
    ///
    /// # Errors
    /// [`Error::Time`] outside of the years 1 to 9999.
    pub fn of(instant: DateTime<Utc>) -> Result<Self> {
        Self::at(TimeParts::of(instant)?)
    }

    fn at(parts: TimeParts) -> Result<Self> {
        Ok(Self { start: parts.at_depth(D::DEPTH).start()?, depth: PhantomData })
    }

    /// The first instant of the cycle.
    #[must_use]
    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// The first instant after the cycle.
    #[must_use]
    pub fn end(&self) -> DateTime<Utc> {
        self.parts().span().map_or(self.start, |(_, end)| end)
    }

    /// The cycle that follows; `None` after the year 9999.
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        Self::of(self.end()).ok()
    }

    /// The cycle before; `None` before the year 1.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        Self::of(self.start.checked_sub_signed(TimeDelta::nanoseconds(1))?).ok()
    }

    /// The cycles that start from `from` (inclusive) until `until` (exclusive), in order. A range within one cycle has
    /// none: its start lies before.
    ///
    /// ```
    /// use djelme_core::time::{Cycle, Month};
    ///
    /// let months: Vec<_> = Cycle::<Month>::within((2026, 11), (2027, 2))?.map(|month| month.to_string()).collect();
    /// assert_eq!(months, ["2026.11", "2026.12", "2027.1"]);
    /// # Ok::<(), djelme_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Time`] if an end is not a time, [`Error::Range`] if the range is reversed or empty.
    pub fn within(from: impl IntoTimeBound, until: impl IntoTimeBound) -> Result<Cycles<D>> {
        Cycles::new(&TimeRange::new(from.into_time_bound()?, until.into_time_bound()?)?)
    }

    /// The time parts, as many as the depth has.
    #[must_use]
    pub fn parts(&self) -> TimeParts {
        TimeParts::of_valid(self.start).at_depth(D::DEPTH)
    }
}

impl<D: CycleDepth> fmt::Display for Cycle<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().fmt(f)
    }
}

impl<D: CycleDepth> fmt::Debug for Cycle<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cycle({self})")
    }
}

/// Only the form that [`Display`](fmt::Display) writes; [`Cycle::new`] takes all others.
impl<D: CycleDepth> FromStr for Cycle<D> {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self> {
        let cycle = Self::at(TimeParts::parse(given)?)?;
        if cycle.to_string() == given {
            Ok(cycle)
        } else {
            Err(not_a_time(given, format!("a cycle of a {} is written as in \"{cycle}\"", D::DEPTH)))
        }
    }
}

impl<D: CycleDepth> Serialize for Cycle<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, D: CycleDepth> Deserialize<'de> for Cycle<D> {
    fn deserialize<S: Deserializer<'de>>(deserializer: S) -> Result<Self, S::Error> {
        deserializer.deserialize_str(CycleVisitor(PhantomData))
    }
}

struct CycleVisitor<D>(PhantomData<D>);

impl<D: CycleDepth> Visitor<'_> for CycleVisitor<D> {
    type Value = Cycle<D>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let example = match D::DEPTH {
            TimeDepth::Year => "2026",
            TimeDepth::Month => "2026.2",
            TimeDepth::Day => "2026.2.14",
            TimeDepth::Hour => "2026.2.14.7",
        };
        write!(f, "the time parts of a {}, as in \"{example}\"", D::DEPTH)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cycle<D>, E> {
        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}
