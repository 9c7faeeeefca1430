//! What a search sends, and to where.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod scripted;
mod search_support;

use std::time::Duration;

use chrono::{DateTime, Utc};
use djelme_core::Error;
use djelme_core::aggregation::{avg, date_histogram, raw, terms};
use djelme_core::query::{Query, match_all};
use djelme_core::record::{Record, TimeseriesRecord};
use djelme_core::response::SearchResponse;
use djelme_core::search::{Search, Sort};
use scripted::{Script, now};
use search_support::{Airport, Departure, Punctuality, Signal};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// An answer without hits.
fn nothing() -> Value {
    json!({
        "took": 1, "timed_out": false,
        "_shards": { "total": 1, "successful": 1, "skipped": 0, "failed": 0 },
        "hits": { "total": { "value": 0, "relation": "eq" }, "max_score": null, "hits": [] }
    })
}

/// The one filter of a search.
fn filter(search: &Search<impl Record>) -> Value {
    let body = search.body().unwrap();
    let filters = body["query"]["bool"]["filter"].as_array().unwrap();
    assert_eq!(filters.len(), 1);
    filters[0].clone()
}

fn refusal(search: &Search<impl Record>) -> String {
    match search.body() {
        Err(error @ Error::Query(_)) => error.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_search_of_everything_asks_for_versions_only() {
    assert_eq!(Departure::search().body().unwrap(), json!({ "seq_no_primary_term": true }));
    let body = Departure::search().raw("seq_no_primary_term", false).body().unwrap();
    assert_eq!(body, json!({ "seq_no_primary_term": false }));
}

#[test]
fn events_are_ranged_on_their_instant() {
    let search = Departure::search_timeseries_range((2013, 2), (2013, 4)).unwrap();
    assert_eq!(
        filter(&search),
        json!({ "range": { "timestamp": {
            "gte": "2013-02-01T00:00:00.000Z", "lt": "2013-04-01T00:00:00.000Z",
            "format": "strict_date_optional_time"
        } } })
    );
}

#[test]
fn a_range_within_milliseconds_is_moved_outwards_to_whole_ones() {
    let (from, until) = (at("2013-02-01T00:00:00.0007Z"), at("2013-02-01T23:59:59.999001Z"));
    let bounds = &filter(&Departure::search_timeseries_range(from, until).unwrap())["range"]["timestamp"];
    assert_eq!(bounds["gte"], "2013-02-01T00:00:00.000Z");
    assert_eq!(bounds["lt"], "2013-02-02T00:00:00.000Z");
    let bounds = &filter(&Signal::search_timeseries_range(from, until).unwrap())["range"]["timestamp"];
    assert_eq!(bounds["gte"], "2013-02-01T00:00:00.000700000Z");
    assert_eq!(bounds["lt"], "2013-02-01T23:59:59.999001000Z");
}

#[test]
fn early_years_have_four_digits() {
    let bounds = &filter(&Departure::search_timeseries_range((5,), (9999,)).unwrap())["range"]["timestamp"];
    assert_eq!(bounds["gte"], "0005-01-01T00:00:00.000Z");
    assert_eq!(bounds["lt"], "9999-01-01T00:00:00.000Z");
}

#[test]
fn reports_are_ranged_on_their_cycle_without_trailing_least_parts() {
    let bounds = |search: djelme_core::Result<Search<Punctuality>>| {
        let filter = filter(&search.unwrap());
        let bounds = &filter["range"]["timeseries_timeparts"];
        [bounds["gte"].as_str().unwrap().to_owned(), bounds["lt"].as_str().unwrap().to_owned()]
    };
    // Row L1: days given for a monthly report.
    let days = Punctuality::search_timeseries_range("2026-01-01", "2026-02-01");
    assert_eq!(bounds(days), ["2026", "2026.2"]);
    // Row R10.
    assert_eq!(bounds(Punctuality::search_timeseries_range((2000, 2), (2001,))), ["2000.2", "2001"]);
    assert_eq!(
        bounds(Punctuality::search_timeseries_range((1234, 5, 6, 2), (1234, 5, 7))),
        ["1234.5.6.2", "1234.5.7"]
    );
    // No cycle starts within a second, so an end within one is as good as the next second.
    let (from, until) = (at("2026-01-01T00:00:00.001Z"), at("2026-02-28T23:59:59.5Z"));
    let seconds = Punctuality::search_timeseries_range(from, until);
    assert_eq!(bounds(seconds), ["2026.1.1.0.0.1", "2026.3"]);
}

#[test]
fn simple_records_lie_in_no_time() {
    let script = Script::answering(nothing());
    now(Airport::search().filter(match_all()).send(&script)).unwrap();
    assert_eq!(script.asked()[0].path, "flights_airport");
    assert_eq!(filter(&Airport::search().filter(match_all())), json!({ "match_all": {} }));
}

#[test]
fn filters_and_scored_queries_stand_side_by_side() {
    let f = Departure::fields();
    let search = Departure::search_timeseries_range((2013, 2), (2013, 3))
        .unwrap()
        .filter(f.carrier.eq("UA"))
        .filter(f.dep_delay.gte(15))
        .query(f.remarks.matching("late"));
    let query = &search.body().unwrap()["query"]["bool"];
    assert_eq!(query["filter"].as_array().unwrap().len(), 3);
    assert_eq!(query["filter"][1], json!({ "term": { "carrier": { "value": "UA" } } }));
    assert_eq!(query["filter"][2], json!({ "range": { "dep_delay": { "gte": 15 } } }));
    assert_eq!(query["must"], json!([{ "match": { "remarks": { "query": "late" } } }]));
    assert_eq!(query.as_object().unwrap().len(), 2);
}

#[test]
fn hits_are_ordered_paged_and_cut_to_fields() {
    let f = Departure::fields();
    let script_order = Sort::from(json!({ "_script": { "type": "number", "script": "1" } }));
    let search = Departure::search()
        .sort(f.distance.desc())
        .sort(f.remarks.raw.asc().missing_first())
        .sort(Sort::score())
        .sort(script_order)
        .search_after([json!(100), json!("a"), json!(1.5), json!(1)])
        .size(20)
        .source_includes([f.carrier.name(), f.distance.name()])
        .source_excludes(["remarks.*"])
        .track_total_hits(true)
        .timeout(Duration::from_millis(1_500))
        .raw("highlight", json!({ "fields": { "remarks": {} } }));
    assert_eq!(
        search.body().unwrap(),
        json!({
            "sort": [
                { "distance": { "order": "desc", "unmapped_type": "long" } },
                { "remarks.raw": { "order": "asc", "unmapped_type": "keyword", "missing": "_first" } },
                { "_score": { "order": "desc" } },
                { "_script": { "type": "number", "script": "1" } }
            ],
            "search_after": [100, "a", 1.5, 1],
            "size": 20,
            "_source": { "includes": ["carrier", "distance"], "excludes": ["remarks.*"] },
            "track_total_hits": true,
            "timeout": "1500ms",
            "highlight": { "fields": { "remarks": {} } },
            "seq_no_primary_term": true
        })
    );
}

#[test]
fn small_forms_of_paging_sources_and_totals() {
    let body = |search: Search<Departure>| search.body().unwrap();
    let all = Departure::search;
    assert_eq!(body(all().from(10))["from"], 10);
    assert_eq!(body(all().without_source())["_source"], false);
    assert_eq!(body(all().source_includes(["a"]))["_source"], json!({ "includes": ["a"] }));
    assert_eq!(body(all().source_excludes(["b"]))["_source"], json!({ "excludes": ["b"] }));
    assert_eq!(body(all().track_total_hits(false))["track_total_hits"], false);
    assert_eq!(body(all().track_total_hits(50_000))["track_total_hits"], 50_000);
}

#[test]
fn paging_that_cannot_work_is_refused() {
    let f = Departure::fields();
    assert!(refusal(&Departure::search().search_after([1])).contains("an order of 0 keys"));
    let sorted = Departure::search().sort(f.distance.asc());
    assert!(refusal(&sorted.clone().search_after([1, 2])).contains("2 values for an order of 1 keys"));
    assert!(refusal(&sorted.search_after([1]).from(5)).contains("exclude each other"));
}

#[test]
fn a_raw_key_does_not_overwrite_what_the_search_writes() {
    let f = Departure::fields();
    let carriers = terms("carriers", f.carrier);
    let range = Departure::search_timeseries_range((2013, 2), (2013, 3)).unwrap();
    // Even where there is no query yet: a raw one would push out the range of time.
    assert!(refusal(&Departure::search().raw("query", json!({}))).contains("`query`"));
    assert!(refusal(&range.clone().raw("query", json!({}))).contains("`query`"));
    assert!(refusal(&range.clone().size(0).raw("size", 5)).contains("`size`"));
    assert!(
        refusal(&range.clone().aggregate(&carriers).raw("aggregations", json!({}))).contains("aggregations")
    );
    assert!(refusal(&range.clone().raw("aggs", json!({})).raw("aggregations", json!({}))).contains("aggs"));
    let body = range.raw("aggregations", json!({ "a": {} })).body().unwrap();
    assert_eq!(body["aggregations"], json!({ "a": {} }));
}

#[test]
fn broken_parts_are_reported_before_anything_is_sent() {
    let f = Departure::fields();
    let script = Script::answering(nothing());
    let nan = f.stops.matches(f.stops.minutes.gte(f64::NAN));
    assert!(refusal(&Departure::search().filter(nan.clone())).contains("`range` on `stops.minutes`"));
    assert!(refusal(&Departure::search().query(nan.clone())).contains("finite"));
    now(Departure::search().filter(nan.clone()).send(&script)).unwrap_err();
    now(Departure::search().filter(nan).count(&script)).unwrap_err();
    assert!(script.asked().is_empty());

    let per_day = date_histogram("per_day", f.timestamp);
    let problem = refusal(&Departure::search().aggregate(&terms("t", f.carrier).aggregate(&per_day)));
    assert!(
        problem.contains("aggregation `t`: aggregation `per_day`: a date histogram needs an interval"),
        "{problem}"
    );
    let twice = Departure::search().aggregate(&avg("a", f.distance)).aggregate(&avg("a", f.dep_delay));
    assert!(refusal(&twice).contains("two aggregations side by side are called `a`"));
}

#[test]
fn sending_names_the_indexes_of_the_range() {
    let script = Script::answering(nothing());
    let search = Departure::search_timeseries_range((2013, 2), (2013, 4)).unwrap();
    let found = now(search.send(&script)).unwrap();
    assert_eq!(found.total().value, 0);
    assert!(found.closed_indexes().is_empty());
    let asked = &script.asked()[0];
    assert!(
        asked.path.starts_with("flights_departure_2013.2.*,flights_departure_2013.3.*"),
        "{}",
        asked.path
    );
    assert_eq!(asked.body, search.body().unwrap());
    assert!(!asked.allow_partial);
    now(search.allow_partial_results().send(&script)).unwrap();
    assert!(script.asked()[1].allow_partial);
}

#[test]
fn a_time_limit_is_judged_by_its_answer() {
    let mut late = nothing();
    late["timed_out"] = true.into();
    let script = Script::answering(late);
    let search = Departure::search().timeout(Duration::from_micros(1));
    assert_eq!(search.body().unwrap()["timeout"], "1ms");
    assert!(matches!(now(search.send(&script)), Err(Error::SearchTimedOut)));
    assert!(script.asked()[0].allow_partial, "a part is asked for, and refused here");
    assert!(now(search.allow_partial_results().send(&script)).unwrap().is_partial());
}

#[test]
fn a_count_asks_with_the_query_alone() {
    let f = Departure::fields();
    let script = Script::answering(json!({ "count": 12 }));
    let search = Departure::search().filter(f.carrier.eq("UA")).size(5).sort(f.distance.asc());
    assert_eq!(now(search.count(&script)).unwrap(), 12);
    let query = json!({ "bool": { "filter": [{ "term": { "carrier": { "value": "UA" } } }] } });
    assert_eq!(script.asked()[0].body, json!({ "query": query }));
    assert_eq!(now(Departure::search().count(&script)).unwrap(), 12);
    assert_eq!(script.asked()[1].body, json!({}));
}

#[test]
fn closed_indexes_within_the_range_are_named_or_refused() {
    let closed = ["flights_departure_2013.3.", "flights_departure_2014.1."];
    let mut answer = nothing();
    answer["count"] = 3.into();
    let script = Script::with_closed(answer, &closed);
    let search = Departure::search_timeseries_range((2013, 2), (2013, 4)).unwrap();
    let found = now(search.send(&script)).unwrap();
    assert_eq!(found.closed_indexes(), ["flights_departure_2013.3."]);
    assert_eq!(now(search.count(&script)).unwrap(), 3);

    let strict = search.strict();
    for refused in [now(strict.send(&script)).map(|_| ()), now(strict.count(&script)).map(|_| ())] {
        assert!(
            matches!(refused, Err(Error::ClosedIndexes(names)) if names == ["flights_departure_2013.3."])
        );
    }
    assert_eq!(script.asked().len(), 2, "nothing is sent when refused");
    let open = Departure::search_timeseries_range((2013, 2), (2013, 3)).unwrap().strict();
    now(open.send(&script)).unwrap();
}

#[test]
fn over_no_index_every_aggregation_reads_as_empty() {
    let f = Departure::fields();
    let mean = avg("mean", f.distance);
    let carriers = terms("carriers", f.carrier).aggregate(&mean);
    let words = raw("words", json!({ "terms": { "field": "carrier" } }));
    let script = Script::answering(nothing());
    let search = Departure::search().aggregate(&carriers).aggregate(&mean).aggregate(&words);
    let found: SearchResponse<Departure> = now(search.send(&script)).unwrap();
    assert!(found.aggregation(&carriers).unwrap().buckets().is_empty());
    assert_eq!(found.aggregation(&mean).unwrap(), None);
    assert_eq!(found.aggregation(&words).unwrap(), Value::Null);
    let other = found.aggregation(&avg("other", f.distance)).unwrap_err();
    assert!(other.to_string().contains("no aggregation `other` was asked for"));
}

#[test]
fn raw_queries_and_typed_ones_mix() {
    let search = Departure::search().filter(json!({ "fuzzy": { "carrier": "UO" } })).filter(match_all());
    let body = search.body().unwrap();
    assert_eq!(
        body["query"]["bool"]["filter"],
        json!([{ "fuzzy": { "carrier": "UO" } }, { "match_all": {} }])
    );
    assert_eq!(Query::from(json!({ "exists": {} })).into_json().unwrap(), json!({ "exists": {} }));
}
