//! Indexes: listing, mappings, deletion, refresh.

use djelme_core::backend::IndexStatus;
use serde_json::Value;

use crate::error::Refusal;
use crate::store::Store;

pub(crate) fn list(store: &Store, pattern: &str) -> Result<Vec<IndexStatus>, Refusal> {
    let _ = (store, pattern);
    Ok(Vec::new())
}

pub(crate) fn mappings(store: &Store, indexes: &[String]) -> Vec<(String, Value)> {
    let _ = (store, indexes);
    Vec::new()
}

pub(crate) fn put_mapping(store: &Store, index: &str, mapping: &Value) -> Result<(), Refusal> {
    let _ = (store, index, mapping);
    Err(Refusal::unsupported("mapping updates"))
}

pub(crate) fn delete(store: &Store, index: &str) -> Result<bool, Refusal> {
    let _ = (store, index);
    Err(Refusal::unsupported("deleting indexes"))
}

pub(crate) fn refresh(store: &Store, pattern: &str) -> Result<(), Refusal> {
    let _ = (store, pattern);
    Ok(())
}
