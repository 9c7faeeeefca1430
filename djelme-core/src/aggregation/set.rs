//! Aggregations side by side: on a search, or within a bucket.

use serde_json::{Map, Value};

use super::Aggregation;
use crate::error::{Error, Result};

/// What a bucket itself has; an aggregation of that name within it would hide it.
const BUCKET_KEYS: &[&str] = &[
    "key",
    "key_as_string",
    "doc_count",
    "doc_count_error_upper_bound",
    "from",
    "from_as_string",
    "to",
    "to_as_string",
    "meta",
];

/// Aggregations by their names, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aggregations(Vec<(String, Result<Value, String>)>);

impl Aggregations {
    pub(crate) fn add(&mut self, aggregation: &(impl Aggregation + ?Sized)) {
        let json = aggregation.to_json().map_err(|error| match error {
            Error::Query(problem) => problem,
            other => other.to_string(),
        });
        self.0.push((aggregation.name().to_owned(), json));
    }

    /// Names and bodies, checked; `None` if there are none.
    pub(crate) fn to_json(&self) -> Result<Option<Value>> {
        let mut all = Map::new();
        for (name, json) in &self.0 {
            if name.is_empty() || name.contains(['[', ']', '>']) {
                return Err(Error::Query(format!(
                    "an aggregation cannot be called `{name}`: a name has at least one character and none of `[`, `]`, `>`"
                )));
            }
            let json =
                json.clone().map_err(|problem| Error::Query(format!("aggregation `{name}`: {problem}")))?;
            if all.insert(name.clone(), json).is_some() {
                return Err(Error::Query(format!("two aggregations side by side are called `{name}`")));
            }
        }
        Ok((!all.is_empty()).then_some(Value::Object(all)))
    }

    /// An aggregation of this kind, with these ones within its buckets.
    pub(super) fn around(&self, kind: &str, body: Map<String, Value>) -> Result<Value> {
        if let Some((name, _)) = self.0.iter().find(|(name, _)| BUCKET_KEYS.contains(&name.as_str())) {
            return Err(Error::Query(format!("an aggregation within a bucket cannot be called `{name}`")));
        }
        let mut json = Map::new();
        json.insert(kind.to_owned(), Value::Object(body));
        if let Some(inner) = self.to_json()? {
            json.insert("aggs".into(), inner);
        }
        Ok(Value::Object(json))
    }

    /// The answers in a bucket that no index was there to fill.
    pub(super) fn unanswered(&self) -> Map<String, Value> {
        self.0.iter().map(|(name, _)| (name.clone(), Value::Null)).collect()
    }
}
