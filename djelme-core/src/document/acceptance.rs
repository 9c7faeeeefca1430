//! Which times of events a type takes, so that one wrong clock cannot create thousands of indexes.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::record_type::RecordType;
use crate::time::{TimeDepth, TimeParts};

/// How far ahead an event may lie unless its type says otherwise.
const DEFAULT_FUTURE: Duration = Duration::from_hours(24);

/// The bounds of the times that are taken; `None` where there is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Acceptance {
    past: Option<Duration>,
    future: Option<Duration>,
    expires_after: Option<Duration>,
    depth: Option<TimeDepth>,
}

impl Acceptance {
    /// Takes every time.
    pub(super) const ANY: Self = Self { past: None, future: None, expires_after: None, depth: None };

    pub(super) fn of(record_type: &RecordType, depth: Option<TimeDepth>) -> Self {
        let accept = record_type.options.accept.unwrap_or_default();
        Self {
            past: accept.past,
            future: Some(accept.future.unwrap_or(DEFAULT_FUTURE)),
            expires_after: record_type.options.expires_after,
            depth,
        }
    }

    /// Checks the time of an event, given with its parts; the error names the bound that it crosses.
    #[inline]
    pub(super) fn check(
        &self,
        instant: DateTime<Utc>,
        parts: TimeParts,
        now: DateTime<Utc>,
    ) -> Result<(), String> {
        if let Some(future) = self.future
            && later(now, future).is_some_and(|last| instant > last)
        {
            return Err(format!(
                "its time {instant} is more than {} after now ({now}), so some clock may be wrong; \
                 `accept(future = \"..\")` sets the bound",
                in_units(future)
            ));
        }
        if let Some(past) = self.past
            && later(instant, past).is_some_and(|last| last < now)
        {
            return Err(format!(
                "its time {instant} is more than {} before now ({now}); `accept(past = \"..\")` sets the bound",
                in_units(past)
            ));
        }
        match self.expires_after {
            Some(after) => self.check_expiry(instant, parts, now, after),
            None => Ok(()),
        }
    }

    /// The rule of [`expiry`](crate::expiry): an index has expired when its whole span is that long ago. It ends
    /// after any instant in it, so most events need no look at the calendar.
    fn check_expiry(
        &self,
        instant: DateTime<Utc>,
        parts: TimeParts,
        now: DateTime<Utc>,
        after: Duration,
    ) -> Result<(), String> {
        let expired = |from: DateTime<Utc>| later(from, after).is_some_and(|last| last <= now);
        let Some(depth) = self.depth.filter(|_| expired(instant)) else { return Ok(()) };
        match parts.at_depth(depth).span() {
            Ok((_, end)) if expired(end) => Err(format!(
                "its time {instant} is so long ago that its index has expired (on {}, {} after its end)",
                later(end, after).unwrap_or(end),
                in_units(after)
            )),
            _ => Ok(()),
        }
    }
}

/// The instant this much later; `None` beyond the calendar.
fn later(instant: DateTime<Utc>, by: Duration) -> Option<DateTime<Utc>> {
    instant.checked_add_signed(TimeDelta::from_std(by).ok()?)
}

/// The duration as an annotation would say it: `90d`.
fn in_units(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
    let whole = units.iter().find(|(unit, _)| duration == Duration::from_secs(seconds / unit * unit));
    whole.map_or_else(|| format!("{duration:?}"), |(unit, letter)| format!("{}{letter}", seconds / unit))
}
