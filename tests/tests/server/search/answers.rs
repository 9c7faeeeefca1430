//! Totals, partial answers, closed and missing indexes, raw keys.

use djelme::response::Total;
use djelme::{Error, ErrorKind};
use serde_json::json;

use djelme_tests::server::only_on_servers;

use super::*;

#[tokio::test]
async fn totals_say_whether_they_are_exact() {
    let (test, _) = recorded("totals").await;
    let total = |search: Search<Departure>| {
        let djelme = &test.djelme;
        async move { search.size(2).send(djelme).await.unwrap().total() }
    };
    assert_eq!(total(Departure::search()).await, Total { value: 12, exact: true });
    assert_eq!(total(Departure::search().track_total_hits(5)).await, Total { value: 5, exact: false });
    assert_eq!(total(Departure::search().track_total_hits(false)).await, Total { value: 2, exact: false });
    assert_eq!(total(Departure::search().track_total_hits(true)).await, Total { value: 12, exact: true });
    clean(test).await;
}

#[tokio::test]
async fn failed_shards_are_an_error_unless_a_part_will_do() {
    if only_on_servers("scripts") {
        return;
    }
    let (test, _) = recorded("partial").await;
    // Divides by zero in January and in March.
    let script = "1 / (doc['distance'].value - 100) < 2 && 1 / (doc['distance'].value - 900) < 2";
    let query = json!({ "script": { "script": { "source": script } } });
    let search = Departure::search().filter(query).size(100);
    let error = search.send(&test.djelme).await.unwrap_err();
    let told = matches!(error, Error::PartialResult { .. } | Error::Backend(_));
    assert!(told, "{error}");
    let counted = search.count(&test.djelme).await.unwrap_err();
    assert!(matches!(counted, Error::PartialResult { .. } | Error::Backend(_)), "{counted}");
    let part = search.allow_partial_results().send(&test.djelme).await.unwrap();
    assert!(part.is_partial());
    assert_eq!(numbers(&part).into_iter().collect::<BTreeSet<_>>(), (2..8).collect());
    clean(test).await;
}

#[tokio::test]
async fn over_no_index_everything_is_empty() {
    let (test, _) = recorded("no-index").await;
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let late = filter("late", f.dep_delay.gte(15)).aggregate(&delay);
    let kinds = filters("kinds").bucket("a", f.carrier.eq("AA")).other_bucket("rest");
    let days = date_histogram("days", f.timestamp).calendar_interval(CalendarInterval::Day);
    let lengths = range("lengths", f.distance).bucket(..500.0);
    let tail = percentiles("tail", f.distance);
    let first = min("first", f.timestamp);
    let words = raw("words", json!({ "terms": { "field": "carrier" } }));
    let search = Departure::search_timeseries_range((2001,), (2002,))
        .unwrap()
        .aggregate(&delay)
        .aggregate(&late)
        .aggregate(&kinds)
        .aggregate(&days)
        .aggregate(&lengths)
        .aggregate(&tail)
        .aggregate(&first)
        .aggregate(&words);
    assert_eq!(search.count(&test.djelme).await.unwrap(), 0);
    let found = search.strict().send(&test.djelme).await.unwrap();
    assert!(found.raw().unwrap().get("aggregations").is_none(), "there is an index after all");
    assert_eq!((found.total(), found.hits().len()), (Total { value: 0, exact: true }, 0));
    assert_eq!(found.aggregation(&delay).unwrap(), None);
    let empty = found.aggregation(&late).unwrap();
    assert_eq!((empty.doc_count(), empty.aggregation(&delay).unwrap()), (0, None));
    assert_eq!(found.aggregation(&kinds).unwrap().get("rest").unwrap().doc_count(), 0);
    assert!(found.aggregation(&days).unwrap().buckets().is_empty());
    assert!(found.aggregation(&lengths).unwrap().buckets().is_empty());
    assert!(found.aggregation(&tail).unwrap().values().is_empty());
    assert_eq!(found.aggregation(&first).unwrap(), None);
    assert!(found.aggregation(&words).unwrap().is_null());
    clean(test).await;
}

#[tokio::test]
async fn closed_indexes_of_the_range_are_named_or_refused() {
    if only_on_servers("closed indexes") {
        return;
    }
    let (test, _) = recorded("closed-search").await;
    let march = format!("{}flights_departure_2013.3.", test.prefix);
    crate::support::close(&march).await;
    let quarter = Departure::search_timeseries_range((2013, 1), (2013, 4)).unwrap().size(100);
    let found = quarter.send(&test.djelme).await.unwrap();
    assert_eq!(found.closed_indexes(), [march.as_str()]);
    assert_eq!(numbers(&found).len(), 8);
    let strict = quarter.strict();
    for refused in [strict.send(&test.djelme).await.map(|_| ()), strict.count(&test.djelme).await.map(|_| ())]
    {
        assert!(matches!(refused, Err(Error::ClosedIndexes(names)) if names == [march.as_str()]));
    }
    clean(test).await;
}

#[tokio::test]
async fn raw_keys_reach_the_server_and_their_answers_come_back() {
    if only_on_servers("highlights") {
        return;
    }
    let (test, _) = recorded("raw").await;
    let f = Departure::fields();
    let search = Departure::search()
        .query(f.remarks.matching("fog"))
        .timeout(std::time::Duration::from_secs(30))
        .raw("highlight", json!({ "fields": { "remarks": {} } }));
    let found = search.send(&test.djelme).await.unwrap();
    let raw = found.raw().unwrap();
    assert_eq!(raw["hits"]["hits"][0]["highlight"]["remarks"][0], "<em>fog</em> at the gate");
    let error = Departure::search().raw("no_such_key", 1).send(&test.djelme).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::BadRequest), "{error}");
    clean(test).await;
}

#[tokio::test]
async fn a_search_that_runs_out_of_time_says_so() {
    if only_on_servers("scripts") {
        return;
    }
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", timedepth = "year", settings(number_of_replicas = 0))]
    struct Click {
        number: u32,
    }
    let test = TestDjelme::new("timeout", [Click::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    // The server looks at its clock every few thousand documents.
    let clicks: Vec<Click> = (0..5_000).map(|number| Click { number }).collect();
    for outcome in test.djelme.record_all(&clicks).await.unwrap() {
        outcome.unwrap();
    }
    test.djelme.refresh::<Click>().await.unwrap();
    let script =
        "int sum = 0; for (int i = 0; i < 100000; ++i) { sum += i } return sum != doc['number'].value";
    let slow = json!({ "script": { "script": { "source": script } } });
    let search = Click::search().filter(slow).timeout(std::time::Duration::from_millis(1));
    let error = search.send(&test.djelme).await.unwrap_err();
    assert!(matches!(error, Error::SearchTimedOut), "{error}");
    assert!(search.allow_partial_results().send(&test.djelme).await.unwrap().is_partial());
    test.clean().await.unwrap();
}
