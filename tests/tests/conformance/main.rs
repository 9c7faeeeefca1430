//! The conformance suite: the same requests to the embedded engine and to Elasticsearch, whose answers must agree.
//!
//! Answers are compared with each other, never with recorded ones. What is asked by hand lies in `topics/`, one file
//! each (see [`topic`] for its form); [`generate`] makes up more. `DJELME_TEST_ES8_URL` and `DJELME_TEST_ES9_URL` name
//! the servers, of which one is enough. What differs and must stay so is listed, with its reason, in [`differences`].
//!
//! `DJELME_CONFORMANCE_TOPIC` runs only the topics whose names contain it; `DJELME_CONFORMANCE_SEED` repeats what was
//! generated, and `DJELME_CONFORMANCE_REQUESTS` says how much is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod compare;
mod differences;
mod generate;
mod judge;
mod normal;
mod report;
mod side;
mod sides;
mod step;
mod topic;

use std::sync::Arc;

use djelme_tests::server::{left_out, prefix};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use generate::Shrink;
use judge::{Judge, Judged};
use sides::Sides;
use topic::Topic;

/// Topics that run at the same time.
const AT_ONCE: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_by_hand_has_the_same_answers() {
    let sides = Sides::new().await.unwrap();
    let wanted = std::env::var("DJELME_CONFORMANCE_TOPIC").unwrap_or_default();
    let mut topics = Topic::all().unwrap();
    topics.retain(|topic| topic.name.contains(&wanted));
    let mut types: Vec<_> = topics.iter().flat_map(Topic::field_types).collect();
    types.sort_unstable();
    types.dedup();
    let lacking = sides.lacking(&types).await.unwrap();
    lacking.iter().for_each(|field_type| left_out(field_type));
    topics.retain(|topic| !topic.field_types().iter().any(|used| lacking.iter().any(|lacks| lacks == used)));
    let (gate, mut running) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for topic in topics {
        let (sides, gate) = (sides.clone(), Arc::clone(&gate));
        running.spawn(async move {
            let _turn = gate.acquire_owned().await.unwrap();
            judged(&sides, &topic).await
        });
    }
    let mut judged: Vec<Judged> = running.join_all().await;
    judged.sort_by(|left, right| left.topic.cmp(&right.topic));
    report::conclude("requests by hand", &sides, &judged);
}

/// Runs a topic on every side.
async fn judged(sides: &Sides, topic: &Topic) -> Judged {
    let answers = sides.answers(topic, &prefix("conf")).await.unwrap();
    Judge::new(topic).judge(sides, &answers)
}

/// Requests that are made up unless the environment says how many.
const REQUESTS: usize = 300;
/// Requests over the same documents.
const OF_ONE_SEED: usize = 60;
/// Failures that are made smaller.
const SHRUNK: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_up_has_the_same_answers() {
    let sides = Sides::new().await.unwrap();
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().expect(name));
    let given = number("DJELME_CONFORMANCE_SEED");
    let requests =
        number("DJELME_CONFORMANCE_REQUESTS").map_or(REQUESTS, |requests| requests.try_into().unwrap());
    let rounds = if given.is_some() { 1 } else { requests.div_ceil(OF_ONE_SEED) };
    let (mut all, mut shrunk) = (Vec::new(), 0);
    for _ in 0..rounds {
        let seed = given.unwrap_or_else(|| fastrand::u64(..1_000_000_000));
        let topic = generate::topic(seed, OF_ONE_SEED);
        let mut judged = judged(&sides, &topic).await;
        for case in judged.failed.clone() {
            if shrunk < SHRUNK {
                let small = Shrink::new(&sides, &topic, &case).smallest().await;
                judged.tell(format!("{case}, made small:\n{small}"));
                shrunk += 1;
            }
        }
        all.push(judged);
    }
    report::conclude("generated requests", &sides, &all);
}
