//! One request, before it is sent.

use std::fmt;

use bytes::Bytes;

/// Longer paths are cut in messages: a plan names up to 24 index expressions.
const SHOWN_PATH: usize = 160;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// A request as it goes to whichever node takes it. Its `Display` is for messages: no body, no parameters.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path and parameters, percent-encoded.
    pub(crate) target: String,
    pub(crate) body: Option<Bytes>,
    /// Whether it may be sent to another node after one broke off the connection: a read, or twice is as good as once.
    pub(crate) repeatable: bool,
}

impl Request {
    /// A read without a body.
    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self { method: Method::Get, target: target.into(), body: None, repeatable: true }
    }

    /// A read with a body.
    pub(crate) fn query(target: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { method: Method::Post, target: target.into(), body: Some(body.into()), repeatable: true }
    }

    /// A write.
    pub(crate) fn write(method: Method, target: impl Into<String>, body: Option<Bytes>) -> Self {
        Self { method, target: target.into(), body, repeatable: false }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = match self.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        };
        let path = self.target.split('?').next().unwrap_or_default();
        // What is encoded is ASCII; were it not, a cut within a letter would only leave the path whole.
        match path.get(..SHOWN_PATH) {
            Some(start) if path.len() > SHOWN_PATH => write!(f, "{method} {start}..."),
            _ => write!(f, "{method} {path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_show_method_and_path_only() {
        let request = Request::query("/a_b_*/_search?ignore_unavailable=true", "{\"secret\":1}");
        assert_eq!(request.to_string(), "POST /a_b_*/_search");
        let long = Request::get(format!("/{}", "x".repeat(4_000)));
        assert!(long.to_string().len() < 200);
    }
}
