//! Writing: record → bytes → one `_bulk` request → one outcome for each record.

use chrono::Utc;
use djelme_core::backend::DocumentVersion;
use djelme_core::document::{Batch, BatchBuilder, BatchItem};
use djelme_core::outcome::{
    ItemResponse, Outcome, Rejection, RequestVerdict, Verdict, classify, classify_request,
};
use djelme_core::record::Record;
use djelme_core::{BackendError, Error, ErrorKind, Result};

use crate::Djelme;
use crate::hooks::Saved;
use crate::resolve::ResolvedType;

/// A record that came to its end: where it lies and how it got there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// Its index.
    pub index: String,
    /// Its id in the index.
    pub id: String,
    /// How it ended; never `Rejected` or `Abandoned`, which are errors.
    pub outcome: Outcome,
    /// The version that the store gave it; none for a record that was not stored.
    pub version: Option<DocumentVersion>,
    /// Keyword fields whose value is longer than `ignore_above`: stored, but no search finds them by it.
    pub unindexed_keywords: Vec<String>,
}

impl Djelme {
    /// Records one record and waits for the store's answer.
    ///
    /// Stored, replaced, already stored and duplicate are `Ok`; see [`Recorded::outcome`].
    ///
    /// # Errors
    /// Before anything is sent: [`Error::Record`] (a value that cannot be stored), [`Error::NotAccepted`] (a time
    /// out of bounds), [`Error::Refused`] (a hook), [`Error::NotSetUp`] (no index template). From the store:
    /// [`Error::Rejected`] (for good), [`Error::Blocked`] (until somebody mends the cause), [`Error::Timeout`] and
    /// [`Error::Backend`].
    pub async fn record<R: Record>(&self, record: &R) -> Result<Recorded> {
        let mut recorded = self.record_all([record]).await?;
        recorded.pop().unwrap_or_else(|| Err(Error::UnexpectedAnswer("no outcome for the record".into())))
    }

