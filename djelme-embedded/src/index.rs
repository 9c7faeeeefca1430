//! Indexes: listing, mappings, deletion, refresh.

use djelme_core::backend::{IndexState, IndexStatus};
use serde_json::Value;

use crate::error::Refusal;
use crate::store::{Store, pattern};

/// The matching indexes, by name.
pub(crate) fn list(store: &Store, pattern: &str) -> Result<Vec<IndexStatus>, Refusal> {
    let snapshot = store.snapshot();
    let meant =
        snapshot.catalog.indexes.values().filter(|index| pattern::expression_matches(pattern, &index.name));
    let status = meant.map(|index| IndexStatus {
        name: index.name.clone(),
        state: IndexState::Open,
        documents: None,
        bytes: None,
        created: Some(index.created),
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

pub(crate) fn put_mapping(store: &Store, index: &str, mapping: &Value) -> Result<(), Refusal> {
    let _ = (store, index, mapping);
    Err(Refusal::unsupported("mapping updates"))
}

/// Deletes one index. `false` if there was none.
pub(crate) fn delete(store: &Store, index: &str) -> Result<bool, Refusal> {
    if index.contains('*') || index == "_all" {
        return Err(Refusal::illegal("Wildcard expressions or all indices are not allowed"));
    }
    store.delete_index(index)
}

/// Makes what was written to the matching indexes visible to searches.
pub(crate) fn refresh(store: &Store, pattern: &str) -> Result<(), Refusal> {
    store.refresh(|name| pattern::expression_matches(pattern, name))
}
