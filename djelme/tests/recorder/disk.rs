//! The disk buffer: what was taken outlives the program, whenever it stops.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use djelme::recorder::{DiskBuffer, DiskBufferHealth, Fsync, Recorder, WhenFull};
use djelme::{Djelme, Error, Record as _};
use djelme_testing::{Call, ScriptedBackend, on, refusal};
use tempfile::TempDir;

use crate::common::{MINUTE, Sale, View, handle, push_views, view};

/// The folder of the child that is killed.
const CHILD: &str = "DJELME_DISK_CHILD";

pub(crate) fn buffer(folder: &Path) -> DiskBuffer {
    DiskBuffer::new(folder).fsync(Fsync::None)
}

pub(crate) fn health(recorder: &Recorder) -> DiskBufferHealth {
    recorder.health().disk_buffer.unwrap()
}

pub(crate) fn segments(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = files.filter(|path| path.extension().is_some_and(|it| it == "segment")).collect();
    found.sort();
    found
}

/// The folder as it would be found if the program were killed now.
pub(crate) fn killed(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    copy
}

/// A recorder that has taken up what an earlier one left.
pub(crate) async fn replayed(djelme: &Djelme, folder: &Path) -> Recorder {
    let recorder = djelme.recorder().disk_buffer(buffer(folder)).build().unwrap();
    tokio::time::sleep(MINUTE).await;
    recorder
}

/// The segment of a recorder that was killed with so many views not yet sent.
async fn left_behind(views: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = djelme.recorder().disk_buffer(buffer(folder.path())).build().unwrap();
    push_views(&recorder, views).await;
    let [segment] = &segments(folder.path())[..] else { panic!("one segment") };
    let bytes = fs::read(segment).unwrap();
    let _ = recorder.shutdown(MINUTE).await;
    bytes
}

