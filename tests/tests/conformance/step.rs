//! What a topic can do with a backend beside searching.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One request, or a few that belong together. Indexes are named by what follows the topic's stem, such as `2026.2.`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Step {
    /// A batch.
    Write(Vec<Write>),
    /// Makes writes visible.
    Refresh(String),
    /// A search of a time range, or one with other options.
    Search(Read),
    /// A count of a time range.
    Count(Read),
    /// Several searches in one request.
    MultiSearch(Vec<Read>),
    /// All pages of a search, each after the last hit of the one before.
    Pages(Value),
    /// All pages of the composite aggregation called `pages`, each after the last bucket of the one before.
    CompositePages(Value),
    /// A document, by index and id.
    Get(String, String),
    /// Deletes a document.
    Delete {
        index: String,
        id: String,
        /// Only the version that this write of the id had, counted from 0.
        if_version: Option<usize>,
    },
    /// The indexes that match.
    Indexes(String),
    /// The mapping of an index.
    Mapping(String),
    /// Adds fields to an index.
    PutMapping(String, Value),
    /// Deletes an index.
    DeleteIndex(String),
    /// Stores the topic's template with other mappings or settings.
    PutTemplate(TemplateChange),
    /// Tries the same without storing it.
    SimulateTemplate(TemplateChange),
    /// The topic's template.
    Template {},
    /// Deletes the topic's template.
    DeleteTemplate {},
}

/// One item of a batch.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Write {
    /// Stores a document unless the id is taken.
    Create(Value),
    /// Stores a document in the place of whatever has the id.
    Index(Value),
    /// Stores a document in the place of the version that this write of the id had, counted from 0.
    IndexIf(Value, usize),
    /// Stores text as it is, with an id.
    Raw(String, String),
}

/// A search or a count with its options.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Read {
    /// From this time until that one.
    pub(crate) range: Option<(String, String)>,
    #[serde(default)]
    pub(crate) partial: bool,
    #[serde(default = "empty")]
    pub(crate) body: Value,
}

fn empty() -> Value {
    Map::new().into()
}

/// What a template has other than the topic's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateChange {
    pub(crate) fields: Option<Map<String, Value>>,
    pub(crate) mappings: Option<Map<String, Value>>,
    pub(crate) settings: Option<Map<String, Value>>,
}
