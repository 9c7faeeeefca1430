//! The one place that judges an answer: done, try again, or wait until somebody mends the cause.

use std::time::Duration;

use super::{ItemResponse, Outcome, Rejection};
use crate::document::WriteOp;
use crate::error::{Error, ErrorKind};

/// After this many tries, a fault of the server over one record (status 500) counts as that record's own.
pub const MAX_FAULTS: u32 = 3;

/// What an answer for one record means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The record has come to its end.
    Done(Outcome),
    /// The same request may succeed later, by itself.
    Retry {
        /// The server's answer.
        reason: String,
    },
    /// No record of this type can be written until somebody mends the cause; the record itself is sound.
    Blocked {
        /// The server's answer, and what mends it.
        reason: String,
    },
}

/// What an error of a whole `_bulk` request means for its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestVerdict {
    /// The same request may succeed later, by itself. It may also have been carried out: from here on, a taken id of
    /// a `create` is one of our own.
    Retry {
        /// How long the server asked to wait.
        after: Option<Duration>,
    },
    /// Nothing can be written until somebody mends the cause.
    Blocked {
        /// The error, and what mends it.
        reason: String,
    },
    /// One of the records is at fault, or they are too many: send each half by itself. Of a request with one record
    /// alone, that record is rejected.
    Split,
}

/// Judges the answer for one record. `attempt` counts the requests that held the record, from 1; `knows_field` says
/// whether the record type has a field of this path.
///
/// A taken id of a `create` is a duplicate at the first attempt, and our own earlier write after that: ids of events
/// are random, so nobody else can have it. Where the id comes from unique fields, somebody can: who calls then looks
/// whether the stored document is its own.
///
/// A write on the condition that a version is still there ([`WriteOp::IndexIf`]) and finds another is a duplicate at
/// every attempt: another document has the id, and this one was not stored as far as anybody can tell.
///
/// ```
/// use djelme_core::backend::DocumentVersion;
/// use djelme_core::document::WriteOp;
/// use djelme_core::outcome::{ItemResponse, Outcome, Verdict, classify};
///
/// let taken = ItemResponse::Conflict { reason: "version conflict".into() };
/// assert_eq!(classify(&taken, WriteOp::Create, 1, |_| true), Verdict::Done(Outcome::Duplicate));
/// assert_eq!(classify(&taken, WriteOp::Create, 2, |_| true), Verdict::Done(Outcome::AlreadyStored));
/// ```
#[must_use]
pub fn classify(
    item: &ItemResponse,
    op: WriteOp,
    attempt: u32,
    knows_field: impl Fn(&str) -> bool,
) -> Verdict {
    match item {
        ItemResponse::Created(_) => Verdict::Done(Outcome::Stored),
        ItemResponse::Updated(_) => Verdict::Done(Outcome::Replaced),
        ItemResponse::Conflict { reason } => conflict(op, attempt, reason),
        ItemResponse::Failed(rejection) => failed(rejection, attempt, knows_field),
    }
}

fn conflict(op: WriteOp, attempt: u32, reason: &str) -> Verdict {
    match op {
        WriteOp::Create if attempt > 1 => Verdict::Done(Outcome::AlreadyStored),
        WriteOp::Create | WriteOp::IndexIf(_) => Verdict::Done(Outcome::Duplicate),
        // Without a condition there is nothing to be in conflict with, but two writes at the same moment.
        WriteOp::Index => Verdict::Retry { reason: reason.to_owned() },
    }
}

fn failed(rejection: &Rejection, attempt: u32, knows_field: impl Fn(&str) -> bool) -> Verdict {
    if let Some(remedy) = blocked(rejection, knows_field) {
        return Verdict::Blocked { reason: format!("{rejection}; {remedy}") };
    }
    match rejection.status {
        408 | 429 | 502..=504 => Verdict::Retry { reason: rejection.to_string() },
        500.. if attempt < MAX_FAULTS => Verdict::Retry { reason: rejection.to_string() },
        _ => Verdict::Done(Outcome::Rejected(rejection.clone())),
    }
}

/// What mends the cause, if the failure would meet every record of the type.
fn blocked(rejection: &Rejection, knows_field: impl Fn(&str) -> bool) -> Option<&'static str> {
    let Rejection { status, error_type, reason } = rejection;
    match error_type.as_str() {
        // With 503 the cluster has no master or is starting: that passes.
        "cluster_block_exception" if *status != 503 => {
            Some("remove the block (on a full disk, make room first)")
        }
        "index_closed_exception" => Some("open the index"),
        "index_not_found_exception" => Some("the index may not be created by itself: run the set-up"),
        "security_exception" => Some("grant the privilege"),
        "validation_exception" if is_shard_limit(reason) => {
            Some("delete indexes, or raise `cluster.max_shards_per_node`")
        }
        "strict_dynamic_mapping_exception"
            if refused_field(reason).is_some_and(|field| knows_field(&field)) =>
        {
            Some(
                "the index lacks a field that this program has: run the set-up, which adds it or says why it cannot",
            )
        }
        "illegal_argument_exception" if is_missing_pipeline(reason) => {
            Some("create the ingest pipeline, or take it out of the index settings")
        }
        _ => None,
    }
}

/// `this action would add [2] shards, but this cluster currently has [999]/[1000] maximum normal shards open`.
fn is_shard_limit(reason: &str) -> bool {
    reason.contains("this action would add [") && reason.contains("shards open")
}

/// `pipeline with id [x] does not exist`.
fn is_missing_pipeline(reason: &str) -> bool {
    reason.starts_with("pipeline with id [") && reason.ends_with("] does not exist")
}

/// The path of the field in `[1:17] mapping set to strict, dynamic introduction of [b] within [o.p] is not allowed`.
fn refused_field(reason: &str) -> Option<String> {
    let (_, rest) = reason.split_once("dynamic introduction of [")?;
    let (field, parent) = rest.strip_suffix("] is not allowed")?.rsplit_once("] within [")?;
    Some(if parent == "_doc" { field.to_owned() } else { format!("{parent}.{field}") })
}

/// Judges the error of a whole `_bulk` request. No answer and half an answer are the same: the request may have been
/// carried out.
///
/// ```
/// use djelme_core::outcome::{RequestVerdict, classify_request};
/// use djelme_core::{BackendError, ErrorKind};
///
/// let too_large = BackendError::new(ErrorKind::TooLarge, "POST /_bulk: 413").into();
/// assert_eq!(classify_request(&too_large), RequestVerdict::Split);
/// ```
#[must_use]
pub fn classify_request(error: &Error) -> RequestVerdict {
    let blocked = |remedy: &str| RequestVerdict::Blocked { reason: format!("{error}; {remedy}") };
    let error = match error {
        Error::Timeout { .. } | Error::UnexpectedAnswer(_) => return RequestVerdict::Retry { after: None },
        Error::Backend(error) => error,
        other => return RequestVerdict::Blocked { reason: other.to_string() },
    };
    match (error.kind, error.status) {
        (ErrorKind::Unreachable | ErrorKind::Busy | ErrorKind::ServerFault, _)
        | (_, Some(408 | 429 | 500..)) => RequestVerdict::Retry { after: error.retry_after },
        (ErrorKind::TooLarge, _) | (ErrorKind::BadRequest, Some(400 | 413) | None) => RequestVerdict::Split,
        (ErrorKind::Unauthorized, _) => blocked("correct the credentials"),
        (ErrorKind::Forbidden, _) => blocked("grant the privilege, or remove the block"),
        _ => blocked("check that the address is Elasticsearch's, and no proxy's before it"),
    }
}
