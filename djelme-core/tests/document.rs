//! Documents: what a record becomes, byte for byte, and what is refused.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod document_support;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::JsonConst;
use djelme_core::document::{DocumentFields, Encoded, Envelope, RecordProblem, encode_source};
use djelme_core::mapping::{FieldMapping, Property};
use djelme_core::record::{Record, RecordTime};
use djelme_core::record_type::TypeRef;
use djelme_core::time::TimeParts;
use document_support::{Departure, FLIGHTS, View, at, field, record};
use serde::ser::{Error as _, SerializeStruct};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

/// Whatever serde writes, in the fields of [`LooseType`].
#[derive(Serialize)]
#[serde(transparent)]
struct Loose<T>(T);

#[derive(Serialize, Deserialize)]
struct LooseType {}

record!(
    LooseType,
    Event,
    "Loose",
    FLIGHTS,
    &[
        field("size", "long"),
        field("ratio", "double"),
        field("flat", "flattened"),
        field("by_hour", "flattened"),
        field("name", "keyword"),
        field("text", "text"),
        Property::field("code", FieldMapping::new("keyword").params(&[("ignore_above", JsonConst::Int(8))])),
        Property::field("title", FieldMapping::new("text").fields(RAW)),
    ],
    |_| RecordTime::Now
);

const RAW: &[(&str, FieldMapping)] =
    &[("raw", FieldMapping::new("keyword").params(&[("ignore_above", JsonConst::Int(8))]))];

#[derive(Serialize, Deserialize)]
struct Report {
    cycle_coverage: String,
    count: u32,
}

record!(
    Report,
    CyclicReport,
    "Report",
    FLIGHTS,
    &[field("cycle_coverage", "version"), field("count", "long")],
    |report| RecordTime::Cycle(TimeParts::parse(&report.cycle_coverage).unwrap()),
    |report, key| key.part("cycle_coverage", &report.cycle_coverage)
);

#[derive(Serialize)]
struct Twice {
    carrier: &'static str,
    #[serde(flatten)]
    also: Again,
}

#[derive(Serialize)]
struct Again {
    carrier: &'static str,
}

#[derive(Serialize)]
enum Choice {
    Unit,
    Wrapped(f64),
    Pair(f64, f64),
    Tagged { page: &'static str },
}

struct Failing;

impl Serialize for Failing {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("the moon is full"))
    }
}

struct Swallowing;

impl Serialize for Swallowing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Swallowing", 1)?;
        let _ = object.serialize_field("ratio", &f64::NAN);
        object.end()
    }
}

fn encode<R: Serialize + ?Sized>(of: TypeRef, record: &R) -> Result<(String, Encoded), RecordProblem> {
    let instant = at(2017, 8, 21, 0, 0, 0);
    let envelope = Envelope { instant, timeparts: TimeParts::of(instant).unwrap(), session: None };
    let mut out = Vec::new();
    let encoded = encode_source(&DocumentFields::new(of), record, &envelope, &mut out)?;
    Ok((String::from_utf8(out).unwrap(), encoded))
}

fn problem<R: Serialize + ?Sized>(of: TypeRef, record: &R) -> (String, String) {
    let problem = encode(of, record).unwrap_err();
    (problem.field, problem.reason)
}

#[test]
fn m2_an_event_ends_with_its_time_in_six_parts() {
    let (text, _) = encode(View::type_ref(), &View { page: "/é\n".into() }).unwrap();
    assert_eq!(
        text,
        r#"{"page":"/é\n","timestamp":"2017-08-21T00:00:00Z","timeseries_timeparts":"2017.8.21.0.0.0"}"#
    );
}

#[test]
fn the_own_timestamp_takes_the_place_of_the_envelopes() {
    let (text, _) = encode(Departure::type_ref(), &Departure::example()).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"carrier":"UA","tail_number":"N14228","dep_delay":2,"distance":1400,"fare":99.5,"serial":7,"#,
            r#""stops":[{"airport":"IAH","minutes":35.0,"serial":1}],"timestamp":"2013-01-01T10:15:00Z","#,
            r#""timeseries_timeparts":"2017.8.21.0.0.0"}"#
        )
    );
}

