//! The cover of a range: which years, months, days and hours it is made of.

use std::cmp::Reverse;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};

use super::IndexPlan;
use crate::time::{TimeDepth, TimeParts, TimeRange};

/// A year, month, day and hour as numbers; the year may be 10000 as the end of a range.
type Hour = [u32; 4];

/// The beginning of a year, whatever the year.
const BEGINNING: Hour = [0, 1, 1, 0];

/// A year, month, day or hour; or all of time, without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    at: Hour,
    len: usize,
}

impl Piece {
    pub(super) fn parts(&self) -> TimeParts {
        TimeParts::new(&self.at[..self.len]).unwrap_or(TimeParts::EMPTY)
    }
}

/// What a plan is made of.
#[derive(Debug)]
pub(super) struct Cover {
    /// The spans, in the order of time and without gaps.
    pub(super) pieces: Vec<Piece>,
    /// The longer spans around the pieces, each once: indexes of coarser depth have their names.
    pub(super) coarser: Vec<Piece>,
    /// The depth that the start was rounded down to.
    pub(super) from_widened: Option<TimeDepth>,
    /// The depth that the end was rounded up to.
    pub(super) until_widened: Option<TimeDepth>,
}

impl Cover {
    /// The cover of a range for indexes of this depth, with at most [`IndexPlan::MAX_EXPRESSIONS`] pieces and coarser
    /// spans; `None` if even whole years are more.
    pub(super) fn of(range: &TimeRange, depth: TimeDepth) -> Option<Self> {
        let first = hour_of(range.from().instant());
        // A range is never empty, so the nanosecond before its end lies within it.
        let last = hour_of(range.until().instant() - TimeDelta::nanoseconds(1));
        let mut roundings: Vec<Rounding> = depths_up_to(depth)
            .flat_map(|from| depths_up_to(depth).map(move |until| Rounding::new(from, until, first, last)))
            .collect();
        // The narrowest first; of equal ones the finest, which was not rounded at all.
        roundings.sort_unstable_by_key(|rounding| {
            (rounding.hours, Reverse(rounding.from), Reverse(rounding.until))
        });
        roundings.into_iter().find_map(|rounding| {
            let (pieces, coarser) = cover(rounding.start, rounding.end, depth)?;
            Some(Self {
                pieces,
                coarser,
                from_widened: (rounding.from < depth).then_some(rounding.from),
                until_widened: (rounding.until < depth).then_some(rounding.until),
            })
        })
    }
}

/// One way to round a range outwards: its start down to a depth and its end up to one.
struct Rounding {
    from: TimeDepth,
    until: TimeDepth,
    start: Hour,
    end: Hour,
    hours: i64,
}

impl Rounding {
    fn new(from: TimeDepth, until: TimeDepth, first: Hour, last: Hour) -> Self {
        let start = floor(first, len_of(from));
        let end = next(floor(last, len_of(until)), len_of(until));
        Self { from, until, start, end, hours: hours_of(end) - hours_of(start) }
    }
}

/// The coarsest spans that make up `start..end`, and the longer ones around them. `None` if they are too many.
fn cover(start: Hour, end: Hour, depth: TimeDepth) -> Option<(Vec<Piece>, Vec<Piece>)> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(IndexPlan::MAX_EXPRESSIONS);
    let mut coarser = Vec::with_capacity(IndexPlan::MAX_EXPRESSIONS);
    let mut at = start;
    while at < end {
        let (len, after) =
            (aligned(at)..=len_of(depth)).map(|len| (len, next(at, len))).find(|&(_, after)| after <= end)?;
        // What lies around the piece before as well has been added with it.
        let known = pieces.last().map_or(0, |before| before.len.min(1 + shared(before.at, at)));
        coarser.extend((known..len).map(|len| Piece { at: floor(at, len), len }));
        pieces.push(Piece { at, len });
        if pieces.len() + coarser.len() > IndexPlan::MAX_EXPRESSIONS {
            return None;
        }
        at = after;
    }
    coarser.sort_by_key(|piece| piece.len);
    Some((pieces, coarser))
}

fn depths_up_to(depth: TimeDepth) -> impl Iterator<Item = TimeDepth> {
    TimeDepth::ALL.into_iter().filter(move |&coarser| coarser <= depth)
}

fn len_of(depth: TimeDepth) -> usize {
    usize::from(depth.number())
}

fn hour_of(instant: DateTime<Utc>) -> Hour {
    let date = instant.date_naive();
    [date.year().unsigned_abs(), date.month(), date.day(), instant.hour()]
}

/// The beginning of the year, month, day or hour (as `len` says) that holds the hour; of all of time, year 0.
fn floor(hour: Hour, len: usize) -> Hour {
    let mut floor = BEGINNING;
    floor[..len].copy_from_slice(&hour[..len]);
    floor
}

/// The fewest parts whose beginning the hour is: 1 at the beginning of a year.
fn aligned(hour: Hour) -> usize {
    hour.iter().zip(BEGINNING).skip(1).rposition(|(&part, least)| part != least).map_or(1, |place| place + 2)
}

/// How many parts the hours have in common before the first that differs.
fn shared(one: Hour, other: Hour) -> usize {
    one.iter().zip(other).take_while(|&(&one, other)| one == other).count()
}

/// The beginning of the next year, month, day or hour.
fn next([year, month, day, hour]: Hour, len: usize) -> Hour {
    match len {
        4 if hour < 23 => [year, month, day, hour + 1],
        3 | 4 if day < days_in(year, month) => [year, month, day + 1, 0],
        2..=4 if month < 12 => [year, month + 1, 1, 0],
        _ => [year + 1, 1, 1, 0],
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Hours since the beginning of the calendar.
fn hours_of([year, month, day, hour]: Hour) -> i64 {
    let days = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    days.map_or(0, |day| i64::from(day.num_days_from_ce())) * 24 + i64::from(hour)
}
