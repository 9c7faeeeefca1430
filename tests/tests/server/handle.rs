//! The handle on a real server: set up, record, search, get, delete, hooks.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use djelme::{Error, EventRecord, Outcome, Record as _, prelude::*};
use djelme_tests::server::TestDjelme;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", settings(number_of_replicas = 0))]
struct PageView {
    path: String,
    millis: Option<u32>,
    load: f64,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "year", unique_together(order))]
struct Sale {
    order: String,
    cents: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "year", unique_together(code), on_conflict = "keep")]
struct Voucher {
    code: String,
    holder: String,
}

fn view(path: &str, timestamp: &str) -> PageView {
    PageView { path: path.into(), millis: Some(12), load: 0.5, timestamp: timestamp.parse().unwrap() }
}

async fn set_up(test: &str) -> TestDjelme {
    let test = TestDjelme::new(test, [PageView::TYPE, Sale::TYPE, Voucher::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    test
}

async fn clean(test: TestDjelme) {
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_record_comes_back_from_the_index_of_its_month() {
    let test = set_up("comes-back").await;
    let djelme = &test.djelme;
    let views = [
        view("/", "2026-01-31T23:59:59.999Z"),
        view("/a", "2026-02-01T00:00:00Z"),
        view("/b", "2026-03-01T00:00:00Z"),
    ];
    let mut indexes = Vec::new();
    for view in &views {
        let recorded = djelme.record(view).await.unwrap();
        assert_eq!(recorded.outcome, Outcome::Stored);
        assert!(recorded.version.is_some());
        indexes.push(recorded.index.replace(&test.prefix, ""));
    }
    assert_eq!(indexes, ["shop_pageview_2026.1.", "shop_pageview_2026.2.", "shop_pageview_2026.3."]);

    djelme.refresh::<PageView>().await.unwrap();
    let f = PageView::fields();
    let search = PageView::search_timeseries_range((2026, 1, 31), (2026, 3)).unwrap().sort(f.timestamp.asc());
    let found = search.send(djelme).await.unwrap();
    let records: Vec<PageView> = found.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(records, views[..2]);
    assert_eq!(PageView::search().count(djelme).await.unwrap(), 3);
    clean(test).await;
}

#[tokio::test]
async fn a_range_over_indexes_that_do_not_exist_is_empty() {
    let test = set_up("empty").await;
    let f = PageView::fields();
    let mean = avg("mean", f.load);
    let paths = terms("paths", f.path).aggregate(&mean);
    let search = PageView::search_timeseries_range((1999, 1), (2003, 7)).unwrap();
    let search = search.aggregate(&paths).aggregate(&mean);
    let found = search.send(&test.djelme).await.unwrap();
    assert_eq!((found.total().value, found.hits().len()), (0, 0));
    assert!(found.aggregation(&paths).unwrap().buckets().is_empty());
    assert_eq!(found.aggregation(&mean).unwrap(), None);
    assert_eq!(search.count(&test.djelme).await.unwrap(), 0);
    clean(test).await;
}

#[tokio::test]
async fn record_all_has_an_outcome_for_each_and_one_bad_record_harms_only_itself() {
    let test = set_up("record-all").await;
    let mut views = vec![view("/1", "2026-01-01T00:00:00Z"), view("/2", "2026-01-01T00:00:00Z")];
    views[1].load = f64::NAN;
    views.push(PageView { timestamp: Utc::now() + TimeDelta::days(400), ..views[0].clone() });
    views.push(view("/4", "2026-05-01T00:00:00Z"));
    let recorded = test.djelme.record_all(&views).await.unwrap();
    assert_eq!(recorded.len(), 4);
    assert_eq!(recorded[0].as_ref().unwrap().outcome, Outcome::Stored);
    let refused = recorded[1].as_ref().unwrap_err();
    assert!(matches!(refused, Error::Record { field, .. } if field == "load"), "{refused}");
    let refused = recorded[2].as_ref().unwrap_err();
    assert!(matches!(refused, Error::NotAccepted { .. }), "{refused}");
    assert!(recorded[3].as_ref().unwrap().index.ends_with("shop_pageview_2026.5."));
    test.djelme.refresh::<PageView>().await.unwrap();
    assert_eq!(PageView::search().count(&test.djelme).await.unwrap(), 2);
    assert!(test.djelme.record_all(&[] as &[PageView]).await.unwrap().is_empty());
    clean(test).await;
}

#[tokio::test]
async fn unique_fields_replace_or_keep_as_the_type_says() {
    let test = set_up("unique").await;
    let sale = |cents| Sale { order: "A-17".into(), cents };
    let first = test.djelme.record(&sale(100)).await.unwrap();
    let second = test.djelme.record(&sale(250)).await.unwrap();
    assert_eq!((first.outcome, second.outcome), (Outcome::Stored, Outcome::Replaced));
    assert_eq!(first.id, second.id);
    let found = test.djelme.get_at::<Sale>(&first.id, Utc::now()).await.unwrap().unwrap();
    assert_eq!(found.record().unwrap(), sale(250));

    let voucher = |holder: &str| Voucher { code: "X".into(), holder: holder.into() };
    let kept = test.djelme.record(&voucher("ann")).await.unwrap();
    let duplicate = test.djelme.record(&voucher("bob")).await.unwrap();
    assert_eq!((kept.outcome, duplicate.outcome), (Outcome::Stored, Outcome::Duplicate));
    let found = test.djelme.get_at::<Voucher>(&kept.id, Utc::now()).await.unwrap().unwrap();
    assert_eq!(found.record().unwrap().holder, "ann");
    clean(test).await;
}

#[tokio::test]
async fn get_and_delete_by_id() {
    let test = set_up("get-delete").await;
    let djelme = &test.djelme;
    let recorded = djelme.record(&view("/x", "2026-04-05T06:07:08Z")).await.unwrap();
    djelme.refresh::<PageView>().await.unwrap();
    let anywhere = djelme.get::<PageView>(&recorded.id).await.unwrap().unwrap();
    let there = djelme.get_at::<PageView>(&recorded.id, (2026, 4)).await.unwrap().unwrap();
    assert_eq!(anywhere.record().unwrap(), there.record().unwrap());
    assert_eq!((anywhere.index(), anywhere.version()), (recorded.index.as_str(), recorded.version));
    assert!(djelme.get_at::<PageView>(&recorded.id, (2026, 5)).await.unwrap().is_none());
    assert!(djelme.get::<PageView>("no such id/%?#").await.unwrap().is_none());
    assert!(djelme.delete(&there).await.unwrap());
    assert!(!djelme.delete(&there).await.unwrap(), "it is gone already, which is no conflict");
    assert!(!djelme.delete_at::<PageView>(&recorded.id, (2026, 4)).await.unwrap());
    clean(test).await;
}

#[tokio::test]
async fn a_time_that_names_no_single_index_is_refused() {
    let test = set_up("coarse").await;
    let recorded = test.djelme.record(&view("/x", "2026-04-05T06:07:08Z")).await.unwrap();
    let got = test.djelme.get_at::<PageView>(&recorded.id, (2026,)).await.unwrap_err().to_string();
    let deleted = test.djelme.delete_at::<PageView>(&recorded.id, "2026").await.unwrap_err().to_string();
    for error in [got, deleted] {
        assert!(
            error.contains("`2026`") && error.contains("month") && error.contains("`get(id)`"),
            "{error}"
        );
    }
    assert!(test.djelme.get_at::<PageView>(&recorded.id, (2026, 4)).await.unwrap().is_some());
    clean(test).await;
}

#[tokio::test]
async fn a_record_changed_since_it_was_found_is_not_deleted() {
    let test = set_up("changed-since").await;
    let sale = |cents| Sale { order: "A-17".into(), cents };
    let first = test.djelme.record(&sale(100)).await.unwrap();
    let found = test.djelme.get_at::<Sale>(&first.id, Utc::now()).await.unwrap().unwrap();
    test.djelme.record(&sale(250)).await.unwrap();
    let error = test.djelme.delete(&found).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict { id, .. } if *id == first.id), "{error}");
    assert!(test.djelme.get_at::<Sale>(&first.id, Utc::now()).await.unwrap().is_some());
    clean(test).await;
}

#[tokio::test]
async fn an_id_in_two_periods_asks_which() {
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", timedepth = "month", recordtype_name = "login", unique_together(user))]
    struct Login {
        user: String,
        timestamp: DateTime<Utc>,
    }
    let test = TestDjelme::new("two-periods", [Login::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let login = |at: &str| Login { user: "ann".into(), timestamp: at.parse().unwrap() };
    let recorded = test.djelme.record(&login("2026-01-05T00:00:00Z")).await.unwrap();
    test.djelme.record(&login("2026-02-05T00:00:00Z")).await.unwrap();
    test.djelme.refresh::<Login>().await.unwrap();
    let error = test.djelme.get::<Login>(&recorded.id).await.unwrap_err().to_string();
    assert!(error.contains("login_2026.1.") && error.contains("get_at"), "{error}");
    test.clean().await.unwrap();
}

#[tokio::test]
async fn hooks_see_every_record_and_may_refuse_it() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    let test = TestDjelme::with("hooks", [PageView::TYPE], |builder| {
        builder
            .pre_save(|view: &PageView| {
                if view.path.starts_with('/') { Ok(()) } else { Err("the path must start with `/`".into()) }
            })
            .post_save(move |saved| {
                let source = String::from_utf8(saved.source.to_vec()).unwrap();
                noted.lock().unwrap().push((saved.id.to_owned(), saved.outcome.clone(), source));
            })
    })
    .unwrap();
    test.djelme.setup().await.unwrap();
    let refused = test.djelme.record(&view("x", "2026-01-01T00:00:00Z")).await.unwrap_err().to_string();
    assert!(refused.contains("pre_save") && refused.contains("must start with"), "{refused}");
    assert!(seen.lock().unwrap().is_empty());
    let both = [view("/y", "2026-01-01T00:00:00Z"), view("z", "2026-01-01T00:00:00Z")];
    let recorded = test.djelme.record_all(&both).await.unwrap();
    let stored = recorded[0].as_ref().unwrap();
    assert!(recorded[1].is_err());
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 1);
    assert_eq!((&seen[0].0, &seen[0].1), (&stored.id, &Outcome::Stored));
    let document: serde_json::Value = serde_json::from_str(&seen[0].2).unwrap();
    assert_eq!(document["timeseries_timeparts"], "2026.1.1.0.0.0");
    clean(test).await;
}

#[tokio::test]
async fn a_write_without_template_is_refused_and_makes_no_index() {
    let test = TestDjelme::new("not-set-up", [PageView::TYPE]).unwrap();
    let error = test.djelme.record(&view("/", "2026-01-01T00:00:00Z")).await.unwrap_err();
    assert!(matches!(error, Error::NotSetUp { .. }), "{error}");
    assert!(error.to_string().contains("djelme_backend_setup"), "{error}");
    assert!(test.backend.indexes(&format!("{}*", test.prefix)).await.unwrap().is_empty());

    test.djelme.setup().await.unwrap();
    test.djelme.record(&view("/", "2026-01-01T00:00:00Z")).await.unwrap();
    test.backend.delete_template(&format!("{}shop_pageview__template", test.prefix)).await.unwrap();
    let error = test.djelme.record(&view("/", "2026-02-01T00:00:00Z")).await.unwrap_err();
    assert!(matches!(error, Error::NotSetUp { .. }), "a new index name asks again: {error}");
    clean(test).await;
}

#[tokio::test]
async fn a_closed_index_blocks_and_is_named_by_searches() {
    if djelme_tests::server::only_on_servers("closed indexes") {
        return;
    }
    let test = set_up("closed").await;
    let djelme = &test.djelme;
    let recorded = djelme.record(&view("/", "2026-01-01T00:00:00Z")).await.unwrap();
    djelme.record(&view("/", "2026-02-01T00:00:00Z")).await.unwrap();
    djelme.refresh::<PageView>().await.unwrap();
    crate::support::close(&recorded.index).await;

    let search = PageView::search_timeseries_range((2026, 1), (2026, 3)).unwrap();
    let found = search.send(djelme).await.unwrap();
    assert_eq!((found.closed_indexes(), found.total().value), ([recorded.index.clone()].as_slice(), 1));
    let error = search.clone().strict().send(djelme).await.unwrap_err();
    assert!(matches!(&error, Error::ClosedIndexes(names) if *names == [recorded.index.clone()]), "{error}");
    let elsewhere = PageView::search_timeseries_range((2026, 2), (2026, 3)).unwrap();
    assert!(elsewhere.strict().send(djelme).await.unwrap().closed_indexes().is_empty());

    let error = djelme.record(&view("/", "2026-01-02T00:00:00Z")).await.unwrap_err();
    assert!(matches!(error, Error::Blocked { .. }), "{error}");
    clean(test).await;
}

#[tokio::test]
async fn a_document_that_the_server_refuses_names_the_field_and_the_reason() {
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", timedepth = "year")]
    struct Visit {
        #[djelme(ip)]
        address: String,
    }
    let test = TestDjelme::new("refused", [Visit::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let visits = [Visit { address: "::1".into() }, Visit { address: "localhost".into() }];
    let recorded = test.djelme.record_all(&visits).await.unwrap();
    assert!(recorded[0].is_ok());
    let error = recorded[1].as_ref().unwrap_err();
    assert!(matches!(error, Error::Rejected { .. }), "{error}");
    assert!(error.to_string().contains("address") && error.to_string().contains("localhost"), "{error}");
    test.clean().await.unwrap();
}

#[tokio::test]
async fn one_old_document_that_no_longer_decodes_is_an_error_of_that_hit() {
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", timedepth = "year", recordtype_name = "note")]
    struct NoteBefore {
        text: Option<String>,
    }
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", timedepth = "year", recordtype_name = "note")]
    struct NoteNow {
        text: String,
    }
    let test = TestDjelme::new("decode", [NoteBefore::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let notes = [NoteBefore { text: Some("kept".into()) }, NoteBefore { text: None }];
    for recorded in test.djelme.record_all(&notes).await.unwrap() {
        recorded.unwrap();
    }
    let now = test.builder().record_types([NoteNow::TYPE]).build().unwrap();
    now.refresh::<NoteNow>().await.unwrap();
    let found = NoteNow::search().send(&now).await.unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = found.records().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (1, 1));
    let error = bad.into_iter().next().unwrap().unwrap_err();
    assert!(matches!(error, Error::Decode { .. }) && error.to_string().contains("text"), "{error}");
    test.clean().await.unwrap();
}
