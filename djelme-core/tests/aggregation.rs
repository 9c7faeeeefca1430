//! What each aggregation asks, and how it reads answers as Elasticsearch 8.19 gives them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value)] // also in the helpers of the tests

mod search_support;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::Error;
use djelme_core::aggregation::*;
use djelme_core::record::Record;
use search_support::Departure;
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn asked(aggregation: &impl Aggregation) -> Value {
    aggregation.to_json().unwrap()
}

fn refusal(aggregation: &impl Aggregation) -> String {
    match aggregation.to_json() {
        Err(error @ Error::Query(_)) => error.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

fn answered<A: Aggregation>(aggregation: &A, answer: Value) -> A::Response {
    aggregation.decode(Some(&answer)).unwrap()
}

fn unanswered<A: Aggregation>(aggregation: &A) -> A::Response {
    aggregation.decode(None).unwrap()
}

#[test]
fn terms_ask_with_every_parameter() {
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let carriers = terms("carriers", f.carrier)
        .size(5)
        .shard_size(50)
        .order(Order::by(&delay).asc())
        .order(Order::count())
        .order(Order::key().desc())
        .order(Order::by_path("delays.max"))
        .min_doc_count(2)
        .missing("none")
        .include(["UA", "AA"])
        .exclude_matching("X.*")
        .aggregate(&delay)
        .aggregate(&stats("delays", f.dep_delay));
    assert_eq!(
        asked(&carriers),
        json!({
            "terms": {
                "field": "carrier", "size": 5, "shard_size": 50,
                "order": [{ "delay": "asc" }, { "_count": "desc" }, { "_key": "desc" }, { "delays.max": "desc" }],
                "min_doc_count": 2, "missing": "none", "include": ["UA", "AA"], "exclude": "X.*"
            },
            "aggs": {
                "delay": { "avg": { "field": "dep_delay" } },
                "delays": { "stats": { "field": "dep_delay" } }
            }
        })
    );
    let raw_field = terms("t", f.remarks.raw).include_matching("a.*").exclude(["b"]);
    assert_eq!(
        asked(&raw_field),
        json!({ "terms": { "field": "remarks.raw", "include": "a.*", "exclude": ["b"] } })
    );
    assert!(refusal(&terms("t", f.carrier).missing(f64::NAN)).contains("`missing`"));
    assert!(refusal(&terms("t", f.carrier).include([f64::NAN])).contains("`include`"));
    assert!(refusal(&terms("t", f.carrier).exclude([Value::Null])).contains("`exclude`"));
}

#[test]
fn terms_read_keys_in_the_type_of_the_field() {
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let carriers = terms("carriers", f.carrier).aggregate(&delay);
    let answer = answered(
        &carriers,
        json!({ "doc_count_error_upper_bound": 3, "sum_other_doc_count": 40, "buckets": [
            { "key": "UA", "doc_count": 10, "delay": { "value": 3.5 } },
            { "key": "AA", "doc_count": 1, "delay": { "value": null } }
        ] }),
    );
    assert_eq!((answer.sum_other_doc_count(), answer.doc_count_error_upper_bound()), (40, Some(3)));
    let [united, american] = answer.buckets() else { panic!("{answer:?}") };
    assert_eq!((united.key().as_str(), united.doc_count()), (Some("UA"), 10));
    assert_eq!(united.aggregation(&delay).unwrap(), Some(3.5));
    assert_eq!(american.aggregation(&delay).unwrap(), None);
    assert!(*american.key() == "AA");
    assert_eq!(american.key().to_string(), "AA");

    let keys = |buckets: Value| -> Vec<Key> {
        let unknown =
            json!({ "doc_count_error_upper_bound": -1, "sum_other_doc_count": 0, "buckets": buckets });
        let answer = answered(&carriers, unknown);
        assert_eq!(answer.doc_count_error_upper_bound(), None);
        answer.into_iter().map(|bucket| bucket.key().clone()).collect()
    };
    let booleans = json!([
        { "key": 0, "key_as_string": "false", "doc_count": 1 }, { "key": 1, "key_as_string": "true", "doc_count": 1 }
    ]);
    assert_eq!(keys(booleans), [Key::Bool(false), Key::Bool(true)]);
    let numbers = json!([
        { "key": 7, "doc_count": 1 }, { "key": 1.5, "doc_count": 1 }, { "key": u64::MAX, "doc_count": 1 },
        { "key": 1359676800000_i64, "key_as_string": "2013-02-01T00:00:00.000Z", "doc_count": 1 }
    ]);
    let longs = (Key::Long(7), Key::Long(1_359_676_800_000));
    assert_eq!(keys(numbers), [longs.0, Key::Double(1.5), Key::UnsignedLong(u64::MAX), longs.1]);
    assert!(Key::Long(7) == 7 && Key::Bool(true) == true && Key::Long(7) != 8);

    let empty = unanswered(&carriers);
    assert!(empty.buckets().is_empty());
    assert_eq!((empty.sum_other_doc_count(), empty.doc_count_error_upper_bound()), (0, Some(0)));
}

#[test]
fn date_histograms_ask_with_every_parameter() {
    let f = Departure::fields();
    let days = date_histogram("days", f.timestamp)
        .fixed_interval(Duration::from_secs(60))
        .calendar_interval(CalendarInterval::Day)
        .time_zone("America/New_York")
        .offset(TimeDelta::hours(6))
        .min_doc_count(1)
        .extended_bounds((2013, 2), (2013, 3))
        .hard_bounds("2013-01-01", at("2013-04-01T00:00:00.0001Z"))
        .format("yyyy-MM-dd")
        .missing(at("2013-02-10T00:00:00Z"))
        .order(Order::key().desc());
    assert_eq!(
        asked(&days),
        json!({ "date_histogram": {
            "field": "timestamp", "calendar_interval": "day", "time_zone": "America/New_York", "offset": "+6h",
            "min_doc_count": 1, "extended_bounds": { "min": 1359676800000_i64, "max": 1362095999999_i64 },
            "hard_bounds": { "min": 1356998400000_i64, "max": 1364774400001_i64 },
            "format": "yyyy-MM-dd", "missing": 1360454400000_i64, "order": [{ "_key": "desc" }]
        } })
    );
}

#[test]
fn date_histograms_have_one_interval_of_whole_milliseconds() {
    let f = Departure::fields();
    let histogram = || date_histogram("h", f.timestamp);
    assert!(refusal(&histogram()).contains("needs an interval"));
    let fixed =
        |interval| asked(&histogram().fixed_interval(interval))["date_histogram"]["fixed_interval"].clone();
    for (seconds, text) in [(86_400, "1d"), (36 * 3_600, "36h"), (5_400, "90m"), (61, "61s")] {
        assert_eq!(fixed(Duration::from_secs(seconds)), text);
    }
    assert_eq!(fixed(Duration::from_millis(1_500)), "1500ms");
    for wrong in [Duration::ZERO, Duration::from_nanos(1_500_000)] {
        assert!(refusal(&histogram().fixed_interval(wrong)).contains("whole milliseconds"));
    }
    let days = histogram().calendar_interval(CalendarInterval::Week).fixed_interval(Duration::from_secs(1));
    assert_eq!(asked(&days)["date_histogram"], json!({ "field": "timestamp", "fixed_interval": "1s" }));

    let days = || histogram().calendar_interval(CalendarInterval::Day);
    let offset = |by| asked(&days().offset(by))["date_histogram"]["offset"].clone();
    assert_eq!(offset(TimeDelta::minutes(-90)), "-90m");
    assert_eq!(offset(TimeDelta::zero()), "+0ms");
    assert!(refusal(&days().offset(TimeDelta::microseconds(5))).contains("`offset`"));
    assert!(refusal(&days().extended_bounds((2013, 3), (2013, 2))).contains("`extended_bounds`"));
    assert!(refusal(&days().hard_bounds((2013, 13), (2014,))).contains("`hard_bounds`"));
}

#[test]
fn date_histograms_read_instants() {
    let f = Departure::fields();
    let days = date_histogram("days", f.timestamp).calendar_interval(CalendarInterval::Day);
    let answer = answered(
        &days,
        json!({ "buckets": [
            { "key_as_string": "2013-01-31T00:00:00.000-05:00", "key": 1359608400000_i64, "doc_count": 2 },
            { "key_as_string": "1969-12-31", "key": -86400000, "doc_count": 0 }
        ] }),
    );
    let [first, second] = answer.buckets() else { panic!("{answer:?}") };
    assert_eq!(*first.key(), at("2013-01-31T05:00:00Z"));
    assert_eq!(first.key_as_string(), Some("2013-01-31T00:00:00.000-05:00"));
    assert_eq!((*second.key(), second.doc_count()), (at("1969-12-31T00:00:00Z"), 0));
    assert_eq!((&answer).into_iter().count(), 2);
    assert!(unanswered(&days).buckets().is_empty());
}

#[test]
fn histograms() {
    let f = Departure::fields();
    let miles = histogram("miles", f.distance, 500)
        .offset(-50)
        .min_doc_count(1)
        .extended_bounds(0, 3_000)
        .hard_bounds(0, 5_000)
        .missing(0)
        .order(Order::count());
    assert_eq!(
        asked(&miles),
        json!({ "histogram": {
            "field": "distance", "interval": 500.0, "offset": -50.0, "min_doc_count": 1,
            "extended_bounds": { "min": 0.0, "max": 3000.0 }, "hard_bounds": { "min": 0.0, "max": 5000.0 },
            "missing": 0.0, "order": [{ "_count": "desc" }]
        } })
    );
    let answer = answered(
        &miles,
        json!({ "buckets": [{ "key": -50.0, "doc_count": 3 }, { "key": 450.0, "doc_count": 0 }] }),
    );
    let keys: Vec<f64> = answer.into_iter().map(|bucket| *bucket.key()).collect();
    assert_eq!(keys, [-50.0, 450.0]);
    assert!(unanswered(&miles).buckets().is_empty());
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(refusal(&histogram("h", f.distance, wrong)).contains("interval"), "{wrong}");
    }
    assert!(refusal(&histogram("h", f.distance, 1).offset(f64::NAN)).contains("`offset`"));
    assert!(refusal(&histogram("h", f.distance, 1).extended_bounds(2, 1)).contains("`extended_bounds`"));
    assert!(refusal(&histogram("h", f.distance, 1).hard_bounds(f64::NAN, 1)).contains("`hard_bounds`"));
    assert!(refusal(&histogram("h", f.distance, 1).missing(f64::NAN)).contains("`missing`"));
}

#[test]
fn ranges_of_numbers() {
    let f = Departure::fields();
    let lengths = range("lengths", f.distance).bucket(..10.0).named_bucket("mid", 10.0..20.0).bucket(20.0..);
    assert_eq!(
        asked(&lengths),
        json!({ "range": { "field": "distance", "ranges": [
            { "to": 10.0 }, { "key": "mid", "from": 10.0, "to": 20.0 }, { "from": 20.0 }
        ] } })
    );
    let answer = answered(
        &lengths,
        json!({ "buckets": [
            { "key": "*-10.0", "to": 10.0, "doc_count": 1 },
            { "key": "mid", "from": 10.0, "to": 20.0, "doc_count": 2 },
            { "key": "20.0-*", "from": 20.0, "doc_count": 0 }
        ] }),
    );
    let [short, mid, _] = answer.buckets() else { panic!("{answer:?}") };
    assert_eq!(short.key().to_string(), "*-10.0");
    assert_eq!((short.key().from, short.key().to), (None, Some(10.0)));
    assert_eq!((mid.key().name.as_str(), mid.doc_count()), ("mid", 2));
    assert!(unanswered(&lengths).buckets().is_empty());
    assert!(refusal(&range("r", f.distance)).contains("at least one"));
    assert!(refusal(&range("r", f.distance).bucket(1.0..=2.0)).contains("from..to"));
    assert!(refusal(&range("r", f.distance).bucket(f64::NAN..)).contains("NaN"));
}

#[test]
fn ranges_of_time() {
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let quarters = date_range("quarters", f.timestamp)
        .bucket(..(2013, 4))
        .named_bucket("second", "2013-04-01"..at("2013-06-30T23:59:59.9991Z").to_rfc3339().as_str())
        .bucket::<(i32,)>(..)
        .aggregate(&delay);
    assert_eq!(
        asked(&quarters),
        json!({
            "date_range": { "field": "timestamp", "format": "strict_date_optional_time", "ranges": [
                { "to": "2013-04-01T00:00:00.000Z" },
                { "key": "second", "from": "2013-04-01T00:00:00.000Z", "to": "2013-07-01T00:00:00.000Z" },
                {}
            ] },
            "aggs": { "delay": { "avg": { "field": "dep_delay" } } }
        })
    );
    let answer = answered(
        &quarters,
        json!({ "buckets": [{
            "key": "*-2013-04-01T00:00:00.000Z", "to": 1.3647744E12, "to_as_string": "2013-04-01T00:00:00.000Z",
            "doc_count": 2, "delay": { "value": 1.0 }
        }] }),
    );
    let first = &answer.buckets()[0];
    assert_eq!((first.key().from, first.key().to), (None, Some(at("2013-04-01T00:00:00Z"))));
    assert_eq!(first.aggregation(&delay).unwrap(), Some(1.0));
    assert!(refusal(&date_range("r", f.timestamp).bucket((2013, 13)..)).contains("2013.13"));
    assert!(refusal(&date_range("r", f.timestamp)).contains("at least one"));
}

#[test]
fn filters_and_inner_objects() {
    let f = Departure::fields();
    let mean = avg("mean", f.distance);
    let late = filter("late", f.dep_delay.gte(15)).aggregate(&mean);
    assert_eq!(
        asked(&late),
        json!({
            "filter": { "range": { "dep_delay": { "gte": 15 } } },
            "aggs": { "mean": { "avg": { "field": "distance" } } }
        })
    );
    let bucket = answered(&late, json!({ "doc_count": 4, "mean": { "value": 7.0 } }));
    assert_eq!((bucket.doc_count(), bucket.aggregation(&mean).unwrap()), (4, Some(7.0)));
    let empty = unanswered(&late);
    assert_eq!((empty.doc_count(), empty.aggregation(&mean).unwrap()), (0, None));
    assert!(empty.aggregation(&sum("other", f.distance)).unwrap_err().to_string().contains("`other`"));
    assert!(refusal(&filter("f", f.stops.minutes.gt(f64::NAN))).contains("finite"));
    assert!(refusal(&filter("f", json!("late"))).contains("not a query"));

    let stops = nested("stops", &f.stops).aggregate(&max("longest", f.stops.minutes));
    assert_eq!(
        asked(&stops),
        json!({
            "nested": { "path": "stops" },
            "aggs": { "longest": { "max": { "field": "stops.minutes" } } }
        })
    );
}

#[test]
fn filters_side_by_side() {
    let f = Departure::fields();
    let mean = avg("mean", f.distance);
    let kinds = filters("kinds")
        .bucket("late", f.dep_delay.gte(15))
        .bucket("early", f.dep_delay.lt(0))
        .other_bucket("rest")
        .aggregate(&mean);
    assert_eq!(
        asked(&kinds),
        json!({
            "filters": {
                "filters": {
                    "late": { "range": { "dep_delay": { "gte": 15 } } },
                    "early": { "range": { "dep_delay": { "lt": 0 } } }
                },
                "other_bucket_key": "rest"
            },
            "aggs": { "mean": { "avg": { "field": "distance" } } }
        })
    );
    let answer = answered(
        &kinds,
        json!({ "buckets": {
            "early": { "doc_count": 1, "mean": { "value": 1.0 } },
            "late": { "doc_count": 2, "mean": { "value": 2.0 } },
            "rest": { "doc_count": 0, "mean": { "value": null } }
        } }),
    );
    let keys: Vec<&str> = answer.buckets().iter().map(|bucket| bucket.key().as_str()).collect();
    assert_eq!(keys, ["late", "early", "rest"], "in the order asked for");
    assert_eq!(answer.get("late").unwrap().aggregation(&mean).unwrap(), Some(2.0));
    assert!(answer.get("never").is_none());
    let empty = unanswered(&kinds);
    assert_eq!(empty.get("rest").unwrap().doc_count(), 0);
    assert_eq!(empty.get("rest").unwrap().aggregation(&mean).unwrap(), None);
    assert!(refusal(&filters("f")).contains("at least one"));
    let twice = filters("f").bucket("a", f.carrier.eq("UA"));
    assert!(refusal(&twice.clone().bucket("a", f.carrier.eq("AA"))).contains("key `a`"));
    assert!(refusal(&twice.other_bucket("a")).contains("key `a`"));
    assert!(kinds.decode(Some(&json!({ "buckets": {} }))).unwrap_err().to_string().contains("`late`"));
}

#[test]
fn metrics_of_one_number() {
    let f = Departure::fields();
    let mean = avg("mean", f.distance).missing(3);
    assert_eq!(asked(&mean), json!({ "avg": { "field": "distance", "missing": 3.0 } }));
    assert_eq!(answered(&mean, json!({ "value": 2.5 })), Some(2.5));
    assert_eq!(answered(&mean, json!({ "value": null })), None);
    assert_eq!(unanswered(&mean), None);
    assert!(refusal(&avg("mean", f.distance).missing(f64::INFINITY)).contains("`missing`"));

    let total = sum("total", f.distance);
    assert_eq!(asked(&total), json!({ "sum": { "field": "distance" } }));
    assert_eq!((answered(&total, json!({ "value": 0.0 })), unanswered(&total)), (0.0, 0.0));

    let values = value_count("values", f.carrier);
    assert_eq!(asked(&values), json!({ "value_count": { "field": "carrier" } }));
    assert_eq!((answered(&values, json!({ "value": 3 })), unanswered(&values)), (3, 0));

    let different = cardinality("different", f.carrier).precision_threshold(100).missing("none");
    assert_eq!(
        asked(&different),
        json!({ "cardinality": { "field": "carrier", "precision_threshold": 100, "missing": "none" } })
    );
    assert_eq!((answered(&different, json!({ "value": 3 })), unanswered(&different)), (3, 0));
}

#[test]
fn extremes_are_numbers_or_instants() {
    let f = Departure::fields();
    let longest = max("longest", f.distance).missing(1);
    assert_eq!(asked(&longest), json!({ "max": { "field": "distance", "missing": 1.0 } }));
    assert_eq!(answered(&longest, json!({ "value": 99.0 })), Some(99.0));
    assert_eq!((answered(&longest, json!({ "value": null })), unanswered(&longest)), (None, None));
    let first = min("first", f.timestamp);
    assert_eq!(asked(&first), json!({ "min": { "field": "timestamp" } }));
    let answer = json!({ "value": 1.3596768E12, "value_as_string": "2013-02-01T00:00:00.000Z" });
    assert_eq!(answered(&first, answer), Some(at("2013-02-01T00:00:00Z")));
    assert_eq!(unanswered(&first), None);
}

#[test]
fn stats_and_percentiles() {
    let f = Departure::fields();
    let all = stats("all", f.distance);
    assert_eq!(asked(&all), json!({ "stats": { "field": "distance" } }));
    let answer = answered(&all, json!({ "count": 3, "min": 5.0, "max": 25.0, "avg": 15.0, "sum": 45.0 }));
    let expected = Stats { count: 3, min: Some(5.0), max: Some(25.0), avg: Some(15.0), sum: 45.0 };
    assert_eq!(answer, expected);
    let nothing = json!({ "count": 0, "min": null, "max": null, "avg": null, "sum": 0.0 });
    assert_eq!(answered(&all, nothing), unanswered(&all));

    let tail = percentiles("tail", f.distance).percents([50.0, 99.9]).missing(0);
    assert_eq!(
        asked(&tail),
        json!({ "percentiles": { "field": "distance", "keyed": false, "percents": [50.0, 99.9], "missing": 0.0 } })
    );
    let answer = json!({ "values": [{ "key": 50.0, "value": 15.0 }, { "key": 99.9, "value": null }] });
    let answer = answered(&tail, answer);
    assert_eq!((answer.at(50.0), answer.at(99.9), answer.at(1.0)), (Some(15.0), None, None));
    assert_eq!(answer.values().len(), 2);
    assert!(unanswered(&tail).values().is_empty());
    assert!(refusal(&percentiles("p", f.distance).percents([101])).contains("101"));
    assert!(refusal(&percentiles("p", f.distance).percents([f64::NAN])).contains("NaN"));
    assert!(refusal(&percentiles("p", f.distance).percents([0.0; 0])).contains("empty"));
}

#[test]
fn raw_aggregations_answer_json() {
    let f = Departure::fields();
    let words = raw("words", json!({ "significant_terms": { "field": "carrier" } }));
    let carriers = terms("carriers", f.carrier).aggregate(&words);
    assert_eq!(asked(&carriers)["aggs"]["words"], json!({ "significant_terms": { "field": "carrier" } }));
    let answer = answered(
        &carriers,
        json!({ "buckets": [{ "key": "UA", "doc_count": 1, "words": { "buckets": [] } }] }),
    );
    assert_eq!(answer.buckets()[0].aggregation(&words).unwrap(), json!({ "buckets": [] }));
    assert_eq!(unanswered(&words), Value::Null);
}

#[test]
fn names_that_would_be_lost_or_refused() {
    let f = Departure::fields();
    let carriers = || terms("carriers", f.carrier);
    let twice = carriers().aggregate(&avg("a", f.distance)).aggregate(&sum("a", f.distance));
    assert!(refusal(&twice).contains("two aggregations side by side are called `a`"));
    for hidden in ["key", "doc_count", "from", "meta"] {
        assert!(refusal(&carriers().aggregate(&avg(hidden, f.distance))).contains(hidden));
    }
    for wrong in ["", "a[0]", "a>b"] {
        assert!(refusal(&carriers().aggregate(&avg(wrong, f.distance))).contains("cannot be called"));
    }
}

#[test]
fn an_answer_of_another_kind_is_an_error() {
    let f = Departure::fields();
    let days = date_histogram("days", f.timestamp).calendar_interval(CalendarInterval::Day);
    for wrong in [
        json!({ "value": 1.0 }),
        json!({ "buckets": {} }),
        json!({ "buckets": [{ "key": "UA", "doc_count": 1 }] }),
        json!({ "buckets": [{ "key": 0 }] }),
        json!({ "buckets": [7] }),
    ] {
        assert!(matches!(days.decode(Some(&wrong)), Err(Error::UnexpectedAnswer(_))), "{wrong}");
    }
    for wrong in [json!({}), json!({ "value": "x" }), json!({ "buckets": [] }), json!(7)] {
        let mean = avg("mean", f.distance).decode(Some(&wrong));
        assert!(matches!(mean, Err(Error::UnexpectedAnswer(_))), "{wrong}: {mean:?}");
    }
}
