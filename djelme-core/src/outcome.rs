//! What became of each record: the server's answer as facts, and the one place that judges them.

mod classify;

use std::fmt;

pub use classify::{MAX_FAULTS, RequestVerdict, Verdict, classify, classify_request};

use crate::backend::DocumentVersion;

/// Why the server refused a record for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The status of the item, such as 400.
    pub status: u16,
    /// Elasticsearch's name for the error, such as `document_parsing_exception`.
    pub error_type: String,
    /// The server's reason, which names the field where there is one.
    pub reason: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, status {})", self.reason, self.error_type, self.status)
    }
}

/// What the store answered for one record: facts, no judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemResponse {
    /// Stored under a new id.
    Created(DocumentVersion),
    /// Stored in the place of an older document.
    Updated(DocumentVersion),
    /// The id is taken (`create`), or another write came first (a condition on the version).
    Conflict {
        /// The server's reason.
        reason: String,
    },
    /// Refused, for now or for good.
    Failed(Rejection),
}

/// How one accepted record ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Stored.
    Stored,
    /// An earlier attempt of ours had stored it already.
    AlreadyStored,
    /// Another record has its id; this one was not stored.
    Duplicate,
    /// Stored in the place of an older record with its id.
    Replaced,
    /// Refused for good.
    Rejected(Rejection),
    /// The deadline passed before it was stored; it was handed back.
    Abandoned,
}
