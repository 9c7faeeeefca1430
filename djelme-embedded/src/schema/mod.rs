//! What a mapping means: the type of each field, the columns that hold it, and how a document is read.
//!
//! One [`Schema`] belongs to one mapping. A field that changes makes another schema, and with it another table of the
//! store; so a column never holds values of two types.

mod kind;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tantivy::TantivyDocument;

pub(crate) use kind::{ColumnType, Kind, NumberType};

use crate::error::Refusal;

/// The id and the index of a document, as one term: the id first.
pub(crate) const UID: &str = "_uid";
/// The index of a document: a column, and terms.
pub(crate) const INDEX: &str = "_index";
/// The sequence number: a column.
pub(crate) const SEQ_NO: &str = "_seq_no";
/// The id, stored.
pub(crate) const ID: &str = "_id";
/// The JSON, stored byte for byte.
pub(crate) const SOURCE: &str = "_source";
/// The paths of the fields that have a value: terms.
pub(crate) const FIELD_NAMES: &str = "_field_names";

/// A mapping, understood.
#[derive(Debug)]
pub(crate) struct Schema {
    fields: BTreeMap<String, FieldType>,
    tantivy: tantivy::schema::Schema,
}

/// A field of a mapping: a leaf, a multi-field, or a key of a flattened field.
#[derive(Debug, Clone)]
pub(crate) struct FieldType {
    /// Its whole path, as requests name it.
    pub(crate) path: String,
    pub(crate) kind: Kind,
    /// Of a key within a flattened field: the key. `path` then ends in it.
    pub(crate) flattened_key: Option<String>,
}

/// What the store adds to a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envelope<'a> {
    pub(crate) index: &'a str,
    pub(crate) id: &'a str,
    pub(crate) seq_no: u64,
}

impl Schema {
    /// Understands a mapping with the settings (analysis) that its index has.
    pub(crate) fn new(mappings: &Map<String, Value>, settings: &Map<String, Value>) -> Result<Self, Refusal> {
        let _ = (mappings, settings);
        Ok(Self { fields: BTreeMap::new(), tantivy: tantivy::schema::Schema::builder().build() })
    }

    /// The field of this path; `None` if nothing is mapped there, or an object is.
    pub(crate) fn field(&self, path: &str) -> Option<FieldType> {
        self.fields.get(path).cloned()
    }

    /// The schema of a table that holds documents of this mapping.
    pub(crate) fn tantivy(&self) -> &tantivy::schema::Schema {
        &self.tantivy
    }

    /// Reads a document: what the table stores of it, or why Elasticsearch would refuse it.
    pub(crate) fn document(&self, source: &[u8], envelope: Envelope<'_>) -> Result<TantivyDocument, Refusal> {
        let _ = (source, envelope);
        Err(Refusal::unsupported("documents"))
    }
}

/// The term of [`UID`].
pub(crate) fn uid(index: &str, id: &str) -> String {
    format!("{id}\0{index}")
}
