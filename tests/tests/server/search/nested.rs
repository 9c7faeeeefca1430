//! Nested objects and nanoseconds: what the embedded engine does not have.

use djelme_tests::server::only_on_servers;

use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "flights", timedepth = "month", settings(number_of_replicas = 0))]
struct Landing {
    flight: u32,
    #[djelme(nested)]
    stops: Vec<Stop>,
    #[djelme(date_nanos)]
    landed: DateTime<Utc>,
    timestamp: DateTime<Utc>,
}

/// A handle whose server holds the landings of the departures; `None` where no server is under test.
async fn landed(name: &str) -> Option<TestDjelme> {
    if only_on_servers("nested objects and nanoseconds") {
        return None;
    }
    let test = TestDjelme::new(name, [Landing::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let landing = |departure: Departure| Landing {
        flight: departure.flight,
        stops: departure.stops,
        landed: departure.timestamp + chrono::TimeDelta::nanoseconds(departure.flight.into()),
        timestamp: departure.timestamp,
    };
    let landings: Vec<_> = departures().into_iter().map(landing).collect();
    for outcome in test.djelme.record_all(&landings).await.unwrap() {
        outcome.unwrap();
    }
    test.djelme.refresh::<Landing>().await.unwrap();
    Some(test)
}

async fn found(test: &TestDjelme, search: Search<Landing>) -> Vec<u32> {
    let found = search.size(100).send(&test.djelme).await.unwrap();
    found.records().map(|record| record.unwrap().flight).collect()
}

#[tokio::test]
async fn nested_objects_match_one_by_one() {
    let Some(test) = landed("nested").await else { return };
    let f = Landing::fields();
    let of = |filter| found(&test, Landing::search().filter(filter).sort(f.flight.asc()));
    assert_eq!(of(f.stops.matches(f.stops.airport.eq("S1"))).await, [2, 5, 8, 11]);
    let short = bool_query().must(f.stops.airport.eq("S0")).must(f.stops.minutes.lt(5.0));
    assert_eq!(of(f.stops.matches(short)).await, [1, 2, 4]);
    let longest = max("longest", f.stops.minutes);
    let airports = terms("airports", f.stops.airport).aggregate(&longest);
    let stops = nested("stops", &f.stops).aggregate(&airports);
    let all = Landing::search().size(0).aggregate(&stops).send(&test.djelme).await.unwrap();
    let stops = all.aggregation(&stops).unwrap();
    assert_eq!(stops.doc_count(), 12);
    let airports = stops.aggregation(&airports).unwrap();
    assert_eq!((airports.buckets()[0].key().as_str(), airports.buckets()[0].doc_count()), (Some("S0"), 8));
    assert_eq!(airports.buckets()[0].aggregation(&longest).unwrap(), Some(11.0));
    test.clean().await.unwrap();
}

#[tokio::test]
async fn nanoseconds_count() {
    let Some(test) = landed("nanoseconds").await else { return };
    let f = Landing::fields();
    let second = at("2013-02-01T00:00:00.000000002Z");
    assert_eq!(found(&test, Landing::search().filter(f.landed.eq(second))).await, [2]);
    let later = Landing::search().filter(f.landed.gt(second)).sort(f.flight.asc());
    assert_eq!(found(&test, later).await, (3..12).collect::<Vec<_>>());
    let latest = || Landing::search().sort(f.landed.desc());
    let page = latest().size(2).send(&test.djelme).await.unwrap();
    let after = page.hits()[1].sort_values().to_vec();
    assert_eq!(found(&test, latest().search_after(after)).await[0], 9);
    let last = max("last", f.landed);
    let all = latest().size(1).aggregate(&last).send(&test.djelme).await.unwrap();
    assert_eq!(all.aggregation(&last).unwrap(), Some(at("2013-03-31T23:59:59.999Z")), "in milliseconds");
    test.clean().await.unwrap();
}
