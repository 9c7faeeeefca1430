//! `cardinality`: how many different values.

use serde_json::Value;

use super::metric::MetricAnswer as _;
use super::request::Request;
use super::{Aggregation, present};
use crate::error::Result;
use crate::field::Field;
use crate::field::kind::DocValues;

/// How many different values a field has; made by [`cardinality`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Cardinality(Request);

/// How many different values a field has. Elasticsearch counts up to 3,000 nearly exactly and estimates beyond; see
/// [`precision_threshold`](Cardinality::precision_threshold).
pub fn cardinality<T, K: DocValues, S>(name: impl Into<String>, field: Field<T, K, S>) -> Cardinality {
    Cardinality(Request::on_field("cardinality", name, field))
}

impl Cardinality {
    /// Counts nearly exactly up to so many values, at most 40,000, in so many times eight bytes of memory.
    pub fn precision_threshold(self, values: u32) -> Self {
        Self(self.0.with("precision_threshold", values))
    }

    /// Counts documents without a value as if they had this one. Otherwise they are left out.
    pub fn missing(self, value: impl Into<Value>) -> Self {
        Self(self.0.with_checked("missing", present(value.into())))
    }
}

impl Aggregation for Cardinality {
    type Response = u64;

    fn name(&self) -> &str {
        self.0.name()
    }

    fn to_json(&self) -> Result<Value> {
        self.0.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<u64> {
        u64::read(answer)
    }
}
