//! Aggregations given as Elasticsearch's JSON.

use serde_json::Value;

use super::Aggregation;
use crate::error::Result;

/// An aggregation given as JSON; made by [`raw`].
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct RawAggregation {
    name: String,
    json: Value,
}

/// Any aggregation that Elasticsearch knows, as its JSON; the answer is JSON too.
///
/// ```
/// use djelme_core::aggregation::raw;
/// use serde_json::json;
///
/// let words = raw("words", json!({ "significant_text": { "field": "remarks" } }));
/// ```
pub fn raw(name: impl Into<String>, json: impl Into<Value>) -> RawAggregation {
    RawAggregation { name: name.into(), json: json.into() }
}

/// The answer as it is; `null` if no index lies within the range.
impl Aggregation for RawAggregation {
    type Response = Value;

    fn name(&self) -> &str {
        &self.name
    }

    fn to_json(&self) -> Result<Value> {
        Ok(self.json.clone())
    }

    fn decode(&self, answer: Option<&Value>) -> Result<Value> {
        Ok(answer.cloned().unwrap_or_default())
    }
}
