//! The bound on memory, and what becomes of records that find no room.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use djelme::Error;
use djelme::recorder::{Recorder, WhenFull};
use djelme_testing::{Call, ScriptedBackend, on};

use crate::common::{MINUTE, Sale, View, counts, handle, noting, push_views, view};

const LIMIT: usize = 100_000;

/// A recorder that holds few records, three quarters of them views at the most, and a server that is not there.
async fn small(when_full: WhenFull) -> (ScriptedBackend, Recorder) {
    let backend = ScriptedBackend::new();
    let builder =
        handle(&backend).await.recorder().memory_limit(LIMIT).batch_records(20).when_full(when_full);
    let recorder = noting(builder).0;
    backend.go_down();
    (backend, recorder)
}

async fn fill(recorder: &Recorder) -> usize {
    let mut taken = 0;
    while recorder.try_push(&view(taken)).is_ok() {
        taken += 1;
    }
    taken
}

#[tokio::test(start_paused = true)]
async fn an_hour_without_a_server_takes_no_more_than_the_limit_and_everything_arrives() {
    let (backend, recorder) = small(WhenFull::Wait).await;
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let recorder = recorder.clone();
            tokio::spawn(async move {
                for number in 0..250 {
                    recorder.push(&view(writer * 1_000 + number)).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            })
        })
        .collect();
    for _ in 0..60 {
        tokio::time::sleep(MINUTE).await;
        assert!(recorder.health().held_bytes <= LIMIT && recorder.stats().total.adds_up());
    }
    let counts = recorder.stats().total;
    assert!(counts.pending > 100 && counts.pending < 400 && counts.ended() == 0, "{counts:?}");
    assert!(recorder.health().held_bytes > LIMIT / 2);
    backend.come_up();
    for writer in writers {
        writer.await.unwrap();
    }
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.stored, backend.store().len()), (2_000, 2_000));
    assert_eq!(recorder.health().held_bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn who_waits_first_goes_first() {
    let (backend, recorder) = small(WhenFull::Wait).await;
    let taken = fill(&recorder).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let waiters: Vec<_> = (0..50)
        .map(|number| {
            let (recorder, order) = (recorder.clone(), order.clone());
            tokio::spawn(async move {
                recorder.push(&view(number)).await.unwrap();
                order.lock().unwrap().push(number);
            })
        })
        .collect();
    tokio::time::sleep(MINUTE).await;
    assert_eq!((order.lock().unwrap().len(), recorder.stats().total.accepted), (0, taken as u64));
    backend.come_up();
    for waiter in waiters {
        waiter.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..50).collect::<Vec<_>>());
    recorder.flush().await.unwrap();
    assert_eq!(backend.store().len(), taken + 50);
}

#[tokio::test(start_paused = true)]
async fn a_small_record_does_not_overtake_a_large_one_that_waits() {
    let (backend, recorder) = small(WhenFull::Wait).await;
    let large = View { path: "x".repeat(LIMIT / 8) };
    while recorder.health().held_bytes < LIMIT / 4 * 3 - LIMIT / 8 {
        recorder.try_push(&view(1)).unwrap();
    }
    let waits = tokio::spawn({
        let recorder = recorder.clone();
        async move { recorder.push(&large).await }
    });
    tokio::task::yield_now().await;
    assert!(recorder.try_push(&view(1)).is_err());
    // Another type does not wait for what this one has had too much of.
    recorder.try_push(&Sale { cents: 1 }).unwrap();
    backend.come_up();
    waits.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_push_that_is_given_up_takes_nothing_and_lets_the_next_one_through() {
    let (backend, recorder) = small(WhenFull::Wait).await;
    fill(&recorder).await;
    let large = View { path: "x".repeat(LIMIT / 8) };
    assert!(tokio::time::timeout(MINUTE, recorder.push(&large)).await.is_err());
    let before = recorder.stats().total;
    backend.come_up();
    tokio::time::sleep(MINUTE).await;
    recorder.push(&view(1)).await.unwrap();
    recorder.flush().await.unwrap();
    let after = recorder.stats().total;
    assert_eq!((after.offered, after.stored), (before.offered + 1, before.accepted + 1));
    assert_eq!(recorder.health().held_bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn told_to_refuse_it_refuses_at_once_and_counts_it() {
    let (backend, recorder) = small(WhenFull::Refuse).await;
    let taken = fill(&recorder).await as u64;
    let error = recorder.push(&view(1)).await.unwrap_err();
    let Error::Full { record_type, reason } = &error else { panic!("{error}") };
    assert!(record_type.ends_with("View") && reason.contains("100000"), "{error}");
    let stats = counts::<View>(&recorder);
    assert_eq!((stats.offered, stats.accepted, stats.refused), (taken + 2, taken, 2));
    // A quarter is left to the other types.
    recorder.push(&Sale { cents: 1 }).await.unwrap();
    backend.come_up();
    recorder.flush().await.unwrap();
    recorder.push(&view(1)).await.unwrap();
    recorder.flush().await.unwrap();
    assert_eq!(backend.store().len() as u64, taken + 2);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_never_fits_is_refused_under_every_policy() {
    for policy in [WhenFull::Wait, WhenFull::Refuse] {
        let (_, recorder) = small(policy).await;
        let error = recorder.push(&View { path: "x".repeat(LIMIT / 4) }).await.unwrap_err();
        assert!(matches!(&error, Error::Full { reason, .. } if reason.contains("a quarter")), "{error}");
        assert_eq!((recorder.stats().total.refused, recorder.health().held_bytes), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_told_of_the_shut_down() {
    let (_, recorder) = small(WhenFull::Wait).await;
    let taken = fill(&recorder).await;
    let waits = tokio::spawn({
        let recorder = recorder.clone();
        async move { recorder.push(&view(1)).await }
    });
    tokio::task::yield_now().await;
    let end = recorder.shutdown(Duration::from_secs(1)).await;
    assert!(matches!(waits.await.unwrap(), Err(Error::Closed(_))));
    assert_eq!((end.unsent.len(), end.stats.total.refused), (taken, 2));
    assert_eq!(recorder.health().held_bytes, 0);
}

#[tokio::test]
async fn many_threads_may_push_at_once_also_without_a_runtime_of_their_own() {
    let backend = ScriptedBackend::new();
    backend.script(on(Call::Bulk).answer(429).every(5));
    let builder = handle(&backend).await.recorder().memory_limit(500_000).batch_age(Duration::from_millis(5));
    let (recorder, ends) = noting(builder);
    let (readers, done) = (recorder.clone(), Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let finished = done.clone();
    let reader = std::thread::spawn(move || {
        let mut reads = 0_u64;
        while !finished.load(std::sync::atomic::Ordering::SeqCst) {
            let stats = readers.stats();
            assert!(stats.total.adds_up() && stats.types.iter().all(|of| of.counts.adds_up()), "{stats:?}");
            reads += 1;
        }
        reads
    });
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let recorder = recorder.clone();
            tokio::task::spawn_blocking(move || {
                for number in 0..1_000 {
                    while recorder.try_push(&view(thread * 1_000 + number)).is_err() {
                        std::thread::yield_now();
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.await.unwrap();
    }
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    done.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(reader.join().unwrap() > 0);
    assert_eq!((recorder.stats().total.stored, backend.store().len()), (8_010, 8_010));
    assert_eq!(ends.lock().unwrap().len(), 8_010);
}
