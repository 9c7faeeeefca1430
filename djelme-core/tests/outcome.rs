//! What each answer of a server means. The statuses, types and reasons are those of Elasticsearch 8.19.8 and 9.4.3.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use std::time::Duration;

use djelme_core::backend::DocumentVersion;
use djelme_core::document::WriteOp;
use djelme_core::outcome::{
    ItemResponse, MAX_FAULTS, Outcome, Rejection, RequestVerdict, Verdict, classify, classify_request,
};
use djelme_core::{BackendError, Error, ErrorKind};

const VERSION: DocumentVersion = DocumentVersion { seq_no: 1, primary_term: 1 };

fn rejection(status: u16, error_type: &str, reason: &str) -> Rejection {
    Rejection { status, error_type: error_type.into(), reason: reason.into() }
}

/// The class of a verdict, in a word.
fn class(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Done(Outcome::Rejected(_)) => "rejected",
        Verdict::Retry { .. } => "retry",
        Verdict::Blocked { .. } => "blocked",
        other => panic!("unexpected {other:?}"),
    }
}

/// What the program of these tests has in its mapping.
fn knows(field: &str) -> bool {
    ["carrier", "user.name", "user.address.street"].contains(&field)
}

#[test]
fn every_failure_of_an_item_has_its_class() {
    let table = [
        // status, type, reason, class at the first attempt
        (429, "es_rejected_execution_exception", "rejected execution of coordinating operation", "retry"),
        (429, "circuit_breaking_exception", "[parent] Data too large", "retry"),
        (502, "bad_gateway", "", "retry"),
        (503, "unavailable_shards_exception", "[a_b_2026.][0] primary shard is not active", "retry"),
        (503, "process_cluster_event_timeout_exception", "failed to process cluster event", "retry"),
        (503, "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/2/no master];", "retry"),
        (504, "timeout_exception", "", "retry"),
        (408, "request_timeout", "", "retry"),
        (500, "null_pointer_exception", "", "retry"),
        (403, "cluster_block_exception", "index [a] blocked by: [FORBIDDEN/8/index write (api)];", "blocked"),
        (
            429,
            "cluster_block_exception",
            "index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, ..];",
            "blocked",
        ),
        (400, "index_closed_exception", "closed", "blocked"),
        (
            403,
            "security_exception",
            "action [indices:admin/auto_create] is unauthorized for user [x]",
            "blocked",
        ),
        (
            404,
            "index_not_found_exception",
            "no such index [composable template [a_*] forbids index auto creation]",
            "blocked",
        ),
        (
            404,
            "index_not_found_exception",
            "no such index [a] and [action.auto_create_index] is [false]",
            "blocked",
        ),
        (
            400,
            "validation_exception",
            "Validation Failed: 1: this action would add [3000] shards, but this cluster currently has [8]/[1000] \
             maximum normal shards open; for more information, see https://..;",
            "blocked",
        ),
        (400, "validation_exception", "Validation Failed: 1: something else;", "rejected"),
        (400, "illegal_argument_exception", "pipeline with id [nope] does not exist", "blocked"),
        (400, "illegal_argument_exception", "if _id is specified it must not be empty", "rejected"),
        (
            400,
            "document_parsing_exception",
            "[1:6] failed to parse field [n] of type [integer] in document with id '2'. Preview of field's value: 'x'",
            "rejected",
        ),
        (400, "mapper_parsing_exception", "failed to parse field [n]", "rejected"),
        (400, "invalid_index_name_exception", "Invalid index name [a_UPPER], must be lowercase", "rejected"),
    ];
    for (status, error_type, reason, expected) in table {
        let item = ItemResponse::Failed(rejection(status, error_type, reason));
        assert_eq!(
            class(&classify(&item, WriteOp::Create, 1, knows)),
            expected,
            "{status} {error_type} {reason}"
        );
    }
}

#[test]
fn a_strict_refusal_of_a_field_we_know_blocks_and_of_another_rejects() {
    let refusal = |field: &str, parent: &str| {
        let reason = format!(
            "[1:17] mapping set to strict, dynamic introduction of [{field}] within [{parent}] is not allowed"
        );
        let item = ItemResponse::Failed(rejection(400, "strict_dynamic_mapping_exception", &reason));
        class(&classify(&item, WriteOp::Create, 1, knows))
    };
    assert_eq!(refusal("carrier", "_doc"), "blocked");
    assert_eq!(refusal("name", "user"), "blocked");
    assert_eq!(refusal("street", "user.address"), "blocked");
    assert_eq!(refusal("name", "_doc"), "rejected");
    assert_eq!(refusal("carrier", "user"), "rejected");
    assert_eq!(refusal("we]ird [x] within [y", "_doc"), "rejected");
}

