//! What differs between the record types and the store.

use std::fmt;

use djelme_core::Result;
use djelme_core::backend::SearchRequest;
use djelme_core::drift::{DriftKind, IndexDrift, TemplateDrift};
use djelme_core::plan::IndexPlan;
use serde_json::json;

use super::indexes::grouped;
use super::plan::live_indexes;
use crate::resolve::ResolvedType;

/// What [`check`](crate::Djelme::check) found, type by type; `Display` has a line for each difference, and one
/// block for all indexes of a type that differ in the same.
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
        let found = resolved.stored_template().await?;
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
            let indexes = checked.indexes.iter().filter(|index| index.kind() != DriftKind::InSync);
            let said = indexes.map(|index| (index.index.as_str(), (index.kind(), &index.differences)));
            for (indexes, (kind, differences)) in grouped(said) {
                writeln!(f, "  {indexes}: {kind}")?;
                differences.iter().try_for_each(|difference| writeln!(f, "    {difference}"))?;
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "also in the helpers of the tests")]

    use djelme_core::mapping::{FieldMapping, Property};
    use djelme_core::naming::{Naming, NamingSource};
    use djelme_core::options::TypeOptions;
    use djelme_core::record_type::{RecordKind, RecordType};
    use djelme_core::template::Template;
    use djelme_core::time::TimeDepth;
    use serde_json::Value;

    use super::*;

    fn desired() -> Template {
        const FIELDS: &[Property] = &[Property::field("page", FieldMapping::new("keyword"))];
        let view = RecordType::derived(RecordKind::Event, "View", "View", TypeOptions::NONE, FIELDS);
        let naming = Naming::new(NamingSource {
            prefix: "",
            app_label: "shop",
            recordtype_name: "view",
            template: None,
            template_name: None,
            depth: Some(TimeDepth::Month),
        });
        Template::desired(&view, &naming.unwrap())
    }

    #[test]
    fn differences_that_many_indexes_have_are_told_once() {
        let desired = desired();
        let mut turned = Value::Object(desired.mappings.clone());
        turned["properties"]["page"]["type"] = "text".into();
        let mut older = turned.clone();
        older["properties"]["page"]["type"] = "long".into();
        let index =
            |month: u32, found: &Value| IndexDrift::new(&desired, format!("shop_view_2026.{month}."), found);
        let mut indexes: Vec<_> = (2..=12).map(|month| index(month, &turned)).collect();
        indexes.push(index(1, &older));
        indexes.push(index(13, &Value::Object(desired.mappings.clone())));
        let checked = TypeCheck {
            record_type: "View".into(),
            template: TemplateDrift::new(&desired, Some(&desired)),
            indexes,
            documents_with_ignored_values: 0,
        };
        let kind = "differs in what only a new index can have (an index keeps its old mapping until it expires or is \
                    reindexed; new periods get the new one)";
        assert_eq!(
            CheckReport { types: vec![checked] }.to_string().lines().collect::<Vec<_>>(),
            [
                "View: template `shop_view__template`: in sync",
                &format!("  11 indexes, first `shop_view_2026.2.` until `shop_view_2026.12.`: {kind}"),
                "    mappings.properties.page.type: wanted keyword, found text",
                &format!("  index `shop_view_2026.1.`: {kind}"),
                "    mappings.properties.page.type: wanted keyword, found long",
            ]
        );
    }
}
