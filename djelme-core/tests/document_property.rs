//! Whatever a record holds, its document is what `serde_json` makes of it, and the envelope.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod document_support;

use chrono::{DateTime, Utc};
use djelme_core::document::{DocumentFields, Envelope, encode_source};
use djelme_core::record::{Record, RecordTime};
use djelme_core::time::TimeParts;
use document_support::{Departure, FLIGHTS, Stop, field, record};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A record with a base, with fields that are left out, and with a field that takes any JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Anything {
    #[serde(flatten)]
    base: Base,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<char>,
    any: Value,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Base {
    small: i8,
    huge: u64,
    ratio: f32,
    flag: bool,
}

record!(
    Anything,
    Event,
    "Anything",
    FLIGHTS,
    &[
        field("small", "byte"),
        field("huge", "unsigned_long"),
        field("ratio", "float"),
        field("flag", "boolean"),
        field("tags", "keyword"),
        field("letter", "keyword"),
        field("any", "flattened"),
    ],
    |_| RecordTime::Now
);

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    // The years 1 to 9999, in microseconds.
    (-62_135_596_800_000_000_i64..253_402_300_800_000_000)
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
}

fn finite() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("finite", |number| number.is_finite())
}

fn departure() -> impl Strategy<Value = Departure> {
    let stop = (any::<String>(), finite(), any::<u64>()).prop_map(|(airport, minutes, serial)| Stop {
        airport,
        minutes,
        serial,
    });
    (
        any::<String>(),
        any::<Option<String>>(),
        any::<Option<i32>>(),
        any::<u32>(),
        finite(),
        0..=i64::MAX as u64,
        vec(stop, 0..4),
        instant(),
    )
        .prop_map(|(carrier, tail_number, dep_delay, distance, fare, serial, stops, timestamp)| {
            Departure { carrier, tail_number, dep_delay, distance, fare, serial, stops, timestamp }
        })
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        finite().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..5).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn anything() -> impl Strategy<Value = Anything> {
    let ratio = any::<f32>().prop_filter("finite", |number| number.is_finite());
    let base = (any::<i8>(), any::<u64>(), ratio, any::<bool>())
        .prop_map(|(small, huge, ratio, flag)| Base { small, huge, ratio, flag });
    (base, vec(any::<String>(), 0..3), any::<Option<char>>(), json())
        .prop_map(|(base, tags, letter, any)| Anything { base, tags, letter, any })
}

/// The document, read back, and the bytes that `serde_json` alone writes.
fn check<R: Record>(record: &R, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let fields = DocumentFields::new(R::type_ref());
    let timeparts = TimeParts::of(now).unwrap();
    let mut out = b"before".to_vec();
    let encoded =
        encode_source(&fields, record, &Envelope { instant: now, timeparts, session: None }, &mut out)
            .unwrap();
    prop_assert!(encoded.unindexed_keywords.is_empty());
    let text = std::str::from_utf8(&out).unwrap().strip_prefix("before").unwrap();

    let own = serde_json::to_string(record).unwrap();
    prop_assert!(text.starts_with(&own[..own.len() - 1]), "{text} and {own}");
    prop_assert!(!text.contains('\n'));

    let mut found: Value = serde_json::from_str(text).unwrap();
    let mut expected: Value = serde_json::from_str(&own).unwrap();
    let (found_object, expected_object) = (found.as_object_mut().unwrap(), expected.as_object_mut().unwrap());
    if fields.envelope().contains(&"timestamp") {
        let timestamp = found_object.remove("timestamp").unwrap();
        let read: DateTime<Utc> = serde_json::from_value(timestamp).unwrap();
        prop_assert_eq!(read, now);
    }
    expected_object.insert("timeseries_timeparts".into(), timeparts.to_string().into());
    prop_assert_eq!(found, expected);
    Ok(())
}

proptest! {
    #[test]
    fn a_struct_is_written_as_serde_json_writes_it(record in departure(), now in instant()) {
        check(&record, now)?;
    }

    #[test]
    fn a_flattened_struct_is_written_as_serde_json_writes_it(record in anything(), now in instant()) {
        check(&record, now)?;
    }
}
