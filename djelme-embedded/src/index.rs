//! Indexes: listing, mappings, deletion, refresh.

use djelme_core::backend::{IndexState, IndexStatus};
use serde_json::Value;

use crate::error::Refusal;
use crate::mapping;
use crate::store::{Store, pattern};

/// The matching indexes, by name.
pub(crate) fn list(store: &Store, pattern: &str) -> Result<Vec<IndexStatus>, Refusal> {
    let snapshot = store.snapshot();
    let sizes = snapshot.sizes()?;
    let indexes = snapshot.catalog.indexes.values();
    let meant = indexes.filter(|index| pattern::expression_matches(pattern, &index.name));
    let status = meant.map(|index| {
        let size = sizes.get(&index.name).copied().unwrap_or_default();
        IndexStatus {
            name: index.name.clone(),
            state: IndexState::Open,
            documents: Some(size.documents),
            bytes: Some(size.bytes),
            created: Some(index.created),
        }
    });
    Ok(status.collect())
}

/// The mappings of those indexes that are there, by name.
pub(crate) fn mappings(store: &Store, indexes: &[String]) -> Vec<(String, Value)> {
    let snapshot = store.snapshot();
    let found = indexes.iter().filter_map(|name| snapshot.catalog.indexes.get(name));
    let mut found: Vec<_> =
        found.map(|index| (index.name.clone(), Value::Object(index.mappings.as_ref().clone()))).collect();
    found.sort_by(|left, right| left.0.cmp(&right.0));
    found.dedup_by(|left, right| left.0 == right.0);
    found
}

/// Adds fields to the mapping of one index.
pub(crate) fn put_mapping(store: &Store, index: &str, update: &Value) -> Result<(), Refusal> {
    let Value::Object(update) = update else {
        return Err(Refusal::new(
            400,
            "mapper_parsing_exception",
            "Failed to parse mapping: it is no object",
        ));
    };
    store.change(|catalog| {
        let meta = catalog.indexes.get(index).ok_or_else(|| missing(index))?;
        let mappings = mapping::updated(&meta.mappings, update)?;
        catalog.change_mapping(index, &mappings)
    })
}

fn missing(index: &str) -> Refusal {
    Refusal::new(404, "index_not_found_exception", format!("no such index [{index}]"))
}

/// Deletes one index. `false` if there was none.
pub(crate) fn delete(store: &Store, index: &str) -> Result<bool, Refusal> {
    if index.contains('*') || index == "_all" || index.is_empty() {
        return Err(Refusal::illegal("Wildcard expressions or all indices are not allowed"));
    }
    store.delete_index(index)
}

/// Makes what was written to the matching indexes visible to searches.
pub(crate) fn refresh(store: &Store, pattern: &str) -> Result<(), Refusal> {
    store.refresh(|name| pattern::expression_matches(pattern, name))
}