/// What a recorder makes of a folder with these bytes as its only segment.
async fn started_with(bytes: &[u8]) -> (ScriptedBackend, DiskBufferHealth, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("00000000000000000001.segment"), bytes).unwrap();
    let backend = ScriptedBackend::new();
    let recorder = replayed(&handle(&backend).await, folder.path()).await;
    let health = health(&recorder);
    let end = recorder.shutdown(MINUTE).await;
    assert!(end.stats.total.adds_up());
    assert_eq!(end.stats.total.stored, backend.store().len() as u64);
    (backend, health, folder)
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_program_had_taken_is_stored_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = djelme.recorder().disk_buffer(buffer(folder.path())).batch_records(10).build().unwrap();
    backend.script(on(Call::Bulk).apply_and_hang());
    push_views(&recorder, 25).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    // 20 are stored, and nobody knows.
    assert_eq!(backend.store().len(), 20);
    let copy = killed(folder.path());
    backend.clear_script();
    let next = replayed(&djelme, copy.path()).await;
    let total = next.stats().total;
    assert_eq!((total.accepted, total.already_stored, total.stored, total.duplicate), (25, 20, 5, 0));
    assert_eq!((backend.store().len(), health(&next).replayed), (25, 25));
    assert_eq!((health(&next).bytes, segments(copy.path()).len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn files_go_when_all_of_their_records_have_ended_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = djelme.recorder().disk_buffer(buffer(folder.path())).build().unwrap();
    backend.script(on(Call::Bulk).for_index("shop_sale*").refuse(refusal::shard_limit()));
    recorder.push(&view(1)).await.unwrap();
    recorder.push(&Sale { cents: 1 }).await.unwrap();
    recorder.flush().await.unwrap_err();
    assert_eq!(backend.store().len(), 1);
    let bytes = health(&recorder).bytes;
    assert!(bytes > 0 && fs::metadata(&segments(folder.path())[0]).unwrap().len() == bytes);
    let busy = djelme.recorder().disk_buffer(buffer(folder.path())).build().unwrap_err();
    assert!(busy.to_string().contains("another recorder"), "{busy}");
    // What a shut-down hands back is also kept, for the next recorder, which may come at once.
    let end = recorder.shutdown(Duration::from_secs(1)).await;
    assert_eq!(end.unsent.len(), 1);
    backend.clear_script();
    let next = replayed(&djelme, folder.path()).await;
    // The view had ended, and is not sent again.
    assert_eq!((next.stats().total.stored, next.stats().total.accepted), (1, 1));
    assert_eq!((backend.store().len(), health(&next).bytes), (2, 0));
    push_views(&next, 3).await;
    next.flush().await.unwrap();
    assert_eq!((backend.store().len(), health(&next).bytes), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_segment_torn_at_any_byte_loses_only_the_record_that_was_being_written() {
    let bytes = left_behind(3).await;
    let size = bytes.len() / 3;
    for length in (0..bytes.len()).step_by(7).chain([size, 2 * size, bytes.len()]) {
        let (backend, health, folder) = started_with(&bytes[..length]).await;
        assert_eq!(backend.store().len(), length / size, "{length}");
        assert_eq!((health.damaged, health.bytes, segments(folder.path()).len()), (0, 0, 0), "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_damaged_record_costs_only_itself_and_is_reported_and_kept() {
    let mut bytes = left_behind(3).await;
    let place = bytes.len() / 2;
    bytes[place] ^= 1;
    let (backend, health, folder) = started_with(&bytes).await;
    assert_eq!((backend.store().len(), health.damaged, health.replayed), (2, 1, 2));
    assert_eq!(fs::read(folder.path().join("00000000000000000001.damaged")).unwrap(), bytes);
    assert!(segments(folder.path()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_record_of_an_unknown_type_stays() {
    let bytes = left_behind(2).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("00000000000000000001.segment");
    fs::write(&file, &bytes).unwrap();
    let backend = ScriptedBackend::new();
    let only_sales = Djelme::builder().backend("main", backend.clone()).record_types([Sale::TYPE]);
    let recorder = replayed(&only_sales.build().unwrap(), folder.path()).await;
    assert_eq!((health(&recorder).unreplayable, health(&recorder).replayed), (2, 0));
    let _ = recorder.shutdown(MINUTE).await;
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

#[tokio::test(start_paused = true)]
async fn the_limit_refuses_or_waits_and_a_write_that_fails_costs_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let limited = |name: &str, policy| {
        let buffer = buffer(&folder.path().join(name)).max_bytes(1_000).when_full(policy);
        djelme.recorder().disk_buffer(buffer).build().unwrap()
    };
    let refuses = limited("refuses", WhenFull::Refuse);
    let mut taken = 0;
    let error = loop {
        match refuses.push(&view(1)).await {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(taken > 2 && matches!(error, Error::Full { .. }), "{taken} {error}");
    assert!(health(&refuses).bytes <= 1_000);
    assert_eq!((refuses.stats().total.accepted, refuses.stats().total.refused), (taken, 1));
    refuses.flush().await.unwrap();
    refuses.push(&view(1)).await.unwrap();
    let _ = refuses.shutdown(MINUTE).await;

    let waits = limited("waits", WhenFull::Wait);
    push_views(&waits, 100).await;
    assert!(matches!(waits.push(&View { path: "x".repeat(1_000) }).await, Err(Error::Full { .. })));
    waits.flush().await.unwrap();
    backend.go_down();
    while waits.try_push(&view(1)).is_ok() {}
    let (waiting, pushed) = (waits.clone(), view(2));
    let stuck = tokio::spawn(async move { waiting.push(&pushed).await });
    tokio::time::sleep(MINUTE).await;
    assert!(!stuck.is_finished());
    let end = waits.shutdown(Duration::from_secs(1)).await;
    assert!(matches!(stuck.await.unwrap(), Err(Error::Closed(_))));
    assert!(end.stats.total.adds_up() && end.stats.total.stored == 100);
    backend.come_up();

    let lost = limited("lost", WhenFull::Wait);
    fs::remove_dir_all(folder.path().join("lost")).unwrap();
    let error = lost.push(&view(1)).await.unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
    assert!(health(&lost).last_error.is_some());
    assert_eq!((lost.stats().total.refused, lost.health().held_bytes), (1, 0));
    fs::create_dir(folder.path().join("lost")).unwrap();
    lost.push(&view(1)).await.unwrap();
    lost.flush().await.unwrap();
    assert_eq!(lost.stats().total.stored, 1);
}

/// The program that is killed: says each number once its record was taken.
#[tokio::test]
#[ignore = "run by the test below"]
async fn child() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    backend.go_down();
    let buffer = DiskBuffer::new(folder).fsync(Fsync::None);
    let recorder = djelme.recorder().disk_buffer(buffer).build().unwrap();
    for number in 0.. {
        recorder.push(&view(number)).await.unwrap();
        writeln!(std::io::stdout().lock(), "\ntaken {number}").unwrap();
    }
}

#[test]
fn nothing_that_was_taken_is_lost_when_the_program_is_killed() {
    let rounds = std::env::var("DJELME_KILL_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap());
    println!("{rounds} rounds; DJELME_KILL_ROUNDS sets another number");
    for round in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["disk::child", "--exact", "--ignored", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let number = |line: String| line.strip_prefix("taken ")?.parse::<usize>().ok();
        // Some time after a first few, so that rounds stop at many places.
        let mut taken: Vec<usize> = lines.by_ref().filter_map(number).take(1 + round % 50 * 37).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        taken.extend(lines.filter_map(number));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let backend = ScriptedBackend::new();
            let recorder = replayed(&handle(&backend).await, folder.path()).await;
            assert_eq!(health(&recorder).damaged, 0);
            let end = recorder.shutdown(MINUTE).await;
            let store = backend.store();
            let number = |(index, id): (String, String)| -> usize {
                let view: View = serde_json::from_slice(&store.document(&index, &id).unwrap()).unwrap();
                view.path[1..].parse().unwrap()
            };
            let stored: HashSet<_> = store.ids().into_iter().map(number).collect();
            let missing: Vec<_> = taken.iter().filter(|number| !stored.contains(number)).collect();
            assert!(missing.is_empty(), "{} taken, not stored: {missing:?}", taken.len());
            // One more may have been written without being told of.
            assert!(stored.len() - taken.len() <= 1, "{} taken, {} stored", taken.len(), stored.len());
            assert_eq!(end.stats.total.stored, stored.len() as u64);
        });
    }
}
