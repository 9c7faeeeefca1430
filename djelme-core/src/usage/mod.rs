//! Counted usage, as COUNTER counts it: who used which item, by sessions of one hour.

mod by;
mod check;
mod counted;
mod double_click;
mod iri;
mod session_key;
mod sessionhour;
mod visitor;

pub use by::UsageBy;
pub use check::check_usage;
pub use counted::{CountedUsage, CountedUsageFields};
pub use double_click::{ClickKey, DoubleClicks};
pub use iri::check_iri;
pub use session_key::{SessionKey, SessionKeys};
pub use sessionhour::{click_key, keyed_sessionhour_id, opaque_sessionhour_id};
pub use visitor::Visitor;

/// The name of the envelope's field for the session of a counted usage.
pub const SESSIONHOUR_ID: &str = "sessionhour_id";
