//! Requests and items that fail: what is sent again, and what counts.

use std::time::Duration;

use djelme::outcome::{Outcome, Rejection};
use djelme_testing::{Call, Rule, ScriptedBackend, on, refusal};
use tokio::time::Instant;

use crate::common::{End, handle, noting, push_views, recorder, sizes, view};

fn rejected(ends: &[End]) -> Vec<&End> {
    ends.iter().filter(|end| matches!(end.outcome, Outcome::Rejected(_))).collect()
}

/// Pushes 100 views under this rule and expects each to be stored once.
async fn all_arrive_under(rule: Rule) -> (ScriptedBackend, djelme::recorder::Counts) {
    let backend = ScriptedBackend::new();
    let (recorder, ends) = recorder(&backend).await;
    backend.script(rule);
    push_views(&recorder, 100).await;
    recorder.flush().await.unwrap();
    let counts = recorder.stats().total;
    assert_eq!((counts.stored + counts.already_stored, counts.pending), (100, 0));
    assert_eq!(backend.store().len(), 100);
    let ends = ends.lock().unwrap();
    assert_eq!(ends.len(), 100);
    assert!(ends.iter().all(|end| backend.store().writes(&end.index, &end.id) == 1));
    (backend, counts)
}

#[tokio::test(start_paused = true)]
async fn of_a_request_only_the_items_that_failed_are_sent_again() {
    for refused in [refusal::busy(), refusal::no_active_shard()] {
        let some = on(Call::Bulk).for_items(|item| item.position % 10 == 3).refuse(refused).times(1);
        let (backend, counts) = all_arrive_under(some).await;
        assert_eq!(sizes(&backend), [100, 10]);
        assert_eq!((counts.stored, counts.retries, counts.requests), (100, 10, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_fails_as_a_whole_is_sent_again() {
    for rule in [
        on(Call::Bulk).answer(429).times(3),
        on(Call::Bulk).answer(503).times(3),
        on(Call::Bulk).answer(500).times(5),
        on(Call::Bulk).drop_connection().times(3),
        on(Call::Bulk).hang().times(3),
    ] {
        let (backend, counts) = all_arrive_under(rule).await;
        assert_eq!((counts.stored, counts.already_stored), (100, 0));
        assert!(sizes(&backend).iter().all(|size| *size == 100));
        assert_eq!(counts.retries, 100 * (counts.requests - 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_or_does_not_match_is_none_and_nothing_is_stored_twice() {
    for rule in [
        on(Call::Bulk).apply_and_hang().once(),
        on(Call::Bulk).apply_and_drop().once(),
        on(Call::Bulk).truncate().once(),
        on(Call::Bulk).malform().once(),
        on(Call::Bulk).leave_out_an_item().once(),
        on(Call::Bulk).add_an_item().once(),
        on(Call::Bulk).reorder().once(),
    ] {
        let (backend, counts) = all_arrive_under(rule).await;
        assert_eq!((counts.stored, counts.already_stored), (0, 100));
        assert_eq!(sizes(&backend), [100, 100]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_that_the_server_asks_for_is_waited() {
    let begun = Instant::now();
    let asked = Duration::from_secs(100);
    all_arrive_under(on(Call::Bulk).answer(429).retry_after(asked).once()).await;
    assert!(begun.elapsed() >= asked && begun.elapsed() < asked * 2, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn requests_too_large_are_halved_and_later_ones_smaller() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.script(on(Call::Bulk).over_bytes(100_000).answer(413));
    push_views(&recorder, 2_000).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.stored, backend.store().len()), (2_000, 2_000));
    let refused = |from: usize| {
        let asked = backend.journal().requests().split_off(from);
        asked.iter().filter(|asked| asked.call == Call::Bulk && asked.bytes > 100_000).count()
    };
    assert!(refused(0) > 0);
    let so_far = backend.journal().requests().len();
    push_views(&recorder, 2_000).await;
    recorder.flush().await.unwrap();
    assert_eq!((refused(so_far), backend.store().len()), (0, 4_000));
    assert!(
        sizes(&backend).last_chunk::<3>().unwrap().iter().all(|size| *size > 200),
        "{:?}",
        sizes(&backend)
    );
}

#[tokio::test(start_paused = true)]
async fn one_poisonous_record_is_rejected_alone_and_its_bytes_handed_out() {
    for status in [400, 413] {
        let backend = ScriptedBackend::new();
        let (recorder, ends) = recorder(&backend).await;
        backend.script(on(Call::Bulk).for_items(|item| item.source_contains("/613\"")).answer(status));
        push_views(&recorder, 1_000).await;
        recorder.flush().await.unwrap();
        let counts = recorder.stats().total;
        assert_eq!((counts.stored, counts.rejected, backend.store().len()), (999, 1, 999));
        let ends = ends.lock().unwrap();
        let [end] = rejected(&ends)[..] else { panic!("{ends:?}") };
        assert!(end.source.starts_with("{\"path\":\"/613\","), "{}", end.source);
        assert!(
            matches!(&end.outcome, Outcome::Rejected(Rejection { status: found, .. }) if *found == status)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_a_field_refuses_is_rejected_at_once() {
    let backend = ScriptedBackend::new();
    let (recorder, ends) = recorder(&backend).await;
    let seven = |rule: Rule| rule.for_items(|item| item.source_contains("/7\""));
    backend.script(seven(on(Call::Bulk)).refuse(refusal::bad_document()));
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    assert_eq!((sizes(&backend), recorder.stats().total.rejected), (vec![10], 1));
    assert!(rejected(&ends.lock().unwrap())[0].source.contains("/7\""));
    // A field that the type does not have cannot be mended by a set-up.
    backend.clear_script();
    backend.script(seven(on(Call::Bulk)).refuse(refusal::unknown_field("colour")));
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.rejected, recorder.health().blocked().count()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_the_server_over_one_record_counts_after_three_and_outages_do_not_count() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    let seven = || on(Call::Bulk).for_items(|item| item.source_contains("/7\""));
    backend.script(on(Call::Bulk).answer(503).times(20));
    backend.script(seven().pass().times(20).then().refuse(refusal::server_fault()).times(2));
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.stored, recorder.stats().total.rejected), (10, 0));
    backend.script(seven().refuse(refusal::server_fault()));
    backend.journal().clear();
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.rejected, sizes(&backend)), (1, vec![10, 1, 1]));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_no_request_survives_does_not_hold_up_the_others() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.script(on(Call::Bulk).for_items(|item| item.source_contains("/700\"")).drop_connection());
    for number in 0..2_000 {
        recorder.push(&view(number)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(600)).await;
    let counts = recorder.stats().total;
    assert_eq!((counts.stored, counts.pending), (1_999, 1));
    assert!(recorder.health().types[0].last_error.is_some());
    backend.clear_script();
    recorder.flush().await.unwrap();
    assert_eq!(recorder.stats().total.stored, 2_000);
}

#[tokio::test(start_paused = true)]
async fn a_busy_server_gets_half_the_requests_and_later_all_of_them_again() {
    let backend = ScriptedBackend::new();
    let builder = handle(&backend).await.recorder().batch_records(10).requests_in_flight(8);
    let (recorder, _) = noting(builder);
    backend.script(on(Call::Bulk).delay(Duration::from_millis(10)));
    backend.script(on(Call::Bulk).for_items(|item| item.position == 0).refuse(refusal::busy()).times(8));
    push_views(&recorder, 80).await;
    tokio::time::sleep(Duration::from_millis(11)).await;
    let allowed = recorder.health().types[0].requests_allowed;
    assert_eq!((allowed, backend.journal().most_in_flight()), (4, 8));
    push_views(&recorder, 1_000).await;
    recorder.flush().await.unwrap();
    assert_eq!(recorder.health().types[0].requests_allowed, 8);
    assert_eq!((backend.store().len(), backend.journal().most_in_flight()), (1_080, 8));
}

#[tokio::test(start_paused = true)]
async fn records_of_several_requests_that_are_sent_again_go_together() {
    let backend = ScriptedBackend::new();
    let builder = handle(&backend).await.recorder().batch_records(10).requests_in_flight(8);
    let (recorder, _) = noting(builder);
    backend.script(on(Call::Bulk).delay(Duration::from_secs(1)));
    backend.script(on(Call::Bulk).for_items(|item| item.position == 0).refuse(refusal::busy()).times(8));
    push_views(&recorder, 80).await;
    recorder.flush().await.unwrap();
    let sizes = sizes(&backend);
    // Half as many requests are allowed now; the records that wait for one meanwhile share the next.
    assert!(sizes.len() < 16 && sizes.iter().sum::<usize>() == 88, "{sizes:?}");
    assert_eq!(backend.store().len(), 80);
}

#[tokio::test(start_paused = true)]
async fn batches_become_as_small_as_the_server_takes_them() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.script(on(Call::Bulk).over_bytes(3_000).answer(413));
    push_views(&recorder, 1_000).await;
    recorder.flush().await.unwrap();
    let learned = backend.journal().requests().len();
    push_views(&recorder, 1_000).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.stored, recorder.stats().total.rejected), (2_000, 0));
    let later = backend.journal().requests().split_off(learned);
    assert!(later.len() > 10 && later.iter().all(|asked| asked.bytes <= 3_000), "{later:?}");
}
