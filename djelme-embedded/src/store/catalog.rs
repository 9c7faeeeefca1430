//! What the store knows beside documents: templates, indexes and tables. Never changed in place: a change is a new
//! catalog.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use djelme_core::template::Template;
use serde_json::{Map, Value};

use crate::schema::Schema;

/// A table of the store: a folder.
pub(crate) type TableId = u32;

/// Templates and indexes, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog {
    pub(crate) templates: BTreeMap<String, Arc<Template>>,
    pub(crate) indexes: BTreeMap<String, Arc<IndexMeta>>,
}

/// An index: a name, a mapping, and the tables that hold its documents.
#[derive(Debug)]
pub(crate) struct IndexMeta {
    pub(crate) name: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) mappings: Map<String, Value>,
    pub(crate) settings: Map<String, Value>,
    /// The mapping, understood.
    pub(crate) schema: Arc<Schema>,
    /// The tables that hold documents of it, one for each mapping that it had; the last takes new documents.
    pub(crate) tables: Vec<TableId>,
}
