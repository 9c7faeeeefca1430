//! Indexes: listing, mappings, deletion, refresh.

use chrono::{TimeDelta, Utc};
use djelme_core::ErrorKind;
use djelme_core::backend::{Backend as _, IndexState};
use djelme_core::document::WriteOp;
use serde_json::{Value, json};

use super::Test;
use crate::support::{close, must};

#[tokio::test]
async fn indexes_are_listed_open_and_closed() {
    let test = Test::new("listed");
    let open = test.create_index("a_2026.1.", json!({"n": {"type": "integer"}})).await;
    let closed = test.create_index("a_2025.12.", json!({})).await;
    test.write(&[(WriteOp::Create, &open, "a", r#"{"n":1}"#), (WriteOp::Create, &open, "b", r#"{"n":2}"#)])
        .await;
    test.es8.refresh(&open).await.unwrap();
    close(&closed).await;

    let found = test.es8.indexes(&test.name("a_*")).await.unwrap();
    let states: Vec<_> = found.iter().map(|index| (index.name.as_str(), index.state)).collect();
    assert_eq!(states, [(closed.as_str(), IndexState::Closed), (&open, IndexState::Open)]);
    assert_eq!((found[0].documents, found[0].bytes), (None, None));
    assert_eq!(found[1].documents, Some(2));
    assert!(found[1].bytes.unwrap() > 0);
    for index in &found {
        let age = Utc::now() - index.created.unwrap();
        assert!(age < TimeDelta::minutes(10) && age > TimeDelta::minutes(-10), "{age}");
    }
    assert_eq!(test.es8.indexes(&open).await.unwrap().len(), 1, "a name is a pattern too");
    assert_eq!(test.es8.indexes(&test.name("b_*")).await.unwrap(), []);
    assert_eq!(test.es8.indexes(&test.name("b")).await.unwrap(), []);
    test.clean().await;
}

#[tokio::test]
async fn mappings_are_read_for_those_that_are_there() {
    let test = Test::new("mappings");
    let fields = json!({"n": {"type": "integer"}});
    let open = test.create_index("a_2026.1.", fields.clone()).await;
    let closed = test.create_index("a_2025.12.", fields).await;
    close(&closed).await;
    // So many that their names do not fit into one path.
    let mut names: Vec<_> = (0..200).map(|number| test.name(&format!("a_gone_{number}."))).collect();
    names.extend([open.clone(), closed.clone()]);
    let found = test.es8.mappings(&names).await.unwrap();
    let expected = json!({"dynamic": "strict", "properties": {"n": {"type": "integer"}}});
    assert_eq!(found, [(closed, expected.clone()), (open, expected)]);
    assert_eq!(test.es8.mappings(&names[..2]).await.unwrap(), []);
    assert_eq!(test.es8.mappings(&[]).await.unwrap(), []);
    test.clean().await;
}

#[tokio::test]
async fn fields_are_added_and_never_changed() {
    let test = Test::new("fields");
    let index = test.create_index("a", json!({"n": {"type": "integer"}})).await;
    let more = json!({"properties": {"more": {"type": "keyword", "ignore_above": 8191}}});
    test.es8.put_mapping(&index, &more).await.unwrap();
    let found = test.es8.mappings(std::slice::from_ref(&index)).await.unwrap();
    assert_eq!(found[0].1["properties"]["more"]["type"], "keyword");
    let error =
        test.es8.put_mapping(&index, &json!({"properties": {"n": {"type": "keyword"}}})).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::BadRequest));
    assert!(error.to_string().contains("mapper [n] cannot be changed"), "{error}");
    let error = test.es8.put_mapping(&test.name("missing"), &more).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::NotFound));
    test.clean().await;
}

#[tokio::test]
async fn one_index_is_deleted_by_its_name() {
    let test = Test::new("deleted");
    let (one, other) =
        (test.create_index("one", json!({})).await, test.create_index("other", json!({})).await);
    let alias = test.name("alias");
    must("PUT", &format!("/{other}/_alias/{alias}"), None::<&Value>).await;
    let error = test.es8.delete_index(&alias).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::BadRequest), "{error}");
    assert!(test.es8.delete_index(&one).await.unwrap());
    assert!(!test.es8.delete_index(&one).await.unwrap());
    let left = test.es8.indexes(&test.name("*")).await.unwrap();
    assert_eq!(left.iter().map(|index| &index.name).collect::<Vec<_>>(), [&other]);
    test.clean().await;
}

#[tokio::test]
async fn refreshing_nothing_is_fine() {
    let test = Test::new("refreshed");
    test.es8.refresh(&test.name("*")).await.unwrap();
    test.es8.refresh(&test.name("missing")).await.unwrap();
}
