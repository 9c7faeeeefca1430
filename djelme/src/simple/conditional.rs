//! Writes that must not overtake another: one document, on the condition that nothing came in between.

use std::time::Duration;

use bytes::Bytes;
use chrono::Utc;
use djelme_core::backend::{DocumentVersion, StoredDocument};
use djelme_core::document::{Batch, BatchBuilder, Given, WriteOp};
use djelme_core::outcome::Outcome;
use djelme_core::record::Record;
use djelme_core::{BackendError, Error, ErrorKind, Result};
use tokio::time::{Instant, sleep, timeout_at};

use crate::attempt::{Attempt, Fate, Tries, attempt};
use crate::hooks::Saved;
use crate::recorder::backoff::{backoff, later};
use crate::resolve::ResolvedType;
use crate::{Djelme, Recorded};

/// How long a failure that may pass by itself is tried again.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// What the store must hold for a write to take place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Condition {
    /// No document under the id.
    Absent,
    /// This version, as it was read.
    Unchanged(DocumentVersion),
}

impl Condition {
    pub(crate) fn after(found: Option<&StoredDocument>) -> Self {
        found.map_or(Self::Absent, |found| Self::Unchanged(found.version))
    }
}

/// A write on a condition.
#[derive(Debug)]
pub(crate) struct Conditional<'a, R> {
    pub(crate) record: &'a R,
    pub(crate) given: Given<'a>,
    pub(crate) condition: Condition,
    /// What the document has beside the record: `,"a":1`.
    pub(crate) kept: &'a [u8],
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Written {
    /// It took place, once, with these bytes.
    Done(Recorded, Bytes),
    /// The condition does not hold. `unsure`: an earlier request of this write had no answer, so it may have taken place
    /// nevertheless.
    Lost { conflict: Error, unsure: Option<Error> },
}

impl Djelme {
    /// Writes the record if the condition holds. What fails without having been carried out is sent again, for up to
    /// 30 s; so is what had no answer, since the condition lets it take place only once.
    pub(crate) async fn write_if<R: Record>(
        &self,
        resolved: &ResolvedType,
        write: &Conditional<'_, R>,
    ) -> Result<Written> {
        let condition = write.condition;
        let mut builder = BatchBuilder::default();
        let unindexed_keywords =
            self.encode_given(resolved, write.record, write.given, Utc::now(), &mut builder)?;
        let batch = on_condition(&builder.finish(), condition, write.kept);
        let deadline = Instant::now() + DEADLINE;
        let mut writing = Writing { resolved, batch: &batch, tries: Tries::default(), unsure: None };
        let sent = timeout_at(deadline, writing.run(deadline)).await;
        let too_late = || Error::Timeout { request: "POST /_bulk and its retries".into(), after: DEADLINE };
        let ended = sent.unwrap_or_else(|_| Err(writing.unsure.take().unwrap_or_else(too_late)));
        let outcome = match &ended {
            Ok((outcome, _)) => outcome.clone(),
            Err(_) => Outcome::Abandoned,
        };
        let item = &batch.items()[0];
        let (index, id) = (batch.index(item), batch.id(item));
        self.inner.hooks.post_save(&Saved {
            record_type: &resolved.type_ref,
            index,
            id: &id,
            outcome: &outcome,
            source: batch.source(item),
        });
        let (outcome, version) = ended?;
        let (index, id) = (index.to_owned(), id.into_owned());
        match outcome {
            Outcome::Stored | Outcome::Replaced => {
                let recorded = Recorded { index, id, outcome, version, unindexed_keywords };
                Ok(Written::Done(recorded, batch.source(item)))
            }
            Outcome::Rejected(rejection) => Err(Error::Rejected { index, id, rejection }),
            _ => Ok(Written::Lost { conflict: lost(index, id, condition), unsure: writing.unsure }),
        }
    }
}

/// The one document of the batch, to be written on the condition and with what is kept.
fn on_condition(batch: &Batch, condition: Condition, kept: &[u8]) -> Batch {
    let op = match condition {
        Condition::Absent => WriteOp::Create,
        Condition::Unchanged(version) => WriteOp::IndexIf(version),
    };
    let mut builder = BatchBuilder::default();
    for item in batch.items() {
        let index = |out: &mut Vec<u8>| {
            out.extend_from_slice(batch.index(item).as_bytes());
            Ok::<(), std::convert::Infallible>(())
        };
        let source = |out: &mut Vec<u8>| {
            let source = batch.source(item);
            // A document is an object. Kept fields begin with a comma, and a record has fields.
            let (open, close) = source.split_at(source.len() - 1);
            [open, kept, close].iter().for_each(|bytes| out.extend_from_slice(bytes));
            Ok(())
        };
        let pushed = builder.push(op, &batch.id(item), index, source);
        let Ok(()) = pushed;
    }
    builder.finish()
}

fn lost(index: String, id: String, condition: Condition) -> Error {
    let problem = match condition {
        Condition::Absent => "is there already; read it, and replace it if that is meant",
        Condition::Unchanged(_) => {
            "was changed or deleted since it was read; read it again and repeat the change"
        }
    };
    Error::Conflict { index, id, problem: problem.into() }
}

struct Writing<'a> {
    resolved: &'a ResolvedType,
    batch: &'a Batch,
    tries: Tries,
    /// The error of a request that may have been carried out.
    unsure: Option<Error>,
}

impl Writing<'_> {
    async fn run(&mut self, deadline: Instant) -> Result<(Outcome, Option<DocumentVersion>)> {
        let mut failures = 0;
        loop {
            let sent_before = self.tries.sent;
            let (error, after) =
                match attempt(self.resolved, self.batch, std::slice::from_mut(&mut self.tries)).await {
                    Attempt::Answered(fates) => match fates.into_iter().next() {
                        Some(Fate::Ended(outcome, version)) => return Ok((outcome, version)),
                        Some(Fate::Taken(_)) => return Ok((Outcome::Duplicate, None)),
                        Some(Fate::Retry { reason, .. }) => {
                            (BackendError::new(ErrorKind::Busy, reason).into(), None)
                        }
                        Some(Fate::Blocked { reason }) => {
                            let record_type = self.resolved.type_ref.rust_name.to_string();
                            return Err(Error::Blocked { record_type, reason });
                        }
                        None => return Err(Error::UnexpectedAnswer("no outcome for the record".into())),
                    },
                    Attempt::Blocked { error, .. } | Attempt::Split { error, .. } => return Err(error),
                    Attempt::Retry { error, after, .. } => {
                        if self.tries.sent > sent_before && may_have_happened(&error) {
                            self.unsure.get_or_insert_with(|| crate::attempt::same_error(&error));
                        }
                        (error, after)
                    }
                };
            failures += 1;
            let wait = backoff(failures, after);
            if later(Instant::now(), wait) >= deadline {
                return Err(self.unsure.take().unwrap_or(error));
            }
            sleep(wait).await;
        }
    }
}

/// Whether a request that failed so can have been carried out. An overloaded server refuses before it does anything,
/// and without a connection nothing was sent.
fn may_have_happened(error: &Error) -> bool {
    !matches!(error.backend_kind(), Some(ErrorKind::Busy | ErrorKind::Unreachable))
}
