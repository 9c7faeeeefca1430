//! When what was taken is on the disk itself. In real time: a thread waits for the disk.

use std::time::Duration;

use djelme::recorder::{DiskBuffer, Fsync, Recorder};
use djelme_testing::ScriptedBackend;

use crate::common::{handle, push_views, view};
use crate::disk::health;

async fn recorder(fsync: Fsync) -> (tempfile::TempDir, ScriptedBackend, Recorder) {
    let folder = tempfile::tempdir().unwrap();
    let backend = ScriptedBackend::new();
    let buffer = DiskBuffer::new(folder.path()).fsync(fsync);
    let recorder = handle(&backend).await.recorder().disk_buffer(buffer).build().unwrap();
    (folder, backend, recorder)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_push_returns_once_its_record_is_there() {
    let (_folder, _backend, recorder) = recorder(Fsync::Each).await;
    for number in 0..20 {
        recorder.push(&view(number)).await.unwrap();
        assert_eq!((health(&recorder).unsynced_bytes, health(&recorder).syncs), (0, 2 * number as u64 + 1));
        recorder.try_push(&view(number)).unwrap();
        assert_eq!((health(&recorder).unsynced_bytes, health(&recorder).syncs), (0, 2 * number as u64 + 2));
    }
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.stored, health(&recorder).bytes), (40, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_push_at_once_all_get_there() {
    let (_folder, backend, recorder) = recorder(Fsync::Each).await;
    let writers = (0..16).map(|_| {
        let recorder = recorder.clone();
        tokio::spawn(async move { push_views(&recorder, 50).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(health(&recorder).unsynced_bytes, 0);
    assert!(health(&recorder).syncs <= 800);
    recorder.flush().await.unwrap();
    assert_eq!((backend.store().len(), health(&recorder).bytes), (800, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_that_is_given_up_while_it_waits_for_the_disk_takes_nothing() {
    let (_folder, backend, recorder) = recorder(Fsync::Each).await;
    for number in 0..50 {
        let view = view(number);
        let mut push = Box::pin(recorder.push(&view));
        // Once: it writes the record, and waits for the sync, unless that was very fast.
        std::future::poll_fn(|context| {
            let _ = push.as_mut().poll(context);
            std::task::Poll::Ready(())
        })
        .await;
    }
    let accepted = recorder.stats().total.accepted;
    recorder.flush().await.unwrap();
    assert_eq!((backend.store().len() as u64, recorder.health().held_bytes), (accepted, 0));
    while health(&recorder).unsynced_bytes > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(health(&recorder).bytes, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_intervals_it_gets_there_by_itself_and_otherwise_at_the_end() {
    let (_folder, backend, often) = recorder(Fsync::Interval(Duration::from_millis(10))).await;
    backend.go_down();
    push_views(&often, 10).await;
    while health(&often).unsynced_bytes > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(health(&often).syncs > 0 && health(&often).bytes > 0);

    for fsync in [Fsync::Interval(Duration::from_secs(3_600)), Fsync::None] {
        let (_folder, backend, never) = recorder(fsync).await;
        backend.go_down();
        push_views(&never, 10).await;
        assert_eq!((health(&never).syncs, health(&never).unsynced_bytes), (0, health(&never).bytes));
        let _ = never.shutdown(Duration::from_millis(1)).await;
        assert_eq!((health(&never).syncs, health(&never).unsynced_bytes), (1, 0));
    }
}
