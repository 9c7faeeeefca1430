//! The recorder on a real server: everything arrives, and a type that is blocked arrives once that is mended.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use djelme::audit::Run;
use djelme::recorder::Recorder;
use djelme::{Error, EventRecord, Outcome, Record as _};
use djelme_tests::server::TestDjelme;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{close, must};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", settings(number_of_replicas = 0))]
struct Visit {
    path: String,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "year", unique_together(shelf), settings(number_of_replicas = 0))]
struct Shelf {
    shelf: u32,
    count: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(
    app_label = "shop",
    timedepth = "year",
    unique_together(ticket),
    on_conflict = "keep",
    settings(number_of_replicas = 0)
)]
struct Ticket {
    ticket: u32,
    holder: String,
}

async fn set_up(test: &str) -> TestDjelme {
    let test = TestDjelme::new(test, [Visit::TYPE, Shelf::TYPE, Ticket::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    test
}

fn visit(number: i64) -> Visit {
    let begin: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    Visit { path: format!("/{number}"), timestamp: begin + TimeDelta::minutes(number % 500) }
}

#[tokio::test]
async fn everything_arrives_and_the_audit_agrees() {
    let test = set_up("recorder").await;
    let run = Run::default();
    let recorder = test.djelme.recorder().on_outcome(run.observer()).build().unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let recorder = recorder.clone();
            tokio::spawn(async move {
                for number in 0..5_000 {
                    recorder.push(&visit(writer * 5_000 + number)).await.unwrap();
                }
            })
        })
        .collect();
    for count in 0..200 {
        recorder.push(&Shelf { shelf: count % 5, count }).await.unwrap();
    }
    let kept = Ticket { ticket: 1, holder: "ann".into() };
    let first = recorder.push_tracked(&kept).await.unwrap();
    let second = recorder.push_tracked(&Ticket { holder: "bob".into(), ..kept }).await.unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    recorder.flush().await.unwrap();
    assert_eq!((first.await.outcome, second.await.outcome), (Outcome::Stored, Outcome::Duplicate));
    let end = recorder.shutdown(Duration::from_secs(30)).await;
    assert!(end.stats.total.adds_up() && end.unsent.is_empty(), "{end:?}");
    assert_eq!((end.stats.total.stored, end.stats.total.replaced), (20_006, 195));

    let audit = test.djelme.audit::<Visit>(run.stored::<Visit>()).within((2026, 1), (2026, 2)).unwrap();
    let audit = audit.page_size(3_000).compare().await.unwrap();
    assert_eq!((audit.found, audit.missing.len(), audit.unexpected.len()), (20_000, 0, 0));
    let shelves = Shelf::search().size(10).send(&test.djelme).await.unwrap();
    for shelf in shelves.records() {
        let shelf = shelf.unwrap();
        assert_eq!(shelf.count, 195 + shelf.shelf);
    }
    assert_eq!(shelves.hits().len(), 5);
    test.clean().await.unwrap();
}

/// Pushes, expects the type to be blocked for this reason and another one not, then expects all to arrive.
async fn blocked(recorder: &Recorder, reason: &str) {
    for number in 0..50 {
        recorder.push(&visit(number)).await.unwrap();
    }
    recorder.push(&Shelf { shelf: 1, count: 1 }).await.unwrap();
    let error = recorder.flush().await.unwrap_err();
    assert!(matches!(&error, Error::Blocked { reason: found, .. } if found.contains(reason)), "{error}");
    let health = recorder.health();
    assert_eq!((health.types[0].pending, health.types[1].pending), (50, 0));
}

async fn arrives(recorder: &Recorder) {
    let arrived = async {
        while recorder.flush().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), arrived).await.unwrap();
    assert_eq!((recorder.stats().total.pending, recorder.stats().total.rejected), (0, 0));
}

#[tokio::test]
async fn a_type_that_is_blocked_waits_and_arrives_once_that_is_mended() {
    let test = set_up("recorder-blocked").await;
    let recorder = test.djelme.recorder().build().unwrap();
    let index = test.djelme.record(&visit(0)).await.unwrap().index;

    close(&index).await;
    blocked(&recorder, "open the index").await;
    must("POST", &format!("/{index}/_open"), None).await;
    arrives(&recorder).await;

    must("PUT", &format!("/{index}/_settings"), Some(&json!({ "index.blocks.write": true }))).await;
    blocked(&recorder, "remove the block").await;
    must("PUT", &format!("/{index}/_settings"), Some(&json!({ "index.blocks.write": null }))).await;
    arrives(&recorder).await;

    assert_eq!(recorder.stats().total.stored + recorder.stats().total.replaced, 102);
    test.clean().await.unwrap();
}
