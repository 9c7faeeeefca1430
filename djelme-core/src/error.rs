//! The one error type: each variant says what was wrong, what is allowed and what to do.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::outcome::Rejection;

/// The result of every fallible function of djelme.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, by what the caller can do about it.
///
/// No variant carries credentials: what is printed is safe to log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A record type is annotated in a way that cannot work: a name that Elasticsearch refuses, two types with
    /// overlapping patterns, none registered. A programming mistake, found when the handle is built.
    #[error("record type `{record_type}`: {problem}")]
    Definition {
        /// The record type, as registered.
        record_type: String,
        /// What is wrong, and the right form.
        problem: String,
    },
    /// The settings (builder, environment or `djelme.toml`) cannot be used.
    #[error("settings: {0}")]
    Settings(String),
    /// A value is not a time, or not one that the calendar has.
    #[error("`{given}` is not a time: {reason}")]
    Time {
        /// The value as given.
        given: String,
        /// What is wrong with it, and what is allowed.
        reason: String,
    },
    /// The two ends of a time range do not make a range.
    #[error("`{given}` is not a time range: {reason}")]
    Range {
        /// Both ends as given.
        given: String,
        /// What is wrong with them.
        reason: String,
    },
    /// An index name does not belong to the record type that was asked about.
    #[error("`{index}` is not an index of this record type: {reason}")]
    IndexName {
        /// The name as given.
        index: String,
        /// Where it departs from the type's names.
        reason: String,
    },
    /// A record cannot be stored as it is; nothing of it was sent.
    #[error("{record_type}: `{field}` cannot be stored: {reason}")]
    Record {
        /// The record's type.
        record_type: String,
        /// The path of the field, with dots.
        field: String,
        /// What is wrong with its value, and what is allowed.
        reason: String,
    },
    /// An event's time is outside of what its type accepts; nothing was sent.
    #[error("{record_type}: {reason}")]
    NotAccepted {
        /// The record's type.
        record_type: String,
        /// The event's time and the bound it crosses.
        reason: String,
    },
    /// A hook refused the record or the template; nothing was sent.
    #[error("`{hook}` refused {subject}: {reason}")]
    Refused {
        /// The name of the hook.
        hook: &'static str,
        /// What was to be written.
        subject: String,
        /// The hook's own words.
        reason: String,
    },
    /// Another write came first: what was read is no longer what is stored, or the id is taken. Nothing was written.
    #[error("`{id}` of `{index}` {problem}")]
    Conflict {
        /// The index of the document.
        index: String,
        /// Its id.
        id: String,
        /// What came first, and what to do.
        problem: String,
    },
    /// A run of a reporter stopped at this cycle, which does not count as reported. A second run makes all of its
    /// reports again.
    #[error("{record_type}: the reports on {cycle} are not complete: {source}")]
    ReportStopped {
        /// The reports' type.
        record_type: String,
        /// The cycle.
        cycle: String,
        /// What went wrong.
        source: Box<Self>,
    },
    /// A reporter failed, in its own words.
    #[error("the reporter failed: {0}")]
    Reporter(Box<dyn std::error::Error + Send + Sync>),
    /// A total that is declared as cumulative is not the previous cycle's total and what is new; nothing of the batch
    /// with this report was sent.
    #[error(transparent)]
    NotCumulative(Box<BrokenTotal>),
    /// The server refused this record for good.
    #[error("`{index}` rejected the record `{id}`: {rejection}")]
    Rejected {
        /// The index it was meant for.
        index: String,
        /// Its id.
        id: String,
        /// The server's answer.
        rejection: Rejection,
    },
    /// Nothing of this type can be written until somebody mends the cause; the record itself is sound.
    #[error("{record_type} cannot be written now: {reason}")]
    Blocked {
        /// The record's type.
        record_type: String,
        /// The server's answer, and what mends it.
        reason: String,
    },
    /// The recorder can hold no more and was told to refuse; the record was not taken.
    #[error("the recorder is full and did not take a record of {record_type}: {reason}")]
    Full {
        /// The record's type.
        record_type: String,
        /// Which limit was reached, and why.
        reason: String,
    },
    /// The recorder was shut down, or the runtime that it sends from has ended; the record was not taken.
    #[error("the recorder takes no more records: {0}")]
    Closed(&'static str),
    /// A file of djelme (of dead letters) cannot be read or written.
    #[error("the file {}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The index template of a record type is missing, so a write would create an auto-mapped index.
    #[error("{record_type} is not set up: {problem} (run `djelme.setup()` or `djelme_backend_setup`)")]
    NotSetUp {
        /// The record's type.
        record_type: String,
        /// What is missing or differs.
        problem: String,
    },
    /// A set-up failed midway. A second run finishes it once the cause is mended.
    #[error("set-up stopped at {record_type}: {source}; {}; run it again once that is mended", applied_so_far(.applied))]
    SetupStopped {
        /// The record type at which it stopped.
        record_type: String,
        /// The changes made before.
        applied: Vec<String>,
        /// What went wrong.
        source: Box<Self>,
    },
    /// The backend has no such ability.
    #[error("this backend does not support {0}")]
    Unsupported(String),
    /// A query or an aggregation is malformed; nothing was sent.
    #[error("query: {0}")]
    Query(String),
    /// The answer covers only a part of the data. Ask for `allow_partial_results()` to accept that.
    #[error("{failed} of {total} shards failed: {reason}")]
    PartialResult {
        /// Shards that failed.
        failed: u64,
        /// Shards that were asked.
        total: u64,
        /// The first failure, in the server's words.
        reason: String,
    },
    /// The search's own time limit passed on the server. Ask for `allow_partial_results()` to accept what it found.
    #[error("the search timed out on the server, so its answer is incomplete")]
    SearchTimedOut,
    /// Under `strict()`: closed indexes lie within the range, and Elasticsearch skips them without a word.
    #[error("closed indexes within the range cannot be searched: {}", .0.join(", "))]
    ClosedIndexes(Vec<String>),
    /// A stored document does not decode as the record type (of this one hit, not of the whole answer).
    #[error("document `{id}` of `{index}` does not decode: {source}")]
    Decode {
        /// The index it lies in.
        index: String,
        /// Its id.
        id: String,
        /// Which field, and what was found.
        source: serde_json::Error,
    },
    /// An answer of the server does not have the shape it must have; a write is then as good as unanswered.
    #[error("unexpected answer: {0}")]
    UnexpectedAnswer(String),
    /// No answer came within the time allowed. The server may still have carried the request out.
    #[error("no answer to {request} within {after:?}")]
    Timeout {
        /// The request, without its body.
        request: String,
        /// How long was waited.
        after: Duration,
    },
    /// The backend answered with an error, or could not be reached.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// A total of a report that is not the previous cycle's total and what is new.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{field}` of the report `{id}` on {cycle} is {total}, but {last} on {previous} and {new} new (`{new_field}`) make {}",
    .last.saturating_add(*.new)
)]
pub struct BrokenTotal {
    /// The cycle of the report.
    pub cycle: String,
    /// The report's id.
    pub id: String,
    /// The field that is a total.
    pub field: String,
    /// Its value.
    pub total: i128,
    /// The cycle before.
    pub previous: String,
    /// The total of the same report on the cycle before; 0 if there is none.
    pub last: i128,
    /// The field with what is new.
    pub new_field: String,
    /// Its value.
    pub new: i128,
}

