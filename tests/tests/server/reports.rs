//! Reports on cycles: reading them, and running reporters over cycles.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{TimeDelta, Utc};
use djelme::reports::{Reporter, ReporterResult, Reports, Total};
use djelme::time::{Cycle, Hour, Month};
use djelme::{CyclicReport, Error, Outcome, Record as _};
use djelme_tests::server::TestDjelme;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(app_label = "shop", timedepth = "year", unique_together(cycle_coverage, item))]
struct Sales {
    cycle_coverage: Cycle<Month>,
    item: String,
    sold: u64,
    sold_ever: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(app_label = "shop", timedepth = "month")]
struct Visits {
    cycle_coverage: Cycle<Hour>,
    visits: u64,
}

fn month(year: i32, month: u32) -> Cycle<Month> {
    Cycle::new((year, month)).unwrap()
}

fn sales(cycle: Cycle<Month>, item: &str, sold: u64) -> Sales {
    Sales { cycle_coverage: cycle, item: item.into(), sold, sold_ever: sold }
}

async fn set_up(test: &str) -> TestDjelme {
    let test = TestDjelme::new(test, [Sales::TYPE, Visits::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    test
}

fn texts<D: djelme::time::CycleDepth>(cycles: impl IntoIterator<Item = Cycle<D>>) -> Vec<String> {
    cycles.into_iter().map(|cycle| cycle.to_string()).collect()
}

/// Items, and how much was sold of each.
type Sold = Vec<(String, u64)>;

/// Reports what it is given: for each month, how much was sold of each item.
#[derive(Default)]
struct Given {
    sold: Mutex<BTreeMap<Cycle<Month>, Sold>>,
    /// Whether `sold_ever` is kept and checked.
    running: bool,
    /// The month in which it fails, after its first report.
    fails_in: Option<Cycle<Month>>,
    runs: AtomicU64,
}

impl Given {
    fn new(months: impl IntoIterator<Item = (Cycle<Month>, &'static [(&'static str, u64)])>) -> Self {
        let given = Self::default();
        months.into_iter().for_each(|(month, sold)| given.set(month, sold));
        given
    }

    fn running(self) -> Self {
        Self { running: true, ..self }
    }

    fn set(&self, month: Cycle<Month>, sold: &[(&str, u64)]) {
        let sold = sold.iter().map(|(item, sold)| ((*item).to_owned(), *sold)).collect();
        self.sold.lock().unwrap().insert(month, sold);
    }

    fn runs(&self) -> u64 {
        self.runs.swap(0, Ordering::Relaxed)
    }
}

impl Reporter for Given {
    type Report = Sales;

    async fn report(&self, cycle: Cycle<Month>, reports: &mut Reports<'_, Sales>) -> ReporterResult {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let sold = self.sold.lock().unwrap().get(&cycle).cloned().unwrap_or_default();
        for (item, sold) in sold {
            let mut report = sales(cycle, &item, sold);
            if self.running {
                report.sold_ever += reports.previous(&report).await?.map_or(0, |last| last.sold_ever);
            }
            reports.push(&report).await?;
            if self.fails_in == Some(cycle) {
                return Err("the shop is on fire".into());
            }
        }
        Ok(())
    }

    fn totals(&self) -> Vec<Total> {
        let f = Sales::fields();
        if self.running { vec![Total::new(f.sold_ever, f.sold)] } else { Vec::new() }
    }
}

