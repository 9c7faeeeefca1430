//! What can go wrong with a request, and the words in which Elasticsearch refuses a document.

use std::time::Duration;

use bytes::Bytes;
use djelme_core::{BackendError, Error, ErrorKind};

/// What happens to a request as a whole.
///
/// Where a fault says that the request is carried out, the documents are stored although whoever asked does not learn
/// of it. The three faults of single items leave no JSON of an answer that has none.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// This answer; the request is not carried out.
    Answer(FaultAnswer),
    /// Carried out only after this time. If whoever asked has gone by then, it is carried out all the same, as
    /// Elasticsearch does.
    Delay(Duration),
    /// Never answered and not carried out.
    Hang,
    /// Carried out and never answered.
    ApplyAndHang,
    /// The connection is closed without an answer; the request is not carried out.
    Drop,
    /// Carried out, then the connection is closed without an answer.
    ApplyAndDrop,
    /// The connection is reset (TCP RST); the request is not carried out.
    Reset,
    /// Carried out, but the body of the answer ends in its middle.
    Truncate,
    /// Carried out, but the body of the answer is no JSON.
    Malform,
    /// Carried out, but the answer lacks the last item.
    MissingItem,
    /// Carried out, but the answer has the last item twice.
    ExtraItem,
    /// Carried out, but the items of the answer are in another order. A single item stays as it is.
    Reorder,
    /// The server goes down before it carries the request out, and stays down until told otherwise.
    GoDown,
}

/// An answer that a script gives.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultAnswer {
    /// The status.
    pub status: u16,
    /// Elasticsearch's name for the error.
    pub error_type: String,
    /// Its reason.
    pub reason: String,
    /// How long to wait before the next try (header `Retry-After`, in whole seconds).
    pub retry_after: Option<Duration>,
    /// A body in place of Elasticsearch's JSON, such as the page of a proxy before it.
    pub body: Option<Bytes>,
}

impl FaultAnswer {
    /// What Elasticsearch says most often with this status.
    #[must_use]
    pub fn new(status: u16) -> Self {
        let (error_type, reason) = match status {
            401 => ("security_exception", "unable to authenticate user [elastic] for REST request"),
            403 => ("security_exception", "action is unauthorized for user [elastic]"),
            404 => ("index_not_found_exception", "no such index"),
            409 => ("version_conflict_engine_exception", "version conflict"),
            413 => ("content_too_long_exception", "entity content is too long"),
            429 => ("es_rejected_execution_exception", "rejected execution of coordinating operation"),
            500 => ("null_pointer_exception", "scripted fault"),
            503 => ("master_not_discovered_exception", "no master"),
            400..500 => ("illegal_argument_exception", "scripted refusal"),
            _ => ("exception", "scripted fault"),
        };
        Self {
            status,
            error_type: error_type.to_owned(),
            reason: reason.to_owned(),
            retry_after: None,
            body: None,
        }
    }

    /// The error that a backend makes of this answer.
    pub(crate) fn error(&self, request: &str) -> Error {
        if self.status < 300 {
            return Error::UnexpectedAnswer(format!("{request}: status {}, scripted", self.status));
        }
        let kind = match self.status {
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            413 => ErrorKind::TooLarge,
            429 | 503 => ErrorKind::Busy,
            500.. => ErrorKind::ServerFault,
            _ => ErrorKind::BadRequest,
        };
        let Self { status, error_type, reason, .. } = self;
        let message = match &self.body {
            Some(_) => format!("{request}: status {status}, not an answer of Elasticsearch"),
            None => format!("{request}: status {status}, {error_type}: {reason}"),
        };
        Error::Backend(BackendError {
            kind,
            status: Some(*status),
            error_type: self.body.is_none().then(|| error_type.clone()),
            message,
            retry_after: self.retry_after,
            source: None,
        })
    }
}
