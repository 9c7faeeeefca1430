//! `facts.json` and `trees.json` hold what Elasticsearch 8.19 answered to the same requests on the same documents.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Utc};
use djelme_core::document::{BatchBuilder, WriteOp};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::outcome::ItemResponse;
use djelme_core::plan::IndexPlan;
use djelme_core::template::Template;
use djelme_core::time::TimeDepth;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::error::Refusal;
use crate::search::search;
use crate::store::Store;
use crate::{bulk, index, template};

/// A store with documents, in several segments and two indexes.
struct Stored {
    store: Store,
    naming: Naming,
}

impl Stored {
    fn new<'a>(properties: &Value, documents: impl IntoIterator<Item = &'a str>) -> Self {
        let source = NamingSource {
            prefix: "",
            app_label: "aggs",
            recordtype_name: "t",
            template: None,
            template_name: None,
            depth: Some(TimeDepth::Year),
        };
        let (store, naming) = (Store::in_memory().unwrap(), Naming::new(source).unwrap());
        let mappings = json!({ "dynamic": "strict", "properties": properties });
        let template = Template {
            name: "aggs".into(),
            index_patterns: vec![naming.pattern().to_owned()],
            priority: Some(500),
            mappings: mappings.as_object().unwrap().clone(),
            ..Template::default()
        };
        template::put(&store, &template).unwrap();
        let stored = Self { store, naming };
        let documents: Vec<_> = documents.into_iter().collect();
        for (number, batch) in documents.chunks(documents.len().div_ceil(3).max(1)).enumerate() {
            stored.write("2020.", number * 1_000_000, batch);
        }
        stored
    }

    fn write(&self, year: &str, first: usize, documents: &[&str]) {
        let mut batch = BatchBuilder::default();
        let index = format!("{}{year}", self.naming.stem());
        for (number, document) in documents.iter().enumerate() {
            let append = |text: &str, out: &mut Vec<u8>| {
                out.extend_from_slice(text.as_bytes());
                Ok::<_, ()>(())
            };
            let id = (first + number).to_string();
            batch.push(WriteOp::Create, &id, |out| append(&index, out), |out| append(document, out)).unwrap();
        }
        for answer in bulk::bulk(&self.store, &batch.finish()).unwrap() {
            assert!(matches!(answer, ItemResponse::Created(_)), "{answer:?}");
        }
        index::refresh(&self.store, "*").unwrap();
    }

    fn ask(&self, aggregations: &Value, query: &Value) -> Result<Value, Refusal> {
        let mut body = json!({ "size": 0, "aggs": aggregations });
        if !query.is_null() {
            body["query"] = query.clone();
        }
        let plan = IndexPlan::new(&self.naming, None);
        let answer = search(&self.store.snapshot(), &plan, &body, Utc::now())?;
        // Numbers go through text and back, as those of the facts do.
        let answer: Value = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
        Ok(answer["aggregations"].clone())
    }

    fn answer(&self, aggregations: &Value) -> Value {
        self.ask(aggregations, &Value::Null).unwrap()
    }
}

fn facts(text: &str) -> BTreeMap<String, Box<RawValue>> {
    serde_json::from_str(text).unwrap()
}

fn documents(facts: &BTreeMap<String, Box<RawValue>>) -> Vec<&str> {
    let documents: Vec<&RawValue> = serde_json::from_str(facts["documents"].get()).unwrap();
    documents.into_iter().map(RawValue::get).collect()
}

/// The deepest reasons of a refusal are part of it.
fn says(refusal: &Refusal, reason: &str) -> bool {
    refusal.to_string().contains(reason)
        || format!("{refusal:?}").contains(&format!("{reason:?}").trim_matches('"').to_owned())
}

/// The same but for what the order of documents does to sums of floating-point numbers.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| alike(one, other)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
            (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1e-3)
        }
        _ => one == other,
    }
}

#[test]
fn what_elasticsearch_answered() {
    let facts = facts(include_str!("facts.json"));
    let properties: Value = serde_json::from_str(facts["properties"].get()).unwrap();
    let stored = Stored::new(&properties, documents(&facts));
    let answers: Vec<(Value, Value)> = serde_json::from_str(facts["answers"].get()).unwrap();
    assert!(answers.len() > 400);
    for (request, expected) in &answers {
        match (stored.ask(request, &Value::Null), expected.get("error").and_then(Value::as_str)) {
            (Ok(answer), None) => assert_eq!(&answer, expected, "{request}"),
            (Err(refusal), Some(reason)) => {
                assert!(says(&refusal, reason), "{request}: {refusal} | {reason}");
            }
            (answer, _) => panic!("{request}: {answer:?}, not {expected}"),
        }
    }
}

