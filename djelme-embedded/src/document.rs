//! Single documents by index and id, as the last write left them.

use djelme_core::backend::{DocumentVersion, StoredDocument};

use crate::error::Refusal;
use crate::store::Store;

pub(crate) fn get(store: &Store, index: &str, id: &str) -> Result<Option<StoredDocument>, Refusal> {
    let _ = (store, index, id);
    Err(Refusal::unsupported("getting documents"))
}

pub(crate) fn delete(
    store: &Store,
    index: &str,
    id: &str,
    version: Option<DocumentVersion>,
) -> Result<bool, Refusal> {
    let _ = (store, index, id, version);
    Err(Refusal::unsupported("deleting documents"))
}
