//! `WhenFull::DiskBuffer`: what memory has no room for lies on the disk alone until it has.

use std::fs;
use std::path::Path;

use djelme::outcome::Outcome;
use djelme::recorder::{DiskBuffer, Recorder, RecorderBuilder, WhenFull};
use djelme::{Djelme, Error};
use djelme_testing::{Call, ScriptedBackend, on, refusal};

use crate::common::{MINUTE, Sale, Stock, View, counts, handle, noting, push_views, view};
use crate::disk::{buffer, health, replayed, segments};

const LIMIT: usize = 64 << 10;

fn overflowing(djelme: &Djelme, folder: &Path) -> RecorderBuilder {
    djelme.recorder().memory_limit(LIMIT).when_full(WhenFull::DiskBuffer).disk_buffer(buffer(folder))
}

fn assert_bounded(recorder: &Recorder) {
    let health = recorder.health();
    assert!(health.held_bytes <= LIMIT, "{} bytes are held", health.held_bytes);
    assert!(recorder.stats().total.adds_up());
}

#[tokio::test(start_paused = true)]
async fn an_outage_fills_the_disk_and_not_the_memory_and_all_arrives_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let (recorder, ends) = noting(overflowing(&djelme, folder.path()));
    backend.script(on(Call::Bulk).answer(503));
    for number in 0..5_000 {
        recorder.push(&view(number)).await.unwrap();
        assert_bounded(&recorder);
    }
    recorder.try_push(&view(5_000)).unwrap();
    let receipt = recorder.push_tracked(&view(5_001)).await.unwrap();
    tokio::time::sleep(60 * MINUTE).await;
    let overflowed = health(&recorder).overflowed;
    assert!(overflowed > 4_000, "{overflowed} are on the disk alone");
    assert_bounded(&recorder);
    backend.clear_script();
    recorder.flush().await.unwrap();
    assert_bounded(&recorder);
    let total = recorder.stats().total;
    assert_eq!((total.accepted, total.stored, total.refused), (5_002, 5_002, 0));
    assert_eq!((backend.store().len(), ends.lock().unwrap().len()), (5_002, 5_002));
    assert!(backend.journal().violations().is_empty());
    let end = receipt.await;
    assert_eq!(end.outcome, Outcome::Stored);
    assert!(backend.store().document(&end.index, &end.id).is_some());
    assert_eq!(
        (health(&recorder).overflowed, health(&recorder).bytes, segments(folder.path()).len()),
        (0, 0, 0)
    );
}

/// Writer and reader in real time, on threads of their own: memory gets room while older ones are still on the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_write_of_an_id_wins_also_when_the_one_before_is_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = overflowing(&djelme, folder.path()).batch_records(7).build().unwrap();
    backend.script(on(Call::Bulk).answer(503));
    for shelf in 0..1_000 {
        recorder.push(&Stock { shelf, count: 1 }).await.unwrap();
    }
    assert!(health(&recorder).overflowed > 800);
    backend.clear_script();
    let most = health(&recorder).overflowed;
    while health(&recorder).overflowed == most {
        tokio::task::yield_now().await;
    }
    for shelf in (0..1_000).rev() {
        recorder.push(&Stock { shelf, count: 2 }).await.unwrap();
    }
    recorder.flush().await.unwrap();
    assert!(backend.journal().violations().is_empty());
    let store = backend.store();
    for (index, id) in store.ids() {
        let stock: Stock = serde_json::from_slice(&store.document(&index, &id).unwrap()).unwrap();
        assert_eq!(stock.count, 2, "shelf {}", stock.shelf);
    }
    let counts = counts::<Stock>(&recorder);
    assert_eq!((store.len(), counts.stored, counts.replaced), (1_000, 1_000, 1_000));
}

