//! What the next run makes of what it finds in the folder.

use std::fs;

use djelme::dead_letters::DeadLetters;
use djelme::recorder::{Recorder, WhenFull};
use djelme::{Djelme, Error, Record as _};
use djelme_testing::{Call, ScriptedBackend, on, refusal};

use crate::common::{MINUTE, Sale, Stock, View, counts, handle, push_views, view};
use crate::disk::{buffer, health, killed, replayed};

/// The counts that lie in the store.
fn shelves(backend: &ScriptedBackend) -> Vec<u64> {
    let ids = backend.store().ids().into_iter().filter(|(index, _)| index.contains("_stock_"));
    let count = |(index, id): (String, String)| {
        let source = backend.store().document(&index, &id).unwrap();
        serde_json::from_slice::<serde_json::Value>(&source).unwrap()["count"].as_u64().unwrap()
    };
    ids.map(count).collect()
}

#[tokio::test(start_paused = true)]
async fn what_had_ended_is_not_sent_again_and_no_record_is_a_dead_letter_twice() {
    let folder = tempfile::tempdir().unwrap();
    let letters = folder.path().join("dead.jsonl");
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let build = |at: &std::path::Path| {
        djelme.recorder().disk_buffer(buffer(at)).dead_letters(&letters).build().unwrap()
    };
    let recorder = build(&folder.path().join("buffer"));
    backend.script(on(Call::Bulk).for_index("shop_sale*").refuse(refusal::shard_limit()));
    backend.script(on(Call::Bulk).for_items(|it| it.source_contains("/3")).refuse(refusal::bad_document()));
    recorder.push(&Sale { cents: 1 }).await.unwrap();
    push_views(&recorder, 5).await;
    recorder.flush().await.unwrap_err();
    let total = recorder.stats().total;
    assert_eq!((total.stored, total.rejected, total.pending), (4, 1, 1));
    let copy = killed(&folder.path().join("buffer"));
    backend.clear_script();
    let before = backend.journal().calls(Call::Bulk);
    let next = build(copy.path());
    next.flush().await.unwrap();
    let total = next.stats().total;
    assert_eq!((total.accepted, total.stored), (1, 1));
    assert_eq!((health(&next).replayed, health(&next).bytes), (1, 0));
    assert_eq!((backend.journal().calls(Call::Bulk), backend.store().len()), (before + 1, 5));
    assert_eq!(DeadLetters::new(&letters).list().unwrap().count(), 1);
    assert_eq!(fs::read_dir(copy.path()).unwrap().count(), 1, "only the lock is left");
}

#[tokio::test(start_paused = true)]
async fn marks_that_are_damaged_cost_nothing_but_a_second_sending() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = djelme.recorder().disk_buffer(buffer(folder.path())).batch_records(5).build().unwrap();
    backend.script(on(Call::Bulk).for_index("shop_sale*").refuse(refusal::shard_limit()));
    recorder.push(&Sale { cents: 1 }).await.unwrap();
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap_err();
    backend.clear_script();
    let marks = "00000000000000000001.ended";
    let whole = fs::read(folder.path().join(marks)).unwrap();
    for length in 0..=whole.len() {
        let copy = killed(folder.path());
        fs::write(copy.path().join(marks), &whole[..length]).unwrap();
        let next = djelme.recorder().disk_buffer(buffer(copy.path())).build().unwrap();
        next.flush().await.unwrap();
        let views = counts::<View>(&next);
        let expected = 10 - 5 * (2 * length / whole.len()) as u64;
        assert_eq!((views.accepted, views.already_stored), (expected, expected), "{length}");
        assert_eq!((backend.store().len(), health(&next).damaged), (11, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn of_several_records_with_one_id_the_newest_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = djelme.recorder().disk_buffer(buffer(folder.path())).build().unwrap();
    backend.go_down();
    for count in 1..=9 {
        recorder.push(&Stock { shelf: count % 3, count }).await.unwrap();
    }
    let copy = killed(folder.path());
    let _ = recorder.shutdown(MINUTE).await;
    backend.come_up();
    let next = replayed(&djelme, copy.path()).await;
    assert_eq!((next.stats().total.accepted, next.stats().total.stored), (3, 3));
    assert_eq!((health(&next).superseded, health(&next).bytes), (6, 0));
    let mut found = shelves(&backend);
    found.sort_unstable();
    assert_eq!(found, [7, 8, 9]);
}

/// A folder in which a first stock was stored by the run, and a newer one of the same shelf was not.
async fn half_stored(backend: &ScriptedBackend, djelme: &Djelme) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let recorder = djelme.recorder().disk_buffer(buffer(folder.path())).build().unwrap();
    // It keeps the segment.
    recorder.push(&Stock { shelf: 2, count: 2 }).await.unwrap();
    backend.script(
        on(Call::Bulk).for_items(|it| it.source_contains("\"shelf\":2")).refuse(refusal::shard_limit()),
    );
    recorder.push(&Stock { shelf: 1, count: 1 }).await.unwrap();
    recorder.flush().await.unwrap_err();
    assert_eq!(recorder.stats().total.stored, 1);
    recorder.push(&Stock { shelf: 1, count: 11 }).await.unwrap();
    let copy = killed(folder.path());
    backend.go_down();
    let _ = recorder.shutdown(MINUTE).await;
    backend.come_up();
    backend.clear_script();
    copy
}

#[tokio::test(start_paused = true)]
async fn the_newest_takes_the_place_of_what_its_own_run_had_stored() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let copy = half_stored(&backend, &djelme).await;
    let next = djelme.recorder().disk_buffer(buffer(copy.path())).build().unwrap();
    next.flush().await.unwrap();
    let total = next.stats().total;
    assert_eq!((total.accepted, total.replaced, total.stored, total.duplicate), (2, 1, 1, 0));
    let mut found = shelves(&backend);
    found.sort_unstable();
    assert_eq!((found, health(&next).bytes, next.health().held_bytes), (vec![2, 11], 0, 0));
}

