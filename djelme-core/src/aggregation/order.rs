//! The order of buckets.

use serde_json::{Value, json};

use super::Aggregation;

/// The order of the buckets of an aggregation.
///
/// ```
/// use djelme_core::aggregation::Order;
/// assert_eq!(Order::key().desc().into_json(), serde_json::json!({"_key": "desc"}));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an order does nothing until an aggregation uses it"]
pub struct Order {
    by: String,
    descending: bool,
}

impl Order {
    /// By the number of documents, most first.
    pub fn count() -> Self {
        Self { by: "_count".into(), descending: true }
    }

    /// By the key, least first.
    pub fn key() -> Self {
        Self { by: "_key".into(), descending: false }
    }

    /// By the number that this aggregation computes within the buckets, greatest first. An average of nothing counts as
    /// greater than every number; a filter on [`exists`](crate::field::Field::exists) keeps such buckets out.
    pub fn by(metric: &(impl Aggregation + ?Sized)) -> Self {
        Self::by_path(metric.name())
    }

    /// By what lies at the path within the buckets, greatest first: `"delays.max"` is the greatest value that the
    /// [`stats`](super::stats) called `delays` found.
    pub fn by_path(path: impl Into<String>) -> Self {
        Self { by: path.into(), descending: true }
    }

    /// Least first.
    pub fn asc(self) -> Self {
        Self { descending: false, ..self }
    }

    /// Greatest first.
    pub fn desc(self) -> Self {
        Self { descending: true, ..self }
    }

    /// The order as Elasticsearch takes it.
    #[must_use]
    pub fn into_json(self) -> Value {
        json!({ self.by: if self.descending { "desc" } else { "asc" } })
    }
}