#[test]
fn a_fault_over_one_record_is_its_own_after_three_tries() {
    let item = ItemResponse::Failed(rejection(500, "null_pointer_exception", ""));
    let classes: Vec<_> =
        (1..=MAX_FAULTS + 1).map(|attempt| class(&classify(&item, WriteOp::Index, attempt, knows))).collect();
    assert_eq!(classes, ["retry", "retry", "rejected", "rejected"]);
    let overloaded = ItemResponse::Failed(rejection(503, "unavailable_shards_exception", ""));
    assert_eq!(class(&classify(&overloaded, WriteOp::Index, 100, knows)), "retry");
}

#[test]
fn what_was_stored_is_told_apart() {
    let taken = ItemResponse::Conflict { reason: "[1]: version conflict, document already exists".into() };
    let judge = |item: &ItemResponse, op, attempt| classify(item, op, attempt, knows);
    assert_eq!(judge(&ItemResponse::Created(VERSION), WriteOp::Create, 1), Verdict::Done(Outcome::Stored));
    assert_eq!(judge(&ItemResponse::Created(VERSION), WriteOp::Index, 5), Verdict::Done(Outcome::Stored));
    assert_eq!(judge(&ItemResponse::Updated(VERSION), WriteOp::Index, 1), Verdict::Done(Outcome::Replaced));
    assert_eq!(judge(&taken, WriteOp::Create, 1), Verdict::Done(Outcome::Duplicate));
    assert_eq!(judge(&taken, WriteOp::Create, 2), Verdict::Done(Outcome::AlreadyStored));
    for attempt in 1..3 {
        assert_eq!(judge(&taken, WriteOp::IndexIf(VERSION), attempt), Verdict::Done(Outcome::Duplicate));
    }
    assert_eq!(class(&judge(&taken, WriteOp::Index, 1)), "retry");
}

#[test]
fn a_blocked_answer_says_what_mends_it() {
    let item = ItemResponse::Failed(rejection(400, "index_closed_exception", "closed"));
    let verdict = classify(&item, WriteOp::Create, 1, knows);
    let expected = "closed (index_closed_exception, status 400); open the index";
    assert_eq!(verdict, Verdict::Blocked { reason: expected.into() });
}

fn backend(kind: ErrorKind, status: impl Into<Option<u16>>) -> Error {
    BackendError { status: status.into(), ..BackendError::new(kind, "POST /_bulk") }.into()
}

#[test]
fn every_error_of_a_request_has_its_class() {
    let timeout = Error::Timeout { request: "POST /_bulk".into(), after: Duration::from_secs(1) };
    let table = [
        (timeout, "retry"),
        (Error::UnexpectedAnswer("3 items for 4 records".into()), "retry"),
        (backend(ErrorKind::Unreachable, None), "retry"),
        (backend(ErrorKind::Busy, 429), "retry"),
        (backend(ErrorKind::Busy, 503), "retry"),
        (backend(ErrorKind::ServerFault, 500), "retry"),
        (backend(ErrorKind::ServerFault, 502), "retry"),
        (backend(ErrorKind::BadRequest, 408), "retry"),
        (backend(ErrorKind::TooLarge, 413), "split"),
        (backend(ErrorKind::BadRequest, 400), "split"),
        (backend(ErrorKind::BadRequest, None), "split"),
        (backend(ErrorKind::BadRequest, 405), "blocked"),
        (backend(ErrorKind::Unauthorized, 401), "blocked"),
        (backend(ErrorKind::Forbidden, 403), "blocked"),
        (backend(ErrorKind::NotFound, 404), "blocked"),
        (backend(ErrorKind::UnsupportedServer, 200), "blocked"),
        (Error::Unsupported("writing".into()), "blocked"),
        (Error::NotSetUp { record_type: "a".into(), problem: "no template".into() }, "blocked"),
    ];
    for (error, expected) in table {
        let found = match classify_request(&error) {
            RequestVerdict::Retry { .. } => "retry",
            RequestVerdict::Blocked { .. } => "blocked",
            RequestVerdict::Split => "split",
        };
        assert_eq!(found, expected, "{error}");
    }
}

#[test]
fn the_servers_wish_to_wait_is_handed_on() {
    let after = Some(Duration::from_secs(7));
    let busy = BackendError { retry_after: after, ..BackendError::new(ErrorKind::Busy, "POST /_bulk: 429") };
    assert_eq!(classify_request(&busy.into()), RequestVerdict::Retry { after });
}
