//! Ids of events: made up before sending, so that a retry stores nothing twice.

use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Builder;

/// The alphabet of URL-safe base64 (RFC 4648, section 5).
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A UUID of version 7 (RFC 9562) in URL-safe base64 without padding: 22 characters that need no escaping.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId {
    text: [u8; EventId::LEN],
}

impl EventId {
    /// How many characters an id has.
    pub const LEN: usize = 22;

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only letters of the alphabet above, so it is text.
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The id as the bytes of its text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventId({self})")
    }
}

/// The id of an event that is sent at an instant (to the millisecond), with 74 of the given random bits. A time before
/// 1970 counts as 1970.
///
/// ```
/// let at = chrono::DateTime::UNIX_EPOCH;
/// assert_eq!(djelme_core::identity::event_id(at, [0; 10]).as_str(), "AAAAAAAAcACAAAAAAAAAAA");
/// ```
#[must_use]
pub fn event_id(at: DateTime<Utc>, random: [u8; 10]) -> EventId {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    let uuid = Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_u128();
    let mut text = [0; EventId::LEN];
    for (place, letter) in text.iter_mut().enumerate() {
        // Six bits a letter; for the last one, two bits are left.
        let bits = if place < 21 { uuid >> (122 - 6 * place) } else { uuid << 4 };
        *letter = BASE64[(bits & 63) as usize];
    }
    EventId { text }
}
