//! Where a record is encoded, outside of any lock: a builder for each thread, used again and again.

use std::cell::Cell;

use djelme_core::document::BatchBuilder;

/// A builder that has grown larger than this is not kept.
const KEPT: usize = 1 << 20;

thread_local! {
    static BUILDER: Cell<Option<BatchBuilder>> = const { Cell::new(None) };
}

/// One encoded record. Its memory goes back to the thread that it ends on.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) builder: BatchBuilder,
    pub(super) unindexed_keywords: Vec<String>,
}

impl Scratch {
    pub(super) fn take() -> Self {
        let builder = BUILDER.take().unwrap_or_default();
        Self { builder, unindexed_keywords: Vec::new() }
    }

    /// The index and the id of the record.
    pub(super) fn index_and_id(&self) -> (String, String) {
        let mut copy = BatchBuilder::default();
        copy.extend(&self.builder);
        let batch = copy.finish();
        let pair = batch.items().first().map(|item| (batch.index(item).to_owned(), batch.id(item).into()));
        pair.unwrap_or_default()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut builder = std::mem::take(&mut self.builder);
        builder.clear();
        if builder.capacity().0 <= KEPT {
            // On a thread that is ending there is nothing to keep it for.
            let _ = BUILDER.try_with(|kept| kept.set(Some(builder)));
        }
    }
}