#[test]
fn what_elasticsearch_answered_to_trees() {
    let properties = serde_json::from_str(facts(include_str!("facts.json"))["properties"].get()).unwrap();
    let facts = facts(include_str!("trees.json"));
    let stored = Stored::new(&properties, documents(&facts));
    let answers: Vec<(Value, Value, Value)> = serde_json::from_str(facts["answers"].get()).unwrap();
    assert!(answers.len() > 100);
    for (request, query, expected) in &answers {
        let answer = stored.ask(request, query).unwrap();
        assert!(alike(&answer, expected), "{request} {query}: {answer}, not {expected}");
    }
}

#[test]
fn special_types() {
    let properties = json!({
        "u": { "type": "unsigned_long" }, "v": { "type": "version" }, "l": { "type": "flattened" },
        "s": { "type": "scaled_float", "scaling_factor": 100 }, "h": { "type": "half_float" }
    });
    let documents = [
        r#"{"u":18446744073709551615,"v":"1.10.0","l":{"a":"x","b":{"c":"y"}},"s":1.239,"h":0.1}"#,
        r#"{"u":1,"v":"1.2.3","l":{"a":["x","z"]},"s":2.5}"#,
        r#"{"v":"1.2.3"}"#,
    ];
    let stored = Stored::new(&properties, documents);
    let buckets = |request: Value| -> Vec<(Value, u64)> {
        let answer = stored.answer(&json!({ "a": request }));
        let buckets = answer["a"]["buckets"].as_array().unwrap().clone();
        buckets.iter().map(|bucket| (bucket["key"].clone(), bucket["doc_count"].as_u64().unwrap())).collect()
    };
    let by_key = |field: &str| json!({ "terms": { "field": field, "order": { "_key": "desc" } } });
    assert_eq!(buckets(by_key("u")), [(json!(u64::MAX), 1), (json!(1), 1)]);
    assert_eq!(buckets(by_key("v")), [(json!("1.10.0"), 1), (json!("1.2.3"), 2)]);
    assert_eq!(buckets(by_key("l.a")), [(json!("z"), 1), (json!("x"), 2)]);
    assert_eq!(buckets(by_key("l.b.c")), [(json!("y"), 1)]);
    assert_eq!(buckets(by_key("s")), [(json!(2.5), 1), (json!(1.24), 1)]);
    let chosen = json!({ "terms": { "field": "l.a", "include": ["z", "x"], "exclude": "x.*" } });
    assert_eq!(buckets(chosen), [(json!("z"), 1)]);
    let sum = stored
        .answer(&json!({ "a": { "sum": { "field": "u" } }, "n": { "cardinality": { "field": "l.a" } } }));
    assert_eq!(sum, json!({ "a": { "value": 18446744073709551616.0 }, "n": { "value": 2 } }));
    let pages = json!({ "composite": { "sources": [{ "v": { "terms": { "field": "v" } } }], "after": { "v": "1.3.0" } } });
    assert_eq!(buckets(pages), [(json!({ "v": "1.10.0" }), 1)]);
}

