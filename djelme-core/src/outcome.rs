//! What became of each record: the server's answer as facts, and the one place that judges them.

use std::fmt;

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
