//! How long to wait before the next try.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

/// The longest wait before the first retry; each further one doubles it.
const FIRST: Duration = Duration::from_millis(200);
/// The longest wait that is our own choice.
const LONGEST: Duration = Duration::from_secs(30);
/// The longest wait that a server can ask for.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// The wait before the next try after so many failures in a row: a random part of a length that doubles up to 30 s
/// (so that many writers do not come back at once), but no less than the server asked for, an hour at the most.
pub(crate) fn backoff(failures: u32, asked: Option<Duration>) -> Duration {
    let longest = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST);
    longest.mul_f64(random_fraction()).max(asked.unwrap_or_default().min(LONGEST_ASKED))
}

/// The instant this much later. One beyond what the clock can tell is as good as never: a century.
pub(crate) fn later(instant: Instant, by: Duration) -> Instant {
    instant.checked_add(by).unwrap_or_else(|| instant + Duration::from_hours(24 * 36_525))
}

/// This length, or up to a fifth less.
pub(crate) fn jittered(length: Duration) -> Duration {
    length.mul_f64(1.0 - 0.2 * random_fraction())
}

/// A number from 0 to 1. Good enough to spread waits; nothing depends on it being unpredictable.
pub(crate) fn random_fraction() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    f64::from((random >> 32) as u32) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_minute_and_are_spread() {
        for (failures, longest) in [(1, 200), (2, 400), (5, 3_200), (9, 30_000), (40, 30_000)] {
            let waits: Vec<_> = (0..200).map(|_| backoff(failures, None)).collect();
            assert!(
                waits.iter().all(|wait| *wait <= Duration::from_millis(longest)),
                "{failures}: {waits:?}"
            );
            let half = Duration::from_millis(longest / 2);
            assert!(waits.iter().any(|wait| *wait > half) && waits.iter().any(|wait| *wait < half));
        }
    }

    #[test]
    fn the_server_s_wish_is_the_least() {
        let asked = Duration::from_secs(90);
        assert!((0..50).all(|_| backoff(1, Some(asked)) == asked));
        assert_eq!(backoff(1, Some(Duration::MAX)), LONGEST_ASKED);
    }
}
