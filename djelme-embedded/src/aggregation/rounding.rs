//! Rounding instants down to the start of their day, month, or any interval, as Elasticsearch rounds.

use chrono::{Datelike as _, NaiveDate};

use super::clock::{Moments, moments, naive};
use crate::date::Zone;

/// An interval of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calendar {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Calendar {
    /// Reads `month` or `1M`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "second" | "1s" => Self::Second,
            "minute" | "1m" => Self::Minute,
            "hour" | "1h" => Self::Hour,
            "day" | "1d" => Self::Day,
            "week" | "1w" => Self::Week,
            "month" | "1M" => Self::Month,
            "quarter" | "1q" => Self::Quarter,
            "year" | "1y" => Self::Year,
            _ => return None,
        })
    }

    /// The length, if it is always the same.
    fn fixed(self) -> Option<i64> {
        Some(match self {
            Self::Second => 1_000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
            Self::Week => 7 * 86_400_000,
            Self::Month | Self::Quarter | Self::Year => return None,
        })
    }

    /// The length that Elasticsearch takes it to have on average.
    pub(super) fn typical_length(self) -> i64 {
        const DAY: i64 = 86_400_000;
        match self {
            Self::Month => 30 * DAY,
            Self::Quarter => 90 * DAY,
            Self::Year => 365 * DAY,
            _ => self.fixed().unwrap_or(DAY),
        }
    }

    /// Within the day: hours and what is shorter.
    fn within_day(self) -> bool {
        matches!(self, Self::Second | Self::Minute | Self::Hour)
    }

    /// The start of the interval in which wall clocks show `local`.
    fn floor(self, local: i64) -> i64 {
        // 1970 began on a Thursday, weeks begin on Mondays.
        const MONDAY: i64 = -3 * 86_400_000;
        match self.fixed() {
            Some(length) if self == Self::Week => (local - MONDAY).div_euclid(length) * length + MONDAY,
            Some(length) => local.div_euclid(length) * length,
            None => self.month_start(local, 0),
        }
    }

    /// The start of the interval after the one that starts at `local`.
    fn after(self, local: i64) -> i64 {
        match self {
            Self::Month => self.month_start(local, 1),
            Self::Quarter => self.month_start(local, 3),
            Self::Year => self.month_start(local, 12),
            _ => local.saturating_add(self.fixed().unwrap_or(1)),
        }
    }

    /// The start of the interval of months, so many months later.
    fn month_start(self, local: i64, later: i32) -> i64 {
        let Some(shown) = naive(local) else { return local };
        let months = shown.year() * 12 + shown.month0() as i32;
        let months = match self {
            Self::Year => months - months.rem_euclid(12),
            Self::Quarter => months - months.rem_euclid(3),
            _ => months,
        } + later;
        NaiveDate::from_ymd_opt(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, 1)
            .and_then(|day| day.and_hms_opt(0, 0, 0))
            .map_or(local, |start| start.and_utc().timestamp_millis())
    }
}

/// What intervals are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interval {
    Calendar(Calendar),
    /// Milliseconds, at least one.
    Fixed(i64),
}

/// A way to round instants down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rounding {
    pub(super) interval: Interval,
    pub(super) zone: Zone,
    /// Milliseconds by which every interval starts later.
    pub(super) offset: i64,
}

impl Rounding {
    /// The start of the interval that an instant lies in.
    pub(super) fn round(&self, instant: i64) -> i64 {
        self.round_plain(instant.saturating_sub(self.offset)).saturating_add(self.offset)
    }

    /// The start of the interval after the one that starts here.
    pub(super) fn next(&self, start: i64) -> i64 {
        let plain = start.saturating_sub(self.offset);
        let candidate = self.next_plain(plain);
        candidate.max(plain.saturating_add(1)).saturating_add(self.offset)
    }

    /// The same rounding with nothing moved.
    pub(super) fn without_offset(self) -> Self {
        Self { offset: 0, ..self }
    }

    /// If all intervals are equally long: where one of them starts, and the length.
    pub(super) fn arithmetic(&self) -> Option<(i64, i64)> {
        let Zone::Fixed(ahead) = self.zone else { return None };
        let length = match self.interval {
            Interval::Fixed(length) => length,
            Interval::Calendar(calendar) => calendar.fixed()?,
        };
        let week = matches!(self.interval, Interval::Calendar(Calendar::Week));
        let monday = if week { -3 * 86_400_000 } else { 0 };
        Some((monday - ahead + self.offset, length))
    }

