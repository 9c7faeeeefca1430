//! A field as requests see it.

use std::sync::Arc;

use tantivy::schema::Field;

use super::{Kind, ip, version};
use crate::analysis::Analyzer;
use crate::date::DateFormat;
use crate::error::Refusal;

/// The column and the terms of a flattened field's keys are those of this sub-field.
pub(super) const KEYED: &str = "._keyed";

/// A field of a mapping: a leaf, a multi-field, or a key of a flattened field.
#[derive(Debug, Clone)]
pub(crate) struct FieldType {
    /// Its whole path, as requests name it.
    pub(crate) path: String,
    /// Elasticsearch's name of its type, as the mapping has it.
    pub(crate) es_type: &'static str,
    pub(crate) kind: Kind,
    /// Of a key within a flattened field: the key. `path` then ends in it.
    pub(crate) flattened_key: Option<String>,
    /// `index`: without it and without `doc_values`, nothing can be searched.
    pub(crate) indexed: bool,
    /// `doc_values`: without them, nothing can be sorted or aggregated.
    pub(crate) doc_values: bool,
    /// Of a `date`.
    pub(crate) format: Arc<DateFormat>,
    /// Of a `keyword`: values of documents and of term queries go through it.
    pub(crate) normalizer: Option<Arc<Analyzer>>,
    /// Of a `constant_keyword`: the value that every document has.
    pub(crate) constant: Option<String>,
}

impl FieldType {
    pub(crate) fn new(path: String, es_type: &'static str, kind: Kind) -> Self {
        Self {
            path,
            es_type,
            kind,
            flattened_key: None,
            indexed: true,
            doc_values: true,
            format: Arc::default(),
            normalizer: None,
            constant: None,
        }
    }

    /// The name that its terms and its column have in a table.
    pub(crate) fn column_name(&self) -> String {
        match &self.flattened_key {
            Some(key) => format!("{}{KEYED}", &self.path[..self.path.len() - key.len() - 1]),
            None => self.path.clone(),
        }
    }

    /// The field of a table that holds its terms; `None` if the table is older than the field.
    pub(crate) fn handle(&self, table: &tantivy::schema::Schema) -> Option<Field> {
        table.get_field(&self.column_name()).ok()
    }

    /// What all terms of the field begin with: of a key within a flattened field, the key.
    pub(crate) fn term_prefix(&self) -> String {
        self.flattened_key.as_ref().map(|key| format!("{key}\0")).unwrap_or_default()
    }

    /// The term of a value as a query names it: normalized, encoded, and with its prefix. Only for fields whose
    /// column is of terms.
    pub(crate) fn encode_term(&self, value: &str) -> Result<String, Refusal> {
        Ok(match self.kind {
            Kind::Ip => ip::encode(ip::parse(value).map_err(|error| Refusal::illegal(error.to_string()))?),
            Kind::Version => version::encode(value).map_err(Refusal::illegal)?,
            _ => {
                let value = self.normalize(value);
                format!("{}{value}", self.term_prefix())
            }
        })
    }

    /// The value of a term of the column, as Elasticsearch writes it. The prefix of a key is gone already, as
    /// [`TextColumn::terms`](crate::column::TextColumn::terms) gives it.
    pub(crate) fn decode_term(&self, term: &[u8]) -> String {
        let text = String::from_utf8_lossy(term);
        match self.kind {
            Kind::Ip => ip::decode(&text).unwrap_or_else(|| text.into_owned()),
            Kind::Version => version::decode(&text),
            _ => text.into_owned(),
        }
    }

    /// The value as the normalizer leaves it.
    pub(crate) fn normalize(&self, value: &str) -> String {
        match &self.normalizer {
            Some(normalizer) => normalizer.normalize(value),
            None => value.to_owned(),
        }
    }
}
