//! Counted usage on a real store: sessions and items are counted, double clicks once, and each kind is found by id.

use chrono::{DateTime, TimeDelta, Utc};
use djelme::prelude::*;
use djelme::time::{Cycle, Month};
use djelme::usage::{CountedUsage, SessionKeyFile, Visitor};
use djelme::{CountedUsageRecord, CyclicReport, Djelme, EventRecord};
use djelme_tests::server::TestDjelme;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(app_label = "shop", timedepth = "day", settings(number_of_replicas = 0))]
struct View {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(
    app_label = "shop",
    timedepth = "day",
    unique_together(sessionhour_id, usage.item_iri),
    settings(number_of_replicas = 0)
)]
struct UniqueView {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(app_label = "shop", timedepth = "day", double_click = "30s", settings(number_of_replicas = 0))]
struct Click {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", settings(number_of_replicas = 0))]
struct Sale {
    cents: u32,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(
    app_label = "shop",
    timedepth = "year",
    unique_together(cycle_coverage, item),
    settings(number_of_replicas = 0)
)]
struct ItemReport {
    cycle_coverage: Cycle<Month>,
    item: String,
    views: u64,
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn item(number: i64) -> CountedUsage {
    CountedUsage {
        platform_iri: "https://shop.example".into(),
        item_iri: format!("https://shop.example/item/{number}"),
        within_iris: vec!["https://shop.example/shelf/1".into()],
        ..CountedUsage::default()
    }
}

fn types() -> [&'static djelme::record_type::RecordType; 5] {
    [View::TYPE, UniqueView::TYPE, Click::TYPE, Sale::TYPE, ItemReport::TYPE]
}

async fn set_up(test: &str) -> TestDjelme {
    let test = TestDjelme::new(test, types()).unwrap();
    test.djelme.setup().await.unwrap();
    test
}

#[tokio::test]
async fn views_sessions_and_items_are_counted() {
    let test = set_up("usage").await;
    let recorder = test.djelme.recorder().build().unwrap();
    // Ten visitors with three views of two items each, in two hours of two days.
    let begin = time("2026-02-03T22:30:00Z");
    for number in 0..60 {
        let id = format!("user-{}", number % 10);
        let timestamp = begin + TimeDelta::minutes(number % 3 * 60);
        let usage = item(number / 30);
        let visitor = Visitor::new().user_id(id.as_str());
        recorder.push(View { usage: usage.clone(), timestamp }.by(&visitor)).await.unwrap();
        recorder.push(UniqueView { usage, timestamp }.by(&visitor)).await.unwrap();
    }
    recorder.flush().await.unwrap();
    let counts = recorder.stats().total;
    test.djelme.refresh::<View>().await.unwrap();
    test.djelme.refresh::<UniqueView>().await.unwrap();

    let f = View::fields();
    let sessions = cardinality("sessions", f.sessionhour_id);
    let per_item = terms("per_item", f.usage.item_iri).aggregate(&sessions);
    let search = View::search_timeseries_range("2026-02-03", "2026-02-05").unwrap();
    let found = search.size(0).aggregate(&per_item).send(&test.djelme).await.unwrap();
    assert_eq!(found.total().value, 60);
    for bucket in found.aggregation(&per_item).unwrap().buckets() {
        let sessions = bucket.aggregation(&sessions).unwrap();
        assert_eq!((bucket.doc_count(), sessions), (30, 30), "each visitor comes once in each hour");
    }
    let unique = UniqueView::search().size(0).send(&test.djelme).await.unwrap();
    assert_eq!(unique.total().value, counts.stored - 60);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_session_that_comes_again_replaces_its_view() {
    let test = set_up("usage_unique").await;
    let ada = Visitor::new().client_ip("192.0.2.7").user_agent("Mozilla/5.0");
    for minutes in [0, 10, 59, 60] {
        let view = UniqueView {
            usage: item(1),
            timestamp: time("2026-02-03T10:00:00Z") + TimeDelta::minutes(minutes),
        };
        test.djelme.record(view.by(&ada)).await.unwrap();
    }
    test.djelme.refresh::<UniqueView>().await.unwrap();
    let f = UniqueView::fields();
    let found = UniqueView::search().sort(f.timestamp.asc()).send(&test.djelme).await.unwrap();
    let times: Vec<_> = found.records().map(|view| view.unwrap().timestamp).collect();
    assert_eq!(times, [time("2026-02-03T10:59:00Z"), time("2026-02-03T11:00:00Z")]);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn d1_double_clicks_count_once() {
    let test = set_up("usage_clicks").await;
    let recorder = test.djelme.recorder().batch_records(2).build().unwrap();
    let ada = Visitor::new().user_id("ada");
    for seconds in [0, 29, 31, 62, 100] {
        let timestamp = time("2026-02-03T10:01:00Z") + TimeDelta::seconds(seconds);
        recorder.push(Click { usage: item(1), timestamp }.by(&ada)).await.unwrap();
    }
    recorder.flush().await.unwrap();
    // The index ends at midnight, and with it what can be replaced.
    for clock in ["2026-02-03T23:59:55Z", "2026-02-04T00:00:05Z"] {
        recorder.push(Click { usage: item(2), timestamp: time(clock) }.by(&ada)).await.unwrap();
    }
    recorder.flush().await.unwrap();
    test.djelme.refresh::<Click>().await.unwrap();
    let f = Click::fields();
    let found = Click::search().sort(f.timestamp.asc()).size(20).send(&test.djelme).await.unwrap();
    let times: Vec<_> =
        found.records().map(|click| click.unwrap().timestamp.format("%T").to_string()).collect();
    assert_eq!(times, ["10:01:31", "10:02:02", "10:02:40", "23:59:55", "00:00:05"]);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn programs_that_share_their_keys_share_sessions() {
    let test = set_up("usage_keys").await;
    let folder = tempfile::tempdir().unwrap();
    let program = || {
        let keys = SessionKeyFile::open(folder.path().join("keys")).unwrap();
        test.builder().record_types(types()).session_keys(keys).build().unwrap()
    };
    let ada = Visitor::new().client_session_id("4711");
    for djelme in [program(), program(), test.djelme.clone()] {
        let view = View { usage: item(1), timestamp: time("2026-02-03T10:00:00Z") };
        djelme.record(view.by(&ada)).await.unwrap();
    }
    test.djelme.refresh::<View>().await.unwrap();
    let sessions = cardinality("sessions", View::fields().sessionhour_id);
    let found = View::search().size(0).aggregate(&sessions).send(&test.djelme).await.unwrap();
    assert_eq!(found.aggregation(&sessions).unwrap(), 2);
    test.clean().await.unwrap();
}

/// The index of an id is known from the record's time, before a refresh and whatever the order of writing.
#[tokio::test]
async fn each_kind_is_found_by_its_id_and_its_time() {
    let test = set_up("usage_get").await;
    let djelme: &Djelme = &test.djelme;
    let at = time("2013-02-03T10:00:00Z");
    let sale = Sale { cents: 7, timestamp: at };
    let view = View { usage: item(1), timestamp: at };
    let once = UniqueView { usage: item(1), timestamp: at };
    let cycle = Cycle::<Month>::new((2013, 2)).unwrap();
    let report = ItemReport { cycle_coverage: cycle, item: "1".into(), views: 3 };
    let ada = Visitor::new().user_id("ada");

    let id = djelme.record(&sale).await.unwrap().id;
    // A new id has the time of sending in it, so it is the record's own time that counts.
    assert_eq!(djelme.get_at::<Sale>(&id, at).await.unwrap().unwrap().record().unwrap(), sale);
    assert_eq!(djelme.get_at::<Sale>(&id, (2013, 2)).await.unwrap().unwrap().record().unwrap(), sale);
    assert!(djelme.get_at::<Sale>(&id, Utc::now()).await.unwrap().is_none());
    let id = djelme.record(view.by(&ada)).await.unwrap().id;
    assert_eq!(djelme.get_at::<View>(&id, at).await.unwrap().unwrap().record().unwrap(), view);
    assert!(djelme.get_at::<View>(&id, "2013-02").await.is_err(), "a month names no index of a day");
    let id = djelme.record(once.by(&ada)).await.unwrap().id;
    assert_eq!(
        djelme.get_at::<UniqueView>(&id, "2013-02-03").await.unwrap().unwrap().record().unwrap(),
        once
    );
    let id = djelme.record(&report).await.unwrap().id;
    let mut key = djelme::identity::OpaqueKey::new();
    report.unique_parts(&mut key);
    assert_eq!(id, key.finish().unwrap(), "the id of a report is known without asking");
    assert_eq!(djelme.get_at::<ItemReport>(&id, cycle).await.unwrap().unwrap().record().unwrap(), report);
    assert_eq!(djelme.get_at::<ItemReport>(&id, "2013").await.unwrap().unwrap().record().unwrap(), report);
    djelme.refresh::<Sale>().await.unwrap();
    test.clean().await.unwrap();
}
