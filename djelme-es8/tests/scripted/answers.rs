//! Answers of every status and shape, and the error of each.

use std::time::Duration;

use djelme_core::backend::{Backend as _, SearchRequest};
use djelme_core::{BackendError, Error, ErrorKind};
use djelme_es8::{Es8, Es8Config};
use serde_json::json as value;

use crate::server::{Reply, Scripted, answer, json};
use crate::{batch, plan};

async fn error_of(reply: Reply) -> BackendError {
    let server = Scripted::start([reply]).await;
    match server.es8().bulk(&batch(&["a"])).await.unwrap_err() {
        Error::Backend(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_status_has_its_kind() {
    let cases = [
        (400, ErrorKind::BadRequest),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (405, ErrorKind::BadRequest),
        (409, ErrorKind::Conflict),
        (413, ErrorKind::TooLarge),
        (429, ErrorKind::Busy),
        (500, ErrorKind::ServerFault),
        (502, ErrorKind::ServerFault),
        (503, ErrorKind::Busy),
        (504, ErrorKind::ServerFault),
    ];
    for (status, kind) in cases {
        let error = error_of(json(status, r#"{"error":{"type":"some_exception","reason":"why"}}"#)).await;
        assert_eq!((error.kind, error.status), (kind, Some(status)));
        assert_eq!(error.error_type.as_deref(), Some("some_exception"));
        assert_eq!(error.message, format!("POST /_bulk: status {status}, some_exception: why"));
    }
}

#[tokio::test]
async fn the_reason_goes_down_to_the_root() {
    let body = r#"{"error":{"root_cause":[{"type":"query_shard_exception","reason":"No mapping found for [nope]"}],
        "type":"search_phase_execution_exception","reason":"all shards failed",
        "failed_shards":[{"shard":0,"reason":{"type":"x","reason":"y"}}],
        "caused_by":{"type":"a","reason":"first","caused_by":{"type":"b","reason":"second"}}},"status":400}"#;
    let error = error_of(json(400, body)).await;
    let expected =
        "all shards failed; caused by: first; caused by: second; caused by: No mapping found for [nope]";
    assert!(error.message.ends_with(expected), "{}", error.message);
    let error = error_of(json(405, r#"{"error":"Incorrect HTTP method","status":405}"#)).await;
    assert!(error.message.ends_with("Incorrect HTTP method"), "{}", error.message);
}

#[tokio::test]
async fn only_a_retry_after_in_seconds_counts() {
    let after = |value: &str| answer(429, &format!("retry-after: {value}\r\n"), "{}");
    assert_eq!(error_of(after("7")).await.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(error_of(after("Wed, 21 Oct 2026 07:28:00 GMT")).await.retry_after, None);
    assert_eq!(error_of(after("18446744073709551615")).await.retry_after, Some(Duration::from_secs(86_400)));
    assert_eq!(error_of(after("-1")).await.retry_after, None);
}

#[tokio::test]
async fn an_empty_body_without_a_content_type_is_an_error_like_others() {
    let error = error_of(answer(413, "", "")).await;
    assert_eq!(error.kind, ErrorKind::TooLarge);
    assert!(error.message.contains("an empty body"), "{}", error.message);
}

#[tokio::test]
async fn what_is_not_elasticsearch_is_shown_in_short() {
    let html = format!("<html>\n<h1>Bad gateway</h1>{}</html>", " ".repeat(10_000));
    let error = error_of(answer(502, "content-type: text/html\r\n", &html)).await;
    assert_eq!(error.kind, ErrorKind::ServerFault);
    assert!(error.message.contains("`<html> <h1>Bad gateway</h1>`"), "{}", error.message);

    let server = Scripted::start([answer(200, "", &html)]).await;
    let (es8, all) = (server.es8(), plan(""));
    let request = SearchRequest { plan: &all, body: &value!({}), allow_partial: false };
    let errors = [
        es8.bulk(&batch(&["a"])).await.unwrap_err(),
        es8.search(request).await.unwrap_err(),
        es8.count(request).await.unwrap_err(),
        es8.multi_search(&[request]).await.unwrap_err(),
        es8.get("a", "b").await.unwrap_err(),
        es8.delete("a", "b", None).await.unwrap_err(),
        es8.template("a").await.unwrap_err(),
        es8.indexes("a*").await.unwrap_err(),
        es8.mappings(&["a".into()]).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, Error::UnexpectedAnswer(text) if text.contains("<h1>Bad")), "{error:?}");
    }
}

#[tokio::test]
async fn a_web_server_that_knows_nothing_does_not_pass_for_absence() {
    let server = Scripted::start([answer(404, "content-type: text/html\r\n", "<h1>Not found</h1>")]).await;
    let es8 = server.es8();
    for error in [
        es8.get("a", "b").await.unwrap_err(),
        es8.template("a").await.unwrap_err(),
        es8.delete_index("a").await.unwrap_err(),
        es8.indexes("a*").await.unwrap_err(),
    ] {
        assert_eq!(error.backend_kind(), Some(ErrorKind::NotFound));
    }
}

#[tokio::test]
async fn only_elasticsearch_from_8_on_is_a_server() {
    let info = |number: &str, rest: &str, tagline: &str| {
        json(200, &format!(r#"{{"version":{{"number":"{number}"{rest}}},"tagline":"{tagline}"}}"#))
    };
    let known = "You Know, for Search";
    let fork = r#","distribution":"opensearch""#;
    let refused = [
        (info("7.17.29", "", known), "Elasticsearch 7.17.29"),
        (info("2.19.1", fork, "The OpenSearch Project: https://opensearch.org/"), "`opensearch` 2.19.1"),
        (info("8.0.0", "", "something else"), "`something else` 8.0.0"),
        (json(200, "{\"couchdb\":\"Welcome\"}"), "couchdb"),
        (answer(200, "", "<h1>It works!</h1>"), "It works!"),
    ];
    for (reply, found) in refused {
        let error = Scripted::start([reply]).await.es8().server().await.unwrap_err();
        assert_eq!(error.backend_kind(), Some(ErrorKind::UnsupportedServer));
        assert!(error.to_string().contains(found), "{error}");
    }
    for number in ["8.0.0", "8.19.8", "9.4.3", "10.0.0-SNAPSHOT"] {
        let server = Scripted::start([info(number, "", known)]).await;
        let found = server.es8().server().await.unwrap();
        assert_eq!((found.product.as_str(), found.version.as_str()), ("elasticsearch", number));
    }
}

#[tokio::test]
async fn a_path_before_the_api_is_kept() {
    let server = Scripted::start([json(200, "{}")]).await;
    for url in [format!("{}/es", server.url), format!("{}/es/", server.url)] {
        Es8::new(Es8Config::new([url])).unwrap().refresh("a*").await.unwrap();
    }
    for request in server.requests() {
        assert!(request.starts_with("POST /es/a*/_refresh?ignore_unavailable=true HTTP/1.1"), "{request}");
    }
}

#[tokio::test]
async fn what_is_not_one_index_is_never_deleted() {
    let server = Scripted::start([json(200, "{\"acknowledged\":true}")]).await;
    let es8 = server.es8();
    for name in ["", "*", "_all", "a*", "a,b", "-a", "..", "a/_doc/b"] {
        let error = es8.delete_index(name).await.unwrap_err();
        assert!(error.to_string().contains("nothing was sent"), "{error}");
    }
    es8.indexes("").await.unwrap_err();
    es8.refresh("").await.unwrap_err();
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn an_index_that_is_there_need_not_be_created() {
    let exists =
        r#"{"error":{"type":"resource_already_exists_exception","reason":"index [a/b] already exists"}}"#;
    let server =
        Scripted::start([json(400, exists), json(400, r#"{"error":{"type":"other","reason":"no"}}"#)]).await;
    server.es8().create_index("shop_preference").await.unwrap();
    assert!(server.es8().create_index("shop_preference").await.is_err());
}
