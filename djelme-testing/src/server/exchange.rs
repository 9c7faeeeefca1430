//! One request and its answer, or what the script makes of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::AUTHORIZATION;
use hyper::{Response, header};

use super::act::act;
use super::answer::{AnswerBody, Cut, Reply, garbled, scripted};
use super::route::{Asked, route};
use super::{Command, Settings, Shared};
use crate::script::refusal::refusal;
use crate::script::{Decision, Fault, Request};

/// How much of a slowly read body is read before the next pause.
const PAUSES_PER_SECOND: u32 = 20;

/// Answers, or fails with [`Cut`], upon which the connection is closed.
pub(super) async fn exchange(
    shared: Arc<Shared>,
    reset: Arc<AtomicBool>,
    request: hyper::Request<Incoming>,
) -> Result<Response<AnswerBody>, Cut> {
    let settings = shared.settings(|settings| settings.clone());
    let (head, body) = request.into_parts();
    let body = read(body, settings.bytes_per_second).await?;
    let path = head.uri.path().to_owned();
    if let Some(refused) = refuse_login(&settings, head.headers.get(AUTHORIZATION), &path) {
        return Ok(refused.response());
    }
    if head.headers.contains_key(header::CONTENT_ENCODING) {
        let reason = "a compressed body is not supported by the server of djelme-testing";
        return Ok(Reply::refused(&refusal(415, "media_type_header_exception", reason)).response());
    }
    let asked = route(&head.method, &head.uri, &body);
    let number = shared.journal.next_number(asked.call);
    let line = format!("{} {}", head.method, head.uri);
    let request = Request {
        call: asked.call,
        number,
        subject: &asked.subject,
        bytes: body.len(),
        items: asked.items(&body),
    };
    let on_the_way = shared.journal.begin(&request, line);
    let decision = shared.script.decide(&request);
    drop(request);
    let answered = fail_or_act(&shared, &reset, asked, &body, &settings, decision).await;
    on_the_way.answered();
    answered
}

async fn fail_or_act(
    shared: &Arc<Shared>,
    reset: &AtomicBool,
    asked: Asked,
    body: &Bytes,
    settings: &Settings,
    mut decision: Decision,
) -> Result<Response<AnswerBody>, Cut> {
    let fault = decision.fault.take();
    let act = |asked: &Asked| act(&shared.store, asked, body, &settings.version, &decision);
    match fault {
        None => Ok(act(&asked).response()),
        Some(Fault::Answer(answer)) => Ok(scripted(&answer)),
        Some(Fault::Delay(time)) => delayed(shared, time, asked, body, settings, decision).await,
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::ApplyAndHang) => {
            act(&asked);
            std::future::pending().await
        }
        Some(Fault::Drop) => Err(Cut),
        Some(Fault::ApplyAndDrop) => {
            act(&asked);
            Err(Cut)
        }
        Some(Fault::Reset) => {
            reset.store(true, Ordering::SeqCst);
            Err(Cut)
        }
        Some(Fault::Truncate) => Ok(act(&asked).cut()),
        Some(Fault::Malform) => {
            act(&asked);
            Ok(garbled())
        }
        Some(fault @ (Fault::MissingItem | Fault::ExtraItem | Fault::Reorder)) => {
            let mut reply = act(&asked);
            match reply.items() {
                None => return Ok(garbled()),
                Some(items) => match fault {
                    Fault::MissingItem => drop(items.pop()),
                    Fault::ExtraItem => items.extend(items.last().cloned()),
                    _ if items.is_empty() => {}
                    _ => items.rotate_left(1),
                },
            }
            Ok(reply.response())
        }
        Some(Fault::GoDown) => {
            // The thread that gets this ends the connection, and this with it.
            let _ = shared.control.send(Command::GoDown(None));
            std::future::pending().await
        }
    }
}

/// Carries the request out after this time, whether or not the client still waits, unless the server goes down before.
async fn delayed(
    shared: &Arc<Shared>,
    time: Duration,
    asked: Asked,
    body: &Bytes,
    settings: &Settings,
    decision: Decision,
) -> Result<Response<AnswerBody>, Cut> {
    let (shared, body, version) = (shared.clone(), body.clone(), settings.version.clone());
    let life = shared.life.load(Ordering::SeqCst);
    let task = tokio::spawn(async move {
        tokio::time::sleep(time).await;
        let alive = shared.life.load(Ordering::SeqCst) == life;
        alive.then(|| act(&shared.store, &asked, &body, &version, &decision))
    });
    task.await.ok().flatten().map(|reply| reply.response()).ok_or(Cut)
}

async fn read(mut body: Incoming, bytes_per_second: Option<u32>) -> Result<Bytes, Cut> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Cut)?;
        let Some(data) = frame.data_ref() else { continue };
        whole.extend_from_slice(data);
        if let Some(rate) = bytes_per_second {
            let mut left = u32::try_from(data.len()).unwrap_or(u32::MAX);
            let step = (rate / PAUSES_PER_SECOND).max(1);
            while left > 0 {
                let part = left.min(step);
                tokio::time::sleep(Duration::from_secs(1) * part / rate.max(1)).await;
                left -= part;
            }
        }
    }
    Ok(whole.freeze())
}

fn refuse_login(settings: &Settings, given: Option<&header::HeaderValue>, path: &str) -> Option<Reply> {
    let required = settings.authorization.as_ref()?;
    let reason = match given {
        Some(given) if given == required => return None,
        Some(_) => format!("unable to authenticate user for REST request [{path}]"),
        None => format!("missing authentication credentials for REST request [{path}]"),
    };
    Some(Reply::refused(&refusal(401, "security_exception", &reason)))
}