#[test]
fn several_indexes_with_fields_of_their_own() {
    let stored =
        Stored::new(&json!({ "k": { "type": "keyword" }, "n": { "type": "long" } }), [r#"{"k":"a","n":2}"#]);
    let mappings = json!({ "properties": { "k": { "type": "keyword" }, "n": { "type": "double" }, "new": { "type": "keyword" } } });
    let template = Template {
        name: "aggs".into(),
        index_patterns: vec![stored.naming.pattern().to_owned()],
        priority: Some(500),
        mappings: mappings.as_object().unwrap().clone(),
        ..Template::default()
    };
    template::put(&stored.store, &template).unwrap();
    stored.write("2021.", 0, &[r#"{"k":"a","n":0.5,"new":"x"}"#, r#"{"k":"b","n":2}"#]);
    let answer = stored.answer(&json!({
        "n": { "terms": { "field": "n" } },
        "new": { "terms": { "field": "new", "missing": "none" } },
        "k": { "terms": { "field": "k" }, "aggs": { "sum": { "sum": { "field": "n" } } } },
    }));
    let none = |buckets: Value| json!({ "doc_count_error_upper_bound": 0, "sum_other_doc_count": 0, "buckets": buckets });
    assert_eq!(answer["n"], none(json!([{ "key": 2.0, "doc_count": 2 }, { "key": 0.5, "doc_count": 1 }])));
    assert_eq!(
        answer["new"],
        none(json!([{ "key": "none", "doc_count": 2 }, { "key": "x", "doc_count": 1 }]))
    );
    let a = json!({ "key": "a", "doc_count": 2, "sum": { "value": 2.5 } });
    assert_eq!(answer["k"], none(json!([a, { "key": "b", "doc_count": 1, "sum": { "value": 2.0 } }])));
}

#[test]
fn millions_of_buckets_are_an_error() {
    let stored =
        Stored::new(&json!({ "t": { "type": "date" }, "n": { "type": "double" } }), [r#"{"t":0,"n":1}"#]);
    for request in [
        json!({ "date_histogram": { "field": "t", "fixed_interval": "1ms", "extended_bounds": { "min": "0001", "max": "9999" } } }),
        json!({ "date_histogram": { "field": "t", "calendar_interval": "minute", "time_zone": "Europe/Berlin",
            "extended_bounds": { "min": "0001", "max": "9999" } } }),
        json!({ "histogram": { "field": "n", "interval": 1e-9, "extended_bounds": { "min": -1e9, "max": 1e9 } } }),
    ] {
        let refusal = stored.ask(&json!({ "a": request }), &Value::Null).unwrap_err();
        assert!(says(&refusal, "Trying to create too many buckets"), "{refusal}");
    }
}

#[test]
fn what_is_refused_by_name() {
    let stored = Stored::new(&json!({ "k": { "type": "keyword" } }), [r#"{"k":"a"}"#]);
    for (request, reason) in [
        (json!({ "nested": { "path": "k" } }), "[nested] aggregations ([a])"),
        (json!({ "terms": { "script": "1" } }), "[script] in the aggregation [a]"),
        (json!({ "percentiles": { "field": "k", "hdr": {} } }), "[hdr]"),
        (
            json!({ "terms": { "field": "k", "sizes": 3 } }),
            "[terms] unknown field [sizes] in the aggregation [a]",
        ),
        (json!({ "telepathy": {} }), "Unknown aggregation type [telepathy]"),
    ] {
        let refusal = stored.ask(&json!({ "a": request }), &Value::Null).unwrap_err();
        assert!(says(&refusal, reason), "{refusal} | {reason}");
    }
    let mut deep = json!({ "a": { "terms": { "field": "k" } } });
    for _ in 0..100 {
        deep = json!({ "a": { "terms": { "field": "k" }, "aggs": deep } });
    }
    assert!(says(&stored.ask(&deep, &Value::Null).unwrap_err(), "deeper than [20]"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn counts_and_means_are_those_computed_by_hand(
        rows in proptest::collection::vec((0_i64..40_000_000_000, 0_u16..400, proptest::option::of(-50_i32..50)), 1..800)
    ) {
        let documents: Vec<String> = rows
            .iter()
            .map(|(time, key, number)| match number {
                Some(number) => format!(r#"{{"t":{time},"k":"k{key}","n":{number}}}"#),
                None => format!(r#"{{"t":{time},"k":"k{key}"}}"#),
            })
            .collect();
        let properties = json!({ "t": { "type": "date" }, "k": { "type": "keyword" }, "n": { "type": "integer" } });
        let stored = Stored::new(&properties, documents.iter().map(String::as_str));
        let mut expected: BTreeMap<(i64, String), (u64, i64, u64)> = BTreeMap::new();
        for (time, key, number) in &rows {
            let day = DateTime::from_timestamp_millis(*time).unwrap();
            let month = day.date_naive().with_day(1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
            let cell = expected.entry((month.timestamp_millis(), format!("k{key}"))).or_default();
            cell.0 += 1;
            cell.1 += i64::from(number.unwrap_or(0));
            cell.2 += u64::from(number.is_some());
        }
        let answer = stored.answer(&json!({ "months": {
            "date_histogram": { "field": "t", "calendar_interval": "month", "min_doc_count": 1 },
            "aggs": { "keys": {
                "terms": { "field": "k", "size": 1000, "order": { "_key": "asc" } },
                "aggs": { "mean": { "avg": { "field": "n" } } }
            } }
        } }));
        let mut found = BTreeMap::new();
        for month in answer["months"]["buckets"].as_array().unwrap() {
            for key in month["keys"]["buckets"].as_array().unwrap() {
                let place = (month["key"].as_i64().unwrap(), key["key"].as_str().unwrap().to_owned());
                found.insert(place, (key["doc_count"].as_u64().unwrap(), key["mean"]["value"].as_f64()));
            }
        }
        let expected: BTreeMap<_, _> = expected
            .into_iter()
            .map(|(place, (count, sum, known))| (place, (count, (known > 0).then(|| sum as f64 / known as f64))))
            .collect();
        prop_assert_eq!(found, expected);
    }
}
