//! Batches of writes.

use djelme_core::document::Batch;
use djelme_core::outcome::ItemResponse;

use crate::error::Refusal;
use crate::store::{Store, Write};

/// Writes the batch: one answer for each item, in order.
pub(crate) fn bulk(store: &Store, batch: &Batch) -> Result<Vec<ItemResponse>, Refusal> {
    let writes: Vec<Write<'_>> = batch
        .items()
        .iter()
        .map(|item| Write {
            op: item.op,
            index: batch.index(item),
            id: batch.id(item),
            source: &batch.body()[item.source.clone()],
        })
        .collect();
    if writes.is_empty() { Ok(Vec::new()) } else { store.write(&writes) }
}
