//! Flush, shut-down, receipts, and recorders that are dropped.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use djelme::outcome::Outcome;
use djelme::{Djelme, Error, EventRecord, Record as _};
use djelme_testing::{Call, ScriptedBackend, on, refusal};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::common::{MINUTE, Stock, handle, noting, push_views, recorder, sizes, view};
use crate::events::{capture, events_with};

#[tokio::test(start_paused = true)]
async fn records_are_sent_in_batches_and_every_one_is_counted() {
    let backend = ScriptedBackend::new();
    let (recorder, ends) = recorder(&backend).await;
    push_views(&recorder, 2_500).await;
    assert!(recorder.stats().total.adds_up());
    recorder.flush().await.unwrap();
    assert_eq!(sizes(&backend), [1_000, 1_000, 500]);
    let end = recorder.shutdown(Duration::from_secs(30)).await;
    assert!(end.unsent.is_empty());
    assert_eq!((end.stats.total.stored, end.stats.total.pending, end.stats.total.requests), (2_500, 0, 3));
    assert_eq!((backend.store().len(), ends.lock().unwrap().len()), (2_500, 2_500));
    let sent: usize = backend.journal().requests().iter().map(|asked| asked.bytes).sum();
    assert_eq!(end.stats.total.bytes, sent as u64);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_sent_by_its_bytes_or_its_age() {
    let backend = ScriptedBackend::new();
    let builder = handle(&backend).await.recorder().batch_bytes(10_000);
    let (recorder, _) = noting(builder);
    push_views(&recorder, 300).await;
    let full = || backend.journal().requests().iter().filter(|asked| asked.bytes > 9_000).count();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(full() > 3 && backend.store().len() < 300, "{:?}", sizes(&backend));
    assert!(backend.journal().requests().iter().all(|asked| asked.bytes <= 10_000));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(backend.store().len(), 300);
    // One that is larger than a batch goes alone.
    recorder.push(&crate::common::View { path: "x".repeat(50_000) }).await.unwrap();
    recorder.flush().await.unwrap();
    assert_eq!(backend.store().len(), 301);
}

#[tokio::test(start_paused = true)]
async fn a_shut_down_waits_for_a_server_that_comes_back_in_time() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.go_down();
    push_views(&recorder, 100).await;
    tokio::time::sleep(MINUTE * 10).await;
    let revive = backend.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        revive.come_up();
    });
    let end = recorder.shutdown(MINUTE).await;
    assert_eq!((end.stats.total.stored, end.unsent.len(), backend.store().len()), (100, 0, 100));
}

#[tokio::test(start_paused = true)]
async fn past_the_deadline_everything_comes_back_as_it_would_have_been_stored() {
    let backend = ScriptedBackend::new();
    let (recorder, ends) = recorder(&backend).await;
    backend.script(on(Call::Bulk).pass().once().then().apply_and_hang());
    push_views(&recorder, 3_500).await;
    let begun = Instant::now();
    let end = recorder.shutdown(Duration::from_secs(10)).await;
    assert_eq!(begun.elapsed().as_secs(), 10);
    let total = end.stats.total;
    assert_eq!((total.stored, total.abandoned, total.pending, end.unsent.len()), (1_000, 2_500, 0, 2_500));
    assert!(total.adds_up());
    // Those that were in flight may be stored, and are; those that were never sent are not.
    for unsent in &end.unsent {
        let stored = backend.store().document(&unsent.index, &unsent.id);
        assert_eq!(unsent.may_be_stored, stored.is_some());
        assert!(stored.is_none_or(|stored| stored == unsent.source));
        assert_eq!(unsent.record_type, crate::common::View::TYPE.rust_name);
    }
    assert!(end.unsent.iter().any(|unsent| unsent.may_be_stored));
    assert!(end.unsent.iter().any(|unsent| !unsent.may_be_stored));
    let abandoned = ends.lock().unwrap().iter().filter(|end| end.outcome == Outcome::Abandoned).count();
    assert_eq!((abandoned, ends.lock().unwrap().len()), (2_500, 3_500));
    // Nothing is sent after it, and nothing taken.
    let calls = backend.journal().calls(Call::Bulk);
    assert!(matches!(recorder.push(&view(1)).await, Err(Error::Closed(_))));
    tokio::time::sleep(MINUTE * 60).await;
    assert_eq!((backend.journal().calls(Call::Bulk), recorder.stats().total.refused), (calls, 1));
    let again = recorder.shutdown(MINUTE).await;
    assert_eq!((again.stats.total.accepted, again.unsent.len()), (3_500, 0));
}

