//! One `_bulk` request and what it means for each of its records: the same for single writes and for the recorder.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use djelme_core::backend::{BoxFuture, DocumentVersion, StoredDocument};
use djelme_core::document::{Batch, BatchItem, WriteOp};
use djelme_core::outcome::{
    ItemResponse, Outcome, Rejection, RequestVerdict, Verdict, classify, classify_request,
};
use djelme_core::{BackendError, Error, ErrorKind};

use crate::resolve::ResolvedType;

/// How often a record was sent so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tries {
    /// Requests that held it.
    pub(crate) sent: u32,
    /// Answers that blamed the server for a fault over this record (status 500).
    pub(crate) faults: u32,
}

/// What a request meant for one of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It has come to its end.
    Ended(Outcome, Option<DocumentVersion>),
    /// This document has its id, and is not the record's own.
    Taken(StoredDocument),
    /// It may be stored later, by itself. `busy`: the server is overloaded.
    Retry { reason: String, busy: bool },
    /// It waits until somebody mends the cause.
    Blocked { reason: String },
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// One fate for each record, in order.
    Answered(Vec<Fate>),
    /// Nothing is known of any record. All of them may be sent again, after this time at the soonest.
    Retry { error: Error, after: Option<Duration>, busy: bool },
    /// None was stored, nor can be before somebody mends the cause.
    Blocked { error: Error, reason: String },
    /// One of the records is at fault, or they are too many: send each half by itself.
    Split { error: Error, too_large: bool },
}

/// Looks for the type's template where that is due, and sends the batch.
pub(crate) async fn attempt(resolved: &ResolvedType, batch: &Batch, tries: &mut [Tries]) -> Attempt {
    if let Err(error) = resolved.guard.ensure(resolved, batch).await {
        return not_sent(error);
    }
    tries.iter_mut().for_each(|tries| tries.sent += 1);
    match resolved.backend.bulk(batch).await {
        Ok(answers) if answers.len() == batch.items().len() => {
            Attempt::Answered(judge_all(resolved, batch, answers, tries).await)
        }
        Ok(answers) => {
            let (answered, sent) = (answers.len(), batch.items().len());
            let problem = format!("{answered} items were answered of {sent} sent");
            Attempt::Retry { error: Error::UnexpectedAnswer(problem), after: None, busy: false }
        }
        Err(error) => failed(error, tries.len()),
    }
}

/// The error of a request that may have been carried out.
fn failed(error: Error, records: usize) -> Attempt {
    match classify_request(&error) {
        RequestVerdict::Split if records == 1 => {
            Attempt::Answered(vec![Fate::Ended(Outcome::Rejected(rejection(&error)), None)])
        }
        RequestVerdict::Split => {
            let too_large = error.backend_kind() == Some(ErrorKind::TooLarge);
            Attempt::Split { error, too_large }
        }
        RequestVerdict::Retry { after } => {
            let busy = error.backend_kind() == Some(ErrorKind::Busy);
            Attempt::Retry { error, after, busy }
        }
        RequestVerdict::Blocked { reason } => Attempt::Blocked { error, reason },
    }
}

/// The error of the search for the template: no record is at fault.
fn not_sent(error: Error) -> Attempt {
    match classify_request(&error) {
        RequestVerdict::Retry { after } => {
            let busy = error.backend_kind() == Some(ErrorKind::Busy);
            Attempt::Retry { error, after, busy }
        }
        RequestVerdict::Blocked { reason } => Attempt::Blocked { error, reason },
        RequestVerdict::Split => {
            let reason = format!("the index template cannot be looked for: {error}");
            Attempt::Blocked { error, reason }
        }
    }
}

/// Documents that are asked for at once, of those whose ids were taken.
const GETS: usize = 16;

