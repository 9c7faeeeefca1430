//! The JSON of every typed filter.

#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value)] // also in the helpers of the tests

mod search_support;

use std::net::IpAddr;
use std::ops::Bound;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use djelme_core::field::{Field, FieldPath, kind};
use djelme_core::query::{Query, bool_query, ids, match_all, not};
use djelme_core::record::Record;
use search_support::{Departure, Plain};
use serde_json::{Value, json};

fn body(query: impl Into<Query>) -> Value {
    query.into().into_json().unwrap()
}

fn refusal(query: impl Into<Query>) -> String {
    query.into().into_json().unwrap_err().to_string()
}

#[test]
fn exact_values() {
    let f = Departure::fields();
    assert_eq!(body(f.carrier.eq("UA")), json!({ "term": { "carrier": { "value": "UA" } } }));
    let united = String::from("UA");
    assert_eq!(body(f.carrier.eq(&united)), body(f.carrier.eq(united.clone())));
    assert_eq!(body(f.dep_delay.eq(-3)), json!({ "term": { "dep_delay": { "value": -3 } } }));
    assert_eq!(body(f.cancelled.eq(true)), json!({ "term": { "cancelled": { "value": true } } }));
    assert_eq!(body(f.carrier.is_in(["UA", "AA"])), json!({ "terms": { "carrier": ["UA", "AA"] } }));
    assert_eq!(body(f.distance.is_in([100, 200])), json!({ "terms": { "distance": [100, 200] } }));
    // No values match nothing; Elasticsearch agrees.
    assert_eq!(body(f.carrier.is_in::<&str>([])), json!({ "terms": { "carrier": [] } }));
}

#[test]
fn ranges() {
    let f = Departure::fields();
    assert_eq!(body(f.distance.gte(500)), json!({ "range": { "distance": { "gte": 500 } } }));
    assert_eq!(body(f.distance.gt(500)), json!({ "range": { "distance": { "gt": 500 } } }));
    assert_eq!(body(f.distance.lte(500)), json!({ "range": { "distance": { "lte": 500 } } }));
    assert_eq!(body(f.distance.lt(500)), json!({ "range": { "distance": { "lt": 500 } } }));
    assert_eq!(body(f.carrier.gte("M")), json!({ "range": { "carrier": { "gte": "M" } } }));
    let within = |json: Value| json!({ "range": { "distance": json } });
    assert_eq!(body(f.distance.within(100..500)), within(json!({ "gte": 100, "lt": 500 })));
    assert_eq!(body(f.distance.within(100..=500)), within(json!({ "gte": 100, "lte": 500 })));
    assert_eq!(body(f.distance.within(..500)), within(json!({ "lt": 500 })));
    assert_eq!(body(f.distance.within::<u32>(..)), within(json!({})));
    let open = (Bound::Excluded(100), Bound::Unbounded);
    assert_eq!(body(f.distance.within(open)), within(json!({ "gt": 100 })));
}

#[test]
fn an_instant_means_itself_and_a_date_its_day() {
    let f = Departure::fields();
    let range = |bound: Value| json!({ "range": { "timestamp": bound } });
    let second: DateTime<Utc> = "2013-02-01T12:00:00Z".parse().unwrap();
    let abroad: DateTime<FixedOffset> = "2013-02-01T07:00:00-05:00".parse().unwrap();
    let day = NaiveDate::from_ymd_opt(2013, 2, 1).unwrap();
    // Without milliseconds Elasticsearch would round up to the end of the second.
    let exact = "2013-02-01T12:00:00.000Z";
    assert_eq!(body(f.timestamp.lte(second)), range(json!({ "lte": exact })));
    assert_eq!(body(f.timestamp.gt(abroad)), range(json!({ "gt": exact })));
    assert_eq!(body(f.timestamp.lt("2013-02-01T12:00:00Z")), range(json!({ "lt": exact })));
    assert_eq!(body(f.timestamp.within(second..)), range(json!({ "gte": exact })));
    assert_eq!(body(f.timestamp.eq(second)), json!({ "term": { "timestamp": { "value": exact } } }));
    assert_eq!(body(f.timestamp.is_in([second])), json!({ "terms": { "timestamp": [exact] } }));
    let fraction: DateTime<Utc> = "2013-02-01T12:00:00.123456Z".parse().unwrap();
    assert_eq!(body(f.timestamp.gte(fraction)), range(json!({ "gte": "2013-02-01T12:00:00.123456Z" })));
    assert_eq!(body(f.timestamp.lte(day)), range(json!({ "lte": "2013-02-01" })));
    assert_eq!(body(f.timestamp.gte("now-1d/d")), range(json!({ "gte": "now-1d/d" })));
    // Only dates: a keyword that looks like one stays as it is.
    assert_eq!(
        body(f.carrier.eq("2013-02-01T12:00:00Z")),
        json!({ "term": { "carrier": { "value": "2013-02-01T12:00:00Z" } } })
    );
}

