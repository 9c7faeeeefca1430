//! Which fields of the documents come back.

use serde_json::{Value, json};

#[derive(Debug, Clone, Default)]
pub(super) struct SourceFilter {
    pub(super) includes: Vec<String>,
    pub(super) excludes: Vec<String>,
    pub(super) none: bool,
}

impl SourceFilter {
    /// The value of `_source`; `None` for whole documents.
    pub(super) fn to_json(&self) -> Option<Value> {
        match (self.none, self.includes.is_empty(), self.excludes.is_empty()) {
            (true, _, _) => Some(false.into()),
            (false, true, true) => None,
            (false, false, true) => Some(json!({ "includes": self.includes })),
            (false, true, false) => Some(json!({ "excludes": self.excludes })),
            (false, false, false) => Some(json!({ "includes": self.includes, "excludes": self.excludes })),
        }
    }
}
