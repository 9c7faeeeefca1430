//! The order of hits.

use serde_json::{Value, json};

/// One key of the order of hits; handles make them: `f.distance.desc()`. Any other that Elasticsearch knows is made of
/// its JSON: `Sort::from(json!({"_script": {..}}))`.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an order does nothing until a search uses it"]
pub struct Sort(Value);

impl Sort {
    /// By a field of the Elasticsearch type. Without the type, an index from before the field was added would fail.
    pub(crate) fn by(field: String, es_type: &str, order: &str) -> Self {
        let mut key = json!({ "order": order });
        if !es_type.is_empty() {
            key["unmapped_type"] = es_type.into();
        }
        Self(json!({ field: key }))
    }

    /// By the score of the search's [`query`](super::Search::query), the best first.
    pub fn score() -> Self {
        Self(json!({ "_score": { "order": "desc" } }))
    }

    /// Documents without a value come first instead of last.
    pub fn missing_first(mut self) -> Self {
        let keys = self.0.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut);
        for key in keys.filter_map(Value::as_object_mut) {
            key.insert("missing".into(), "_first".into());
        }
        self
    }

    /// The key as Elasticsearch takes it.
    #[must_use]
    pub fn into_json(self) -> Value {
        self.0
    }
}

impl From<Value> for Sort {
    fn from(json: Value) -> Self {
        Self(json)
    }
}
