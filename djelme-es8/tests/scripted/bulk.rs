//! Answers to `_bulk` that match what was sent, and those that do not.

use djelme_core::Error;
use djelme_core::backend::{Backend as _, DocumentVersion};
use djelme_core::outcome::{ItemResponse, Rejection};

use crate::batch;
use crate::server::{Reply, Scripted, json};

const STORED: &str = r#""_seq_no":4,"_primary_term":1,"status":201"#;

async fn answer_to(ids: &[&str], items: &str) -> Result<Vec<ItemResponse>, Error> {
    let server = Scripted::start([json(200, &format!("{{\"items\":[{items}]}}"))]).await;
    server.es8().bulk(&batch(ids)).await
}

#[tokio::test]
async fn each_item_gets_its_own_answer() {
    let items = format!(
        r#"{{"create":{{"_id":"a",{STORED}}}}},
        {{"create":{{"_id":"b","_seq_no":5,"_primary_term":2,"status":200}}}},
        {{"create":{{"_id":"c","status":409,"error":{{"type":"version_conflict_engine_exception","reason":"taken"}}}}}},
        {{"create":{{"_id":"\"d\"","status":400,"error":{{"type":"document_parsing_exception",
            "reason":"failed to parse field [n]","caused_by":{{"type":"x","reason":"For input string"}}}}}}}}"#
    );
    let answers = answer_to(&["a", "b", "c", "\"d\""], &items).await.unwrap();
    assert_eq!(
        answers,
        [
            ItemResponse::Created(DocumentVersion { seq_no: 4, primary_term: 1 }),
            ItemResponse::Updated(DocumentVersion { seq_no: 5, primary_term: 2 }),
            ItemResponse::Conflict { reason: "taken".into() },
            ItemResponse::Failed(Rejection {
                status: 400,
                error_type: "document_parsing_exception".into(),
                reason: "failed to parse field [n]; caused by: For input string".into(),
            }),
        ]
    );
}

#[tokio::test]
async fn an_answer_that_does_not_match_is_none() {
    let (a, b) = (
        format!(r#"{{"create":{{"_id":"a",{STORED}}}}}"#),
        format!(r#"{{"create":{{"_id":"b",{STORED}}}}}"#),
    );
    let cases = [
        ("short", a.clone()),
        ("long", format!("{a},{b},{b}")),
        ("another order", format!("{b},{a}")),
        ("another operation", format!("{a},{}", b.replace("create", "index"))),
        ("an unknown operation", format!("{a},{}", b.replace("create", "upsert"))),
        ("no status", format!("{a},{}", b.replace(r#","status":201"#, ""))),
        ("no id", format!("{a},{}", b.replace(r#""_id":"b","#, ""))),
        ("neither created nor updated", format!("{a},{}", b.replace("201", "202"))),
        ("no version", format!("{a},{}", b.replace(r#""_seq_no":4,"#, ""))),
        ("an empty item", format!("{a},{{}}")),
        ("an item that is null", format!("{a},null")),
    ];
    for (case, items) in cases {
        let error = answer_to(&["a", "b"], &items).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{case}: {error}");
    }
}

#[tokio::test]
async fn a_body_that_is_cut_short_is_no_answer() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"items\":[";
    let server = Scripted::start([Reply::Cut(cut.into())]).await;
    let error = server.es8().bulk(&batch(&["a"])).await.unwrap_err();
    assert!(matches!(&error, Error::UnexpectedAnswer(text) if text.contains(&server.url)), "{error}");
    assert_eq!(server.requests().len(), 1, "a write that may have been carried out is not sent again");
}

#[tokio::test]
async fn nothing_is_sent_for_an_empty_batch() {
    let server = Scripted::start([Reply::Hang]).await;
    assert_eq!(server.es8().bulk(&batch(&[])).await.unwrap(), []);
    assert_eq!(server.connections(), 0);
}
