//! Ids of sessions: a visitor and an hour of the day, hashed.
//!
//! COUNTER counts unique items by sessions, which it defines as a user and an hour of a day. The hour is one of UTC.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake2::digest::consts::U16;
use blake2::digest::{FixedOutput, Update};
use blake2::{Blake2b128, Blake2bMac, Digest};
use chrono::{DateTime, Timelike, Utc};

use super::SESSIONHOUR_ID;
use super::double_click::ClickKey;
use super::session_key::SessionKey;
use super::visitor::{Identity, Visitor};
use crate::error::{Error, Result};
use crate::identity::opaque_key;

const SECONDS_PER_HOUR: i64 = 3_600;
/// 32 bytes of key and 16 of domain are within the bounds of `BLAKE2b`, so nobody sees this.
const UNHASHED: &str = "the visitor cannot be hashed";

/// The id of the visitor's session in the hour of `at`, the same as the Python package's `opaque_sessionhour_id`
/// where that is given a time in UTC.
///
/// There is no secret in it: who knows the ids and a list of users, or guesses addresses and user agents, can find out
/// whose session it is. A user id and a client session id of one text make one id. [`keyed_sessionhour_id`] is
/// free of both.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use djelme_core::usage::{Visitor, opaque_sessionhour_id};
///
/// let at = Utc.with_ymd_and_hms(1234, 5, 6, 7, 0, 0).unwrap();
/// let id = opaque_sessionhour_id(&Visitor::new().client_session_id("foo"), at)?;
/// assert!(id.starts_with("1@QI3OZ^p=B_"));
/// # Ok::<(), djelme_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Record`] if what is known of the visitor does not make a session: nothing at all, an address or a user
/// agent alone.
pub fn opaque_sessionhour_id(visitor: &Visitor<'_>, at: DateTime<Utc>) -> Result<String> {
    let (day, hour) = (at.format("%F").to_string(), at.hour().to_string());
    match visitor.python_identity().map_err(no_session)? {
        Identity::Session(id) => Ok(id.to_owned()),
        Identity::User(id) | Identity::Client(id) => opaque_key([id, &day, &hour]),
        Identity::Agent { ip, user_agent } => opaque_key([ip, user_agent, &day, &hour]),
    }
}

/// The id of the visitor's session in the hour of `at`: 22 characters of URL-safe base64, from the 128 bits of a
/// keyed `BLAKE2b`. User ids, client session ids, and addresses with user agents are hashed apart from each other.
///
/// Without the key nobody can tell whose session it is, or make the id of a visitor to look for.
///
/// # Errors
/// [`Error::Record`] if what is known of the visitor does not make a session: nothing at all, something blank, an
/// address or a user agent alone, an address with a port.
pub fn keyed_sessionhour_id(key: &SessionKey, visitor: &Visitor<'_>, at: DateTime<Utc>) -> Result<String> {
    match visitor.identity().map_err(no_session)? {
        Identity::Session(id) => Ok(id.to_owned()),
        identity => {
            let hour = at.timestamp().div_euclid(SECONDS_PER_HOUR);
            keyed(key, identity, hour)
                .map(|hash| URL_SAFE_NO_PAD.encode(hash))
                .ok_or_else(|| no_session(UNHASHED))
        }
    }
}

/// Who clicked on what, for [`DoubleClicks`](super::DoubleClicks): a hash of the visitor, whatever the hour, and of what
/// makes two clicks one action.
///
/// # Errors
/// As [`keyed_sessionhour_id`].
pub fn click_key(key: &SessionKey, visitor: &Visitor<'_>, action: &str) -> Result<ClickKey> {
    let identity = visitor.python_identity().map_err(no_session)?;
    let visitor = keyed(key, identity, 0).ok_or_else(|| no_session(UNHASHED))?;
    let mut click = Blake2b128::new();
    Digest::update(&mut click, visitor);
    Digest::update(&mut click, action);
    Ok(click.finalize().into())
}

/// Domains are told apart by `BLAKE2b`'s own parameter for that, texts by their length, so that no two identities make
/// one input.
fn keyed(key: &SessionKey, identity: Identity<'_>, hour: i64) -> Option<[u8; 16]> {
    let (domain, first, second): (&[u8; 16], &str, &str) = match identity {
        Identity::Session(id) => (b"djelme session  ", id, ""),
        Identity::User(id) => (b"djelme user     ", id, ""),
        Identity::Client(id) => (b"djelme client   ", id, ""),
        Identity::Agent { ip, user_agent } => (b"djelme ip agent ", ip, user_agent),
    };
    let mut mac = Blake2bMac::<U16>::new_with_salt_and_personal(Some(key.expose()), &[], domain).ok()?;
    mac.update(&hour.to_le_bytes());
    mac.update(&(first.len() as u64).to_le_bytes());
    mac.update(first.as_bytes());
    mac.update(second.as_bytes());
    Some(mac.finalize_fixed().into())
}

#[cold]
fn no_session(reason: &'static str) -> Error {
    Error::Record {
        record_type: "counted usage".to_owned(),
        field: SESSIONHOUR_ID.to_owned(),
        reason: reason.to_owned(),
    }
}