#[tokio::test]
async fn reports_are_read_by_their_cycles() {
    let test = set_up("read-reports").await;
    for (year, number) in [(2025, 12), (2026, 2), (2026, 10), (2026, 1)] {
        for item in ["a", "b"] {
            test.djelme.record(&sales(month(year, number), item, 1)).await.unwrap();
        }
    }
    test.djelme.refresh::<Sales>().await.unwrap();
    let f = Sales::fields();
    let found = Sales::latest().filter(f.item.eq("b")).send(&test.djelme).await.unwrap();
    let latest = found.records().next().unwrap().unwrap();
    assert_eq!((latest.cycle().to_string().as_str(), latest.item.as_str()), ("2026.10", "b"));
    for time in ["2026.2", "2026-02", "2026-02-28"] {
        let found = Sales::at(time).unwrap().sort(f.item.asc()).send(&test.djelme).await.unwrap();
        let items: Vec<_> = found.records().map(|sales| sales.unwrap().item).collect();
        assert_eq!(items, ["a", "b"], "{time}");
    }
    let search = Sales::between((2025, 12), (2026, 10)).unwrap().filter(f.item.eq("a"));
    let found = search.send(&test.djelme).await.unwrap();
    let months = texts(found.records().map(|sales| sales.unwrap().cycle_coverage));
    assert_eq!(months, ["2025.12", "2026.1", "2026.2"]);
    let error = Sales::at("2026").unwrap_err().to_string();
    assert_eq!(error, "`2026` is not a time: it names no month: give at least 2 time parts");
    assert!(matches!(Sales::between((2026,), (2025,)), Err(Error::Range { .. })));
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_gap_is_a_cycle_without_any_report() {
    let test = set_up("gaps").await;
    let djelme = &test.djelme;
    assert_eq!(djelme.gaps::<Sales>((2025, 11), (2026, 2)).await.unwrap().len(), 3);
    for (month, item) in [(month(2025, 12), "a"), (month(2026, 2), "a"), (month(2026, 2), "b")] {
        djelme.record(&sales(month, item, 1)).await.unwrap();
    }
    let gaps = djelme.gaps::<Sales>((2025, 11), (2026, 4)).await.unwrap();
    assert_eq!(texts(gaps), ["2025.11", "2026.1", "2026.3"]);
    // Only whole cycles of the range.
    let gaps = djelme.gaps::<Sales>("2025-11-02", "2026-02-15").await.unwrap();
    assert_eq!(texts(gaps), ["2026.1"]);
    assert!(matches!(djelme.gaps::<Sales>((2026, 2), (2026, 1)).await, Err(Error::Range { .. })));
    let error = djelme.gaps::<Visits>((1,), (9999,)).await.unwrap_err().to_string();
    assert!(error.contains("holds 87640656 cycles of a hour") && error.contains("1000000"), "{error}");
    test.clean().await.unwrap();
}

#[tokio::test]
async fn gaps_are_exact_beyond_what_one_answer_holds() {
    let test = set_up("many-cycles").await;
    let hours: Vec<_> = Cycle::<Hour>::within((2023, 11), (2025, 3)).unwrap().collect();
    let missing = |number: usize| number % 997 == 5 || number == 10_000;
    let reports = hours.iter().enumerate().filter(|(number, _)| !missing(*number));
    let reports: Vec<_> = reports.map(|(_, hour)| Visits { cycle_coverage: *hour, visits: 1 }).collect();
    assert!(reports.len() > 11_000, "{}", reports.len());
    for reports in reports.chunks(2_000) {
        for recorded in test.djelme.record_all(reports).await.unwrap() {
            recorded.unwrap();
        }
    }
    let expected = hours.iter().enumerate().filter(|(number, _)| missing(*number)).map(|(_, hour)| *hour);
    let gaps = test.djelme.gaps::<Visits>((2023, 11), (2025, 3)).await.unwrap();
    assert_eq!(texts(gaps), texts(expected));
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_back_fill_reports_what_is_missing_and_nothing_else() {
    let test = set_up("back-fill").await;
    let given = Given::new([
        (month(2025, 11), [("a", 1)].as_slice()),
        (month(2025, 12), &[("a", 2), ("b", 20)]),
        (month(2026, 2), &[("b", 4)]),
    ]);
    let told = Mutex::new(Vec::new());
    let reporting = test.djelme.reports(&given).on_progress(|progress| {
        told.lock().unwrap().push((progress.cycle.to_string(), progress.reports, progress.cycles_done));
        assert_eq!(progress.cycles, 4);
    });
    let pending = reporting.pending((2025, 11), (2026, 3)).await.unwrap();
    assert_eq!(texts(pending), ["2025.11", "2025.12", "2026.1", "2026.2"]);
    let filled = reporting.back_fill((2025, 11), (2026, 3)).await.unwrap();
    assert_eq!((filled.runs.len(), filled.reports(), filled.complete_before), (4, 4, 0));
    drop(reporting);
    let told = told.into_inner().unwrap();
    let told: Vec<_> = told.iter().map(|(cycle, reports, done)| (cycle.as_str(), *reports, *done)).collect();
    let expected = [
        ("2025.11", 1, 0),
        ("2025.11", 1, 1),
        ("2025.12", 2, 1),
        ("2025.12", 2, 2),
        ("2026.1", 0, 3),
        ("2026.2", 1, 3),
        ("2026.2", 1, 4),
    ];
    assert_eq!(told, expected);
    assert_eq!(given.runs(), 4);

    // Once more does nothing; also January, of which there is nothing to report, is reported.
    let reporting = test.djelme.reports(&given);
    let filled = reporting.back_fill((2025, 11), (2026, 3)).await.unwrap();
    assert_eq!((filled.runs.len(), filled.complete_before, given.runs()), (0, 4, 0));
    assert_eq!(texts(test.djelme.gaps::<Sales>((2025, 11), (2026, 3)).await.unwrap()), ["2026.1"]);

    // What was deleted is missing.
    let id = Sales::at((2025, 12)).unwrap().size(1).send(&test.djelme).await.unwrap();
    test.djelme.delete(&id.hits()[0]).await.unwrap();
    let filled = reporting.back_fill((2025, 11), (2026, 3)).await.unwrap();
    assert_eq!(texts(filled.runs.iter().map(|run| run.cycle)), ["2025.12"]);
    assert_eq!(filled.runs[0].reports, 2);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_run_that_fails_leaves_its_cycle_unreported() {
    let test = set_up("failing").await;
    let months = || [(month(2025, 11), [("a", 1)].as_slice()), (month(2025, 12), &[("a", 2), ("b", 20)])];
    let failing = Given { fails_in: Some(month(2025, 12)), ..Given::new(months()) };
    let error = test.djelme.reports(&failing).back_fill((2025, 11), (2026, 1)).await.unwrap_err();
    let Error::ReportStopped { cycle, source, .. } = &error else { panic!("{error}") };
    assert_eq!(
        (cycle.as_str(), source.to_string().as_str()),
        ("2025.12", "the reporter failed: the shop is on fire")
    );
    let given = Given::new(months());
    let reporting = test.djelme.reports(&given);
    assert_eq!(texts(reporting.pending((2025, 11), (2026, 1)).await.unwrap()), ["2025.12"]);
    let filled = reporting.back_fill((2025, 11), (2026, 1)).await.unwrap();
    assert_eq!((filled.reports(), filled.complete_before), (2, 1));
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_cycle_that_has_not_ended_is_reported_only_when_asked() {
    let test = set_up("unended").await;
    let now = Cycle::<Month>::of(Utc::now()).unwrap();
    let given = Given::new([(now, [("a", 1)].as_slice()), (now.previous().unwrap(), &[("a", 2)])]);
    let reporting = test.djelme.reports(&given);
    let error = reporting.run(now).await.unwrap_err();
    assert!(matches!(&error, Error::NotAccepted { .. }), "{error}");
    assert!(error.to_string().contains("`include_unended()` allows"), "{error}");
    let until = Utc::now() + TimeDelta::days(40);
    let filled = reporting.back_fill(now.previous().unwrap(), until).await.unwrap();
    assert_eq!((filled.runs.len(), filled.not_ended[0]), (1, now));
    // Asked for, it is reported, and again once it has ended.
    let asking = test.djelme.reports(&given).include_unended();
    assert_eq!(asking.run(now).await.unwrap().reports, 1);
    assert_eq!(texts(asking.pending(now, now.next().unwrap()).await.unwrap()), texts([now]));
    assert!(matches!(reporting.run("2026").await, Err(Error::Time { .. })));
    test.clean().await.unwrap();
}

#[tokio::test]
async fn stale_reports_are_counted_and_removed_when_asked() {
    let test = set_up("stale").await;
    let given = Given::new([(month(2025, 12), [("a", 1), ("b", 2), ("c", 3)].as_slice())]);
    let run = test.djelme.reports(&given).run((2025, 12)).await.unwrap();
    assert_eq!((run.reports, run.stale), (3, 0));
    given.set(month(2025, 12), &[("a", 10), ("d", 4)]);
    let run = test.djelme.reports(&given).run((2025, 12)).await.unwrap();
    assert_eq!((run.reports, run.stale, run.removed, run.stale_ids.len()), (2, 2, 0, 2));
    assert_eq!(Sales::at((2025, 12)).unwrap().count(&test.djelme).await.unwrap(), 4);
    let run = test.djelme.reports(&given).remove_stale().run((2025, 12)).await.unwrap();
    assert_eq!((run.reports, run.stale, run.removed), (2, 2, 2));
    let f = Sales::fields();
    let found = Sales::at((2025, 12)).unwrap().sort(f.item.asc()).send(&test.djelme).await.unwrap();
    let left: Vec<_> = found.records().map(|sales| sales.unwrap()).map(|it| (it.item, it.sold)).collect();
    assert_eq!(left, [("a".to_owned(), 10), ("d".to_owned(), 4)]);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn totals_grow_from_cycle_to_cycle() {
    let test = set_up("totals").await;
    let given = Given::new([
        (month(2025, 11), [("a", 1), ("b", 10)].as_slice()),
        (month(2025, 12), &[("a", 2), ("b", 0), ("c", 7)]),
        (month(2026, 1), &[("a", 3), ("b", 5), ("c", 0)]),
    ])
    .running();
    let reporting = test.djelme.reports(&given);
    let filled = reporting.back_fill((2025, 11), (2026, 2)).await.unwrap();
    // Before the first month nothing was reported, so nothing can be compared.
    assert_eq!(filled.runs.iter().map(|run| run.unchecked).collect::<Vec<_>>(), [2, 0, 0]);
    let found = Sales::at((2026, 1)).unwrap().send(&test.djelme).await.unwrap();
    let totals: BTreeMap<_, _> =
        found.records().map(|sales| sales.unwrap()).map(|it| (it.item, it.sold_ever)).collect();
    assert_eq!(totals.into_values().collect::<Vec<_>>(), [6, 15, 7]);

    // A month that is run again takes those after it along, since their totals build on it.
    given.runs();
    given.set(month(2025, 11), &[("a", 100), ("b", 10)]);
    reporting.run((2025, 11)).await.unwrap();
    let pending = reporting.pending((2025, 11), (2026, 2)).await.unwrap();
    assert_eq!(texts(pending), ["2025.12"]);
    let filled = reporting.back_fill((2025, 11), (2026, 2)).await.unwrap();
    assert_eq!(
        (texts(filled.runs.iter().map(|run| run.cycle)), given.runs()),
        (vec!["2025.12".into(), "2026.1".into()], 3)
    );
    let f = Sales::fields();
    let found = Sales::at((2026, 1)).unwrap().filter(f.item.eq("a")).send(&test.djelme).await.unwrap();
    assert_eq!(found.records().next().unwrap().unwrap().sold_ever, 105);
    test.clean().await.unwrap();
}

/// Reports these, whatever the cycle before says.
struct Fixed(Vec<Sales>);

impl Reporter for Fixed {
    type Report = Sales;

    async fn report(&self, cycle: Cycle<Month>, reports: &mut Reports<'_, Sales>) -> ReporterResult {
        assert_eq!(reports.cycle(), cycle);
        for report in &self.0 {
            reports.push(report).await?;
        }
        Ok(())
    }

    fn totals(&self) -> Vec<Total> {
        let f = Sales::fields();
        vec![Total::new(f.sold_ever, f.sold)]
    }
}

#[tokio::test]
async fn a_total_that_does_not_add_up_stops_the_run() {
    let test = set_up("broken-total").await;
    let with = |month, item: &str, sold, sold_ever| Sales { sold_ever, ..sales(month, item, sold) };
    let november = Fixed(vec![with(month(2025, 11), "a", 4, 10)]);
    test.djelme.reports(&november).run((2025, 11)).await.unwrap();
    for (reports, total, last, new) in [
        (vec![with(month(2025, 12), "a", 5, 17)], 17, 10, 5),
        // An item that is new begins at 0.
        (vec![with(month(2025, 12), "a", 5, 15), with(month(2025, 12), "b", 5, 6)], 6, 0, 5),
    ] {
        let error = test.djelme.reports(&Fixed(reports)).run((2025, 12)).await.unwrap_err();
        let Error::ReportStopped { source, .. } = &error else { panic!("{error}") };
        let Error::NotCumulative(broken) = &**source else { panic!("{error}") };
        assert_eq!((broken.total, broken.last, broken.new), (total, last, new));
        assert_eq!((broken.cycle.as_str(), broken.previous.as_str()), ("2025.12", "2025.11"));
        let text =
            format!("`sold_ever` of the report `{}` on 2025.12 is {total}, but {last} on 2025.11", broken.id);
        assert!(error.to_string().contains(&text), "{error}");
        assert_eq!(Sales::at((2025, 12)).unwrap().count(&test.djelme).await.unwrap(), 0);
    }
    let right = Fixed(vec![with(month(2025, 12), "a", 5, 15), with(month(2025, 12), "b", 5, 5)]);
    assert_eq!(test.djelme.reports(&right).run((2025, 12)).await.unwrap().unchecked, 0);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn reports_that_cannot_be_right_stop_the_run() {
    let test = set_up("wrong-reports").await;
    let stopped = async |reports: Vec<Sales>| {
        let error = test.djelme.reports(&Fixed(reports)).run((2025, 12)).await.unwrap_err();
        let Error::ReportStopped { source, .. } = error else { panic!("{error}") };
        assert!(matches!(*source, Error::Record { .. }), "{source}");
        source.to_string()
    };
    let other = stopped(vec![sales(month(2025, 11), "a", 1)]).await;
    assert!(
        other.contains("`cycle_coverage`") && other.contains("is on 2025.11, and the run on 2025.12"),
        "{other}"
    );
    let twice = stopped(vec![sales(month(2025, 12), "a", 1), sales(month(2025, 12), "a", 2)]).await;
    assert!(
        twice.contains("`cycle_coverage, item`") && twice.contains("2 reports on 2025.12 make 1 documents"),
        "{twice}"
    );
    let pending = test.djelme.reports(&Fixed(Vec::new())).pending((2025, 12), (2026, 1)).await.unwrap();
    assert_eq!(pending.len(), 1);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn more_reports_than_a_batch_are_all_there_and_know_their_past() {
    #[derive(Default)]
    struct Many(AtomicU64);
    impl Reporter for Many {
        type Report = Sales;
        async fn report(&self, cycle: Cycle<Month>, reports: &mut Reports<'_, Sales>) -> ReporterResult {
            let drafts: Vec<_> = (0..2_500).map(|item| sales(cycle, &format!("{item}"), item)).collect();
            let before = reports.previous_all(&drafts).await?;
            for (mut report, last) in drafts.into_iter().zip(before) {
                self.0.fetch_add(u64::from(last.is_some()), Ordering::Relaxed);
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
    let test = set_up("many").await;
    let many = Many::default();
    let filled = test.djelme.reports(&many).back_fill((2025, 11), (2026, 1)).await.unwrap();
    assert_eq!((filled.reports(), filled.runs[1].unchecked), (5_000, 0));
    assert_eq!(many.0.load(Ordering::Relaxed), 2_500);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn reporting_needs_the_set_up() {
    let test = TestDjelme::new("no-set-up", [Sales::TYPE]).unwrap();
    let given = Given::new([(month(2025, 12), [("a", 1)].as_slice())]);
    let error = test.djelme.reports(&given).run((2025, 12)).await.unwrap_err();
    let Error::ReportStopped { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(**source, Error::NotSetUp { .. }), "{error}");
    assert_eq!(given.runs(), 0);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn of_two_runs_over_one_cycle_at_most_one_is_complete() {
    /// Begins another run over the cycle while its own is under way.
    struct Overtaken<'a>(&'a TestDjelme, &'a Given);
    impl Reporter for Overtaken<'_> {
        type Report = Sales;
        async fn report(&self, cycle: Cycle<Month>, reports: &mut Reports<'_, Sales>) -> ReporterResult {
            reports.push(&sales(cycle, "slow", 1)).await?;
            let other = self.0.djelme.reports(self.1).run(cycle).await?;
            assert_eq!((other.reports, other.stale), (1, 0));
            Ok(())
        }
    }
    let test = set_up("two-runs").await;
    let given = Given::new([(month(2025, 12), [("fast", 1)].as_slice())]);
    let error = test.djelme.reports(&Overtaken(&test, &given)).run((2025, 12)).await.unwrap_err();
    let Error::ReportStopped { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(**source, Error::Conflict { .. }), "{error}");
    assert!(error.to_string().contains("another run of the reports on 2025.12 began"), "{error}");
    // The one that began later is complete, but what the other one stored afterwards is stale.
    assert_eq!(test.djelme.reports(&given).pending((2025, 12), (2026, 1)).await.unwrap(), []);
    let run = test.djelme.reports(&given).remove_stale().run((2025, 12)).await.unwrap();
    assert_eq!((run.reports, run.stale, run.removed), (1, 1, 1));
    test.clean().await.unwrap();
}

#[tokio::test]
async fn hooks_see_reports() {
    let ends = std::sync::Arc::new(Mutex::new(Vec::new()));
    let noted = ends.clone();
    let test = TestDjelme::with("report-hooks", [Sales::TYPE], |builder| {
        builder
            .pre_save(|sales: &Sales| if sales.item == "no" { Err("not this one".into()) } else { Ok(()) })
            .post_save(move |saved| {
                if saved.record_type.name == "Sales" {
                    noted.lock().unwrap().push(saved.outcome.clone());
                }
            })
    });
    let test = test.unwrap();
    test.djelme.setup().await.unwrap();
    let given = Given::new([(month(2025, 12), [("a", 1)].as_slice()), (month(2026, 1), &[("no", 1)])]);
    let reporting = test.djelme.reports(&given);
    reporting.run((2025, 12)).await.unwrap();
    reporting.run((2025, 12)).await.unwrap();
    let error = reporting.run((2026, 1)).await.unwrap_err();
    assert!(error.to_string().contains("`pre_save` refused"), "{error}");
    assert_eq!(*ends.lock().unwrap(), [Outcome::Stored, Outcome::Replaced]);
    test.clean().await.unwrap();
}
