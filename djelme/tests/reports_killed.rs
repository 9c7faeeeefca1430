//! A program that is killed while it back-fills reports: run again, it makes the same reports as one that was not.
//!
//! The test starts itself again as the program that reports. `DJELME_KILL_ROUNDS` says how often it is killed.

#![cfg(feature = "embedded")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "also in the helpers of the tests"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use djelme::reports::{Reporter, ReporterResult, Reports, Total};
use djelme::time::{Cycle, Month};
use djelme::{CyclicReport, Djelme, Embedded, Record as _};
use serde::{Deserialize, Serialize};

/// The folder of the program that reports.
const FOLDER: &str = "DJELME_REPORT_FOLDER";

const FROM: (u32, u32) = (2022, 1);
const UNTIL: (u32, u32) = (2023, 1);
const MONTHS: u64 = 12;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(app_label = "shop", timedepth = "year", unique_together(cycle_coverage, item))]
struct Sales {
    cycle_coverage: Cycle<Month>,
    item: u32,
    sold: u64,
    sold_ever: u64,
}

/// Reports with totals that build on each other, on the last months more than one batch holds.
struct Shop;

impl Reporter for Shop {
    type Report = Sales;

    async fn report(&self, cycle: Cycle<Month>, reports: &mut Reports<'_, Sales>) -> ReporterResult {
        let month = u64::from(cycle.parts().as_slice()[1]);
        let drafts: Vec<_> = (0..items(cycle))
            .map(|item| {
                let sold = u64::from(item) * month % 17;
                Sales { cycle_coverage: cycle, item, sold, sold_ever: sold }
            })
            .collect();
        let before = reports.previous_all(&drafts).await?;
        for (mut report, last) in drafts.into_iter().zip(before) {
            report.sold_ever += last.map_or(0, |last| last.sold_ever);
            reports.push(&report).await?;
        }
        Ok(())
    }

    fn totals(&self) -> Vec<Total> {
        let f = Sales::fields();
        vec![Total::new(f.sold_ever, f.sold)]
    }
}

/// The shop grows, in the end to more items than a batch.
fn items(cycle: Cycle<Month>) -> u32 {
    100 * cycle.parts().as_slice()[1]
}

async fn open(folder: &Path) -> Djelme {
    let backend = Embedded::open(folder).unwrap();
    let djelme = Djelme::builder().backend("main", backend).record_types([Sales::TYPE]).build().unwrap();
    djelme.setup().await.unwrap();
    djelme
}

/// The program that back-fills until it is done or killed.
#[tokio::test]
async fn reporter() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let djelme = open(Path::new(&folder)).await;
    let say = |line: String| {
        let mut out = std::io::stdout().lock();
        out.write_all(line.as_bytes()).unwrap();
        out.flush().unwrap();
    };
    let reporting = djelme.reports(&Shop).on_progress(|progress| say(format!("at {}\n", progress.cycle)));
    let filled = reporting.back_fill(FROM, UNTIL).await.unwrap();
    say(format!("done {}\n", filled.runs.len()));
}

/// Lets the program run for a while after its first report. Whether it came to its end.
fn run_and_kill(folder: &Path, time: Duration) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["reporter", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first =
        lines.by_ref().map(Result::unwrap).find(|line| line.contains("at ") || line.contains("done "));
    assert!(first.is_some(), "the program failed");
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap();
    first.into_iter().chain(lines.map_while(Result::ok)).any(|line| line.contains("done "))
}

/// All reports, without the times at which they were made.
async fn all_reports(djelme: &Djelme) -> BTreeMap<(Cycle<Month>, u32), (u64, u64)> {
    djelme.refresh::<Sales>().await.unwrap();
    let mut reports = BTreeMap::new();
    for month in Cycle::<Month>::within(FROM, UNTIL).unwrap() {
        let found = Sales::at(month).unwrap().size(10_000).send(djelme).await.unwrap();
        for report in found.records() {
            let report = report.unwrap();
            let before = reports.insert((month, report.item), (report.sold, report.sold_ever));
            assert_eq!(before, None, "the report is there twice");
        }
    }
    reports
}

/// What an uninterrupted run makes, by hand.
fn expected() -> BTreeMap<(Cycle<Month>, u32), (u64, u64)> {
    let mut totals = BTreeMap::new();
    let mut reports = BTreeMap::new();
    for cycle in Cycle::<Month>::within(FROM, UNTIL).unwrap() {
        let month = u64::from(cycle.parts().as_slice()[1]);
        for item in 0..items(cycle) {
            let sold = u64::from(item) * month % 17;
            let total: &mut u64 = totals.entry(item).or_default();
            *total += sold;
            reports.insert((cycle, item), (sold, *total));
        }
    }
    reports
}

#[test]
fn a_back_fill_that_is_killed_ends_as_one_that_is_not() {
    if std::env::var(FOLDER).is_ok() {
        return;
    }
    let rounds: u64 =
        std::env::var("DJELME_KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut folder = tempfile::tempdir().unwrap();
    let mut ends = 0;
    for round in 0..rounds {
        if run_and_kill(folder.path(), Duration::from_millis(round * 379 % 2_500)) {
            // The next rounds kill another one.
            ends += 1;
            runtime.block_on(check(folder.path()));
            folder = tempfile::tempdir().unwrap();
        }
    }
    runtime.block_on(async {
        let djelme = open(folder.path()).await;
        let filled = djelme.reports(&Shop).back_fill(FROM, UNTIL).await.unwrap();
        assert_eq!(filled.runs.len() as u64 + filled.complete_before, MONTHS);
        assert!(filled.runs.iter().all(|run| run.stale == 0));
        println!("{rounds} kills, {ends} after the end; {} months left to report", filled.runs.len());
    });
    runtime.block_on(check(folder.path()));
}

async fn check(folder: &Path) {
    let djelme = open(folder).await;
    let pending = djelme.reports(&Shop).pending(FROM, UNTIL).await.unwrap();
    assert_eq!(pending, []);
    let reports = all_reports(&djelme).await;
    assert!(reports == expected(), "{} reports of {}", reports.len(), expected().len());
}