#[tokio::test(start_paused = true)]
async fn also_where_the_answer_to_that_is_lost() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let copy = half_stored(&backend, &djelme).await;
    backend.script(on(Call::Bulk).pass().once().then().apply_and_drop().once());
    let next = djelme.recorder().disk_buffer(buffer(copy.path())).build().unwrap();
    next.flush().await.unwrap();
    let total = next.stats().total;
    assert_eq!((total.accepted, total.already_stored, total.duplicate), (2, 1, 0), "{total:?}");
    assert!(shelves(&backend).contains(&11));
}

#[tokio::test(start_paused = true)]
async fn and_not_the_place_of_what_somebody_else_stored_since() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let copy = half_stored(&backend, &djelme).await;
    djelme.record(&Stock { shelf: 1, count: 222 }).await.unwrap();
    let next = djelme.recorder().disk_buffer(buffer(copy.path())).build().unwrap();
    next.flush().await.unwrap();
    let total = next.stats().total;
    assert_eq!((total.accepted, total.duplicate, total.replaced), (2, 1, 0));
    assert!(shelves(&backend).contains(&222));
}

#[tokio::test(start_paused = true)]
async fn a_replay_replaces_newer_records_only_if_told_to() {
    for as_pushed in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let backend = ScriptedBackend::new();
        let djelme = handle(&backend).await;
        let recorder = djelme.recorder().disk_buffer(buffer(folder.path())).build().unwrap();
        recorder.push(&Stock { shelf: 1, count: 1 }).await.unwrap();
        let copy = killed(folder.path());
        let _ = recorder.shutdown(MINUTE).await;
        let newer = djelme.record(&Stock { shelf: 1, count: 222 }).await.unwrap();
        let buffer = if as_pushed { buffer(copy.path()).replay_as_pushed() } else { buffer(copy.path()) };
        let next = djelme.recorder().disk_buffer(buffer).build().unwrap();
        tokio::time::sleep(MINUTE).await;
        let total = next.stats().total;
        assert_eq!((total.duplicate, total.replaced), if as_pushed { (0, 1) } else { (1, 0) });
        let stored = backend.store().document(&newer.index, &newer.id).unwrap();
        assert_eq!(String::from_utf8_lossy(&stored).contains("222"), !as_pushed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_for_what_was_not_yet_read_unless_a_blocked_type_holds_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let build = |at: &std::path::Path| -> Recorder {
        let builder = djelme.recorder().memory_limit(20_000).when_full(WhenFull::Refuse);
        builder.disk_buffer(buffer(at)).build().unwrap()
    };
    let all = djelme.recorder().disk_buffer(buffer(folder.path())).build().unwrap();
    backend.go_down();
    push_views(&all, 500).await;
    let copy = killed(folder.path());
    let _ = all.shutdown(MINUTE).await;
    backend.come_up();

    backend.script(on(Call::Bulk).refuse(refusal::shard_limit()));
    let blocked = build(copy.path());
    let error = blocked.flush().await.unwrap_err();
    assert!(
        matches!(&error, Error::Blocked { record_type, .. } if *record_type == View::TYPE.rust_name),
        "{error}"
    );
    assert!(health(&blocked).replayed < 500);
    let _ = blocked.shutdown(MINUTE).await;
    backend.clear_script();

    let next = build(copy.path());
    next.flush().await.unwrap();
    assert_eq!((next.stats().total.stored, health(&next).replayed, backend.store().len()), (500, 500, 500));
    next.push(&view(1)).await.unwrap();
    let end = next.shutdown(MINUTE).await;
    assert_eq!((end.stats.total.stored, health(&next).bytes), (501, 0));
}
