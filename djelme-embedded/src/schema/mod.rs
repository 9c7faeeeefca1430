//! What a mapping means: the type of each field, the columns that hold it, and how a document is read.
//!
//! One [`Schema`] belongs to one mapping and to the analysis of its index's settings. A field that changes makes
//! another schema, and with it another table of the store; so a column never holds values of two types.

mod complaint;
mod document;
mod exists;
mod field;
mod flattened;
pub(crate) mod ip;
mod json;
mod kind;
mod layout;
mod leaf;
mod mapping;
mod names;
mod params;
mod preview;
mod row;
mod types;
mod value;
pub(crate) mod version;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};
use tantivy::TantivyDocument;
use tantivy::tokenizer::TokenizerManager;

pub(crate) use exists::fits;
pub(crate) use field::FieldType;
pub(crate) use kind::{ColumnType, Kind, NumberType};
pub(crate) use types::has_type;
pub(crate) use value::java_parse;

use crate::analysis::{Analyzer, Analyzers, Tokens};
use crate::error::Refusal;
use document::Reading;
use layout::{Handles, Layout};
use mapping::{Leaf, Object};

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
/// The paths of the fields without a column (`text`) that have a value: terms. For the others ask the column.
pub(crate) const FIELD_NAMES: &str = "_field_names";
/// The paths of the fields of which a value was left out (`ignore_above`, `ignore_malformed`): a column, and terms.
pub(crate) const IGNORED: &str = "_ignored";

/// A mapping, understood.
#[derive(Debug)]
pub(crate) struct Schema {
    root: Object,
    leaves: Vec<Leaf>,
    /// The places of the leaves, by path.
    paths: BTreeMap<String, usize>,
    objects: BTreeSet<String>,
    /// How many children all objects have together.
    children: usize,
    /// Those of the fields.
    analyzers: BTreeMap<String, Arc<Analyzer>>,
    /// Those that a request can name.
    known: Analyzers,
    tantivy: tantivy::schema::Schema,
    handles: Handles,
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
        let known = Analyzers::new(settings)?;
        let mapping::Mapping { root, mut leaves, objects, children, analyzers } =
            mapping::read(mappings, &known)?;
        let Layout { schema: tantivy, handles } = Layout::new(&mut leaves);
        let paths = leaves.iter().enumerate().map(|(at, leaf)| (leaf.field.path.clone(), at)).collect();
        Ok(Self { root, leaves, paths, objects, children, analyzers, known, tantivy, handles })
    }

    /// The field of this path; `None` if nothing is mapped there, or an object is. `_index`, `_ignored` and `_seq_no`
    /// are fields too.
    pub(crate) fn field(&self, path: &str) -> Option<FieldType> {
        if let Some(&at) = self.paths.get(path) {
            return Some(self.leaves[at].field.clone());
        }
        match path {
            INDEX | IGNORED => return Some(FieldType::new(path.to_owned(), "keyword", Kind::Keyword)),
            SEQ_NO => {
                let kind = Kind::Number(NumberType::UnsignedLong);
                return Some(FieldType::new(path.to_owned(), "long", kind));
            }
            _ => {}
        }
        self.flattened_key(path)
    }

    /// The key of a flattened field, such as `env` of `labels.env`.
    fn flattened_key(&self, path: &str) -> Option<FieldType> {
        path.match_indices('.').find_map(|(at, _)| {
            let leaf = &self.leaves[*self.paths.get(&path[..at])?];
            (leaf.field.kind == Kind::Flattened).then(|| FieldType {
                path: path.to_owned(),
                flattened_key: Some(path[at + 1..].to_owned()),
                ..leaf.field.clone()
            })
        })
    }

    /// Whether an object is mapped there.
    pub(crate) fn is_object(&self, path: &str) -> bool {
        self.objects.contains(path)
    }

    /// All fields, multi-fields included, by path.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &FieldType> {
        self.paths.values().map(|&at| &self.leaves[at].field)
    }

    /// The schema of a table that holds documents of this mapping.
    pub(crate) fn tantivy(&self) -> &tantivy::schema::Schema {
        &self.tantivy
    }

    /// The tokenizers that an index with [`tantivy`](Self::tantivy)'s schema needs.
    pub(crate) fn tokenizers(&self) -> TokenizerManager {
        let manager = TokenizerManager::default();
        crate::analysis::register(&manager, self.analyzers.iter().map(|(name, it)| (name.as_str(), it)));
        manager
    }

    /// The analyzer of this name, of the settings or one of Elasticsearch's own, as a request names it.
    pub(crate) fn analyzer(&self, name: &str) -> Result<Option<Arc<Analyzer>>, Refusal> {
        self.known.analyzer(name)
    }

    /// The tokens of a query's text: by the search analyzer of a `text` field, by the normalizer of any other, where
    /// the text is one token.
    pub(crate) fn analyze(&self, field: &FieldType, text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        match &field.kind {
            Kind::Text { search_analyzer, .. } => {
                if let Some(analyzer) = self.analyzers.get(search_analyzer) {
                    analyzer.analyze(text, &mut tokens);
                }
            }
            _ => tokens.single(&field.normalize(text)),
        }
        tokens
    }

    /// A part of a term as wildcards and prefixes of a query's text have it: letters changed as the field changes them,
    /// nothing split or dropped.
    pub(crate) fn fold(&self, field: &FieldType, text: &str) -> String {
        match &field.kind {
            Kind::Text { search_analyzer, .. } => match self.analyzers.get(search_analyzer) {
                Some(analyzer) => analyzer.fold(text),
                None => text.to_owned(),
            },
            _ => field.normalize(text),
        }
    }

    /// Reads a document: what the table stores of it, or why Elasticsearch would refuse it.
    pub(crate) fn document(&self, source: &[u8], envelope: Envelope<'_>) -> Result<TantivyDocument, Refusal> {
        let row = Reading::new(self, source, envelope)?.read()?;
        Ok(row.into_document(self, source, envelope))
    }
}

/// The term of [`UID`].
pub(crate) fn uid(index: &str, id: &str) -> String {
    format!("{id}\0{index}")
}
