//! Answers: status, JSON, and a body that can end too soon.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use djelme_core::outcome::Rejection;
use hyper::body::{Body, Frame, SizeHint};
use hyper::{Response, header};
use serde_json::{Value, json};

use crate::script::FaultAnswer;

/// What is answered to one request.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content: Content,
}

/// The body of an answer: JSON that a fault can still change, or text that holds documents byte for byte.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Json(Value),
    Text(String),
}

impl Reply {
    pub(super) fn ok(json: Value) -> Self {
        Self { status: 200, content: Content::Json(json) }
    }

    pub(super) fn text(status: u16, text: String) -> Self {
        Self { status, content: Content::Text(text) }
    }

    pub(super) fn acknowledged() -> Self {
        Self::ok(json!({ "acknowledged": true }))
    }

    pub(super) fn refused(refusal: &Rejection) -> Self {
        Self {
            status: refusal.status,
            content: Content::Json(json!({ "error": error(refusal), "status": refusal.status })),
        }
    }

    /// The answer to what Elasticsearch has no handler for.
    pub(super) fn no_handler(method: &str, path: &str) -> Self {
        Self {
            status: 400,
            content: Content::Json(
                json!({ "error": format!("no handler found for uri [{path}] and method [{method}]") }),
            ),
        }
    }

    fn bytes(&self) -> Bytes {
        match &self.content {
            Content::Json(json) => json.to_string().into(),
            Content::Text(text) => text.clone().into(),
        }
    }

    /// The items of an answer to a batch.
    pub(super) fn items(&mut self) -> Option<&mut Vec<Value>> {
        match &mut self.content {
            Content::Json(json) => json.get_mut("items")?.as_array_mut(),
            Content::Text(_) => None,
        }
    }

    pub(super) fn response(&self) -> Response<AnswerBody> {
        response(self.status, "application/json", true, None, AnswerBody::whole(self.bytes()))
    }

    /// The same, but the connection ends in the middle of the body.
    pub(super) fn cut(&self) -> Response<AnswerBody> {
        response(self.status, "application/json", true, None, AnswerBody::cut(&self.bytes()))
    }
}

/// An answer of the script.
pub(super) fn scripted(answer: &FaultAnswer) -> Response<AnswerBody> {
    let refusal = Rejection {
        status: answer.status,
        error_type: answer.error_type.clone(),
        reason: answer.reason.clone(),
    };
    let (kind, ours, body) = match &answer.body {
        Some(body) => ("text/html", false, body.clone()),
        None => ("application/json", true, Reply::refused(&refusal).bytes()),
    };
    let seconds = answer.retry_after.map(|time| time.as_secs());
    response(answer.status, kind, ours, seconds, AnswerBody::whole(body))
}

/// An answer with status 200 that is no JSON.
pub(super) fn garbled() -> Response<AnswerBody> {
    let body = AnswerBody::whole(Bytes::from_static(b"{\"took\":1,\"errors\":fal\0\0se,\"items\":[{"));
    response(200, "application/json", true, None, body)
}

/// Elasticsearch's account of an error.
pub(super) fn error(refusal: &Rejection) -> Value {
    let cause = json!({ "type": refusal.error_type, "reason": refusal.reason });
    json!({ "root_cause": [cause], "type": refusal.error_type, "reason": refusal.reason })
}

fn response(
    status: u16,
    content_type: &str,
    product: bool,
    retry_after: Option<u64>,
    body: AnswerBody,
) -> Response<AnswerBody> {
    let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, content_type);
    if product {
        response = response.header("X-Elastic-Product", "Elasticsearch");
    }
    if let Some(seconds) = retry_after {
        response = response.header(header::RETRY_AFTER, seconds);
    }
    if status == 401 {
        response = response.header(header::WWW_AUTHENTICATE, "Basic realm=\"security\", charset=\"UTF-8\"");
    }
    // Only a status that is none could fail.
    response.body(body).unwrap_or_else(|_| Response::new(AnswerBody::whole(Bytes::new())))
}

/// The body of an answer.
pub(super) struct AnswerBody {
    data: Option<Bytes>,
    announced: u64,
    ending: Ending,
}

#[derive(Clone, Copy)]
enum Ending {
    Whole,
    /// What was written is sent first.
    CutOnceSent,
    Cut,
}

impl AnswerBody {
    fn whole(data: Bytes) -> Self {
        Self { announced: data.len() as u64, data: Some(data), ending: Ending::Whole }
    }

    fn cut(whole: &Bytes) -> Self {
        let data = Some(whole.slice(..whole.len() / 2));
        Self { announced: whole.len() as u64, data, ending: Ending::CutOnceSent }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if let Some(data) = self.data.take().filter(|data| !data.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.ending {
            Ending::Whole => Poll::Ready(None),
            Ending::CutOnceSent => {
                self.ending = Ending::Cut;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Ending::Cut => Poll::Ready(Some(Err(Cut))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.ending, Ending::Whole) && self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}

/// The connection ends here, because the script says so.
#[derive(Debug)]
pub(super) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the script ends the connection")
    }
}

impl std::error::Error for Cut {}

impl From<Infallible> for Cut {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
