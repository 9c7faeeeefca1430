//! Comparing the ids of a run with the store.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use djelme::audit::{RecordId, Run};
use djelme::{Djelme, Error, EventRecord, Record as _};
use djelme_testing::ScriptedBackend;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", accept(past = "10000d"))]
struct Visit {
    timestamp: DateTime<Utc>,
}

/// A run of records that lie a minute apart, except for those that lie all in one instant.
async fn visits(spread: i64, at_once: usize) -> (ScriptedBackend, Djelme, Run) {
    let backend = ScriptedBackend::new();
    let builder = Djelme::builder().backend("main", backend.clone()).record_types([Visit::TYPE]);
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    let run = Run::default();
    let recorder = djelme.recorder().on_outcome(run.observer()).build().unwrap();
    let begin: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    for minute in 0..spread {
        recorder.push(&Visit { timestamp: begin + TimeDelta::minutes(minute) }).await.unwrap();
    }
    for _ in 0..at_once {
        recorder.push(&Visit { timestamp: begin + TimeDelta::days(20) }).await.unwrap();
    }
    recorder.flush().await.unwrap();
    (backend, djelme, run)
}

#[tokio::test(start_paused = true)]
async fn a_complete_run_has_nothing_missing_and_nothing_unexpected() {
    // More than one answer can hold, and more than that within one millisecond.
    let (_, djelme, run) = visits(200, 70).await;
    let audit = djelme
        .audit::<Visit>(run.stored::<Visit>())
        .within((2026,), (2027,))
        .unwrap()
        .compare()
        .await
        .unwrap();
    assert_eq!((audit.found, audit.missing.len(), audit.unexpected.len()), (270, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_and_what_is_unexpected_is_named() {
    let (backend, djelme, run) = visits(50, 0).await;
    let mut expected = run.stored::<Visit>();
    let surprise = expected.pop_first().unwrap();
    let lost = expected.first().unwrap().clone();
    let absent = RecordId { index: lost.index.clone(), id: "absent".into() };
    expected.insert(absent.clone());
    djelme.delete_at::<Visit>(&lost.id, (2026, 1)).await.unwrap();
    let audit = djelme.audit::<Visit>(expected.clone()).within((2026, 1), (2026, 2)).unwrap();
    let audit = audit.compare().await.unwrap();
    assert_eq!(audit.missing, [lost.clone(), absent.clone()].into());
    assert_eq!((audit.found, &audit.unexpected), (48, &[surprise.clone()].into()));
    // Without a range, only what is expected is looked for; with another one, it is found all the same.
    let audit = djelme.audit::<Visit>(expected.clone()).compare().await.unwrap();
    assert_eq!((audit.missing.len(), audit.unexpected.len()), (2, 0));
    let audit = djelme.audit::<Visit>(expected).within((2025,), (2026,)).unwrap().compare().await.unwrap();
    assert_eq!((audit.found, audit.missing.len(), audit.unexpected.len()), (48, 2, 0));

    backend.store().close_index(&lost.index);
    // The list of closed indexes is as old as this.
    tokio::time::advance(Duration::from_secs(31)).await;
    let error = djelme.audit::<Visit>([absent]).compare().await.unwrap_err();
    assert!(matches!(error, Error::ClosedIndexes(_)), "{error}");
}
