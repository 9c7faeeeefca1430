//! What wall clocks show, and when.

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeZone as _};

use crate::date::Zone;

/// When wall clocks in a zone show a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moments {
    Once(i64),
    /// Clocks are set back: it is shown twice.
    Twice(i64, i64),
    /// Clocks are set forward: it is skipped. This is when.
    Never(i64),
}

/// When wall clocks show this time, given as the milliseconds that UTC would need for it.
pub(super) fn moments(zone: Zone, local: i64) -> Moments {
    let named = match zone {
        Zone::Fixed(offset) => return Moments::Once(local.saturating_sub(offset)),
        Zone::Named(named) => named,
    };
    let Some(shown) = naive(local) else { return Moments::Once(local) };
    match named.from_local_datetime(&shown) {
        LocalResult::Single(one) => Moments::Once(one.timestamp_millis()),
        LocalResult::Ambiguous(one, other) => {
            let (one, other) = (one.timestamp_millis(), other.timestamp_millis());
            Moments::Twice(one.min(other), one.max(other))
        }
        LocalResult::None => Moments::Never(skip_of(zone, local)),
    }
}

/// The instant at which clocks skip this time: there the offset changes.
fn skip_of(zone: Zone, local: i64) -> i64 {
    const DAY: i64 = 86_400_000;
    let (mut before, mut after) = (local - 2 * DAY, local + 2 * DAY);
    // The skip that matters is the one whose later offset brings clocks beyond the time.
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if middle + zone.offset_at(middle) > local {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}

/// The date and time of milliseconds since 1970.
pub(super) fn naive(instant: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(instant).map(|instant| instant.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<NaiveDateTime>().unwrap().and_utc().timestamp_millis()
    }

    #[test]
    fn clocks_skip_and_repeat() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(moments(berlin, at("2024-03-31T02:30:00")), Moments::Never(at("2024-03-31T01:00:00")));
        let twice = Moments::Twice(at("2024-10-27T00:30:00"), at("2024-10-27T01:30:00"));
        assert_eq!(moments(berlin, at("2024-10-27T02:30:00")), twice);
        assert_eq!(moments(berlin, at("2024-07-01T00:00:00")), Moments::Once(at("2024-06-30T22:00:00")));
    }
}
