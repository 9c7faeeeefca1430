//! The keys of session ids: one for each day, forgotten some time after it.

use std::fmt;

use chrono::NaiveDate;
use zeroize::Zeroize;

use crate::error::Result;

/// A secret by which the ids of one day's sessions are made. Its memory is overwritten when it is dropped.
#[derive(Clone)]
pub struct SessionKey([u8; SessionKey::LEN]);

impl SessionKey {
    /// How many bytes a key has.
    pub const LEN: usize = 32;

    /// A key of these bytes, which must come from a cryptographic source of randomness.
    #[must_use]
    pub const fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes, for whoever keeps keys. They must not get into logs.
    #[must_use]
    pub const fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl Drop for SessionKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

/// Where the keys of session ids come from.
///
/// While a day's key exists, whoever has it can try out users, addresses and user agents, and see whose session an
/// id is. Once it is gone, nobody can. So an implementation gives one random key to each day and forgets it when no
/// more records of that day are expected. Who records with another key counts the same visitor once more: all
/// processes that record one platform's usage should share their keys.
///
/// djelme has two: random keys of one process, and a file that processes of one machine share. Implement it for a vault.
pub trait SessionKeys: Send + Sync {
    /// The key of the day, in UTC, that the usage lies in. It is asked for with each record, so it should be at hand.
    ///
    /// # Errors
    /// If there is no key to be had; the record is then not taken. The message must not have the key.
    fn key(&self, day: NaiveDate) -> Result<SessionKey>;
}
