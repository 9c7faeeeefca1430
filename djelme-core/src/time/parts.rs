//! Time as a row of numbers: what index names end with and what range filters compare.

use std::fmt;

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::{TimeDepth, not_a_time};
use crate::error::Result;

/// The value of each part that stands for "from the beginning": month and day 1, all others 0.
const LEAST: [u32; TimeParts::MAX_LEN] = [0, 1, 1, 0, 0, 0, 0];

/// Up to seven numbers that name a span of time: year, month, day, hour, minute, second, microsecond.
///
/// Fewer parts name a longer span: `2026.2` is the whole of February, no parts at all are all of time. The order is
/// that of Elasticsearch's `version` fields, on which stored time parts are compared: part by part as numbers, and a
/// span before those within it.
///
/// The parts are not checked against the calendar until [`start`](Self::start) or [`span`](Self::span) is asked for,
/// so that whatever an index name or a document holds can be looked at.
///
/// ```
/// use djelme_core::time::TimeParts;
///
/// let february = TimeParts::parse("2026.2")?;
/// assert!(february < TimeParts::parse("2026.11")?);
/// assert_eq!(february.start()?.to_rfc3339(), "2026-02-01T00:00:00+00:00");
/// # Ok::<(), djelme_core::Error>(())
/// ```
// Unused places hold 0, so the derived order is that of the slices: equal parts, then the shorter one first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeParts {
    parts: [u32; TimeParts::MAX_LEN],
    len: u8,
}

impl TimeParts {
    /// How many parts there can be.
    pub const MAX_LEN: usize = 7;

    /// No parts: all of time.
    pub const EMPTY: Self = Self { parts: [0; Self::MAX_LEN], len: 0 };

    /// These parts, the year first.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if there are more than seven.
    pub fn new(parts: &[u32]) -> Result<Self> {
        let mut new = Self::EMPTY;
        for &part in parts {
            if !new.push(part) {
                return Err(not_a_time(format!("{parts:?}"), "there are at most seven time parts"));
            }
        }
        Ok(new)
    }

    /// Reads numbers with dots between them, such as `2026.2.14`; one dot may follow, as in index names. An empty
    /// text and a single dot are no parts.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if there is anything but ASCII digits and single dots, or more than seven
    /// parts.
    pub fn parse(given: &str) -> Result<Self> {
        let mut new = Self::EMPTY;
        let dotted = given.strip_suffix('.').unwrap_or(given);
        if dotted.is_empty() {
            return Ok(new);
        }
        for part in dotted.split('.') {
            // `u32::from_str` would also take a plus sign.
            if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(not_a_time(
                    given,
                    "time parts are numbers with single dots between them, as in \"2026.2.14\"",
                ));
            }
            let number =
                part.parse().map_err(|_| not_a_time(given, format!("the number {part} is too large")))?;
            if !new.push(number) {
                return Err(not_a_time(given, "there are at most seven time parts"));
            }
        }
        Ok(new)
    }

    /// The six parts of an instant, from the year to the second, as events carry them in `timeseries_timeparts`.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) outside of the years 1 to 9999 and within a leap second.
    pub fn of(instant: DateTime<Utc>) -> Result<Self> {
        if !(1..=9999).contains(&instant.year()) {
            return Err(not_a_time(instant.to_string(), "the year must be within 1 to 9999"));
        }
        if instant.nanosecond() >= 1_000_000_000 {
            return Err(not_a_time(
                instant.to_string(),
                "leap seconds cannot be stored; use the second before or after",
            ));
        }
        Ok(Self::of_valid(instant).truncated(6))
    }

    /// All seven parts of an instant whose year is known to be within 1 to 9999.
    pub(super) fn of_valid(instant: DateTime<Utc>) -> Self {
        let (date, time) = (instant.date_naive(), instant.time());
        Self {
            parts: [
                date.year().unsigned_abs(),
                date.month(),
                date.day(),
                time.hour(),
                time.minute(),
                time.second(),
                time.nanosecond() / 1_000,
            ],
            len: 7,
        }
    }

    /// How many parts there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are no parts.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The parts as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[u32] {
        &self.parts[..self.len()]
    }

    /// The first `len` parts, or as many as there are.
    #[must_use]
    pub fn truncated(mut self, len: usize) -> Self {
        if len < self.len() {
            self.parts[len..].fill(0);
            self.len = len as u8;
        }
        self
    }

    /// Exactly as many parts as the depth has, as index names need them: missing ones are the least (month 1, day 1,
    /// hour 0), further ones are left out. No parts stay no parts, because there is no first year.
    #[must_use]
    pub fn at_depth(self, depth: TimeDepth) -> Self {
        self.resolve(depth.number(), true, true)
    }

    /// [`at_depth`](Self::at_depth) for any number of parts, with either half left out: `pad` adds the missing parts,
    /// `truncate` drops those beyond. A depth above seven counts as seven.
    #[must_use]
    pub fn resolve(mut self, depth: u8, pad: bool, truncate: bool) -> Self {
        let depth = usize::from(depth).min(Self::MAX_LEN);
        let len = self.len();
        if pad && len > 0 && len < depth {
            self.parts[len..depth].copy_from_slice(&LEAST[len..depth]);
            self.len = depth as u8;
        }
        if truncate { self.truncated(depth) } else { self }
    }

    /// Without the trailing parts that are the least, which change nothing about the start: `2026.2.1` is `2026.2`,
    /// `2026.1.1.0.0.0` is `2026`.
    ///
    /// The bounds of a range filter must have this form. In the order of `version` fields `2026` comes before
    /// `2026.1`, so the bound `2026.1.1` would leave out a report on the cycle `2026.1`.
    #[must_use]
    pub fn trimmed(self) -> Self {
        let mut len = self.len();
        while len > 1 && self.parts[len - 1] == LEAST[len - 1] {
            len -= 1;
        }
        self.truncated(len)
    }

    /// Appends the parts as text, dots between them, without allocating beyond `out` itself.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        for (place, &part) in self.as_slice().iter().enumerate() {
            if place > 0 {
                out.push(b'.');
            }
            append_number(part, out);
        }
    }

    /// Adds a part; `false` if there is no place left.
    fn push(&mut self, part: u32) -> bool {
        let Some(place) = self.parts.get_mut(usize::from(self.len)) else { return false };
        *place = part;
        self.len += 1;
        true
    }
}

/// Appends a number in decimal. Most parts have one or two digits.
fn append_number(number: u32, out: &mut Vec<u8>) {
    let digit = |value: u32| b'0' + (value % 10) as u8;
    match number {
        0..10 => out.push(digit(number)),
        10..100 => out.extend_from_slice(&[digit(number / 10), digit(number)]),
        1_000..10_000 => {
            out.extend_from_slice(&[
                digit(number / 1_000),
                digit(number / 100),
                digit(number / 10),
                digit(number),
            ]);
        }
        _ => {
            append_number(number / 10, out);
            out.push(digit(number));
        }
    }
}

impl fmt::Display for TimeParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.as_slice().iter().enumerate() {
            if place > 0 {
                f.write_str(".")?;
            }
            write!(f, "{part}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for TimeParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimeParts({self})")
    }
}
