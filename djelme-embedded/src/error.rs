//! Errors as Elasticsearch words them, so that who calls handles both backends alike.

use std::fmt;
use std::io;

use djelme_core::outcome::Rejection;
use djelme_core::{BackendError, Error, ErrorKind};
use serde_json::Value;
use tantivy::TantivyError;
use tantivy::directory::error::OpenWriteError;

/// The type of the refusal of files that a newer version wrote.
pub(crate) const NEWER_STORE: &str = "newer_store_exception";

/// The type of the errors that Elasticsearch has not.
const UNSUPPORTED: &str = "unsupported_by_embedded";

/// A request, or one document of it, that is refused: status, type and reason are those of Elasticsearch wherever it
/// refuses the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) error_type: &'static str,
    pub(crate) reason: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, error_type: &'static str, reason: impl Into<String>) -> Self {
        Self { status, error_type, reason: reason.into() }
    }

    /// A malformed or impossible request.
    pub(crate) fn illegal(reason: impl Into<String>) -> Self {
        Self::new(400, "illegal_argument_exception", reason)
    }

    /// A request body that does not parse: an unknown key, a wrong type.
    pub(crate) fn parsing(reason: impl Into<String>) -> Self {
        Self::new(400, "parsing_exception", reason)
    }

    /// Elasticsearch can do it, this engine cannot.
    pub(crate) fn unsupported(what: impl fmt::Display) -> Self {
        Self::new(400, UNSUPPORTED, format!("the embedded engine does not support {what}"))
    }

    /// The same of a whole search: Elasticsearch wraps what its shards refused.
    pub(crate) fn of_all_shards(self) -> Self {
        if self.error_type == UNSUPPORTED {
            return self;
        }
        let reason = format!("all shards failed; caused by: {}", self.reason);
        Self::new(self.status, "search_phase_execution_exception", reason)
    }

    /// The store itself failed: a damaged file, a failing disk.
    pub(crate) fn fault(reason: impl fmt::Display) -> Self {
        Self::new(500, "store_exception", reason.to_string())
    }
}

/// What Elasticsearch's parser calls a value, for errors.
pub(crate) fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "VALUE_NULL",
        Value::Bool(_) => "VALUE_BOOLEAN",
        Value::Number(_) => "VALUE_NUMBER",
        Value::String(_) => "VALUE_STRING",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.error_type)
    }
}

impl From<TantivyError> for Refusal {
    fn from(error: TantivyError) -> Self {
        match &error {
            TantivyError::IoError(cause) => Self::from_io(cause, &error),
            TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => {
                Self::from_io(io_error, &error)
            }
            // It does not say what the thread met.
            TantivyError::ErrorInThread(_) => Self::fault(format_args!("{error}; mostly the disk is full")),
            _ => Self::fault(error),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::from_io(&error, &error)
    }
}

impl Refusal {
    /// A full disk, which passes once there is room, or another failure of it.
    fn from_io(cause: &io::Error, error: &dyn fmt::Display) -> Self {
        // Some layers pass on the text alone.
        let says_so = || cause.to_string().to_lowercase().contains("no space left");
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {}
            _ if says_so() => {}
            _ => return Self::fault(error),
        }
        let reason = format!("no space left on the store's disk: {error}");
        Self::new(403, "cluster_block_exception", reason)
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self { status: refusal.status, error_type: refusal.error_type.into(), reason: refusal.reason }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.status {
            _ if refusal.error_type == NEWER_STORE => ErrorKind::UnsupportedServer,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            413 => ErrorKind::TooLarge,
            429 | 503 => ErrorKind::Busy,
            500.. => ErrorKind::ServerFault,
            _ => ErrorKind::BadRequest,
        };
        let mut error = BackendError::new(kind, refusal.to_string());
        error.status = Some(refusal.status);
        error.error_type = Some(refusal.error_type.into());
        error.into()
    }
}
