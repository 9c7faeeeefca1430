//! How answers of Elasticsearch are read.

#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value)] // also in the helpers of the tests

mod scripted;
mod search_support;

use djelme_core::Error;
use djelme_core::aggregation::{avg, terms};
use djelme_core::backend::{DocumentVersion, StoredDocument};
use djelme_core::record::Record;
use djelme_core::response::{Hit, SearchResponse, Total};
use djelme_core::search::Search;
use scripted::{Script, now};
use search_support::{Airport, Departure};
use serde_json::{Value, json};

/// An answer as Elasticsearch 8.19 gives it, with these hits.
fn answer(hits: Value) -> Value {
    json!({
        "took": 29, "timed_out": false,
        "_shards": { "total": 2, "successful": 2, "skipped": 0, "failed": 0 },
        "hits": { "total": { "value": 2, "relation": "eq" }, "max_score": null, "hits": hits }
    })
}

fn departure() -> Value {
    json!({
        "_index": "flights_departure_2013.2.", "_id": "AZ1", "_score": null, "_seq_no": 7, "_primary_term": 2,
        "_source": {
            "carrier": "UA", "dep_delay": null, "distance": 1400,
            "timestamp": "2013-02-01T10:15:00.500Z", "timeseries_timeparts": "2013.2.1.10.15.0"
        },
        "sort": [1400, null, "UA"]
    })
}

/// A document from before `distance` was a number.
fn old() -> Value {
    let mut old = departure();
    old["_source"]["distance"] = "far".into();
    old["_id"] = "old".into();
    old
}

fn read(answer: Value) -> SearchResponse<Departure> {
    try_read(answer, Departure::search()).unwrap()
}

fn try_read(answer: Value, search: Search<Departure>) -> Result<SearchResponse<Departure>, Error> {
    now(search.send(&Script::answering(answer)))
}

#[test]
fn a_hit_has_its_record_and_where_it_lies() {
    let found = read(answer(json!([departure()])));
    let [hit] = found.hits() else { panic!("{found:?}") };
    assert_eq!((hit.index(), hit.id()), ("flights_departure_2013.2.", "AZ1"));
    assert_eq!(hit.version(), Some(DocumentVersion { seq_no: 7, primary_term: 2 }));
    assert_eq!(hit.score(), None);
    assert_eq!(hit.sort_values(), [json!(1400), Value::Null, json!("UA")]);
    let happened = "2013-02-01T10:15:00.500Z".parse().unwrap();
    assert_eq!(hit.timestamp(), Some(happened));
    let record = Departure { carrier: "UA".into(), dep_delay: None, distance: 1400, timestamp: happened };
    assert_eq!(hit.record().unwrap(), record);
    assert_eq!(found.records().collect::<Result<Vec<_>, _>>().unwrap(), [record]);
    assert_eq!(found.took(), 29);
    assert_eq!(found.into_hits()[0].id(), "AZ1");
}

#[test]
fn a_source_is_kept_byte_for_byte() {
    let text = answer(json!([departure()])).to_string().replace("\"distance\":1400", "\"distance\" : 1400.0");
    let body = json!({});
    let naming = now_naming();
    let plan = Departure::search().plan(&naming);
    let request = djelme_core::backend::SearchRequest { plan: &plan, body: &body, allow_partial: false };
    let found = SearchResponse::<Departure>::read(text.into(), &request, Vec::new()).unwrap();
    let source = found.hits()[0].source().unwrap();
    assert!(std::str::from_utf8(source).unwrap().contains("\"distance\" : 1400.0"));
}

fn now_naming() -> djelme_core::naming::Naming {
    use djelme_core::router::Router as _;
    let route = Script::answering(Value::Null).route(&Departure::type_ref()).unwrap();
    (*route.naming).clone()
}

#[test]
fn one_document_that_does_not_decode_harms_only_itself() {
    let found = read(answer(json!([departure(), old(), departure()])));
    let records: Vec<_> = found.records().collect();
    assert!(records[0].is_ok() && records[2].is_ok());
    let error = records[1].as_ref().unwrap_err();
    assert!(
        matches!(error, Error::Decode { index, id, .. } if index == "flights_departure_2013.2." && id == "old")
    );
    assert!(error.to_string().contains("`distance`: invalid type: string \"far\", expected u32"), "{error}");
    assert!(found.hits()[1].timestamp().is_some());
}

#[test]
fn a_record_needs_its_fields() {
    let mut hit = departure();
    hit["_source"].as_object_mut().unwrap().remove("carrier");
    let found = read(answer(json!([hit])));
    let error = found.hits()[0].record().unwrap_err().to_string();
    assert!(error.contains("missing field `carrier`"), "{error}");
    let mut hit = departure();
    hit.as_object_mut().unwrap().remove("_source");
    let found = read(answer(json!([hit])));
    assert!(found.hits()[0].source().is_none() && found.hits()[0].timestamp().is_none());
    assert!(found.hits()[0].record().unwrap_err().to_string().contains("no source"));
}

