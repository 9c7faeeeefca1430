//! The four kinds of records: set up, recorded, read back, and searched by time or by cycle.

use chrono::{DateTime, TimeZone as _, Utc};
use djelme::time::{Cycle, Month};
use djelme::usage::{CountedUsage, Visitor};
use djelme::{
    CountedUsageRecord, CyclicReport, Error, EventRecord, Outcome, Properties, Record, SimpleRecord,
    prelude::*,
};
use djelme_tests::server::TestDjelme;
use serde::{Deserialize, Serialize};

/// The base of all, with the fields and options that they share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[djelme(abstract, app_label = "kinds", settings(number_of_replicas = 0))]
struct Shop {
    branch: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(timedepth = "month")]
struct Sale {
    #[serde(flatten)]
    #[djelme(base)]
    shop: Shop,
    cents: u32,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(app_label = "kinds", timedepth = "day", settings(number_of_replicas = 0))]
struct View {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    path: String,
    timestamp: DateTime<Utc>,
}

/// A base of a base, with the cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[djelme(abstract, timedepth = "year", unique_together(cycle_coverage, shop.branch))]
struct Monthly {
    #[serde(flatten)]
    #[djelme(base)]
    shop: Shop,
    cycle_coverage: Cycle<Month>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
struct MonthlySales {
    #[serde(flatten)]
    #[djelme(base)]
    monthly: Monthly,
    orders: u32,
}

/// The same documents as another program writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(recordtype_name = "MonthlySales")]
struct CorrectedSales {
    #[serde(flatten)]
    #[djelme(base)]
    monthly: Monthly,
    orders: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SimpleRecord)]
#[djelme(unique_together(sku))]
struct Product {
    #[serde(flatten)]
    #[djelme(base)]
    shop: Shop,
    sku: String,
    price: f64,
}

fn shop() -> Shop {
    Shop { branch: "north".into() }
}

fn monthly(cycle: (u32, u32)) -> Monthly {
    Monthly { shop: shop(), cycle_coverage: Cycle::new(cycle).unwrap() }
}

