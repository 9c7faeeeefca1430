//! Batches of writes.

use djelme_core::document::Batch;
use djelme_core::outcome::ItemResponse;

use crate::error::Refusal;
use crate::store::Store;

pub(crate) fn bulk(store: &Store, batch: &Batch) -> Result<Vec<ItemResponse>, Refusal> {
    let _ = (store, batch);
    Err(Refusal::unsupported("writes"))
}