    fn round_plain(&self, instant: i64) -> i64 {
        let local = instant.saturating_add(self.zone.offset_at(instant));
        match self.interval {
            Interval::Fixed(length) => {
                let start = local.div_euclid(length).saturating_mul(length);
                self.latest_until(start, instant)
            }
            Interval::Calendar(calendar) if calendar.within_day() => self.round_within_day(calendar, instant),
            Interval::Calendar(calendar) => self.first(calendar.floor(local)),
        }
    }

    /// When clocks show this first; where they skip it, the skip.
    fn first(&self, local: i64) -> i64 {
        match moments(self.zone, local) {
            Moments::Once(at) | Moments::Twice(at, _) | Moments::Never(at) => at,
        }
    }

    /// When clocks show this for the last time not after an instant; where they skip it, the skip.
    fn latest_until(&self, local: i64, instant: i64) -> i64 {
        match moments(self.zone, local) {
            Moments::Twice(_, second) if second <= instant => second,
            Moments::Once(at) | Moments::Twice(at, _) | Moments::Never(at) => at,
        }
    }

    /// Hours and minutes: an interval that begins before clocks change and the one after the change are two.
    fn round_within_day(&self, calendar: Calendar, instant: i64) -> i64 {
        let mut instant = instant;
        loop {
            let ahead = self.zone.offset_at(instant);
            let start = calendar.floor(instant.saturating_add(ahead));
            let truncated = match moments(self.zone, start) {
                Moments::Once(at) if at <= instant => Some(at),
                Moments::Twice(_, second) if second <= instant => Some(second),
                Moments::Twice(first, _) => Some(first),
                Moments::Once(_) | Moments::Never(_) => None,
            };
            let from = truncated.unwrap_or(instant - calendar.fixed().unwrap_or(0));
            if self.zone.offset_at(from) == ahead {
                return truncated.unwrap_or(instant);
            }
            // Clocks changed in between: the interval goes on from before the change.
            instant = self.last_change(from, instant) - 1;
        }
    }

    /// When the offset of `until` began, which is after `from`.
    fn last_change(&self, from: i64, until: i64) -> i64 {
        let ahead = self.zone.offset_at(until);
        let (mut before, mut after) = (from, until);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.zone.offset_at(middle) == ahead {
                after = middle;
            } else {
                before = middle;
            }
        }
        after
    }

    fn next_plain(&self, start: i64) -> i64 {
        let local = start.saturating_add(self.zone.offset_at(start));
        match self.interval {
            Interval::Fixed(length) => self.first(local.saturating_add(length)),
            Interval::Calendar(calendar) if calendar.within_day() => {
                start.saturating_add(calendar.fixed().unwrap_or(1))
            }
            Interval::Calendar(calendar) => self.first(calendar.after(calendar.floor(local))),
        }
    }
}

/// Finds the interval of an instant quickly: intervals have consecutive numbers.
#[derive(Debug)]
pub(super) enum Finder {
    /// All intervals are equally long.
    Even { base: i64, length: i64, per_length: f64 },
    /// Where each interval starts, and a last end.
    Table { starts: Vec<i64>, per_length: f64 },
    /// Too many to be listed: numbers are the starts themselves; the last interval found is kept.
    Single { rounding: Rounding, from: i64, until: i64 },
}

/// How many starts are listed at most.
const MOST_STARTS: usize = 1 << 15;

impl Finder {
    /// For instants within these bounds.
    pub(super) fn new(rounding: Rounding, least: i64, most: i64) -> Self {
        // Floating-point numbers hold the distances exactly.
        const FAR: u64 = 1 << 52;
        if most.abs_diff(least) >= FAR {
            return Self::Single { rounding, from: 1, until: 0 };
        }
        if let Some((origin, length)) = rounding.arithmetic() {
            let base = (least.saturating_sub(origin)).div_euclid(length) * length + origin;
            return Self::Even { base, length, per_length: 1.0 / length as f64 };
        }
        let length = match rounding.interval {
            Interval::Fixed(length) => length,
            Interval::Calendar(calendar) => calendar.typical_length(),
        };
        if most.abs_diff(least) / length.unsigned_abs() >= MOST_STARTS as u64 {
            return Self::Single { rounding, from: 1, until: 0 };
        }
        let mut starts = vec![rounding.round(least)];
        while let Some(last) = starts.last().copied() {
            if last > most {
                let length = (last - starts[0]) as f64 / (starts.len() - 1) as f64;
                return Self::Table { starts, per_length: 1.0 / length };
            }
            if starts.len() > MOST_STARTS {
                break;
            }
            starts.push(after(&rounding, last));
        }
        Self::Single { rounding, from: 1, until: 0 }
    }