async fn set_up(test: &str) -> TestDjelme {
    let test = TestDjelme::new(test, [Sale::TYPE, View::TYPE, MonthlySales::TYPE, Product::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    assert!(test.djelme.check().await.unwrap().is_in_sync());
    test
}

/// The records of a search, in the order of a text.
async fn found<R: Record>(test: &TestDjelme, search: djelme::search::Search<R>) -> Vec<R> {
    let found = search.send(&test.djelme).await.unwrap();
    found.records().map(Result::unwrap).collect()
}

#[tokio::test]
async fn events_and_usages_lie_in_their_time() {
    let test = set_up("kinds-time").await;
    let at = Utc.with_ymd_and_hms(2026, 2, 14, 7, 30, 0).unwrap();
    let sale = Sale { shop: shop(), cents: 250, timestamp: at };
    let recorded = test.djelme.record(&sale).await.unwrap();
    assert_eq!(recorded.index, format!("{}kinds_sale_2026.2.", test.prefix));
    let usage = CountedUsage {
        platform_iri: "https://shop.example".into(),
        item_iri: "https://shop.example/1".into(),
        within_iris: vec!["https://shop.example/list".into()],
        ..CountedUsage::default()
    };
    let view = View { usage, path: "/1".into(), timestamp: at };
    let recorded = test.djelme.record(view.by(&Visitor::of_session("the-session"))).await.unwrap();
    assert_eq!(recorded.outcome, Outcome::Stored);
    assert_eq!(recorded.index, format!("{}kinds_view_2026.2.14.", test.prefix));
    test.djelme.refresh::<Sale>().await.unwrap();
    test.djelme.refresh::<View>().await.unwrap();

    let sales = |from, until| found(&test, Sale::search_timeseries_range(from, until).unwrap());
    assert_eq!(sales((2026, 2), (2026, 3)).await, [sale]);
    assert_eq!(sales((2026, 3), (2026, 4)).await, []);
    let f = View::fields();
    let day = View::search_timeseries_range((2026, 2, 14), (2026, 2, 15)).unwrap();
    let of_session = day
        .clone()
        .filter(f.sessionhour_id.eq("the-session"))
        .filter(f.usage.within_iris.eq("https://shop.example/list"));
    assert_eq!(found(&test, of_session).await, [view]);
    assert_eq!(found(&test, day.filter(f.sessionhour_id.eq("another"))).await, []);
    let hit = test.djelme.get::<View>(&recorded.id).await.unwrap().unwrap();
    let source: serde_json::Value = serde_json::from_slice(hit.source().unwrap()).unwrap();
    assert_eq!(source["sessionhour_id"], "the-session");
    test.clean().await.unwrap();
}

#[tokio::test]
async fn reports_are_searched_by_their_cycles_and_written_again() {
    let test = set_up("kinds-cycle").await;
    let months = [(2025, 12), (2026, 1), (2026, 2), (2026, 10)];
    for (month, orders) in months.into_iter().zip(1..) {
        let report = MonthlySales { monthly: monthly(month), orders };
        let recorded = test.djelme.record(&report).await.unwrap();
        assert_eq!(recorded.outcome, Outcome::Stored);
        assert_eq!(recorded.index, format!("{}kinds_monthlysales_{}.", test.prefix, month.0));
    }
    let again = MonthlySales { monthly: monthly((2026, 1)), orders: 20 };
    let recorded = test.djelme.record(&again).await.unwrap();
    assert_eq!(recorded.outcome, Outcome::Replaced);
    test.djelme.refresh::<MonthlySales>().await.unwrap();

    let f = MonthlySales::fields();
    let cycle = |month| Cycle::<Month>::new(month).unwrap();
    let within = |from, until| MonthlySales::search_timeseries_range(cycle(from), cycle(until)).unwrap();
    let by_cycle = |search: djelme::search::Search<MonthlySales>| {
        found(&test, search.sort(f.monthly.cycle_coverage.asc()))
    };
    let orders = |reports: Vec<MonthlySales>| reports.iter().map(|report| report.orders).collect::<Vec<_>>();
    assert_eq!(orders(by_cycle(within((2026, 1), (2026, 2))).await), [20]);
    assert_eq!(orders(by_cycle(within((2025, 12), (2026, 10))).await), [1, 20, 3]);
    // The order of cycles, in which October comes after February.
    assert_eq!(orders(by_cycle(MonthlySales::search()).await), [1, 20, 3, 4]);
    let of_one = MonthlySales::search().filter(f.monthly.cycle_coverage.eq(cycle((2026, 10))));
    let report = found(&test, of_one).await.remove(0);
    assert_eq!((report.orders, report.cycle()), (4, cycle((2026, 10))));
    let hit = test.djelme.get_at::<MonthlySales>(&recorded.id, cycle((2026, 1))).await.unwrap().unwrap();
    assert_eq!(hit.record().unwrap(), again);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_simple_record_is_one_document_under_its_key() {
    let test = set_up("kinds-simple").await;
    let product = |price| Product { shop: shop(), sku: "kettle".into(), price };
    let first = test.djelme.record(&product(20.0)).await.unwrap();
    assert_eq!(first.index, format!("{}kinds_product", test.prefix));
    let second = test.djelme.record(&product(25.0)).await.unwrap();
    assert_eq!((second.outcome, &second.id), (Outcome::Replaced, &first.id));
    test.djelme.refresh::<Product>().await.unwrap();
    let dear = Product::search().filter(Product::fields().price.gte(22.0));
    assert_eq!(found(&test, dear).await, [product(25.0)]);
    assert_eq!(Product::search().count(&test.djelme).await.unwrap(), 1);
    test.clean().await.unwrap();
}

/// Another program may write what ours cannot read: the error says which record and which field, the rest is read.
#[tokio::test]
async fn a_negative_count_is_told_with_its_record_and_its_field() {
    let test = set_up("kinds-negative").await;
    let other = test.builder().record_types([CorrectedSales::TYPE]).build().unwrap();
    let wrong = CorrectedSales { monthly: monthly((2026, 1)), orders: -3 };
    let recorded = other.record(&wrong).await.unwrap();
    test.djelme.record(&MonthlySales { monthly: monthly((2026, 2)), orders: 7 }).await.unwrap();
    test.djelme.refresh::<MonthlySales>().await.unwrap();
    let search = MonthlySales::search().sort(MonthlySales::fields().monthly.cycle_coverage.asc());
    let found = search.send(&test.djelme).await.unwrap();
    let records: Vec<_> = found.records().collect();
    assert_eq!(records[1].as_ref().unwrap().orders, 7);
    let error = records[0].as_ref().unwrap_err();
    assert!(
        matches!(error, Error::Decode { index, id, .. } if *index == recorded.index && *id == recorded.id),
        "{error}"
    );
    assert!(error.to_string().contains("`orders`: invalid value: integer `-3`, expected u32"), "{error}");
    test.clean().await.unwrap();
}
