//! Keys that one process makes up and never writes down.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use djelme_core::Result;
use djelme_core::usage::{SessionKey, SessionKeys};

use super::key_ring::{KeyRing, new_key};

/// A random key for each day, in memory only: what a handle has unless it is given other keys.
///
/// A key is forgotten 24 hours after its day, or after it was made for a record of an older day, and with the
/// process. From then on nobody can find out whose session an id is. Until then it takes this process's
/// memory to do so.
///
/// A visitor who reaches two processes, or one that was started anew within the hour, counts as two sessions: where
/// there are several processes or frequent starts, share the keys, by a [`SessionKeyFile`](super::SessionKeyFile) on
/// one machine.
#[derive(Default)]
pub struct RandomSessionKeys(Mutex<KeyRing>);

impl RandomSessionKeys {
    /// Keys of this value's own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn key_at(&self, day: NaiveDate, now: DateTime<Utc>) -> Result<SessionKey> {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ring.has_expired(now) {
            ring.forget_expired(now);
        }
        if let Some(key) = ring.get(day) {
            return Ok(key.clone());
        }
        let made = new_key(now)?;
        let key = made.key.clone();
        ring.insert(day, made);
        Ok(key)
    }
}

impl SessionKeys for RandomSessionKeys {
    fn key(&self, day: NaiveDate) -> Result<SessionKey> {
        self.key_at(day, Utc::now())
    }
}

impl fmt::Debug for RandomSessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RandomSessionKeys(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_key_until_it_is_forgotten() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (keys, day) = (RandomSessionKeys::new(), at("2026-02-03T10:00:00Z").date_naive());
        let of = |day, now| *keys.key_at(day, at(now)).unwrap().expose();
        let first = of(day, "2026-02-03T10:00:00Z");
        assert_eq!(of(day, "2026-02-04T23:59:59Z"), first);
        assert_ne!(of(day.succ_opt().unwrap(), "2026-02-04T23:59:59Z"), first);
        assert_ne!(of(day, "2026-02-05T00:00:00Z"), first);
    }
}