#[tokio::test(start_paused = true)]
async fn what_a_shut_down_leaves_on_the_disk_is_counted_and_sent_by_the_next_recorder() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = overflowing(&djelme, folder.path()).build().unwrap();
    backend.script(on(Call::Bulk).answer(503));
    push_views(&recorder, 2_000).await;
    let receipt = recorder.push_tracked(&view(2_000)).await.unwrap();
    let end = recorder.shutdown(MINUTE).await;
    let total = end.stats.total;
    assert!(total.adds_up() && total.pending == 0);
    assert_eq!((total.accepted, total.abandoned), (2_001, 2_001));
    assert!(end.on_disk > 1_000, "{} on the disk alone", end.on_disk);
    assert_eq!(end.unsent.len() as u64 + end.on_disk, 2_001);
    assert_eq!(receipt.await.outcome, Outcome::Abandoned);
    backend.clear_script();
    let next = replayed(&djelme, folder.path()).await;
    next.flush().await.unwrap();
    assert_eq!((next.stats().total.stored, backend.store().len()), (2_001, 2_001));
    assert_eq!(health(&next).bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_type_goes_to_the_disk_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = overflowing(&djelme, folder.path()).build().unwrap();
    backend.script(on(Call::Bulk).for_index("shop_sale*").refuse(refusal::shard_limit()));
    for cents in 0..1_000 {
        recorder.push(&Sale { cents }).await.unwrap();
        recorder.push(&view(cents as usize)).await.unwrap();
        assert_bounded(&recorder);
    }
    tokio::time::sleep(MINUTE).await;
    assert_eq!((counts::<View>(&recorder).stored, counts::<Sale>(&recorder).pending), (1_000, 1_000));
    assert!(health(&recorder).overflowed > 500);
    assert!(matches!(recorder.flush().await, Err(Error::Blocked { .. })));
    backend.clear_script();
    tokio::time::sleep(60 * MINUTE).await;
    assert_eq!(counts::<Sale>(&recorder).stored, 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_damaged_on_the_disk_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = overflowing(&djelme, folder.path()).build().unwrap();
    backend.script(on(Call::Bulk).answer(503));
    push_views(&recorder, 2_000).await;
    let [path] = &segments(folder.path())[..] else { panic!("one segment") };
    let mut bytes = fs::read(path).unwrap();
    let place = bytes.len() - 10;
    bytes[place] ^= 1;
    fs::write(path, bytes).unwrap();
    backend.clear_script();
    recorder.flush().await.unwrap();
    let total = recorder.stats().total;
    assert_eq!((total.stored, total.abandoned, backend.store().len()), (1_999, 1, 1_999));
    assert_eq!(health(&recorder).damaged, 1);
    let kept = path.with_extension("damaged");
    assert!(kept.exists(), "its file is kept");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_read_for_a_while_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    backend.script(on(Call::Bulk).answer(503));
    // Nothing was read before the file is away.
    let recorder = overflowing(&djelme, folder.path()).build().unwrap();
    push_views(&recorder, 2_000).await;
    let [path] = &segments(folder.path())[..] else { panic!("one segment") };
    let away = folder.path().join("away");
    fs::rename(path, &away).unwrap();
    backend.clear_script();
    tokio::time::sleep(60 * MINUTE).await;
    assert!(backend.store().len() < 2_000 && health(&recorder).last_error.is_some());
    fs::rename(&away, path).unwrap();
    tokio::time::sleep(MINUTE).await;
    assert_eq!((backend.store().len(), recorder.stats().total.stored), (2_000, 2_000));
}

#[tokio::test(start_paused = true)]
async fn when_the_disk_buffer_is_full_too_its_own_policy_holds() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let disk = buffer(folder.path()).max_bytes(200_000).when_full(WhenFull::Refuse);
    let recorder = overflowing(&djelme, folder.path()).disk_buffer(disk).build().unwrap();
    backend.script(on(Call::Bulk).answer(503));
    let mut taken = 0;
    let refused = loop {
        match recorder.push(&view(taken)).await {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(refused.to_string().contains("the disk buffer has reached its limit"), "{refused}");
    let too_large = recorder.push(&View { path: "x".repeat(LIMIT / 4) }).await.unwrap_err();
    assert!(matches!(too_large, Error::Full { .. }), "{too_large}");
    backend.clear_script();
    recorder.flush().await.unwrap();
    assert_eq!((backend.store().len(), recorder.stats().total.refused), (taken, 2));
}

#[tokio::test]
async fn a_policy_that_cannot_be_followed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let djelme = handle(&ScriptedBackend::new()).await;
    let error = djelme.recorder().when_full(WhenFull::DiskBuffer).build().unwrap_err();
    assert!(error.to_string().contains("needs a disk buffer: give the recorder one"), "{error}");
    let disk = DiskBuffer::new(folder.path()).when_full(WhenFull::DiskBuffer);
    let error = djelme.recorder().disk_buffer(disk).build().unwrap_err();
    assert!(error.to_string().contains("it can `WhenFull::Wait` or `WhenFull::Refuse`"), "{error}");
}