fn applied_so_far(changes: &[String]) -> String {
    if changes.is_empty() {
        "nothing was changed".into()
    } else {
        format!("already done: {}", changes.join("; "))
    }
}

impl Error {
    /// The kind of a backend's error, `None` for all other errors.
    #[must_use]
    pub fn backend_kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Backend(error) => Some(error.kind),
            _ => None,
        }
    }
}

/// What kind of error a backend met; the same kinds for every backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No connection to any node (refused, name not found, TLS failed).
    Unreachable,
    /// The credentials are wrong or missing (401).
    Unauthorized,
    /// The credentials are right but lack a privilege (403).
    Forbidden,
    /// No such index, template or document (404).
    NotFound,
    /// Another write came first (409).
    Conflict,
    /// The request is larger than the server takes (413).
    TooLarge,
    /// The server is overloaded and asks to come back later (429, 503).
    Busy,
    /// The server does not accept the request as it is (400 and other 4xx).
    BadRequest,
    /// The server, or a proxy before it, failed (5xx).
    ServerFault,
    /// The server is too old, or is not Elasticsearch.
    UnsupportedServer,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => "unreachable",
            Self::Unauthorized => "credentials refused",
            Self::Forbidden => "missing privilege",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::TooLarge => "request too large",
            Self::Busy => "server busy",
            Self::BadRequest => "bad request",
            Self::ServerFault => "server fault",
            Self::UnsupportedServer => "unsupported server",
        })
    }
}

/// An error that a backend met, in the server's own words where it gave any.
#[derive(Debug)]
pub struct BackendError {
    /// The kind, the same for every backend.
    pub kind: ErrorKind,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Elasticsearch's name for the error, such as `strict_dynamic_mapping_exception`.
    pub error_type: Option<String>,
    /// What was asked (method and path, no body) and what came back.
    pub message: String,
    /// How long the server asked to wait (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The cause below, where there is one.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl BackendError {
    /// An error of this kind with a message and nothing else.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            error_type: None,
            message: message.into(),
            retry_after: None,
            source: None,
        }
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for BackendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
