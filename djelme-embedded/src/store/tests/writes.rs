//! Writing and reading single documents.

use djelme_core::backend::DocumentVersion;
use djelme_core::outcome::Rejection;

use super::*;
use crate::document;

fn store() -> Store {
    let store = Store::in_memory().unwrap();
    put_template(&store);
    store
}

fn if_version(seq_no: u64) -> WriteOp {
    WriteOp::IndexIf(DocumentVersion { seq_no, primary_term: 1 })
}

fn conflict(answer: ItemResponse) -> String {
    match answer {
        ItemResponse::Conflict { reason } => reason,
        other => panic!("no conflict: {other:?}"),
    }
}

fn failed(answer: ItemResponse) -> Rejection {
    match answer {
        ItemResponse::Failed(rejection) => rejection,
        other => panic!("not refused: {other:?}"),
    }
}

/// Reasons as Elasticsearch 8.19.8 gave them.
#[test]
fn operations_answer_as_elasticsearch_does() {
    let store = store();
    let source = json!({ "k": "x" });
    for refreshed in [false, true] {
        let id = format!("id{refreshed}");
        let created = write_as(&store, WriteOp::Create, "a_1", &id, &source);
        assert!(matches!(created, ItemResponse::Created(_)));
        let first = seq_no(&created);
        if refreshed {
            index::refresh(&store, "a_1").unwrap();
        }
        assert_eq!(
            conflict(write_as(&store, WriteOp::Create, "a_1", &id, &source)),
            format!("[{id}]: version conflict, document already exists (current version [1])")
        );
        let updated = write_as(&store, WriteOp::Index, "a_1", &id, &source);
        assert!(matches!(updated, ItemResponse::Updated(_)));
        assert_eq!(seq_no(&updated), first + 1);
        assert_eq!(
            conflict(write_as(&store, if_version(first), "a_1", &id, &source)),
            format!(
                "[{id}]: version conflict, required seqNo [{first}], primary term [1]. \
                 current document has seqNo [{}] and primary term [1]",
                first + 1
            )
        );
        let third = write_as(&store, if_version(first + 1), "a_1", &id, &source);
        assert!(matches!(third, ItemResponse::Updated(_)));
        let missing = conflict(write_as(&store, if_version(0), "a_1", "none", &source));
        assert!(missing.ends_with("but no document was found"));
    }
    assert_eq!(documents(&store, "a_1"), 2);
}

#[test]
fn a_batch_sees_its_own_documents() {
    let store = store();
    let of = |op, id| Write { op, index: "a_1", id: Cow::Borrowed(id), source: br#"{"k":"x"}"# };
    let answers = store
        .write(&[
            of(WriteOp::Create, "1"),
            of(WriteOp::Create, "1"),
            of(WriteOp::Index, "1"),
            of(if_version(0), "1"),
            of(if_version(1), "1"),
            of(WriteOp::Index, "2"),
        ])
        .unwrap();
    assert!(matches!(answers[0], ItemResponse::Created(_)));
    assert!(matches!(answers[1], ItemResponse::Conflict { .. }));
    assert!(matches!(answers[2], ItemResponse::Updated(_)));
    assert!(matches!(answers[3], ItemResponse::Conflict { .. }));
    assert!(matches!(answers[4], ItemResponse::Updated(_)));
    assert_eq!(seq_no(&answers[5]), 3);
    assert_eq!(documents(&store, "a_1"), 2);
}

#[test]
fn a_document_is_read_as_it_was_written_also_before_a_refresh() {
    let store = store();
    let source = br#"{ "k" :  "x","n":1e0 }"#;
    store
        .write(&[Write { op: WriteOp::Index, index: "a_1", id: "ü/1".into(), source: source.as_slice() }])
        .unwrap();
    let found = document::get(&store, "a_1", "ü/1").unwrap().unwrap();
    assert_eq!(found.source.as_ref(), source);
    assert_eq!(found.version, DocumentVersion { seq_no: 0, primary_term: 1 });
    assert_eq!(document::get(&store, "a_1", "other").unwrap(), None);
    assert_eq!(document::get(&store, "none", "1").unwrap(), None);
}

#[test]
fn deletions_count_like_those_of_elasticsearch() {
    let store = store();
    write(&store, "a_1", "1");
    write(&store, "a_1", "2");
    // Of what is not there, too.
    assert!(!document::delete(&store, "a_1", "none", None).unwrap());
    let error = document::delete(&store, "a_1", "1", Some(DocumentVersion { seq_no: 9, primary_term: 1 }));
    assert_eq!(error.unwrap_err().status, 409);
    let right = Some(DocumentVersion { seq_no: 0, primary_term: 1 });
    assert!(document::delete(&store, "a_1", "1", right).unwrap());
    assert_eq!(document::get(&store, "a_1", "1").unwrap(), None);
    assert_eq!(seq_no(&write(&store, "a_1", "1")), 4);
    assert_eq!(documents(&store, "a_1"), 2);
    assert!(!document::delete(&store, "none", "1", None).unwrap());
}

#[test]
fn what_cannot_be_stored_fails_alone() {
    let store = store();
    let long = "i".repeat(513);
    let of = |index, id, source| Write { op: WriteOp::Create, index, id: Cow::Borrowed(id), source };
    let good = br#"{"k":"x"}"#.as_slice();
    let answers = store
        .write(&[
            of("a_1", "1", good),
            of("A_1", "1", good),
            of("b_1", "1", good),
            of("a_1", "", good),
            of("a_1", &long, good),
            of("a_1", "2", br#"{"k":}"#),
            of("a_1", "3", br#"{"unknown":1}"#),
            of("a_1", "4", good),
        ])
        .unwrap();
    let mut answers = answers.into_iter();
    assert_eq!(seq_no(&answers.next().unwrap()), 0);
    let name = failed(answers.next().unwrap());
    assert_eq!(name.error_type, "invalid_index_name_exception");
    assert_eq!(name.reason, "Invalid index name [A_1], must be lowercase");
    let unmapped = failed(answers.next().unwrap());
    assert_eq!((unmapped.status, unmapped.error_type.as_str()), (404, "index_not_found_exception"));
    assert_eq!(failed(answers.next().unwrap()).reason, "if _id is specified it must not be empty");
    assert!(failed(answers.next().unwrap()).reason.ends_with("no longer than 512 bytes but was: 513"));
    assert_eq!(failed(answers.next().unwrap()).status, 400);
    assert_eq!(failed(answers.next().unwrap()).error_type, "strict_dynamic_mapping_exception");
    // What failed has no number.
    assert_eq!(seq_no(&answers.next().unwrap()), 1);
    assert_eq!(documents(&store, "*"), 2);
}

#[test]
fn writes_are_visible_after_the_refresh_interval() {
    let store = Store::in_memory().unwrap();
    let mut wanted = wanted("a_");
    wanted.settings.insert("refresh_interval".into(), json!("20ms"));
    template::put(&store, &wanted).unwrap();
    write(&store, "a_1", "1");
    let count = || index::list(&store, "a_1").unwrap()[0].documents;
    for _ in 0..500 {
        if count() == Some(1) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("not refreshed");
}