#[test]
fn fields_left_out_and_out_of_order_are_found() {
    let departure = Departure { tail_number: None, ..Departure::example() };
    assert!(!encode(Departure::type_ref(), &departure).unwrap().0.contains("tail_number"));
    // A map without `preserve_order` writes in the order of the alphabet, and not in that of declaration.
    let shuffled = serde_json::to_value(Departure::example()).unwrap();
    let (text, _) = encode(Departure::type_ref(), &shuffled).unwrap();
    assert!(text.starts_with(r#"{"carrier":"UA","dep_delay":2,"#), "{text}");
}

#[test]
fn l7_times_of_the_envelope_have_no_fraction_or_six_digits() {
    let fields = DocumentFields::new(View::type_ref());
    let written = |instant: DateTime<Utc>| {
        let mut out = Vec::new();
        let envelope = Envelope { instant, timeparts: TimeParts::of(instant).unwrap(), session: None };
        let _ = encode_source(&fields, &json!({}), &envelope, &mut out).unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        document["timestamp"].as_str().unwrap().to_owned()
    };
    let second = at(2026, 2, 3, 4, 5, 6);
    assert_eq!(written(second), "2026-02-03T04:05:06Z");
    assert_eq!(written(second + TimeDelta::nanoseconds(7_089)), "2026-02-03T04:05:06.000007Z");
    assert_eq!(written(second + TimeDelta::milliseconds(120)), "2026-02-03T04:05:06.120000Z");
    assert_eq!(written(at(7, 12, 31, 23, 59, 59)), "0007-12-31T23:59:59Z");
}

#[test]
fn m2_a_report_ends_with_created_and_its_cycle_unpadded() {
    let instant = at(2000, 3, 1, 6, 0, 0);
    let envelope = Envelope { instant, timeparts: TimeParts::parse("2000.2").unwrap(), session: None };
    let mut out = Vec::new();
    let record = Report { cycle_coverage: "2000.2".into(), count: 6 };
    let _ = encode_source(&DocumentFields::new(Report::type_ref()), &record, &envelope, &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        concat!(
            r#"{"cycle_coverage":"2000.2","count":6,"#,
            r#""created":"2000-03-01T06:00:00Z","timeseries_timeparts":"2000.2"}"#
        )
    );
}

#[test]
fn trap_floats_that_are_not_finite_are_refused_with_their_path() {
    let mut departure = Departure { fare: f64::NAN, ..Departure::example() };
    let (field, reason) = problem(Departure::type_ref(), &departure);
    assert_eq!(field, "fare");
    assert!(reason.starts_with("NaN is not a finite number"), "{reason}");
    departure.fare = 1.0;
    departure.stops[0].minutes = f64::NEG_INFINITY;
    assert_eq!(problem(Departure::type_ref(), &departure).0, "stops.minutes");
    let nested = Loose(HashMap::from([("by_hour", HashMap::from([(7, f32::INFINITY)]))]));
    assert_eq!(problem(LooseType::type_ref(), &nested).0, "by_hour.7");
}

#[test]
fn numbers_beyond_long_are_refused_where_the_field_is_long_only() {
    let mut departure = Departure::example();
    departure.stops[0].serial = u64::MAX;
    assert!(encode(Departure::type_ref(), &departure).is_ok(), "unsigned_long");
    departure.serial = u64::MAX;
    let (field, reason) = problem(Departure::type_ref(), &departure);
    assert_eq!(field, "serial");
    assert!(reason.contains("`long`") && reason.contains("#[djelme(unsigned_long)]"), "{reason}");
    let encodes = |name: &str, value: u64| encode(LooseType::type_ref(), &json!({ name: value })).is_ok();
    assert!(encodes("flat", u64::MAX) && encodes("ratio", u64::MAX) && encodes("size", i64::MAX as u64));
    assert!(!encodes("size", i64::MAX as u64 + 1));
}

#[test]
fn integers_of_128_bits_are_written_if_they_fit() {
    let encoded = |value: i128| encode(LooseType::type_ref(), &Loose(BTreeMap::from([("ratio", value)])));
    assert!(encoded(-5).unwrap().0.contains("-5"));
    assert!(encoded(u64::MAX.into()).unwrap().0.contains("18446744073709551615"));
    let refused = encoded(i128::from(u64::MAX) + 1).unwrap_err();
    assert_eq!(refused.field, "ratio");
    let refused = encode(LooseType::type_ref(), &Loose(BTreeMap::from([("size", u128::MAX)]))).unwrap_err();
    assert!(
        refused.reason.starts_with("340282366920938463463374607431768211455 does not fit"),
        "{refused:?}"
    );
}

#[test]
fn trap_keys_are_fields_of_the_type_and_come_once() {
    let refused = |record: Value| problem(View::type_ref(), &record);
    assert_eq!(refused(json!({"pages": "/"})).0, "pages");
    assert!(refused(json!({"pages": "/"})).1.contains("the mapping of `flights::View` has no such field"));
    assert!(refused(json!({"_id": "1"})).1.contains("reserved"));
    assert!(refused(json!({"timeseries_timeparts": "1"})).1.contains("djelme writes this field itself"));
    assert!(refused(json!({"timestamp": "1"})).1.contains("djelme writes this field itself"));
    let (field, reason) =
        problem(Departure::type_ref(), &Twice { carrier: "UA", also: Again { carrier: "AA" } });
    assert_eq!((field.as_str(), reason.as_str()), ("carrier", "the record writes this key twice"));
    let numbered = Loose(BTreeMap::from([(1, 1)]));
    assert_eq!(
        problem(LooseType::type_ref(), &numbered).1,
        "the keys of a record are strings, and one is something else"
    );
}

#[test]
fn trap_a_record_is_an_object() {
    for (record, found) in [
        (json!([1]), "a list"),
        (json!("a"), "a string"),
        (json!(1), "a number"),
        (json!(true), "a boolean"),
        (json!(null), "`()`"),
    ] {
        let (field, reason) = problem(View::type_ref(), &record);
        assert_eq!(field, "");
        assert!(reason.contains(found), "{reason}");
    }
    assert!(problem(View::type_ref(), &Choice::Tagged { page: "/" }).1.contains("an enum's variant"));
    assert!(problem(View::type_ref(), &None::<View>).1.contains("`None`"));
    // What serde writes as its content is its content.
    assert!(encode(View::type_ref(), &Some(Loose(View { page: "/".into() }))).is_ok());
}

#[test]
fn a_records_own_failure_names_the_field() {
    let failing = Loose(BTreeMap::from([("size", Failing)]));
    assert_eq!(problem(LooseType::type_ref(), &failing), ("size".into(), "the moon is full".into()));
}

#[test]
fn a_swallowed_failure_still_counts() {
    assert_eq!(problem(LooseType::type_ref(), &Swallowing).0, "ratio");
}

#[test]
fn raw_json_and_enums_pass_as_serde_json_writes_them() {
    let raw = serde_json::value::RawValue::from_string("[1, {\"a\" : 2}]".into()).unwrap();
    let (text, _) = encode(LooseType::type_ref(), &Loose(BTreeMap::from([("flat", raw)]))).unwrap();
    assert!(text.starts_with(r#"{"flat":[1, {"a" : 2}],"timestamp""#), "{text}");
    let choices = [Choice::Unit, Choice::Wrapped(1.5), Choice::Pair(1.0, 2.0), Choice::Tagged { page: "/" }];
    let (text, _) = encode(LooseType::type_ref(), &Loose(BTreeMap::from([("flat", &choices)]))).unwrap();
    assert!(
        text.starts_with(r#"{"flat":["Unit",{"Wrapped":1.5},{"Pair":[1.0,2.0]},{"Tagged":{"page":"/"}}],"#),
        "{text}"
    );
    let lost = Loose(BTreeMap::from([("flat", Choice::Pair(1.0, f64::NAN))]));
    assert_eq!(problem(LooseType::type_ref(), &lost).0, "flat.Pair");
}

#[test]
fn values_too_long_to_be_indexed_are_noted() {
    let noted = |record: Value| encode(LooseType::type_ref(), &record).unwrap().1.unindexed_keywords;
    let long = "x".repeat(8192);
    assert!(noted(json!({"name": &long[1..], "text": long, "code": "12345678"})).is_empty());
    assert_eq!(noted(json!({"name": long})), ["name"]);
    assert_eq!(noted(json!({"name": [long, long]})), ["name"]);
    assert_eq!(noted(json!({"code": "123456789"})), ["code"]);
    assert_eq!(noted(json!({"title": "123456789"})), ["title.raw"]);
    // Elasticsearch counts characters of UTF-16.
    assert!(noted(json!({"code": "éééééééé"})).is_empty());
    assert_eq!(noted(json!({"code": "😀😀😀😀é"})), ["code"]);
}