    /// Records all of these in one request. One result for each record, in order; a bad one harms only itself.
    ///
    /// The records are in memory at once: for a stream of them, call this with a thousand or so at a time.
    ///
    /// # Errors
    /// Errors of the whole request, after which nothing is known to be stored: [`Error::NotSetUp`],
    /// [`Error::Timeout`] and [`Error::Backend`]. The errors of single records are those of
    /// [`record`](Self::record).
    pub async fn record_all<'a, R: Record>(
        &self,
        records: impl IntoIterator<Item = &'a R>,
    ) -> Result<Vec<Result<Recorded>>> {
        let resolved = self.resolved::<R>()?;
        let mut builder = BatchBuilder::default();
        let encoded: Vec<Result<Vec<String>>> =
            records.into_iter().map(|record| self.encode(resolved, record, &mut builder)).collect();
        let batch = builder.finish();
        let mut outcomes = self.write(resolved, &batch).await?.into_iter();
        let lost = || Err(Error::UnexpectedAnswer("no outcome for the record".into()));
        Ok(encoded
            .into_iter()
            .map(|encoded| {
                let unindexed_keywords = encoded?;
                outcomes
                    .next()
                    .unwrap_or_else(lost)
                    .map(|recorded| Recorded { unindexed_keywords, ..recorded })
            })
            .collect())
    }

    /// Appends the record to the batch, unless a hook, its time or a value stands against it.
    fn encode<R: Record>(
        &self,
        resolved: &ResolvedType,
        record: &R,
        builder: &mut BatchBuilder,
    ) -> Result<Vec<String>> {
        self.inner.hooks.pre_save(record)?;
        let random = self.inner.entropy.take().map_err(|error| {
            Error::Settings(format!(
                "the operating system gives no random bytes for the record's id: {error}"
            ))
        })?;
        resolved
            .encoder
            .append(builder, record, Utc::now(), || random)
            .map(|encoded| encoded.unindexed_keywords)
    }

    /// Sends the batch: a result for each item, in order, and for each a call of `post_save`.
    async fn write(&self, resolved: &ResolvedType, batch: &Batch) -> Result<Vec<Result<Recorded>>> {
        let sent = match resolved.guard.ensure(resolved, batch).await {
            Ok(()) => self.send(resolved, batch).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(answers) => {
                let judged = batch.items().iter().zip(answers);
                Ok(judged.map(|(item, answer)| self.judge(resolved, batch, item, answer)).collect())
            }
            Err(error) => {
                batch.items().iter().for_each(|item| self.saved(resolved, batch, item, &Outcome::Abandoned));
                Err(error)
            }
        }
    }

    /// One answer for each item. A request that the server refuses as a whole because of one item is halved until
    /// that one is found: it alone is rejected.
    async fn send(&self, resolved: &ResolvedType, batch: &Batch) -> Result<Vec<Result<ItemResponse>>> {
        let count = batch.items().len();
        let mut answers: Vec<Result<ItemResponse>> = Vec::with_capacity(count);
        let mut parts: Vec<_> = (count > 0).then_some(0..count).into_iter().collect();
        while let Some(part) = parts.pop() {
            let half = part.start + part.len() / 2;
            let request = if part.len() == count { batch.clone() } else { batch.select(part.clone()) };
            match resolved.backend.bulk(&request).await {
                Ok(items) => answers.extend(items.into_iter().map(Ok)),
                Err(error) if !matches!(classify_request(&error), RequestVerdict::Split) => {
                    // Before any part was answered, the error is that of the whole call.
                    if answers.is_empty() && part.len() == count {
                        return Err(error);
                    }
                    // What is left would fare alike, each part only after a deadline of its own.
                    answers.resize_with(count, || Err(same_error(&error)));
                    break;
                }
                Err(error) if part.len() == 1 => answers.push(Ok(ItemResponse::Failed(rejection(&error)))),
                Err(_) => parts.extend([half..part.end, part.start..half]),
            }
        }
        Ok(answers)
    }

    fn judge(
        &self,
        resolved: &ResolvedType,
        batch: &Batch,
        item: &BatchItem,
        answer: Result<ItemResponse>,
    ) -> Result<Recorded> {
        let (index, id) = (batch.index(item).to_owned(), batch.id(item).into_owned());
        let verdict = answer.map(|answer| {
            let knows_field = |field: &str| resolved.encoder.knows_field(field);
            let version = match answer {
                ItemResponse::Created(version) | ItemResponse::Updated(version) => Some(version),
                _ => None,
            };
            (classify(&answer, item.op, 1, knows_field), version)
        });
        let (outcome, result) = match verdict {
            Ok((Verdict::Done(Outcome::Rejected(rejection)), _)) => {
                (Outcome::Rejected(rejection.clone()), Err(Error::Rejected { index, id, rejection }))
            }
            Ok((Verdict::Done(outcome), version)) => (
                outcome.clone(),
                Ok(Recorded { index, id, outcome, version, unindexed_keywords: Vec::new() }),
            ),
            Ok((Verdict::Blocked { reason }, _)) => {
                let record_type = resolved.type_ref.rust_name.to_string();
                (Outcome::Abandoned, Err(Error::Blocked { record_type, reason }))
            }
            Ok((Verdict::Retry { reason }, _)) => {
                (Outcome::Abandoned, Err(BackendError::new(ErrorKind::Busy, reason).into()))
            }
            Err(error) => (Outcome::Abandoned, Err(error)),
        };
        self.saved(resolved, batch, item, &outcome);
        result
    }

    fn saved(&self, resolved: &ResolvedType, batch: &Batch, item: &BatchItem, outcome: &Outcome) {
        self.inner.hooks.post_save(&Saved {
            record_type: &resolved.type_ref,
            index: batch.index(item),
            id: &batch.id(item),
            outcome,
            source: batch.source(item),
        });
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
fn same_error(error: &Error) -> Error {
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
        other => Error::UnexpectedAnswer(other.to_string()),
    }
}
