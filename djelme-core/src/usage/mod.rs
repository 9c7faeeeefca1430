//! Counted usage, as COUNTER counts it: who used which item, by sessions of one hour.

mod counted;
mod session_key;
mod sessionhour;
mod visitor;

pub use counted::{CountedUsage, CountedUsageFields};
pub use session_key::{SessionKey, SessionKeys};
pub use sessionhour::{keyed_sessionhour_id, opaque_sessionhour_id};
pub use visitor::Visitor;

/// The name of the envelope's field for the session of a counted usage.
pub const SESSIONHOUR_ID: &str = "sessionhour_id";
