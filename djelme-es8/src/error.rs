//! From an answer's status and body to djelme's error.

use djelme_core::{BackendError, Error, ErrorKind};
use serde::Deserialize;

use crate::answer::Answer;

/// Elasticsearch's account of an error, of a request or of one item.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Cause {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) reason: Option<String>,
    caused_by: Option<Box<Cause>>,
    root_cause: Vec<Cause>,
}

impl Cause {
    /// All reasons from the outermost to the root, each once. The innermost one often names the field.
    pub(crate) fn explain(&self) -> String {
        let mut text = self.reason.clone().unwrap_or_default();
        let mut inner = self.caused_by.as_deref();
        while let Some(cause) = inner {
            cause.append_to(&mut text);
            inner = cause.caused_by.as_deref();
        }
        for cause in &self.root_cause {
            cause.append_to(&mut text);
        }
        if text.is_empty() { "no reason given".to_owned() } else { text }
    }

    fn append_to(&self, text: &mut String) {
        let reason = self.reason.as_deref().unwrap_or_default();
        if text.contains(reason) {
            return;
        }
        if !text.is_empty() {
            text.push_str("; caused by: ");
        }
        text.push_str(reason);
    }
}

/// The body of an answer that failed.
#[derive(Deserialize)]
struct Failure {
    error: FailureText,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FailureText {
    Cause(Cause),
    Text(String),
}

/// The error of an answer whose status says that the request failed.
pub(crate) fn error_of_status(answer: &Answer) -> Error {
    let failure = serde_json::from_slice::<Failure>(&answer.body).ok();
    let cause = match failure.map(|failure| failure.error) {
        Some(FailureText::Cause(cause)) => cause,
        Some(FailureText::Text(text)) => Cause { reason: Some(text), ..Cause::default() },
        None if answer.body.is_empty() => {
            Cause { reason: Some("an empty body".to_owned()), ..Cause::default() }
        }
        None => {
            let reason = format!("not an answer of Elasticsearch: `{}`", answer.excerpt());
            Cause { reason: Some(reason), ..Cause::default() }
        }
    };
    from_cause(&answer.request, answer.status, &cause, answer)
}

/// The error of a part of an answer, such as one of several searches.
pub(crate) fn from_cause(request: &str, status: u16, cause: &Cause, answer: &Answer) -> Error {
    let kind = kind_of(status);
    let name = cause.kind.as_deref().map(|name| format!(" {name}:")).unwrap_or_default();
    let message = format!("{request}: status {status},{name} {}", cause.explain());
    Error::Backend(BackendError {
        kind,
        status: Some(status),
        error_type: cause.kind.clone(),
        message,
        retry_after: answer.retry_after,
        source: None,
    })
}

fn kind_of(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        413 => ErrorKind::TooLarge,
        429 | 503 => ErrorKind::Busy,
        500.. => ErrorKind::ServerFault,
        // Redirects that the client did not follow included: something else than Elasticsearch answers there.
        _ => ErrorKind::BadRequest,
    }
}
