//! Index templates: the mapping and settings that new indexes of a type get.

use serde_json::{Map, Value};

/// A composable index template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// The index patterns that it applies to.
    pub index_patterns: Vec<String>,
    /// Which of two templates wins; Elasticsearch takes a missing one for 0.
    pub priority: Option<u64>,
    /// Component templates that it is composed of.
    pub composed_of: Vec<String>,
    /// Index settings.
    pub settings: Map<String, Value>,
    /// The mapping.
    pub mappings: Map<String, Value>,
    /// Notes of whoever wrote it.
    pub meta: Map<String, Value>,
}
