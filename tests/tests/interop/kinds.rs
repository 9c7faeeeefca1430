//! Counted usage, reports and simple records: documents of one, read and written again by the other.

use chrono::{DateTime, NaiveDate, Utc};
use djelme::prelude::*;
use djelme::time::Cycle;
use djelme::usage::{Visitor, opaque_sessionhour_id};
use djelme_tests::server::TestDjelme;
use serde_json::{Value, json};

use crate::documents::as_read;
use crate::python::Python;
use crate::records::{ItemUsage, MonthlyUsage, Preference, types};

async fn set_up(name: &str) -> (TestDjelme, Python) {
    let test = TestDjelme::new(name, types()).unwrap();
    test.djelme.setup().await.unwrap();
    let python = Python::start(&test.prefix);
    (test, python)
}

fn report(month: (u32, u32), item: &str, views: u32) -> MonthlyUsage {
    MonthlyUsage { cycle_coverage: Cycle::new(month).unwrap(), item: item.into(), views }
}

/// The cycles that Python finds.
fn cycles(python: &Python, between: &Value) -> Vec<String> {
    let hits = python.ask("search", &json!({"type": "MonthlyUsage", "between": between}));
    let cycle = |hit: &Value| hit["fields"]["cycle_coverage"].as_str().unwrap().to_owned();
    let mut cycles: Vec<_> = hits.as_array().unwrap().iter().map(cycle).collect();
    cycles.sort();
    cycles
}

