//! Documents of one, read by the other.

use chrono::{DateTime, Utc};
use djelme::{Record as _, prelude::*, search::Search};
use djelme_tests::server::TestDjelme;
use serde_json::{Map, Value, json};

use crate::python::Python;
use crate::records::{Link, PageView, Visitor, WebEvent, types};

/// Page views with everything, with as little as there can be, and with odd values.
fn views() -> Vec<PageView> {
    let least = |timestamp: &str| PageView {
        event: WebEvent { service: "shop".into(), timestamp: timestamp.parse().unwrap() },
        path: "/".into(),
        referrer: None,
        status: 200,
        bytes_sent: 0,
        seconds: 0.0,
        ratio: None,
        is_bot: false,
        day: None,
        client_ip: None,
        tags: Vec::new(),
        visitor: None,
        links: Vec::new(),
    };
    let everything = PageView {
        path: "/books/\u{e9}t\u{e9}/\u{1f600}\"\\".into(),
        referrer: Some(String::new()),
        status: -1,
        bytes_sent: i64::MAX as u64,
        seconds: 0.25,
        ratio: Some(1e-9),
        is_bot: true,
        day: Some("2026-02-28".parse().unwrap()),
        client_ip: Some("2001:db8::1".parse().unwrap()),
        tags: vec!["b".into(), "a".into(), "b".into()],
        visitor: Some(Visitor { country: "de".into(), age: None }),
        links: vec![Link { target: "/a".into(), clicks: 3 }, Link { target: "/b".into(), clicks: 0 }],
        ..least("2026-02-28T23:59:59.999999Z")
    };
    let aged = PageView {
        visitor: Some(Visitor { country: "fr".into(), age: Some(40) }),
        ..least("2026-03-31T23:59:59Z")
    };
    vec![least("2026-01-31T00:00:00Z"), everything, least("2026-03-01T00:00:00.5Z"), aged]
}

/// What a search by one of the two can tell of a document: its index, id and fields, in the order of time.
type Found = Vec<(String, String, Value)>;

fn sorted(mut found: Found) -> Found {
    found.sort_by_key(|(index, id, fields)| {
        (fields["timestamp"].as_str().map(str::to_owned), index.clone(), id.clone())
    });
    found
}

/// The fields as either reads them: what is missing, null or empty is the same, and an instant is one however it is
/// written.
pub(crate) fn as_read(fields: &Value) -> Value {
    match fields {
        Value::Object(fields) => {
            let read = fields.iter().map(|(name, value)| (name.clone(), as_read(value)));
            read.filter(|(_, value)| !is_empty(value)).collect::<Map<_, _>>().into()
        }
        Value::Array(values) => values.iter().map(as_read).collect(),
        Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => instant.to_utc().to_rfc3339().into(),
            // Python keeps a date without a time as the instant at which it begins.
            Err(_) => text.strip_suffix("T00:00:00").unwrap_or(text).into(),
        },
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn found_by_python(python: &Python, between: Option<(&[u32], &[u32])>) -> Found {
    let between = between.map_or(Value::Null, |(from, until)| json!([from, until]));
    let hits = python.ask("search", &json!({"type": "PageView", "between": between}));
    let hit = |hit: &Value| {
        (hit["index"].as_str().unwrap().into(), hit["id"].as_str().unwrap().into(), as_read(&hit["fields"]))
    };
    sorted(hits.as_array().unwrap().iter().map(hit).collect())
}

#[tokio::test]
async fn rust_writes_and_python_reads() {
    let test = TestDjelme::new("rust-writes", types()).unwrap();
    let python = Python::start(&test.prefix);
    test.djelme.setup().await.unwrap();
    let mut written = Vec::new();
    for view in views() {
        let stored = test.djelme.record(&view).await.unwrap();
        // What Python itself would store of the same values, and where.
        let fields = serde_json::to_value(&view).unwrap();
        let own = python.ask("document", &json!({"type": "PageView", "fields": fields}));
        assert_eq!(own["index"], stored.index.as_str());
        let read = python.ask("get", &json!({"type": "PageView", "index": stored.index, "id": stored.id}));
        assert_eq!(as_read(&read), as_read(&own["fields"]));
        written.push((stored.index, stored.id, as_read(&own["fields"])));
    }
    test.djelme.refresh::<PageView>().await.unwrap();
    assert_eq!(found_by_python(&python, None), sorted(written.clone()));
    let february_and_march = found_by_python(&python, Some((&[2026, 2], &[2026, 4])));
    assert_eq!(february_and_march, sorted(written[1..].to_vec()));
    assert_eq!(found_by_python(&python, Some((&[2026, 2], &[2026, 3]))), sorted(written[1..2].to_vec()));
    test.clean().await.unwrap();
}

#[tokio::test]
async fn python_writes_and_rust_reads() {
    let test = TestDjelme::new("python-writes", types()).unwrap();
    let python = Python::start(&test.prefix);
    assert!(python.manage(&["djelme_backend_setup"]).succeeded);
    for view in views() {
        let fields = serde_json::to_value(&view).unwrap();
        let stored = python.ask("record", &json!({"type": "PageView", "fields": fields}));
        let index = stored["index"].as_str().unwrap();
        let at: DateTime<Utc> = view.event.timestamp;
        let hit = test.djelme.get_at::<PageView>(stored["id"].as_str().unwrap(), at).await.unwrap().unwrap();
        assert_eq!((hit.index(), hit.record().unwrap()), (index, view));
    }
    python.ask("refresh", &json!({"type": "PageView"}));
    let timestamp = PageView::fields().event.timestamp;
    let found = async |search: Search<PageView>| -> Vec<PageView> {
        let found = search.sort(timestamp.asc()).send(&test.djelme).await.unwrap();
        found.records().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(found(PageView::search()).await, views());
    let range = |from, until| PageView::search_timeseries_range(from, until).unwrap();
    assert_eq!(found(range((2026, 2), (2026, 4))).await, views()[1..]);
    assert_eq!(found(range((2026, 2), (2026, 3))).await, views()[1..2]);
    test.clean().await.unwrap();
}
