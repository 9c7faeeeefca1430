//! Writing, getting and deleting documents.

use djelme_core::backend::{Backend as _, DocumentVersion};
use djelme_core::document::WriteOp;
use djelme_core::outcome::ItemResponse;
use djelme_core::{Error, ErrorKind};
use serde_json::json;

use super::{Test, batch};
use crate::support::close;

#[tokio::test]
async fn each_item_ends_as_the_server_says() {
    let test = Test::new("items");
    let index = test.create_index("a_2026.1.", json!({"n": {"type": "integer"}})).await;
    let upper = index.to_uppercase();
    let stale = WriteOp::IndexIf(DocumentVersion { seq_no: 99, primary_term: 1 });
    let answers = test
        .write(&[
            (WriteOp::Create, &index, "a", r#"{"n":1}"#),
            (WriteOp::Create, &index, "a", r#"{"n":2}"#),
            (WriteOp::Index, &index, "a", r#"{"n":3}"#),
            (stale, &index, "a", r#"{"n":4}"#),
            (WriteOp::Index, &index, "b", r#"{"n":"seven"}"#),
            (WriteOp::Index, &index, "b", r#"{"other":1}"#),
            (WriteOp::Index, &upper, "b", r#"{"n":1}"#),
            (WriteOp::Index, &index, "", r#"{"n":1}"#),
            (WriteOp::Index, &index, "b", r#"{"n":1"#),
            (WriteOp::Index, &index, "last", r#"{"n":5}"#),
        ])
        .await;
    assert_eq!(answers[0], ItemResponse::Created(DocumentVersion { seq_no: 0, primary_term: 1 }));
    assert!(matches!(&answers[1], ItemResponse::Conflict { reason } if reason.contains("already exists")));
    assert_eq!(answers[2], ItemResponse::Updated(DocumentVersion { seq_no: 1, primary_term: 1 }));
    assert!(
        matches!(&answers[3], ItemResponse::Conflict { reason } if reason.contains("required seqNo [99]"))
    );
    let failures = [
        ("document_parsing_exception", "[n] of type [integer]"),
        ("strict_dynamic_mapping_exception", "[other]"),
        ("invalid_index_name_exception", "must be lowercase"),
        ("illegal_argument_exception", "if _id is specified it must not be empty"),
        ("document_parsing_exception", ""),
    ];
    for (answer, (error_type, reason)) in answers[4..9].iter().zip(failures) {
        let ItemResponse::Failed(rejection) = answer else { panic!("{answer:?}") };
        assert_eq!((rejection.status, rejection.error_type.as_str()), (400, error_type), "{rejection}");
        assert!(rejection.reason.contains(reason), "{rejection}");
    }
    let ItemResponse::Failed(rejection) = &answers[4] else { panic!() };
    assert!(rejection.reason.contains(r#"caused by: For input string: "seven""#), "{rejection}");
    assert!(matches!(answers[9], ItemResponse::Created(_)));
    test.clean().await;
}

#[tokio::test]
async fn a_document_comes_back_as_it_was_written_whatever_its_id() {
    let test = Test::new("ids");
    let index = test.create_index("a", json!({"n": {"type": "double"}})).await;
    let long = "ü".repeat(256);
    let ids = [
        "a b",
        "%#?&+=",
        "../x",
        "..",
        ".",
        "a/b/_source",
        "%2e%2e",
        "%2F",
        "\"q\"\\",
        "😀é",
        "_all",
        "*",
        ",",
        "a?b=c",
        " ",
        "`<|>}~{^[]@;:!$'()",
        long.as_str(),
    ];
    let source = r#"{ "n" :  1.50e0 }"#;
    for id in ids {
        let answers = test.write(&[(WriteOp::Create, &index, id, source)]).await;
        let ItemResponse::Created(version) = answers[0] else { panic!("{id}: {answers:?}") };
        let found = test.es8.get(&index, id).await.unwrap().unwrap_or_else(|| panic!("{id}"));
        assert_eq!((found.index.as_str(), found.id.as_str(), found.version), (index.as_str(), id, version));
        assert_eq!(found.source, source);
        assert!(test.es8.delete(&index, id, None).await.unwrap(), "{id}");
        assert!(!test.es8.delete(&index, id, None).await.unwrap(), "{id}");
        assert_eq!(test.es8.get(&index, id).await.unwrap(), None, "{id}");
    }
    test.clean().await;
}

#[tokio::test]
async fn an_id_that_is_too_long_fails_the_request_and_is_not_found() {
    let test = Test::new("long-id");
    let index = test.create_index("a", json!({})).await;
    let long = "é".repeat(1_000);
    let items = [(WriteOp::Create, index.as_str(), "ok", "{}"), (WriteOp::Create, &index, &long, "{}")];
    let error = test.es8.bulk(&batch(&items)).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::BadRequest), "{error}");
    assert!(error.to_string().contains("is too long"), "{error}");
    assert_eq!(test.es8.get(&index, &long).await.unwrap(), None);
    test.clean().await;
}

#[tokio::test]
async fn a_version_guards_deletion() {
    let test = Test::new("versions");
    let index = test.create_index("a", json!({"n": {"type": "integer"}})).await;
    let first = test.write(&[(WriteOp::Create, &index, "a", r#"{"n":1}"#)]).await;
    let ItemResponse::Created(first) = first[0] else { panic!("{first:?}") };
    let second = test.write(&[(WriteOp::IndexIf(first), &index, "a", r#"{"n":2}"#)]).await;
    let ItemResponse::Updated(second) = second[0] else { panic!("{second:?}") };
    let error = test.es8.delete(&index, "a", Some(first)).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Conflict), "{error}");
    assert!(test.es8.delete(&index, "a", Some(second)).await.unwrap());
    test.clean().await;
}

#[tokio::test]
async fn nothing_is_in_an_index_that_is_missing_or_closed() {
    let test = Test::new("absent");
    let missing = test.name("missing");
    for id in ["a", ".."] {
        assert_eq!(test.es8.get(&missing, id).await.unwrap(), None);
        assert!(!test.es8.delete(&missing, id, None).await.unwrap());
    }
    let closed = test.create_index("closed", json!({})).await;
    close(&closed).await;
    for id in ["a", ".."] {
        let error = test.es8.get(&closed, id).await.unwrap_err();
        assert!(error.to_string().contains("index_closed_exception"), "{error}");
    }
    let answers = test.write(&[(WriteOp::Create, &closed, "a", "{}")]).await;
    assert!(
        matches!(&answers[0], ItemResponse::Failed(rejection)
        if rejection.error_type == "index_closed_exception"),
        "{answers:?}"
    );
    test.clean().await;
}

#[tokio::test]
async fn a_request_over_the_servers_limit_is_too_large() {
    let test = Test::new("too-large");
    let source = format!("{{\"text\":\"{}\"}}", "x".repeat(101 * 1024 * 1024));
    let error = test.es8.bulk(&batch(&[(WriteOp::Create, &test.name("a"), "a", &source)])).await.unwrap_err();
    assert!(matches!(&error, Error::Backend(error) if error.kind == ErrorKind::TooLarge), "{error}");
}
