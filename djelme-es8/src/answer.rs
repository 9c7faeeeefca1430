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

    /// This answer, or `None` for "there is no such thing". Only Elasticsearch itself can say that: a web server at
    /// the wrong address answers 404 to everything.
    pub(crate) fn found(self) -> Result<Option<Self>> {
        if self.status == 404 && self.is_object() { Ok(None) } else { self.success().map(Some) }
    }

    /// The body as the type it must have.
    pub(crate) fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        // As text at once: else each string in it would be looked at for itself, which takes longer.
        let text = std::str::from_utf8(&self.body).map_err(|error| self.unexpected(&error.to_string()))?;
        serde_json::from_str(text).map_err(|error| self.unexpected(&error.to_string()))
    }

    /// The body of a search: whoever asked reads it, but it must at least be an object.
    pub(crate) fn object(self) -> Result<Bytes> {
        if self.is_object() { Ok(self.body) } else { Err(self.unexpected("not a JSON object")) }
    }

    fn is_object(&self) -> bool {
        self.body.trim_ascii_start().first() == Some(&b'{')
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

    /// The start of the body, on one line. What answers need not be Elasticsearch and may repeat the request's
    /// headers, so what follows the name of a way to log in is left out.
    pub(crate) fn excerpt(&self) -> String {
        let start = String::from_utf8_lossy(&self.body[..self.body.len().min(EXCERPT)]);
        let mut text = String::with_capacity(EXCERPT);
        let mut hide = false;
        for word in start.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
            if word.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(if hide { ".." } else { word });
            let word = word.to_ascii_lowercase();
            hide = ["basic", "bearer", "apikey"].iter().any(|scheme| word.ends_with(scheme));
        }
        text
    }
}
