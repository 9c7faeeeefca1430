//! What the shop records.

use djelme::EventRecord;
use serde::{Deserialize, Serialize};

/// Somebody looked at a product.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "webshop", timedepth = "month")]
pub(crate) struct PageView {
    /// Path of the page.
    pub(crate) path: String,
    /// The page that led there, if the browser says so.
    pub(crate) referrer: Option<String>,
    /// The run of the shop that recorded it.
    pub(crate) run: String,
}

/// Somebody bought a product.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "webshop", timedepth = "month")]
pub(crate) struct Purchase {
    /// Number of the product.
    pub(crate) product: u32,
    /// How many of it.
    pub(crate) quantity: u32,
    /// The price of all of them.
    pub(crate) cents: u64,
    /// The run of the shop that recorded it.
    pub(crate) run: String,
}
