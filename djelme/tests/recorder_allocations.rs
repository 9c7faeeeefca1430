//! Records are taken without allocating, once a batch's buffer is there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

use std::alloc::System;

use djelme::recorder::Recorder;
use djelme::{Djelme, EventRecord, Record as _};
use djelme_testing::ScriptedBackend;
use serde::{Deserialize, Serialize};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[derive(Debug, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month")]
struct View {
    path: String,
    status: u16,
}

/// Allocations while so many records are taken, those that grow a buffer included. Nothing is sent meanwhile.
fn allocations(recorder: &Recorder, view: &View, records: usize) -> usize {
    let region = Region::new(ALLOCATOR);
    for _ in 0..records {
        recorder.try_push(view).unwrap();
    }
    let stats = region.change();
    stats.allocations + stats.reallocations
}

// One test only: another one beside it would be counted too.
#[tokio::test]
async fn taking_a_record_allocates_nothing() {
    let backend = ScriptedBackend::new();
    let djelme = Djelme::builder().backend("main", backend).record_types([View::TYPE]).build().unwrap();
    djelme.setup().await.unwrap();
    let recorder = djelme.recorder().build().unwrap();
    let view = View { path: "/with \"escapes\"\n".repeat(20), status: 200 };
    // The least of several rounds: what the test harness's own threads allocate meanwhile is counted too, now and then,
    // while an allocation of ours would be in every round.
    let (mut within, mut across) = (usize::MAX, usize::MAX);
    for _ in 0..10 {
        // The first batch of a round gets its buffer.
        recorder.try_push(&view).unwrap();
        within = within.min(allocations(&recorder, &view, 998));
        recorder.try_push(&view).unwrap();
        across = across.min(allocations(&recorder, &view, 3_000));
        recorder.flush().await.unwrap();
    }
    assert_eq!(within, 0, "within a batch");
    // The batches of a round have the memory of those of the rounds before; new is only the count of who holds a
    // batch's bytes.
    assert!(across <= 3, "{across} allocations for 3 batches");
    assert_eq!(recorder.stats().total.stored, 40_000);
}
