//! Simple records and reports on a store that fails by script: what is written once stays written once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

use djelme::outcome::Outcome;
use djelme::reports::{Reporter, ReporterResult, Reports};
use djelme::time::{Cycle, Month};
use djelme::{CyclicReport, Djelme, Error, Record as _, SimpleRecord};
use djelme_testing::{Call, ScriptedBackend, on, refusal};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SimpleRecord)]
#[djelme(app_label = "shop", unique_together(page))]
struct Counter {
    page: String,
    views: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, CyclicReport)]
#[djelme(app_label = "shop", timedepth = "year", unique_together(cycle_coverage, item))]
struct Sales {
    cycle_coverage: Cycle<Month>,
    item: u32,
}

fn counter(views: u64) -> Counter {
    Counter { page: "/".into(), views }
}

async fn set_up(backend: &ScriptedBackend) -> Djelme {
    let types = [Counter::TYPE, Sales::TYPE];
    let djelme = Djelme::builder().backend("main", backend.clone()).record_types(types).build().unwrap();
    djelme.setup().await.unwrap();
    djelme
}

async fn views(djelme: &Djelme) -> Option<u64> {
    let counters = djelme.simple::<Counter>().unwrap();
    let hit = counters.get(&counters.key(&[&"/"]).unwrap()).await.unwrap();
    hit.map(|hit| hit.record().unwrap().views)
}

#[tokio::test(start_paused = true)]
async fn a_change_without_an_answer_takes_place_at_most_once() {
    let backend = ScriptedBackend::new();
    let djelme = set_up(&backend).await;
    let counters = djelme.simple::<Counter>().unwrap();
    let increment = async || counters.upsert(&counter(0), |counter| counter.views += 1).await;
    increment().await.unwrap();
    // Not carried out: sent again.
    backend.script(on(Call::Bulk).drop_connection().once());
    assert_eq!(increment().await.unwrap().outcome, Outcome::Replaced);
    assert_eq!(views(&djelme).await, Some(2));
    // Carried out: sent again, which the condition refuses. Nobody can tell whose change that was.
    backend.script(on(Call::Bulk).apply_and_drop().once());
    let error = increment().await.unwrap_err();
    assert!(matches!(&error, Error::UnexpectedAnswer(_)), "{error}");
    assert_eq!(views(&djelme).await, Some(3));
    increment().await.unwrap();
    assert_eq!(views(&djelme).await, Some(4));
}

#[tokio::test(start_paused = true)]
async fn a_busy_store_is_asked_again() {
    let backend = ScriptedBackend::new();
    let djelme = set_up(&backend).await;
    let counters = djelme.simple::<Counter>().unwrap();
    backend.script(on(Call::Bulk).answer(429).times(2).then().refuse(refusal::busy()).once());
    counters.upsert(&counter(0), |counter| counter.views += 1).await.unwrap();
    assert_eq!(views(&djelme).await, Some(1));
    assert_eq!(backend.journal().calls(Call::Bulk), 4);
}

#[tokio::test(start_paused = true)]
async fn what_is_written_by_a_request_without_an_answer_is_no_conflict() {
    let backend = ScriptedBackend::new();
    let djelme = set_up(&backend).await;
    let counters = djelme.simple::<Counter>().unwrap();
    backend.script(on(Call::Bulk).apply_and_drop().once());
    assert_eq!(counters.create(&counter(1)).await.unwrap().outcome, Outcome::AlreadyStored);
    let hit = counters.get(&counters.key(&[&"/"]).unwrap()).await.unwrap().unwrap();
    backend.script(on(Call::Bulk).apply_and_drop().once());
    let replaced = counters.replace(&hit, &counter(2)).await.unwrap();
    assert_eq!((&replaced.outcome, views(&djelme).await), (&Outcome::AlreadyStored, Some(2)));
    // The version is the one that is there now.
    let now = counters.get(&replaced.id).await.unwrap().unwrap();
    assert_eq!(now.version(), replaced.version);
}

/// Goes on although a report was not taken.
struct Careless;

impl Reporter for Careless {
    type Report = Sales;

    async fn report(&self, cycle: Cycle<Month>, reports: &mut Reports<'_, Sales>) -> ReporterResult {
        for item in 0..1_500 {
            let _ = reports.push(&Sales { cycle_coverage: cycle, item }).await;
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_reporter_cannot_lose_reports_by_going_on() {
    let backend = ScriptedBackend::new();
    let djelme = set_up(&backend).await;
    backend.script(on(Call::Bulk).for_index("shop_sales_*").refuse(refusal::bad_document()).once());
    let error = djelme.reports(&Careless).run((2025, 12)).await.unwrap_err();
    assert!(error.to_string().contains("it went on although reports of it could not be stored"), "{error}");
    let run = djelme.reports(&Careless).run((2025, 12)).await.unwrap();
    assert_eq!((run.reports, run.stale), (1_500, 0));
}

#[tokio::test(start_paused = true)]
async fn a_note_without_an_answer_stops_the_run() {
    let backend = ScriptedBackend::new();
    let djelme = set_up(&backend).await;
    backend.script(on(Call::Bulk).for_index("djelme_reportrun").apply_and_drop().once());
    let error = djelme.reports(&Careless).run((2025, 12)).await.unwrap_err();
    let Error::ReportStopped { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(**source, Error::UnexpectedAnswer(_)), "{error}");
    assert_eq!(djelme.reports(&Careless).run((2025, 12)).await.unwrap().reports, 1_500);
}
