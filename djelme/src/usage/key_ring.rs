//! The keys that are still known, by their days.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use djelme_core::usage::SessionKey;
use djelme_core::{Error, Result};

/// How long a key is kept when its day has ended, for records that come late; or from when it was made, where
/// that is later, for records of old days.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Keys of days, each until its end.
#[derive(Debug, Default)]
pub(super) struct KeyRing {
    days: BTreeMap<NaiveDate, DayKey>,
    /// The first time at which a key is to be forgotten.
    next_end: Option<DateTime<Utc>>,
}

/// The key of a day.
#[derive(Debug)]
pub(super) struct DayKey {
    pub(super) key: SessionKey,
    pub(super) made: DateTime<Utc>,
}

impl KeyRing {
    pub(super) fn get(&self, day: NaiveDate) -> Option<&SessionKey> {
        self.days.get(&day).map(|held| &held.key)
    }

    /// Every day that has a key, in order.
    pub(super) fn days(&self) -> impl Iterator<Item = (NaiveDate, &DayKey)> {
        self.days.iter().map(|(day, held)| (*day, held))
    }

    pub(super) fn insert(&mut self, day: NaiveDate, held: DayKey) {
        let end = end_of(day, held.made);
        self.next_end = Some(self.next_end.map_or(end, |earlier| earlier.min(end)));
        self.days.insert(day, held);
    }

    /// Whether a key is to be forgotten now.
    pub(super) fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.next_end.is_some_and(|end| end <= now)
    }

    /// Forgets the keys whose time has passed.
    pub(super) fn forget_expired(&mut self, now: DateTime<Utc>) {
        self.days.retain(|day, held| end_of(*day, held.made) > now);
        self.next_end = self.days.iter().map(|(day, held)| end_of(*day, held.made)).min();
    }
}

/// A key for a day that has none.
pub(super) fn new_key(now: DateTime<Utc>) -> Result<DayKey> {
    let mut bytes = [0; SessionKey::LEN];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::Settings(format!(
            "the operating system gives no random bytes for a key of session ids: {error}"
        ))
    })?;
    Ok(DayKey { key: SessionKey::new(bytes), made: now })
}

/// When the key of the day is to be forgotten.
fn end_of(day: NaiveDate, made: DateTime<Utc>) -> DateTime<Utc> {
    let day_end = day.checked_add_days(Days::new(1)).map(|next| next.and_time(NaiveTime::MIN).and_utc());
    let last_use = day_end.map_or(made, |day_end| day_end.max(made));
    last_use.checked_add_signed(KEPT).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn known(ring: &KeyRing) -> Vec<String> {
        ring.days().map(|(day, _)| day.to_string()).collect()
    }

    #[test]
    fn a_key_is_forgotten_a_day_after_its_day() {
        let mut ring = KeyRing::default();
        let made = at("2026-02-03T10:00:00Z");
        ring.insert(made.date_naive(), new_key(made).unwrap());
        let last = at("2026-02-04T23:59:59Z");
        assert!(!ring.has_expired(last));
        ring.forget_expired(last);
        assert_eq!(known(&ring), ["2026-02-03"]);
        let end = at("2026-02-05T00:00:00Z");
        assert!(ring.has_expired(end));
        ring.forget_expired(end);
        assert!(known(&ring).is_empty());
        assert!(!ring.has_expired(end));
    }

    #[test]
    fn a_key_of_an_old_day_is_forgotten_a_day_after_it_was_made() {
        let mut ring = KeyRing::default();
        let made = at("2026-02-03T10:00:00Z");
        ring.insert(at("2013-01-01T00:00:00Z").date_naive(), new_key(made).unwrap());
        ring.insert(made.date_naive(), new_key(made).unwrap());
        ring.forget_expired(at("2026-02-04T09:59:59Z"));
        assert_eq!(known(&ring), ["2013-01-01", "2026-02-03"]);
        assert!(ring.has_expired(at("2026-02-04T10:00:00Z")));
        ring.forget_expired(at("2026-02-04T10:00:00Z"));
        assert_eq!(known(&ring), ["2026-02-03"]);
    }

    #[test]
    fn days_at_the_ends_of_the_calendar_are_days() {
        let mut ring = KeyRing::default();
        let now = at("2026-02-03T10:00:00Z");
        for day in [NaiveDate::MIN, NaiveDate::MAX] {
            ring.insert(day, new_key(now).unwrap());
        }
        ring.forget_expired(at("2026-02-05T10:00:00Z"));
        assert_eq!(known(&ring).len(), 0);
    }

    #[test]
    fn no_two_keys_are_equal() {
        let now = at("2026-02-03T10:00:00Z");
        assert_ne!(new_key(now).unwrap().key.expose(), new_key(now).unwrap().key.expose());
    }
}
