//! Why a document is refused, in Elasticsearch's words.

use super::document::Reading;
use super::json::{Malformed, Token, position};
use super::mapping::{Leaf, Object};
use super::preview;
use crate::error::Refusal;

/// Names that a document may not use at its top level.
const METADATA: [&str; 11] = [
    "_id",
    "_index",
    "_source",
    "_field_names",
    "_ignored",
    "_seq_no",
    "_routing",
    "_version",
    "_tier",
    "_nested_path",
    "_ignored_source",
];

impl Reading<'_> {
    /// Refuses what only Elasticsearch itself writes, at the top of a document.
    pub(super) fn check_metadata(
        &self,
        object: &Object,
        key: &str,
        first: &Token<'_>,
    ) -> Result<(), Refusal> {
        if !object.path.is_empty() {
            return Ok(());
        }
        if key == "_doc_count" {
            return Err(Refusal::unsupported("[_doc_count] in documents"));
        }
        if !METADATA.contains(&key) {
            return Ok(());
        }
        let (id, preview) = (self.id, preview::of(first));
        Err(self.at(
            self.reader.start(),
            format_args!(
                "failed to parse field [{key}] of type [{key}] in document with id '{id}'. Preview of field's value: \
                 '{preview}'; caused by: Field [{key}] is a metadata field and cannot be added inside a document. Use \
                 the index API request parameters."
            ),
        ))
    }

    /// Refuses names that no field can have.
    pub(super) fn check_key(&self, key: &str, at: usize) -> Result<(), Refusal> {
        if key.is_empty() {
            return Err(self.at(at, "failed to parse: field name cannot be an empty string"));
        }
        if key.trim().is_empty() {
            return Err(self.at(at, format_args!("Field name cannot contain only whitespace: [{key}]")));
        }
        if key.starts_with('.') || key.contains("..") {
            let text = format_args!("failed to parse: field name cannot contain only whitespace: ['{key}']");
            return Err(self.at(at, text));
        }
        Ok(())
    }

    pub(super) fn at(&self, at: usize, reason: impl std::fmt::Display) -> Refusal {
        let (line, column) = position(self.text, at);
        refusal(format!("[{line}:{column}] {reason}"))
    }

    pub(super) fn malformed(&self, malformed: &Malformed) -> Refusal {
        self.at(malformed.at, format_args!("failed to parse: {}", malformed.reason))
    }

    pub(super) fn duplicate(&self, key: &str) -> Refusal {
        self.at(self.reader.start(), format_args!("failed to parse: Duplicate field '{key}'"))
    }

    pub(super) fn concrete(&self, path: &str, name: &str) -> Refusal {
        let text = "as object, but found a concrete value";
        self.at(
            self.reader.start(),
            format_args!("object mapping for [{path}] tried to parse field [{name}] {text}"),
        )
    }

    pub(super) fn not_mapped(&self, name: &str, object: &Object, at: usize) -> Refusal {
        let (line, column) = position(self.text, at);
        let within = if object.path.is_empty() { "_doc" } else { &object.path };
        Refusal::new(
            400,
            "strict_dynamic_mapping_exception",
            format!(
                "[{line}:{column}] mapping set to strict, dynamic introduction of [{name}] within [{within}] is not \
                 allowed"
            ),
        )
    }

    pub(super) fn unfit(&self, leaf: &Leaf, at: usize, preview: &str, cause: &str) -> Refusal {
        let (path, es_type, id) = (&leaf.field.path, leaf.field.es_type, self.id);
        self.at(at, format_args!(
            "failed to parse field [{path}] of type [{es_type}] in document with id '{id}'. Preview of field's value: \
             '{preview}'; caused by: {cause}"
        ))
    }
}

pub(super) fn refusal(reason: impl Into<String>) -> Refusal {
    Refusal::new(400, "document_parsing_exception", reason)
}
