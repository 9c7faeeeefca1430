//! A server that is not there when the program starts.

use std::sync::Arc;
use std::time::Duration;

use djelme::Error;
use djelme::recorder::WhenFull;
use djelme_testing::ScriptedServer;
use tokio::time::sleep;

use crate::run::{LONG, View, handle, ran, recorder};

/// A server that was set up by somebody else, and is down.
async fn down_and_set_up() -> Arc<ScriptedServer> {
    let server = ScriptedServer::start().unwrap();
    handle(&server, LONG).setup().await.unwrap();
    server.go_down();
    Arc::new(server)
}

async fn comes_up(server: Arc<ScriptedServer>) {
    sleep(Duration::from_millis(500)).await;
    server.come_up().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_started_after_the_program_gets_everything() {
    let server = down_and_set_up().await;
    let djelme = handle(&server, LONG);
    let ran = ran(server.clone(), recorder(&djelme), comes_up(server)).await;
    assert_eq!((ran.counts.rejected, ran.counts.already_stored), (0, 0), "{:?}", ran.counts);
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_started_empty_gets_everything_after_the_set_up() {
    let server = Arc::new(ScriptedServer::start().unwrap());
    server.go_down();
    let djelme = handle(&server, LONG);
    let set_up = {
        let (server, djelme) = (server.clone(), djelme.clone());
        async move {
            comes_up(server.clone()).await;
            sleep(Duration::from_millis(500)).await;
            assert!(server.store().is_empty(), "stored without a template");
            djelme.setup().await.unwrap();
        }
    };
    let ran = ran(server, recorder(&djelme), set_up).await;
    assert_eq!(ran.counts.rejected, 0);
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_memory_is_bounded_and_the_rest_is_refused_or_handed_back() {
    let server = down_and_set_up().await;
    let djelme = handle(&server, LONG);
    let recorder = djelme.recorder().memory_limit(100_000).when_full(WhenFull::Refuse).build().unwrap();
    let mut full = 0;
    for number in 0..5_000 {
        match recorder.push(&View { path: format!("/{number}") }).await {
            Ok(()) => {}
            Err(Error::Full { .. }) => full += 1,
            Err(other) => panic!("{other}"),
        }
        assert!(recorder.health().held_bytes <= 100_000);
    }
    let counts = recorder.stats().total;
    assert!(full > 0 && counts.accepted > 100, "{counts:?}");
    assert_eq!((counts.offered, counts.refused, counts.pending), (5_000, full, 5_000 - full));
    let end = recorder.shutdown(Duration::from_millis(50)).await;
    assert_eq!((end.unsent.len() as u64, end.stats.total.abandoned), (counts.accepted, counts.accepted));
    assert!(end.unsent.iter().all(|unsent| !unsent.may_be_stored && unsent.source.starts_with(b"{")));
    server.come_up().unwrap();
    assert!(server.store().is_empty());
}
