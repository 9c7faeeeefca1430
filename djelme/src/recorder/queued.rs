//! Records on their way: a batch, and what is known of each of its records.

use std::convert::Infallible;

use djelme_core::document::{Batch, BatchBuilder, BatchItem, WriteOp};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::disk::{Place, number_of};
use crate::attempt::Tries;
use crate::writes::Recorded;

/// What is known of one record that was taken.
#[derive(Debug, Default)]
pub(super) struct RecordState {
    pub(super) tries: Tries,
    /// The flush that will wait for it.
    pub(super) epoch: u64,
    /// Its index and id as one number; 0 where ids cannot repeat.
    pub(super) key: u64,
    /// Where it lies in the disk buffer; the default without one.
    pub(super) place: Place,
    /// What few records have.
    pub(super) extra: Option<Box<Extra>>,
}

/// What only some records carry.
#[derive(Debug, Default)]
pub(super) struct Extra {
    pub(super) unindexed_keywords: Vec<String>,
    pub(super) receipt: Option<oneshot::Sender<Recorded>>,
    /// What an earlier run, whose record it is, wrote under its id before it: documents as numbers.
    pub(super) earlier: Vec<u128>,
}

impl RecordState {
    /// Whether it is of an earlier run, and not the first one of its id.
    pub(super) fn has_earlier(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| !extra.earlier.is_empty())
    }

    /// Whether it is to take the place of this document.
    pub(super) fn is_newer_than(&self, document: &[u8]) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.earlier.contains(&number_of(document)))
    }
}

/// Appends a record that is encoded already.
pub(super) fn encode(
    builder: &mut BatchBuilder,
    op: WriteOp,
    index: &str,
    id: &str,
    source: &[u8],
) -> Option<()> {
    let write = |bytes: &[u8], out: &mut Vec<u8>| {
        out.extend_from_slice(bytes);
        Ok::<(), Infallible>(())
    };
    builder.push(op, id, |out| write(index.as_bytes(), out), |out| write(source, out)).ok()?;
    Some(())
}

/// A batch that waits to be sent, or is in flight.
#[derive(Debug, Default)]
pub(super) struct Queued {
    pub(super) batch: Batch,
    /// One for each item of the batch.
    pub(super) records: Vec<RecordState>,
    /// When it may be sent.
    pub(super) at: Option<Instant>,
    /// Whether it may go together with others: not if it failed as a whole.
    pub(super) mergeable: bool,
    /// If it failed as a whole: how many requests the lane had got answers to until then.
    pub(super) failed_after: Option<u64>,
}

/// Bytes that a record holds beside its own.
const OVERHEAD: usize = size_of::<BatchItem>() + size_of::<RecordState>();

/// And beyond those if its id can repeat: its key, and a batch of its own while it waits for another.
const UNIQUE_OVERHEAD: usize = 320;

/// Bytes that a recorder holds for this item.
pub(super) fn held_bytes(item: &BatchItem, unique: bool) -> usize {
    item.bytes() + OVERHEAD + if unique { UNIQUE_OVERHEAD } else { 0 }
}

impl Queued {
    /// The one record of this builder.
    pub(super) fn one(encoded: &BatchBuilder, record: RecordState) -> Self {
        let mut one = Collector::default();
        one.extend(encoded, record);
        one.take().unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Cuts off the records from `position` on.
    pub(super) fn split_off(&mut self, position: usize) -> Self {
        let items = self.len();
        let tail = self.batch.select(position..items);
        self.batch = self.batch.select(0..position);
        let records = self.records.split_off(position);
        Self { batch: tail, records, failed_after: self.failed_after, ..Self::default() }
    }

    /// Its records as items with their state, in order.
    pub(super) fn into_parts(self) -> (Batch, impl Iterator<Item = (usize, RecordState)>) {
        (self.batch, self.records.into_iter().enumerate())
    }
}

/// Puts records together that come from other batches.
#[derive(Debug, Default)]
pub(super) struct Collector {
    builder: BatchBuilder,
    records: Vec<RecordState>,
}

impl Collector {
    /// One with room for so many bytes and records.
    pub(super) fn with_room((bytes, records): (usize, usize)) -> Self {
        let builder = BatchBuilder::with_capacity(bytes, records);
        Self { builder, records: Vec::with_capacity(records) }
    }

    /// The memory of a batch that is at its end; `None` while somebody else holds some of its bytes.
    pub(super) fn reuse(batch: Batch, mut records: Vec<RecordState>) -> Option<Self> {
        records.clear();
        batch.into_builder().map(|builder| Self { builder, records })
    }

    /// Bytes that it has room for.
    pub(super) fn room(&self) -> usize {
        self.builder.capacity().0
    }

    /// Adds the one record of this builder.
    pub(super) fn extend(&mut self, encoded: &BatchBuilder, record: RecordState) {
        self.builder.extend(encoded);
        self.records.push(record);
    }

    pub(super) fn add(&mut self, batch: &Batch, position: usize, record: RecordState) {
        if let Some(item) = batch.items().get(position) {
            self.builder.copy(batch, item);
            self.records.push(record);
        }
    }

    /// Adds a record that is to be written in another way. Returns the bytes that it had and has.
    pub(super) fn add_as(
        &mut self,
        op: WriteOp,
        batch: &Batch,
        position: usize,
        record: RecordState,
    ) -> (usize, usize) {
        let Some(item) = batch.items().get(position) else { return (0, 0) };
        let added = encode(&mut self.builder, op, batch.index(item), &batch.id(item), &batch.source(item));
        self.records.extend(added.map(|()| record));
        (item.bytes(), self.builder.items().last().map_or(0, BatchItem::bytes))
    }

    pub(super) fn add_all(&mut self, queued: Queued) {
        let (batch, records) = queued.into_parts();
        records.for_each(|(position, record)| self.add(&batch, position, record));
    }

    pub(super) fn bytes(&self) -> usize {
        self.builder.bytes()
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// What was collected; nothing if nothing was.
    pub(super) fn take(&mut self) -> Option<Queued> {
        let records = std::mem::take(&mut self.records);
        let batch = self.builder.finish();
        (!records.is_empty()).then(|| Queued { batch, records, ..Queued::default() })
    }
}
