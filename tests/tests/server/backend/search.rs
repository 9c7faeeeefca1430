//! Searching and counting.

use bytes::Bytes;
use djelme_core::backend::{Backend as _, SearchRequest};
use djelme_core::document::WriteOp;
use djelme_core::plan::IndexPlan;
use djelme_core::time::{IntoTimeBound as _, TimeRange};
use djelme_core::{Error, ErrorKind};
use serde_json::{Value, json};

use super::Test;
use crate::support::close;

fn whole<'a>(plan: &'a IndexPlan, body: &'a Value) -> SearchRequest<'a> {
    SearchRequest { plan, body, allow_partial: false }
}

fn hits(answer: &Bytes) -> u64 {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    answer["hits"]["total"]["value"].as_u64().unwrap()
}

/// One document in each of the first three months of 2026, and one in an index of the whole year.
async fn months(name: &str) -> Test {
    let test = Test::new(name);
    for month in ["2026.1.", "2026.2.", "2026.3.", "2026."] {
        let rest = format!("shop_order_{month}");
        let index = test.create_index(&rest, json!({"n": {"type": "integer"}})).await;
        test.write(&[(WriteOp::Create, &index, "a", r#"{"n":1}"#)]).await;
    }
    test.es8.refresh(&test.name("*")).await.unwrap();
    test
}

fn plan(test: &Test, from: &str, until: &str) -> IndexPlan {
    let range = TimeRange::new(from.into_time_bound().unwrap(), until.into_time_bound().unwrap()).unwrap();
    IndexPlan::new(&test.naming(), Some(range))
}

#[tokio::test]
async fn a_plan_opens_its_indexes_and_misses_none() {
    let test = months("plans").await;
    let body = json!({"query": {"match_all": {}}});
    let cases =
        [("2026-01-01", "2026-02-01", 2), ("2026-01-15", "2026-03-01", 3), ("2019-01-01", "2020-01-01", 0)];
    for (from, until, expected) in cases {
        let plan = plan(&test, from, until);
        let answer = test.es8.search(whole(&plan, &body)).await.unwrap();
        assert_eq!(hits(&answer), expected, "{}", plan.path());
        assert_eq!(test.es8.count(whole(&plan, &body)).await.unwrap(), expected);
    }
    let everything = IndexPlan::new(&test.naming(), None);
    assert_eq!(test.es8.count(whole(&everything, &json!({}))).await.unwrap(), 4);
    close(&test.name("shop_order_2026.3.")).await;
    assert_eq!(
        test.es8.count(whole(&everything, &json!({}))).await.unwrap(),
        3,
        "closed indexes are skipped"
    );
    test.clean().await;
}

#[tokio::test]
async fn a_plan_too_long_for_a_path_gives_the_same_answers() {
    let long = "long-names-".repeat(15);
    let test = months(&long).await;
    let plan = plan(&test, "2008-02-15", "2026-02-15");
    assert!(plan.path().len() > 3_500, "{}", plan.path().len());
    let all = json!({"query": {"match_all": {}}});
    assert_eq!(hits(&test.es8.search(whole(&plan, &all)).await.unwrap()), 3);
    assert_eq!(test.es8.count(whole(&plan, &all)).await.unwrap(), 3);
    let malformed = json!({"query": {"no_such_query": {}}});
    for error in [
        test.es8.search(whole(&plan, &malformed)).await.unwrap_err(),
        test.es8.count(whole(&plan, &malformed)).await.unwrap_err(),
    ] {
        assert_eq!(error.backend_kind(), Some(ErrorKind::BadRequest));
        assert!(error.to_string().contains("unknown query [no_such_query]"), "{error}");
    }
    test.clean().await;
}

#[tokio::test]
async fn several_searches_fail_one_by_one() {
    let test = months("several").await;
    let plan = plan(&test, "2026-01-01", "2026-02-01");
    let sound = json!({"query": {"term": {"n": 1}}});
    let malformed = json!({"query": {"term": 5}});
    let unsortable = json!({"sort": ["no_such_field"]});
    let bodies = [&sound, &malformed, &unsortable, &sound];
    let requests: Vec<_> = bodies.iter().map(|body| whole(&plan, body)).collect();
    let answers = test.es8.multi_search(&requests).await.unwrap();
    let found: Vec<_> = answers.iter().map(|answer| answer.as_ref().ok().map(hits)).collect();
    assert_eq!(found, [Some(2), None, None, Some(2)]);
    let reason = answers[2].as_ref().unwrap_err().to_string();
    assert!(reason.contains("No mapping found for [no_such_field]"), "{reason}");

    let sound_only = test.es8.multi_search(&requests[3..]).await.unwrap();
    assert_eq!(hits(sound_only[0].as_ref().unwrap()), 2);
    assert!(test.es8.multi_search(&[]).await.unwrap().is_empty());
    test.clean().await;
}

#[tokio::test]
async fn half_an_answer_is_given_only_to_who_allows_it() {
    let test = Test::new("partial");
    for (month, field_type) in [("2026.1.", "integer"), ("2026.2.", "keyword")] {
        let rest = format!("shop_order_{month}");
        let index = test.create_index(&rest, json!({"n": {"type": field_type}})).await;
        test.write(&[(WriteOp::Create, &index, "a", r#"{"n":7}"#)]).await;
    }
    test.es8.refresh(&test.name("*")).await.unwrap();
    let everything = IndexPlan::new(&test.naming(), None);
    // The index of integers cannot read the bound.
    let body = json!({"query": {"range": {"n": {"gte": "6x"}}}});
    let request = whole(&everything, &body);
    let error = test.es8.search(request).await.unwrap_err();
    assert!(error.to_string().contains("6x"), "{error}");
    let error = test.es8.count(request).await.unwrap_err();
    assert!(
        matches!(&error, Error::PartialResult { failed: 1, total: 2, reason } if reason.contains("6x")),
        "{error}"
    );

    let partial = SearchRequest { allow_partial: true, ..request };
    let answer = test.es8.search(partial).await.unwrap();
    assert_eq!(hits(&answer), 1);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["_shards"]["failed"], 1);
    assert_eq!(test.es8.count(partial).await.unwrap(), 1);
    let answers = test.es8.multi_search(&[request, partial]).await.unwrap();
    assert!(answers[0].is_err());
    assert_eq!(hits(answers[1].as_ref().unwrap()), 1);
    test.clean().await;
}