#[tokio::test(start_paused = true)]
async fn a_shut_down_tries_a_blocked_type_once_more_and_does_not_wait_for_it() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.script(on(Call::Bulk).refuse(refusal::shard_limit()));
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap_err();
    tokio::time::sleep(MINUTE * 10).await;
    let (calls, begun) = (backend.journal().calls(Call::Bulk), Instant::now());
    let end = recorder.shutdown(MINUTE).await;
    assert_eq!((end.unsent.len(), end.stats.total.abandoned), (10, 10));
    assert_eq!((backend.journal().calls(Call::Bulk), begun.elapsed().as_millis()), (calls + 1, 0));

    let (recorder, _) = noting(handle(&backend).await.recorder());
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap_err();
    backend.clear_script();
    let end = recorder.shutdown(MINUTE).await;
    assert_eq!((end.unsent.len(), end.stats.total.stored), (0, 10));
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_for_what_was_there_before_and_not_for_what_comes() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.script(on(Call::Bulk).pass().once().then().hang());
    push_views(&recorder, 10).await;
    let flush = tokio::spawn({
        let recorder = recorder.clone();
        async move { recorder.flush().await }
    });
    tokio::task::yield_now().await;
    push_views(&recorder, 10).await;
    flush.await.unwrap().unwrap();
    assert_eq!((recorder.stats().total.stored, recorder.stats().total.pending), (10, 10));
    assert!(tokio::time::timeout(MINUTE, recorder.flush()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_receipt_tells_where_a_record_lies_and_how_it_ended() {
    #[derive(Debug, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", timedepth = "month")]
    struct Note {
        #[djelme(keyword(ignore_above = 5))]
        text: String,
    }
    let backend = ScriptedBackend::new();
    let builder = Djelme::builder().backend("main", backend.clone()).record_types([Note::TYPE]);
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    let recorder = djelme.recorder().build().unwrap();
    let note = |text: &str| Note { text: text.into() };
    backend.script(
        on(Call::Bulk).for_items(|item| item.source_contains("\"bad\"")).refuse(refusal::bad_document()),
    );
    let good = recorder.push_tracked(&note("much too long")).await.unwrap();
    let bad = recorder.push_tracked(&note("bad")).await.unwrap();
    let (index, id) = (good.index().to_owned(), good.id().to_owned());
    let good = good.await;
    assert_eq!((&good.index, &good.id, &good.outcome), (&index, &id, &Outcome::Stored));
    assert_eq!((good.unindexed_keywords, good.version.is_some()), (vec!["text".to_owned()], true));
    assert!(backend.store().document(&index, &id).is_some());
    assert!(matches!(bad.await.outcome, Outcome::Rejected(_)));
    backend.go_down();
    let late = recorder.push_tracked(&note("late")).await.unwrap();
    assert_eq!(recorder.shutdown(Duration::ZERO).await.unsent.len(), 1);
    assert_eq!(late.await.outcome, Outcome::Abandoned);
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_panics_harms_no_record_and_the_handle_s_hook_is_called_once() {
    let backend = ScriptedBackend::new();
    let saved = Arc::new(Mutex::new(Vec::new()));
    let noted = saved.clone();
    let builder = Djelme::builder().backend("main", backend.clone()).record_types(crate::common::TYPES);
    let builder = builder.post_save(move |saved| noted.lock().unwrap().push(saved.id.to_owned()));
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    let (recorder, ends) = noting(djelme.recorder().on_outcome(|_| panic!("scripted")));
    capture();
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.stored, recorder.stats().total.pending), (10, 0));
    assert_eq!((ends.lock().unwrap().len(), saved.lock().unwrap().len()), (10, 10));
    assert_eq!(events_with("an observer of the recorder panicked").len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_panics_loses_no_record() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    let panics = std::sync::atomic::AtomicBool::new(true);
    backend.script(on(Call::Bulk).when(move |_| {
        assert!(!panics.swap(false, std::sync::atomic::Ordering::SeqCst), "scripted");
        true
    }));
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    assert_eq!(recorder.stats().total.stored, 10);
}

#[tokio::test(start_paused = true)]
async fn dropped_without_a_shut_down_it_says_so_and_goes_on_sending() {
    let backend = ScriptedBackend::new();
    let (recorder, ends) = recorder(&backend).await;
    capture();
    push_views(&recorder, 10).await;
    let clone = recorder.clone();
    drop(recorder);
    assert!(events_with("dropped without").is_empty());
    drop(clone);
    let said = events_with("dropped without `shutdown`");
    assert!(said.len() == 1 && said[0].contains("ERROR") && said[0].contains("pending=10"), "{said:?}");
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!((backend.store().len(), ends.lock().unwrap().len()), (10, 10));
    // One that was shut down or is empty has nothing to say.
    let (empty, _) = noting(handle(&backend).await.recorder());
    drop(empty);
    assert_eq!(events_with("dropped without `shutdown`").len(), 1);
}

#[test]
fn a_runtime_that_ends_first_is_told_and_what_is_left_comes_back() {
    let backend = ScriptedBackend::new();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    capture();
    let first = runtime().unwrap();
    let recorder = first.block_on(async {
        let (recorder, _) = recorder(&backend).await;
        backend.script(on(Call::Bulk).hang());
        push_views(&recorder, 1_010).await;
        recorder.push(&Stock { shelf: 1, count: 1 }).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        recorder
    });
    drop(first);
    let error = recorder.try_push(&view(1)).unwrap_err();
    assert!(error.to_string().contains("runtime"), "{error}");
    let end = runtime().unwrap().block_on(recorder.shutdown(MINUTE));
    assert_eq!((end.unsent.len(), end.stats.total.abandoned, end.stats.total.refused), (1_011, 1_011, 1));

    let second = runtime().unwrap();
    let lost = second.block_on(async {
        let (recorder, _) = crate::common::recorder(&backend).await;
        push_views(&recorder, 7).await;
        recorder
    });
    drop(second);
    drop(lost);
    let said = events_with("records are lost");
    assert!(said.len() == 1 && said[0].contains("lost=7"), "{said:?}");
}

#[test]
fn outside_of_a_runtime_there_is_no_recorder() {
    let backend = ScriptedBackend::new();
    let builder = Djelme::builder().backend("main", backend).record_types(crate::common::TYPES);
    let djelme = builder.build().unwrap();
    let error = djelme.recorder().build().unwrap_err();
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    let error = djelme.recorder().memory_limit(0).build().unwrap_err();
    assert!(error.to_string().contains("`memory_limit`"), "{error}");
}