#[tokio::test]
async fn reports_replace_each_other() {
    let (test, python) = set_up("reports").await;
    for month in [(2025, 12), (2026, 1), (2026, 2)] {
        let ours = report(month, "a \u{e9}", 3);
        let stored = test.djelme.record(&ours).await.unwrap();
        let fields = serde_json::to_value(&ours).unwrap();
        let own = python.ask("document", &json!({"type": "MonthlyUsage", "fields": fields}));
        assert_eq!((&own["index"], &own["id"]), (&json!(stored.index), &json!(stored.id)));
        // Its `created` is the time of its making.
        let read =
            python.ask("get", &json!({"type": "MonthlyUsage", "index": stored.index, "id": stored.id}));
        for field in ["cycle_coverage", "item", "views", "timeseries_timeparts"] {
            assert_eq!(read[field], own["fields"][field]);
        }

        let fields = serde_json::to_value(report(month, "a \u{e9}", 4)).unwrap();
        let again = python.ask("record", &json!({"type": "MonthlyUsage", "fields": fields}));
        assert_eq!((&again["index"], &again["id"]), (&json!(stored.index), &json!(stored.id)));
        let hit = test.djelme.get_at::<MonthlyUsage>(&stored.id, month).await.unwrap().unwrap();
        assert_eq!(hit.record().unwrap(), report(month, "a \u{e9}", 4));
    }
    test.djelme.refresh::<MonthlyUsage>().await.unwrap();
    assert_eq!(MonthlyUsage::search().count(&test.djelme).await.unwrap(), 3);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn reports_are_found_by_their_cycles() {
    let (test, python) = set_up("cycles").await;
    for month in [(2025, 12), (2026, 1), (2026, 2), (2026, 10)] {
        let fields = serde_json::to_value(report(month, "a", 1)).unwrap();
        python.ask("record", &json!({"type": "MonthlyUsage", "fields": fields}));
    }
    python.ask("refresh", &json!({"type": "MonthlyUsage"}));
    let found = async |search: djelme::search::Search<MonthlyUsage>| -> Vec<String> {
        let found = search.send(&test.djelme).await.unwrap();
        let mut cycles: Vec<_> =
            found.records().map(|report| report.unwrap().cycle_coverage.to_string()).collect();
        cycles.sort();
        cycles
    };
    let date = |text: &str| text.parse::<NaiveDate>().unwrap();
    for (from, until, expected) in [
        ((2026, 1), (2026, 2), &["2026.1"][..]),
        ((2025, 12), (2026, 1), &["2025.12"]),
        ((2026, 2), (2026, 11), &["2026.10", "2026.2"]),
    ] {
        let search = MonthlyUsage::search_timeseries_range(from, until).unwrap();
        assert_eq!(found(search).await, expected);
        assert_eq!(cycles(&python, &json!([from, until])), expected);
    }
    // Row R6: a year that is cut by the end is not looked into.
    let search = MonthlyUsage::search_timeseries_range((2025, 12), (2026, 3)).unwrap();
    assert_eq!(found(search).await, ["2025.12", "2026.1", "2026.2"]);
    assert_eq!(cycles(&python, &json!([[2025, 12], [2026, 3]])), ["2025.12"]);
    // Row L1: dates find the month after.
    let (from, until) = ("2026-01-01", "2026-02-01");
    let search = MonthlyUsage::search_timeseries_range(date(from), date(until)).unwrap();
    assert_eq!(found(search).await, ["2026.1"]);
    assert_eq!(cycles(&python, &json!([from, until])), ["2026.2"]);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn simple_records_replace_each_other() {
    let (test, python) = set_up("simple").await;
    let preference = |value| Preference { user: "u\u{1f600}".into(), key: "k".into(), value };
    let fields = |value| serde_json::to_value(preference(value)).unwrap();

    let stored = test.djelme.record(&preference(1)).await.unwrap();
    let place = json!({"type": "Preference", "index": stored.index, "id": stored.id});
    assert_eq!(as_read(&python.ask("get", &place)), fields(1));
    let again = python.ask("record", &json!({"type": "Preference", "fields": fields(2)}));
    assert_eq!((&again["index"], &again["id"]), (&place["index"], &place["id"]));

    test.djelme.refresh::<Preference>().await.unwrap();
    let hit = test.djelme.get::<Preference>(&stored.id).await.unwrap().unwrap();
    assert_eq!((hit.index(), hit.record().unwrap()), (stored.index.as_str(), preference(2)));
    assert_eq!(Preference::search().count(&test.djelme).await.unwrap(), 1);
    test.clean().await.unwrap();
}

/// A usage as Python's `record` takes it, and what Rust reads of it.
fn usage(within: &[&str], timestamp: &str) -> (Value, ItemUsage) {
    let fields = json!({
        "platform_iri": "https://shop.example",
        "database_iri": "https://shop.example/books",
        "item_iri": "https://shop.example/books/1",
        "within_iris": within,
        "action": "view",
        "timestamp": timestamp,
    });
    (fields.clone(), serde_json::from_value(fields).unwrap())
}

/// The visitors of a usage: as Python's `record` takes them, and as Rust does.
fn visitors() -> [(Value, Visitor<'static>); 3] {
    let agent = Visitor::new().client_ip("192.0.2.7").user_agent("Mozilla/5.0");
    [
        (json!({"user_id": "u"}), Visitor::new().user_id("u")),
        (json!({"client_session_id": "c"}), Visitor::new().client_session_id("c")),
        (json!({"request_host": "192.0.2.7", "request_useragent": "Mozilla/5.0"}), agent),
    ]
}

#[tokio::test]
async fn counted_usage_goes_both_ways_with_its_sessions() {
    let (test, python) = set_up("usage").await;
    let timestamp = "2026-02-14T07:59:59+00:00";
    let at: DateTime<Utc> = timestamp.parse().unwrap();
    for (arguments, visitor) in visitors() {
        for within in [&["https://shop.example/books"][..], &[]] {
            let (fields, ours) = usage(within, timestamp);
            let request = json!({"type": "ItemUsage", "fields": fields, "arguments": arguments});
            let own = &python.ask("document", &request)["fields"];
            assert_eq!(own["sessionhour_id"], opaque_sessionhour_id(&visitor, at).unwrap());

            let stored = python.ask("record", &request);
            let id = stored["id"].as_str().unwrap();
            let hit = test.djelme.get_at::<ItemUsage>(id, at).await.unwrap().unwrap();
            assert_eq!(hit.record().unwrap(), ours);
            let source: Value = serde_json::from_slice(hit.source().unwrap()).unwrap();
            assert_eq!(as_read(&source), as_read(own));

            let stored = test.djelme.record(ours.by(&visitor)).await.unwrap();
            let place = json!({"type": "ItemUsage", "index": stored.index, "id": stored.id});
            assert_eq!(as_read(&python.ask("get", &place)), as_read(own));
        }
    }
    test.clean().await.unwrap();
}
