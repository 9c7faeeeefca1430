//! Servers that end without a warning, and servers that are not there yet.

use elasticsearch::http::Method;

use crate::servers::{must, number, one, prepared, running, start};
use crate::stream::{Copied, Stream, Visit, config, handle};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_in_mid_stream_and_started_again_has_everything() {
    let mut server = running().await;
    let djelme = handle("killed", config(server.urls()));
    djelme.setup().await.unwrap();
    let stream = Stream::begin::<Visit>(&djelme);
    let kills = number("DJELME_SERVER_KILLS", 1);
    for _ in 0..kills {
        stream.stores(400).await;
        server.kill(0).unwrap();
        let before = stream.recorder.stats().total;
        stream.until("refused", |recorder| recorder.health().types[0].last_error.is_some()).await;
        stream.until("taken more", |recorder| recorder.stats().total.accepted > before.accepted + 400).await;
        start(&mut server, [0]);
        stream.stores(400).await;
    }
    let counts = stream.all_arrives::<Visit>(&djelme).await;
    assert!(counts.retries > 0, "{counts:?}");
    said(&format!("a server killed {kills} times under {} records", counts.accepted));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_started_after_the_program_gets_everything_once_it_is_set_up() {
    let mut server = one().await;
    if server.is_alive(0) {
        server.kill(0).unwrap();
    }
    let djelme = handle("absent", config(server.urls()));
    let stream = Stream::begin::<Visit>(&djelme);
    stream.until("refused", |recorder| recorder.health().types[0].last_error.is_some()).await;
    start(&mut server, [0]);
    stream.is_blocked("setup").await;
    assert_eq!(stream.recorder.stats().total.requests, 0, "sent without a template");
    djelme.setup().await.unwrap();
    stream.stores(400).await;
    let counts = stream.all_arrives::<Visit>(&djelme).await;
    assert_eq!(counts.already_stored, 0, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_of_three_goes_on_when_one_of_its_nodes_is_killed() {
    let mut cluster = prepared("faults-cluster", 3);
    start(&mut cluster, 0..3);
    let urls = cluster.urls();
    let djelme = handle("cluster", config(urls.clone()));
    djelme.setup().await.unwrap();
    let stream = Stream::begin::<Copied>(&djelme);
    let kills = number("DJELME_SERVER_KILLS", 1);
    for kill in 0..kills {
        let node = usize::try_from(kill % 3).unwrap();
        stream.stores(400).await;
        // Each shard has both its copies, so that one can go.
        let path = "/_cluster/health?wait_for_status=green&timeout=120s";
        let health = must(&urls[node], None, Method::Get, path, None).await;
        assert_eq!((&health["number_of_nodes"], &health["timed_out"]), (&3.into(), &false.into()));
        cluster.kill(node).unwrap();
        stream.stores(1_000).await;
        if kill + 1 < kills {
            start(&mut cluster, [node]);
        }
    }
    let counts = stream.all_arrives::<Copied>(&djelme).await;
    said(&format!("a cluster of three, a node killed {kills} times, under {} records", counts.accepted));
}

#[allow(clippy::print_stdout, reason = "the test run reads this line")]
fn said(what: &str) {
    println!("djelme-test: note: {what}");
}