    /// The number of the interval of each instant; intervals have small numbers if there are not too many.
    pub(super) fn find(&mut self, instants: &[i64], numbers: &mut Vec<u64>) {
        numbers.clear();
        match self {
            Self::Even { base, length, per_length } => {
                numbers.extend(instants.iter().map(|instant| {
                    let since = instant.wrapping_sub(*base);
                    let mut number = (since as f64 * *per_length) as i64;
                    let rest = since.wrapping_sub(number.wrapping_mul(*length));
                    number += i64::from(rest >= *length) - i64::from(rest < 0);
                    number as u64
                }));
            }
            Self::Table { starts, per_length } => {
                let last = starts.len() - 2;
                numbers.extend(instants.iter().map(|instant| {
                    let guess = (instant.wrapping_sub(starts[0])) as f64 * *per_length;
                    let mut at = (guess as usize).min(last);
                    while at > 0 && *instant < starts[at] {
                        at -= 1;
                    }
                    while at < last && *instant >= starts[at + 1] {
                        at += 1;
                    }
                    at as u64
                }));
            }
            Self::Single { rounding, from, until } => {
                for instant in instants {
                    if *instant < *from || *instant >= *until {
                        *from = rounding.round(*instant);
                        *until = after(rounding, *from);
                    }
                    numbers.push(*from as u64);
                }
            }
        }
    }

    /// How many numbers there may be, if they are small.
    pub(super) fn numbers(&self, most: i64) -> u64 {
        match self {
            Self::Even { base, length, .. } => (most.saturating_sub(*base) / length).unsigned_abs() + 1,
            Self::Table { starts, .. } => starts.len() as u64,
            Self::Single { .. } => u64::MAX,
        }
    }

    /// Where the interval of a number starts.
    pub(super) fn start(&self, number: u64) -> i64 {
        match self {
            Self::Even { base, length, .. } => base.saturating_add((number as i64).saturating_mul(*length)),
            Self::Table { starts, .. } => starts.get(number as usize).copied().unwrap_or_default(),
            Self::Single { .. } => number as i64,
        }
    }
}

/// Where the interval after the one that starts at `start` starts: the first instant that is rounded elsewhere.
fn after(rounding: &Rounding, start: i64) -> i64 {
    let candidate = rounding.next(start);
    if rounding.round(candidate) == candidate && rounding.round(candidate - 1) == start {
        return candidate;
    }
    let (mut inside, mut outside) = (start, candidate);
    while rounding.round(outside) == start {
        outside = outside.saturating_add((outside - start).max(1));
    }
    while outside - inside > 1 {
        let middle = inside + (outside - inside) / 2;
        if rounding.round(middle) == start {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    outside
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn roundings() -> impl Strategy<Value = Rounding> {
        let zones =
            ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "+05:30", "UTC", "Asia/Kathmandu"];
        let intervals = prop_oneof![
            proptest::sample::select(vec![
                Calendar::Minute,
                Calendar::Hour,
                Calendar::Day,
                Calendar::Week,
                Calendar::Month,
                Calendar::Quarter,
                Calendar::Year,
            ])
            .prop_map(Interval::Calendar),
            (1_i64..200_000_000).prop_map(Interval::Fixed),
        ];
        (intervals, proptest::sample::select(zones.to_vec()), -100_000_000_i64..100_000_000).prop_map(
            |(interval, zone, offset)| Rounding { interval, zone: Zone::parse(zone).unwrap(), offset },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn finders_find_what_rounding_says(
            rounding in roundings(),
            mut instants in proptest::collection::vec(1_500_000_000_000_i64..1_510_000_000_000, 1..60),
            far in proptest::option::of(-60_000_000_000_000_i64..200_000_000_000_000),
        ) {
            instants.extend(far);
            let least = instants.iter().min().copied().unwrap();
            let most = instants.iter().max().copied().unwrap();
            let mut finder = Finder::new(rounding, least, most);
            let mut numbers = Vec::new();
            finder.find(&instants, &mut numbers);
            for (instant, number) in instants.iter().zip(numbers) {
                let start = rounding.round(*instant);
                prop_assert_eq!(finder.start(number), start, "{} in {:?}", instant, rounding);
                prop_assert!(start <= *instant);
                prop_assert_eq!(rounding.round(start), start);
                prop_assert!(number < finder.numbers(most));
            }
        }
    }
}