#[test]
fn strings_texts_and_presence() {
    let f = Departure::fields();
    assert_eq!(body(f.dep_delay.exists()), json!({ "exists": { "field": "dep_delay" } }));
    assert_eq!(body(f.stops.minutes.exists()), json!({ "exists": { "field": "stops.minutes" } }));
    assert_eq!(body(f.carrier.prefix("U")), json!({ "prefix": { "carrier": { "value": "U" } } }));
    assert_eq!(body(f.carrier.wildcard("U?*")), json!({ "wildcard": { "carrier": { "value": "U?*" } } }));
    assert_eq!(
        body(f.remarks.matching("late gate")),
        json!({ "match": { "remarks": { "query": "late gate" } } })
    );
    assert_eq!(
        body(f.remarks.match_phrase("late gate")),
        json!({ "match_phrase": { "remarks": { "query": "late gate" } } })
    );
    assert_eq!(body(f.remarks.raw.eq("late")), json!({ "term": { "remarks.raw": { "value": "late" } } }));
    let address: Plain<IpAddr> = Field::new(FieldPath::ROOT.join("address"), ());
    assert_eq!(body(address.eq("10.0.0.0/8")), json!({ "term": { "address": { "value": "10.0.0.0/8" } } }));
    let version: Field<String, kind::Version> = Field::new(FieldPath::ROOT.join("version"), ());
    assert_eq!(body(version.gte("2.0")), json!({ "range": { "version": { "gte": "2.0" } } }));
}

#[test]
fn queries_of_queries() {
    let f = Departure::fields();
    let query = bool_query()
        .must(f.remarks.matching("fog"))
        .filter(f.carrier.eq("UA"))
        .should(ids(["a"]))
        .should(match_all())
        .must_not(f.cancelled.eq(true))
        .minimum_should_match(1);
    assert_eq!(
        body(query),
        json!({ "bool": {
            "must": [{ "match": { "remarks": { "query": "fog" } } }],
            "filter": [{ "term": { "carrier": { "value": "UA" } } }],
            "should": [{ "ids": { "values": ["a"] } }, { "match_all": {} }],
            "must_not": [{ "term": { "cancelled": { "value": true } } }],
            "minimum_should_match": 1
        } })
    );
    assert_eq!(body(not(match_all())), json!({ "bool": { "must_not": [{ "match_all": {} }] } }));
    assert_eq!(
        body(f.stops.matches(f.stops.minutes.gte(30.0))),
        json!({ "nested": { "path": "stops", "query": { "range": { "stops.minutes": { "gte": 30.0 } } } } })
    );
}

#[test]
fn numbers_that_are_not_finite_are_refused_wherever_they_stand() {
    let f = Departure::fields();
    let minutes = f.stops.minutes;
    assert_eq!(
        refusal(minutes.eq(f64::NAN)),
        "query: `term` on `stops.minutes`: the value is null or not a finite number"
    );
    for query in [
        minutes.is_in([1.0, f64::INFINITY]),
        minutes.within(1.0..f64::NAN),
        not(minutes.lt(f64::NEG_INFINITY)),
        f.stops.matches(minutes.gt(f64::NAN)),
    ] {
        assert!(refusal(query).contains("finite"));
    }
}