#[test]
fn timestamps_in_the_forms_that_elasticsearch_keeps() {
    let timestamp = |value: Value| {
        let mut hit = departure();
        hit["_source"]["timestamp"] = value;
        read(answer(json!([hit]))).hits()[0].timestamp().map(|at| at.to_rfc3339())
    };
    let happened = |text: &str| Some(text.to_owned());
    assert_eq!(timestamp(json!("2013-02-01T10:15:00+00:00")), happened("2013-02-01T10:15:00+00:00"));
    assert_eq!(
        timestamp(json!("2013-02-01T10:15:00.123456-05:00")),
        happened("2013-02-01T15:15:00.123456+00:00")
    );
    assert_eq!(timestamp(json!("2013-02-01")), happened("2013-02-01T00:00:00+00:00"));
    assert_eq!(timestamp(json!(1359676800000_i64)), happened("2013-02-01T00:00:00+00:00"));
    assert_eq!(timestamp(json!("soon")), None);
    assert_eq!(timestamp(json!([])), None);
}

#[test]
fn totals_say_whether_they_are_exact() {
    assert_eq!(read(answer(json!([]))).total(), Total { value: 2, exact: true });
    let mut many = answer(json!([departure()]));
    many["hits"]["total"] = json!({ "value": 10000, "relation": "gte" });
    assert_eq!(read(many).total(), Total { value: 10_000, exact: false });
    let mut uncounted = answer(json!([departure()]));
    uncounted["hits"].as_object_mut().unwrap().remove("total");
    assert_eq!(read(uncounted).total(), Total { value: 1, exact: false });
}

#[test]
fn a_part_of_the_data_is_an_error_unless_allowed() {
    let mut failed = answer(json!([departure()]));
    failed["_shards"] = json!({ "total": 2, "successful": 1, "skipped": 0, "failed": 1, "failures": [{
        "shard": 0, "index": "zs_a_2.", "node": "_1dSf",
        "reason": { "type": "query_shard_exception", "reason": "No mapping found for [c] in order to sort on" }
    }] });
    let error = try_read(failed.clone(), Departure::search()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "1 of 2 shards failed: zs_a_2.: No mapping found for [c] in order to sort on"
    );
    let found = try_read(failed, Departure::search().allow_partial_results()).unwrap();
    assert!(found.is_partial() && found.hits().len() == 1);

    let mut late = answer(json!([departure()]));
    late["timed_out"] = true.into();
    let error = try_read(late.clone(), Departure::search()).unwrap_err();
    assert!(matches!(error, Error::SearchTimedOut));
    assert!(try_read(late, Departure::search().allow_partial_results()).unwrap().is_partial());
    assert!(!read(answer(json!([]))).is_partial());
}

#[test]
fn what_is_not_an_answer_to_a_search_is_an_error() {
    for wrong in
        [json!({}), json!([]), json!({ "took": 1, "hits": { "hits": [] } }), answer(json!([{ "_id": 1 }]))]
    {
        let error = try_read(wrong.clone(), Departure::search()).unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{wrong}: {error}");
    }
}

#[test]
fn aggregations_are_read_by_what_asked_for_them() {
    let f = Departure::fields();
    let mean = avg("mean", f.dep_delay);
    let carriers = terms("carriers", f.carrier).aggregate(&mean);
    let mut full = answer(json!([]));
    full["aggregations"] = json!({ "carriers": {
        "doc_count_error_upper_bound": 0, "sum_other_doc_count": 0,
        "buckets": [{ "key": "UA", "doc_count": 2, "mean": { "value": 4.5 } }]
    } });
    let found = try_read(full, Departure::search().aggregate(&carriers)).unwrap();
    let answer = found.aggregation(&carriers).unwrap();
    assert_eq!(answer.buckets()[0].aggregation(&mean).unwrap(), Some(4.5));
    assert!(matches!(found.aggregation(&mean), Err(Error::Query(_))), "it lies within the buckets");
    let error = found.aggregation(&avg("carriers", f.distance)).unwrap_err();
    assert_eq!(error.to_string(), "unexpected answer: aggregation `carriers`: it has no value");
    assert_eq!(found.raw().unwrap()["aggregations"]["carriers"]["buckets"][0]["doc_count"], 2);
}

#[test]
fn a_document_got_by_its_id_is_a_hit() {
    let stored = StoredDocument {
        index: "flights_airport".into(),
        id: "JFK".into(),
        version: DocumentVersion { seq_no: 1, primary_term: 1 },
        source: "{}".into(),
    };
    let hit: Hit<Airport> = stored.into();
    assert_eq!((hit.index(), hit.id(), hit.score()), ("flights_airport", "JFK", None));
    assert!(hit.record().is_ok() && hit.timestamp().is_none() && hit.sort_values().is_empty());
}
