//! Orders, paging, sources and versions of hits.

use djelme::Error;
use djelme::search::Sort;
use serde_json::json;

use super::*;

#[tokio::test]
async fn hits_come_in_order_and_page_by_page() {
    let (test, departures) = recorded("paging").await;
    let f = Departure::fields();
    let all = Departure::search().sort(f.carrier.asc()).sort(f.distance.desc());
    let mut expected: Vec<_> = departures.iter().collect();
    expected.sort_by(|a, b| a.carrier.cmp(&b.carrier).then(b.distance.cmp(&a.distance)));
    let expected: Vec<u32> = expected.iter().map(|departure| departure.flight).collect();
    assert_eq!(numbers(&all.clone().size(100).send(&test.djelme).await.unwrap()), expected);
    assert_eq!(numbers(&all.clone().from(3).size(4).send(&test.djelme).await.unwrap()), expected[3..7]);

    let mut pages = Vec::new();
    let mut page = all.clone().size(5).send(&test.djelme).await.unwrap();
    while let Some(last) = page.hits().last() {
        assert_eq!(page.total().value, 12);
        pages.extend(numbers(&page));
        let next = all.clone().size(5).search_after(last.sort_values().to_vec());
        page = next.send(&test.djelme).await.unwrap();
    }
    assert_eq!(pages, expected);

    // Two departures in three have a tail number.
    let tails = Departure::search().sort(f.tail_number.asc().missing_first()).sort(f.flight.asc()).size(100);
    let found = tails.send(&test.djelme).await.unwrap();
    assert_eq!(&numbers(&found)[..5], [0, 3, 6, 9, 1]);
    let stories = Departure::search().sort(f.remarks.raw.asc()).sort(f.software.desc()).size(5);
    assert_eq!(numbers(&stories.send(&test.djelme).await.unwrap()), [0, 2, 1, 3, 11]);
    clean(test).await;
}

#[tokio::test]
async fn the_best_match_comes_first() {
    let (test, _) = recorded("scores").await;
    let f = Departure::fields();
    let search = Departure::search().query(f.remarks.matching("late gate"));
    let found = search.clone().send(&test.djelme).await.unwrap();
    assert_eq!(numbers(&found).len(), 3);
    assert_eq!(found.max_score(), found.hits()[0].score());
    assert!(found.hits()[0].score() > found.hits()[2].score());
    let sorted = search.sort(Sort::score()).sort(f.flight.asc()).send(&test.djelme).await.unwrap();
    assert_eq!(sorted.hits()[0].sort_values()[0].as_f64(), sorted.hits()[0].score());
    let raw = Departure::search().sort(json!({ "flight": "desc" })).size(1).send(&test.djelme).await.unwrap();
    assert_eq!(numbers(&raw), [11]);
    clean(test).await;
}

#[tokio::test]
async fn a_hit_says_where_it_lies_and_can_be_deleted_there() {
    let (test, departures) = recorded("versions").await;
    let f = Departure::fields();
    let found = Departure::search().filter(f.flight.eq(6)).send(&test.djelme).await.unwrap();
    let [hit] = found.hits() else { panic!("{found:?}") };
    assert_eq!(hit.record().unwrap(), departures[6]);
    assert_eq!(hit.timestamp(), Some(departures[6].timestamp));
    assert_eq!(hit.index(), format!("{}flights_departure_2013.2.", test.prefix));
    let version = hit.version().unwrap();
    let stale = djelme::backend::DocumentVersion { seq_no: version.seq_no + 100, ..version };
    let refused = test.backend.delete(hit.index(), hit.id(), Some(stale)).await;
    assert!(refused.is_err());
    assert!(test.backend.delete(hit.index(), hit.id(), Some(version)).await.unwrap());
    test.djelme.refresh::<Departure>().await.unwrap();
    assert_eq!(Departure::search().count(&test.djelme).await.unwrap(), 11);
    clean(test).await;
}

#[tokio::test]
async fn sources_are_cut_to_fields() {
    let (test, _) = recorded("sources").await;
    let f = Departure::fields();
    let one = || Departure::search().filter(f.flight.eq(1));
    let source = |found: SearchResponse<Departure>| {
        let source = found.hits()[0].source().cloned()?;
        Some(serde_json::from_slice::<serde_json::Value>(&source).unwrap())
    };
    let names = [f.carrier.name(), f.stops.airport.name()];
    let cut = source(one().source_includes(names).send(&test.djelme).await.unwrap());
    assert_eq!(cut, Some(json!({ "carrier": "AA", "stops": [{ "airport": "S0" }] })));
    let found = one().source_excludes(["*.minutes", "fare"]).send(&test.djelme).await.unwrap();
    let error = found.hits()[0].record().unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
    let cut = source(found).unwrap();
    assert!(cut.get("fare").is_none() && cut["stops"] == json!([{ "airport": "S0" }]));
    assert_eq!(source(one().without_source().send(&test.djelme).await.unwrap()), None);
    clean(test).await;
}

#[tokio::test]
async fn a_field_that_older_indexes_lack_can_be_sorted_and_aggregated() {
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", timedepth = "month", recordtype_name = "sale")]
    struct Before {
        order: u32,
        timestamp: DateTime<Utc>,
    }
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", timedepth = "month", recordtype_name = "sale")]
    struct Now {
        order: u32,
        till: Option<String>,
        timestamp: DateTime<Utc>,
    }
    let before = TestDjelme::new("unmapped", [Before::TYPE]).unwrap();
    before.djelme.setup().await.unwrap();
    before.djelme.record(&Before { order: 1, timestamp: at("2013-01-05T00:00:00Z") }).await.unwrap();
    let now = before.builder().record_types([Now::TYPE]).build().unwrap();
    // Only the template: the index of January keeps its mapping without `till`.
    let template =
        before.backend.template(&format!("{}shop_sale__template", before.prefix)).await.unwrap().unwrap();
    let mut newer = template.clone();
    newer.mappings["properties"]["till"] = json!({ "type": "keyword" });
    before.backend.put_template(&newer).await.unwrap();
    let sale = Now { order: 2, till: Some("a".into()), timestamp: at("2013-02-05T00:00:00Z") };
    before.djelme.refresh::<Before>().await.unwrap();
    now.record(&sale).await.unwrap();
    now.refresh::<Now>().await.unwrap();

    let f = Now::fields();
    let tills = terms("tills", f.till);
    let search = Now::search_timeseries_range((2013,), (2014,)).unwrap().sort(f.till.desc());
    let found = search.filter(f.order.gte(0)).aggregate(&tills).send(&now).await.unwrap();
    let orders: Vec<u32> = found.records().map(|record| record.unwrap().order).collect();
    assert_eq!(orders, [2, 1]);
    assert_eq!(found.aggregation(&tills).unwrap().buckets().len(), 1);
    before.clean().await.unwrap();
}
