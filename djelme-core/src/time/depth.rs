//! How finely the records of a type are spread over indexes.

use std::fmt;
use std::str::FromStr;

use super::not_a_time;
use crate::error::{Error, Result};

/// The period of one index: each index of a type holds one year, month, day or hour of records.
///
/// ```
/// use djelme_core::time::TimeDepth;
///
/// assert_eq!("month".parse::<TimeDepth>()?, TimeDepth::Month);
/// assert_eq!("2".parse::<TimeDepth>()?, TimeDepth::Month);
/// assert!(TimeDepth::Year < TimeDepth::Hour);
/// # Ok::<(), djelme_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeDepth {
    /// One index a year.
    Year = 1,
    /// One index a month.
    Month = 2,
    /// One index a day.
    Day = 3,
    /// One index an hour.
    Hour = 4,
}

impl TimeDepth {
    /// Every depth, the coarsest first.
    pub const ALL: [Self; 4] = [Self::Year, Self::Month, Self::Day, Self::Hour];

    /// How many time parts the depth has: 1 for a year to 4 for an hour.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The next finer depth; `None` below the hour.
    #[must_use]
    pub const fn finer(self) -> Option<Self> {
        match self {
            Self::Year => Some(Self::Month),
            Self::Month => Some(Self::Day),
            Self::Day => Some(Self::Hour),
            Self::Hour => None,
        }
    }

    /// The next coarser depth; `None` above the year.
    #[must_use]
    pub const fn coarser(self) -> Option<Self> {
        match self {
            Self::Year => None,
            Self::Month => Some(Self::Year),
            Self::Day => Some(Self::Month),
            Self::Hour => Some(Self::Day),
        }
    }

    /// The depth as a word: `"year"`, `"month"`, `"day"` or `"hour"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}

impl fmt::Display for TimeDepth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl TryFrom<u8> for TimeDepth {
    type Error = Error;

    fn try_from(number: u8) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|depth| depth.number() == number)
            .ok_or_else(|| unknown(&number.to_string()))
    }
}

impl FromStr for TimeDepth {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|depth| given == depth.as_str() || given == depth.number().to_string())
            .ok_or_else(|| unknown(given))
    }
}

fn unknown(given: &str) -> Error {
    not_a_time(given, "a depth is 1 or \"year\", 2 or \"month\", 3 or \"day\", 4 or \"hour\"")
}