async fn judge_all(
    resolved: &ResolvedType,
    batch: &Batch,
    answers: Vec<ItemResponse>,
    tries: &mut [Tries],
) -> Vec<Fate> {
    let items = batch.items().iter().zip(answers).zip(tries);
    let mut fates: Vec<_> =
        items.map(|((item, answer), tries)| judge(resolved, item, &answer, tries)).collect();
    let taken = fates.iter().zip(batch.items()).enumerate();
    let taken = taken.filter(|(_, (fate, item))| is_unclear(resolved, item, fate));
    let taken: Vec<_> = taken.map(|(position, (_, item))| (position, item)).collect();
    for some in taken.chunks(GETS) {
        let gets = some.iter().map(|(_, item)| Box::pin(whose(resolved, batch, item)) as BoxFuture<'_, Fate>);
        for ((position, _), fate) in some.iter().zip(all(gets.collect()).await) {
            fates[*position] = fate;
        }
    }
    fates
}

/// Whether only the document that has the id tells whose it is.
///
/// Ids of unique fields can be somebody else's, also if an earlier request of ours held the record. An id that nobody
/// else can have may be taken at the first attempt: a cluster that loses a node repeats a write by itself.
fn is_unclear(resolved: &ResolvedType, item: &BatchItem, fate: &Fate) -> bool {
    match fate {
        Fate::Ended(Outcome::AlreadyStored, _) => resolved.type_ref.has_unique_ids(),
        Fate::Ended(Outcome::Duplicate, _) => {
            item.op == WriteOp::Create && !resolved.type_ref.has_unique_ids()
        }
        _ => false,
    }
}

/// Waits for all of them at once.
async fn all<T>(mut futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut done: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, done) in futures.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let Poll::Ready(answer) = future.as_mut().poll(context) {
                *done = Some(answer);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

fn judge(resolved: &ResolvedType, item: &BatchItem, answer: &ItemResponse, tries: &mut Tries) -> Fate {
    let version = match answer {
        ItemResponse::Created(version) | ItemResponse::Updated(version) => Some(*version),
        _ => None,
    };
    // Tries without an answer are no faults of the record, however many.
    let attempt = match answer {
        ItemResponse::Failed(_) => tries.faults + 1,
        _ => tries.sent,
    };
    match classify(answer, item.op, attempt, |field| resolved.encoder.knows_field(field)) {
        Verdict::Done(outcome) => Fate::Ended(outcome, version),
        Verdict::Blocked { reason } => Fate::Blocked { reason },
        Verdict::Retry { reason } => {
            let status = match answer {
                ItemResponse::Failed(rejection) => rejection.status,
                _ => 409,
            };
            tries.faults += u32::from(!matches!(status, 408 | 409 | 429 | 502..=504));
            Fate::Retry { reason, busy: status == 429 }
        }
    }
}

/// Whether the document that has the id is the one that we sent.
async fn whose(resolved: &ResolvedType, batch: &Batch, item: &BatchItem) -> Fate {
    let found = resolved.backend.get(batch.index(item), &batch.id(item)).await;
    match found {
        Ok(Some(found)) if found.source == batch.source(item) => {
            Fate::Ended(Outcome::AlreadyStored, Some(found.version))
        }
        Ok(Some(found)) => Fate::Taken(found),
        Ok(None) => {
            Fate::Retry { reason: "the document that had the id was deleted meanwhile".into(), busy: false }
        }
        Err(error) => Fate::Retry {
            reason: format!("another document has the id, and it cannot be read: {error}"),
            busy: false,
        },
    }
}

/// The refusal of a request that held one record alone.
fn rejection(error: &Error) -> Rejection {
    match error {
        Error::Backend(error) => Rejection {
            status: error.status.unwrap_or(400),
            error_type: error.error_type.clone().unwrap_or_else(|| error.kind.to_string()),
            reason: error.message.clone(),
        },
        other => Rejection { status: 400, error_type: "request".into(), reason: other.to_string() },
    }
}

/// The error once more, for each record that it met.
pub(crate) fn same_error(error: &Error) -> Error {
    match error {
        Error::Backend(error) => Error::Backend(BackendError {
            kind: error.kind,
            status: error.status,
            error_type: error.error_type.clone(),
            message: error.message.clone(),
            retry_after: error.retry_after,
            source: None,
        }),
        Error::Timeout { request, after } => Error::Timeout { request: request.clone(), after: *after },
        Error::NotSetUp { record_type, problem } => {
            Error::NotSetUp { record_type: record_type.clone(), problem: problem.clone() }
        }
        other => Error::UnexpectedAnswer(other.to_string()),
    }
}
