//! One answer of a node, and what every call does with it first.

use std::time::Duration;

use bytes::Bytes;
use djelme_core::{Error, Result};
use serde::Deserialize;

use crate::error::error_of_status;

/// How much of a body that cannot be read is shown.
const EXCERPT: usize = 160;

/// A complete answer, of whatever status.
pub(crate) struct Answer {
    /// The request, for messages.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

impl Answer {
    /// This answer, unless its status says that the request failed.
    pub(crate) fn success(self) -> Result<Self> {
        if (200..300).contains(&self.status) { Ok(self) } else { Err(error_of_status(&self)) }
    }

    /// This answer, or `None` for "there is no such thing".
    pub(crate) fn found(self) -> Result<Option<Self>> {
        if self.status == 404 { Ok(None) } else { self.success().map(Some) }
    }

    /// The body as the type it must have.
    pub(crate) fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| self.unexpected(&error.to_string()))
    }

    /// The body of a search: whoever asked reads it, but it must at least be an object.
    pub(crate) fn object(self) -> Result<Bytes> {
        if self.body.trim_ascii_start().first() == Some(&b'{') {
            return Ok(self.body);
        }
        Err(self.unexpected("not a JSON object"))
    }

    /// The error of an answer that does not have the shape it must have.
    pub(crate) fn unexpected(&self, problem: &str) -> Error {
        Error::UnexpectedAnswer(format!(
            "{}: status {}, {problem}; the body begins with `{}`",
            self.request,
            self.status,
            self.excerpt()
        ))
    }

    /// The start of the body, on one line.
    pub(crate) fn excerpt(&self) -> String {
        let start = &self.body[..self.body.len().min(EXCERPT)];
        let words: Vec<_> = String::from_utf8_lossy(start)
            .split(|letter: char| letter.is_whitespace() || letter.is_control())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        words.join(" ")
    }
}
