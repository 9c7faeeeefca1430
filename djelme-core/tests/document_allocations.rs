//! Events are appended without allocating, once the batch's buffer is there.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod document_support;

use std::alloc::System;

use djelme_core::document::{BatchBuilder, Given, RecordEncoder};
use djelme_core::record::Record;
use document_support::{Departure, View, at, naming};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Appends a thousand records and counts the allocations, those that grow a buffer included.
fn allocations<R: Record>(record: &R) -> usize {
    let encoder = RecordEncoder::new(R::type_ref(), naming(R::TYPE));
    let now = at(2026, 2, 3, 4, 5, 6);
    let mut batch = BatchBuilder::with_capacity(4 << 20, 1_000);
    let region = Region::new(ALLOCATOR);
    for number in 0..1_000_u16 {
        let random = || [number.to_le_bytes()[0]; 10];
        let _ = encoder.append(&mut batch, record, Given::NOTHING, now, random).unwrap();
    }
    let stats = region.change();
    assert_eq!(batch.len(), 1_000);
    stats.allocations + stats.reallocations
}

/// The least of several rounds: what the test harness's own threads allocate meanwhile is counted too, now and then,
/// while an allocation of ours would be in every round.
fn least_allocations<R: Record>(record: &R) -> Option<usize> {
    (0..10).map(|_| allocations(record)).min()
}

// One test only: another one beside it would be counted too.
#[test]
fn an_event_allocates_nothing() {
    assert_eq!(least_allocations(&Departure::example()), Some(0));
    assert_eq!(least_allocations(&View { page: "/with \"escapes\"\n".repeat(50) }), Some(0));
}
