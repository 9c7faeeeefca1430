//! Single documents by index and id, as the last write left them.

use djelme_core::backend::{DocumentVersion, StoredDocument};

use crate::error::Refusal;
use crate::store::Store;

/// The document, also right after it was written; `None` if it or its index is missing.
pub(crate) fn get(store: &Store, index: &str, id: &str) -> Result<Option<StoredDocument>, Refusal> {
    if id.is_empty() {
        return Err(Refusal::illegal("Ids can't be empty"));
    }
    store.get(index, id)
}

/// Deletes the document, under a condition if a version is given. `false` if it or its index was missing.
pub(crate) fn delete(
    store: &Store,
    index: &str,
    id: &str,
    version: Option<DocumentVersion>,
) -> Result<bool, Refusal> {
    store.delete(index, id, version)
}
