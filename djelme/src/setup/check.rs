//! What differs between the record types and the store.

use std::fmt;

use djelme_core::Result;
use djelme_core::backend::SearchRequest;
use djelme_core::drift::{DriftKind, IndexDrift, TemplateDrift};
use djelme_core::plan::IndexPlan;
use serde_json::json;

use super::plan::live_indexes;
use crate::resolve::ResolvedType;

/// What [`check`](crate::Djelme::check) found, type by type; `Display` has a line for each difference.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CheckReport {
    /// The types, in the order of the handle.
    pub types: Vec<TypeCheck>,
}

/// One record type, its template and its live indexes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TypeCheck {
    /// The type's Rust name.
    pub record_type: String,
    /// The template, compared with what the type asks for.
    pub template: TemplateDrift,
    /// The live indexes, likewise.
    pub indexes: Vec<IndexDrift>,
    /// Documents with a value that is stored but that no search finds, such as a keyword longer than `ignore_above`.
    pub documents_with_ignored_values: u64,
}

impl TypeCheck {
    pub(super) async fn new(resolved: &ResolvedType) -> Result<Self> {
        let found = resolved.backend.template(&resolved.template.name).await?;
        let indexes = live_indexes(resolved).await?;
        let ignored = if indexes.is_empty() { 0 } else { ignored_values(resolved).await? };
        Ok(Self {
            record_type: resolved.type_ref.rust_name.to_string(),
            template: TemplateDrift::new(&resolved.template, found.as_ref()),
            indexes,
            documents_with_ignored_values: ignored,
        })
    }

    /// Whether template and live indexes are as the type asks for. A template or an index with more than that
    /// is a newer deployment's, and in sync.
    #[must_use]
    pub fn is_in_sync(&self) -> bool {
        let kinds = self.indexes.iter().map(IndexDrift::kind).chain([self.template.kind()]);
        kinds.into_iter().all(|kind| matches!(kind, DriftKind::InSync | DriftKind::Newer))
    }
}

/// Elasticsearch notes in `_ignored` which fields of a document it did not index.
async fn ignored_values(resolved: &ResolvedType) -> Result<u64> {
    let body = json!({ "query": { "exists": { "field": "_ignored" } } });
    let plan = IndexPlan::new(&resolved.naming, None);
    resolved.backend.count(SearchRequest { plan: &plan, body: &body, allow_partial: false }).await
}

impl CheckReport {
    /// Whether every type is in sync.
    #[must_use]
    pub fn is_in_sync(&self) -> bool {
        self.types.iter().all(TypeCheck::is_in_sync)
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for checked in &self.types {
            writeln!(f, "{}: {}", checked.record_type, checked.template)?;
            for index in checked.indexes.iter().filter(|index| index.kind() != DriftKind::InSync) {
                writeln!(f, "  {index}")?;
            }
            if checked.documents_with_ignored_values > 0 {
                writeln!(
                    f,
                    "  warning: {} documents have a value that is stored but not found by searches, such as a keyword \
                     longer than `ignore_above`",
                    checked.documents_with_ignored_values
                )?;
            }
        }
        Ok(())
    }
}
