//! Ids that repeat: one write at a time, the last one wins, and the first one where it is to be kept.

use std::collections::BTreeMap;

use djelme::outcome::Outcome;
use djelme_testing::{Call, Fault, FaultAnswer, ScriptedBackend, on, refusal};

use crate::common::{Claim, Stock, handle, noting, recorder};

/// The count of each shelf, as it lies in the store.
fn shelves(backend: &ScriptedBackend) -> BTreeMap<u64, u64> {
    let of = |(index, id): (String, String)| {
        let source = backend.store().document(&index, &id).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&source).unwrap();
        (json["shelf"].as_u64().unwrap(), json["count"].as_u64().unwrap())
    };
    backend.store().ids().into_iter().map(of).collect()
}

#[tokio::test(start_paused = true)]
async fn under_faults_the_last_write_of_each_id_wins_and_no_two_are_on_their_way() {
    for seed in 0..20 {
        let backend = ScriptedBackend::new();
        let builder = handle(&backend).await.recorder().batch_records(7).requests_in_flight(4);
        let (recorder, ends) = noting(builder);
        let busy = on(Call::Bulk).with_probability(0.2).seeded(seed).refuse(refusal::busy());
        let faults = [Fault::ApplyAndDrop, Fault::Drop, Fault::Reorder, Fault::Answer(FaultAnswer::new(503))];
        backend.script(on(Call::Bulk).with_probability(0.3).seeded(seed).one_of(faults));
        backend.script(busy);
        for count in 0..300 {
            recorder.push(&Stock { shelf: count % 10, count }).await.unwrap();
            if count % 50 == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            }
        }
        recorder.flush().await.unwrap();
        assert_eq!(backend.journal().violations(), [], "seed {seed}");
        assert_eq!(shelves(&backend), (0..10).map(|shelf| (shelf, 290 + shelf)).collect(), "seed {seed}");
        let counts = recorder.stats().total;
        assert_eq!((counts.stored + counts.replaced, ends.lock().unwrap().len()), (300, 300));
    }
}

#[tokio::test(start_paused = true)]
async fn one_id_many_times_takes_as_many_requests_and_no_waits() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    let begun = tokio::time::Instant::now();
    for count in 0..100 {
        recorder.push(&Stock { shelf: 1, count }).await.unwrap();
    }
    recorder.flush().await.unwrap();
    assert_eq!((crate::common::sizes(&backend), begun.elapsed().as_millis()), (vec![1; 100], 0));
    assert_eq!(shelves(&backend), [(1, 99)].into());
}

#[tokio::test(start_paused = true)]
async fn single_writes_keep_the_order_of_one_id_too() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let first = |item: &djelme_testing::Item<'_>| item.source_contains("\"count\":0,");
    backend.script(on(Call::Bulk).for_items(first).refuse(refusal::busy()).times(2));
    let records: Vec<_> = (0..6).map(|count| Stock { shelf: count % 2, count }).collect();
    let recorded = djelme.record_all(&records).await.unwrap();
    assert!(recorded.iter().all(Result::is_ok));
    assert_eq!((shelves(&backend), backend.journal().violations()), ([(0, 4), (1, 5)].into(), vec![]));
}

#[tokio::test(start_paused = true)]
async fn where_the_first_one_is_kept_a_lost_answer_is_told_from_another_record() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let claim = |ticket, by: &str| Claim { ticket, by: by.into() };
    djelme.record(&claim(1, "ann")).await.unwrap();
    let (recorder, _) = noting(djelme.recorder());
    let taken = recorder.push_tracked(&claim(1, "bob")).await.unwrap();
    recorder.flush().await.unwrap();
    assert_eq!(taken.await.outcome, Outcome::Duplicate);
    // Our own write, whose answer was lost, and one that another won meanwhile.
    backend.script(on(Call::Bulk).apply_and_drop().once());
    let (again, won) = (claim(1, "cat"), claim(2, "cat"));
    let again = recorder.push_tracked(&again).await.unwrap();
    let won = recorder.push_tracked(&won).await.unwrap();
    let late = recorder.push_tracked(&claim(2, "dan")).await.unwrap();
    recorder.flush().await.unwrap();
    let outcomes = (again.await.outcome, won.await.outcome, late.await.outcome);
    assert_eq!(outcomes, (Outcome::Duplicate, Outcome::AlreadyStored, Outcome::Duplicate));
    assert_eq!((backend.journal().calls(Call::Get), backend.store().len()), (2, 2));
    let counts = recorder.stats().total;
    assert_eq!((counts.duplicate, counts.already_stored, counts.stored), (3, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_waits_for_another_of_its_id_is_handed_back_too() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.go_down();
    for count in 0..5 {
        recorder.push(&Stock { shelf: 1, count }).await.unwrap();
    }
    let end = recorder.shutdown(std::time::Duration::from_secs(1)).await;
    assert_eq!((end.unsent.len(), end.stats.total.abandoned, end.stats.total.pending), (5, 5, 0));
    let counts: Vec<_> = end.unsent.iter().map(|unsent| unsent.source.clone()).collect();
    assert!(counts[4].starts_with(b"{\"shelf\":1,\"count\":4"), "{counts:?}");
}
