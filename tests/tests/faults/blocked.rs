//! What somebody has to mend: the type pauses, and all arrives once that is done.

use djelme::Djelme;
use elasticsearch::http::Method;
use serde_json::{Value, json};
use tokio::sync::MappedMutexGuard;
use xtask::Cluster;

use crate::servers::{must, running};
use crate::stream::{Bystander, Stream, Visit, config, handle_of};

/// The server, which no other test kills meanwhile.
struct Asked {
    _server: MappedMutexGuard<'static, Cluster>,
    url: String,
    /// The index that the stream begins with.
    index: String,
    template: String,
}

impl Asked {
    async fn must(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        must(&self.url, None, method, path, body).await
    }
}

/// A handle on the running server, set up.
async fn set_up(test: &str) -> (Djelme, Asked) {
    let server = running().await;
    let (prefix, url) = (djelme_testing::throw_away_prefix(test), server.urls().remove(0));
    let djelme = handle_of(&prefix, config([url.as_str()]));
    djelme.setup().await.unwrap();
    let index = format!("{prefix}faults_visit_2024.1.");
    let template = format!("{prefix}faults_visit__template");
    (djelme, Asked { _server: server, url, index, template })
}

/// Breaks something in mid-stream, sees the type wait while another one goes on, and mends it.
async fn pauses_and_goes_on(
    test: &str,
    reason: &str,
    broken: impl AsyncFnOnce(&Asked, &Stream),
    mended: impl AsyncFnOnce(&Asked, &Djelme),
) {
    let (djelme, asked) = set_up(test).await;
    let stream = Stream::begin::<Visit>(&djelme);
    stream.stores(400).await;
    let others = Stream::begin::<Bystander>(&djelme);
    others.stores(200).await;
    broken(&asked, &stream).await;
    stream.is_blocked(reason).await;
    others.stores(200).await;
    mended(&asked, &djelme).await;
    stream.stores(400).await;
    stream.all_arrives::<Visit>(&djelme).await;
    let counts = others.all_arrives::<Bystander>(&djelme).await;
    assert_eq!(counts.stored, counts.accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_closed() {
    pauses_and_goes_on(
        "closed",
        "open the index",
        async |asked, _| {
            asked.must(Method::Post, &format!("/{}/_close", asked.index), None).await;
        },
        async |asked, _| {
            asked.must(Method::Post, &format!("/{}/_open", asked.index), None).await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_blocked_for_writes() {
    let block = async |asked: &Asked, block: Value| {
        let body = json!({ "index.blocks.write": block });
        asked.must(Method::Put, &format!("/{}/_settings", asked.index), Some(body)).await;
    };
    pauses_and_goes_on(
        "write-blocked",
        "remove the block",
        async |asked, _| block(asked, true.into()).await,
        async |asked, _| block(asked, Value::Null).await,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_index_over_the_limit_of_shards() {
    let limit = async |asked: &Asked, shards: Value| {
        let body = json!({ "persistent": { "cluster.max_shards_per_node": shards } });
        asked.must(Method::Put, "/_cluster/settings", Some(body)).await;
    };
    pauses_and_goes_on(
        "shard-limit",
        "cluster.max_shards_per_node",
        async |asked, stream| {
            let health = asked.must(Method::Get, "/_cluster/health", None).await;
            limit(asked, health["active_shards"].clone()).await;
            stream.next_month();
        },
        async |asked, _| limit(asked, Value::Null).await,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_that_is_deleted() {
    pauses_and_goes_on(
        "template",
        "setup",
        async |asked, stream| {
            asked.must(Method::Delete, &format!("/_index_template/{}", asked.template), None).await;
            stream.next_month();
        },
        async |asked, djelme| {
            let path = "/_cat/indices?format=json";
            let indexes = asked.must(Method::Get, path, None).await.to_string();
            assert!(!indexes.contains(&asked.index.replace(".1.", ".2.")), "made without a template");
            djelme.setup().await.unwrap();
        },
    )
    .await;
}
