//! Writing: record → bytes → one `_bulk` request → one outcome for each record.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use chrono::{DateTime, Utc};
use djelme_core::backend::DocumentVersion;
use djelme_core::document::{Batch, BatchBuilder, BatchItem, Given};
use djelme_core::outcome::Outcome;
use djelme_core::record::Record;
use djelme_core::{BackendError, Error, ErrorKind, Result};
use tokio::time::{Instant, sleep, timeout_at};

use crate::Djelme;
use crate::attempt::{Attempt, Fate, Tries, attempt, same_error};
use crate::hooks::Saved;
use crate::recorder::backoff::{backoff, later};
use crate::resolve::ResolvedType;
use crate::usage::Recordable;

/// How long a failure that may pass by itself is tried again.
const DEADLINE: Duration = Duration::from_secs(30);

/// A record that came to its end: where it lies and how it got there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// Its index.
    pub index: String,
    /// Its id in the index.
    pub id: String,
    /// How it ended. `Rejected` and `Abandoned` only from a recorder's [`Receipt`](crate::recorder::Receipt); of
    /// [`Djelme::record`] they are errors.
    pub outcome: Outcome,
    /// The version that the store gave it; none for a record that was not stored.
    pub version: Option<DocumentVersion>,
    /// Keyword fields whose value is longer than `ignore_above`: stored, but no search finds them by it.
    pub unindexed_keywords: Vec<String>,
}

impl Djelme {
    /// Records one record and waits for the store's answer. A counted usage is recorded with its visitor,
    /// [`usage.by(&visitor)`](djelme_core::record::CountedUsageRecord::by).
    ///
    /// Stored, replaced, already stored and duplicate are `Ok`; see [`Recorded::outcome`]. A failure that may pass by
    /// itself is tried again, under the same id, for up to 30 s.
    ///
    /// # Errors
    /// Before anything is sent: [`Error::Record`] (a value that cannot be stored), [`Error::NotAccepted`] (a time
    /// out of bounds), [`Error::Refused`] (a hook), [`Error::NotSetUp`] (no index template). From the store:
    /// [`Error::Rejected`] (for good) and [`Error::Blocked`] (until somebody mends the cause) at once,
    /// [`Error::Timeout`] and [`Error::Backend`] after 30 s; the record may then be stored all the same.
    pub async fn record(&self, record: impl Recordable) -> Result<Recorded> {
        let mut recorded = self.record_all([record]).await?;
        recorded.pop().unwrap_or_else(|| Err(Error::UnexpectedAnswer("no outcome for the record".into())))
    }

    /// Records all of these in one request. One result for each record, in order; a bad one harms only itself, and
    /// only what failed is tried again. Of two with one id, the later one is sent once the earlier one has ended.
    ///
    /// The records are in memory at once: for a stream of them, call this with a thousand or so at a time.
    ///
    /// # Errors
    /// Errors of the whole, after which nothing is known to be stored: [`Error::NotSetUp`],
    /// [`Error::Timeout`] and [`Error::Backend`]. The errors of single records are those of
    /// [`record`](Self::record).
    pub async fn record_all<T: Recordable>(
        &self,
        records: impl IntoIterator<Item = T>,
    ) -> Result<Vec<Result<Recorded>>> {
        let resolved = self.resolved::<T::Record>()?;
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

    /// Records one record with what is given beside it.
    pub(crate) async fn record_given<R: Record>(&self, record: &R, given: Given<'_>) -> Result<Recorded> {
        let resolved = self.resolved::<R>()?;
        let mut builder = BatchBuilder::default();
        let unindexed_keywords = self.encode_given(resolved, record, given, Utc::now(), &mut builder)?;
        let recorded = self.write(resolved, &builder.finish()).await?.pop();
        let lost = || Err(Error::UnexpectedAnswer("no outcome for the record".into()));
        recorded.unwrap_or_else(lost).map(|recorded| Recorded { unindexed_keywords, ..recorded })
    }

    /// Appends the record to the batch, unless a hook, its time, a value or its visitor stands against it.
    pub(crate) fn encode<T: Recordable>(
        &self,
        resolved: &ResolvedType,
        recordable: T,
        builder: &mut BatchBuilder,
    ) -> Result<Vec<String>> {
        let record = recordable.record();
        let Some(used) = recordable.usage() else {
            return self.encode_given(resolved, record, Given::NOTHING, Utc::now(), builder);
        };
        let random = self.may_be_saved(record)?;
        let encoded = self.append_usage(resolved, record, used, (Utc::now(), random), builder);
        encoded.map(|encoded| encoded.unindexed_keywords)
    }

    /// The same of what is no usage, with what is given beside it, at this time.
    pub(crate) fn encode_given<R: Record>(
        &self,
        resolved: &ResolvedType,
        record: &R,
        given: Given<'_>,
        now: DateTime<Utc>,
        builder: &mut BatchBuilder,
    ) -> Result<Vec<String>> {
        let random = self.may_be_saved(record)?;
        let encoded = resolved.encoder.append(builder, record, given, now, || random);
        encoded.map(|encoded| encoded.unindexed_keywords)
    }

    /// Asks the hooks. Returns what makes a new id unique.
    fn may_be_saved<R: Record>(&self, record: &R) -> Result<[u8; 10]> {
        self.inner.hooks.pre_save(record)?;
        self.inner.entropy.take().map_err(|error| {
            Error::Settings(format!(
                "the operating system gives no random bytes for the record's id: {error}"
            ))
        })
    }

    /// Sends the batch until each item has ended or the deadline has passed: a result for each item, in order, and for
    /// each a call of `post_save`.
    pub(crate) async fn write(
        &self,
        resolved: &ResolvedType,
        batch: &Batch,
    ) -> Result<Vec<Result<Recorded>>> {
        let mut writing = Writing::new(self, resolved, batch);
        let stopped = writing.run(Instant::now() + DEADLINE).await;
        writing.finish(stopped)
    }
}

/// A batch on its way, without a queue.
struct Writing<'a> {
    djelme: &'a Djelme,
    resolved: &'a ResolvedType,
    batch: &'a Batch,
    tries: Vec<Tries>,
    results: Vec<Option<Result<Recorded>>>,
    /// Why an item that has no result yet is to be sent again.
    retried_for: Vec<Option<String>>,
    /// For each item the one before it with the same index and id.
    previous: HashMap<usize, usize>,
}

impl<'a> Writing<'a> {
    fn new(djelme: &'a Djelme, resolved: &'a ResolvedType, batch: &'a Batch) -> Self {
        let count = batch.items().len();
        let mut last = HashMap::new();
        let mut previous = HashMap::new();
        if resolved.type_ref.has_unique_ids() {
            for (position, item) in batch.items().iter().enumerate() {
                if let Some(before) = last.insert((batch.index(item), batch.id(item)), position) {
                    previous.insert(position, before);
                }
            }
        }
        Self {
            djelme,
            resolved,
            batch,
            tries: vec![Tries::default(); count],
            results: std::iter::repeat_with(|| None).take(count).collect(),
            retried_for: vec![None; count],
            previous,
        }
    }

    /// Items without a result that may be sent: no other of the same id before them is without one.
    fn sendable(&self) -> Vec<usize> {
        let is_open = |position: &usize| self.results[*position].is_none();
        let is_next = |position: &usize| !self.previous.get(position).is_some_and(is_open);
        (0..self.results.len()).filter(|position| is_open(position) && is_next(position)).collect()
    }

    /// Sends round after round. Returns the error that ended it before all items had.
    async fn run(&mut self, deadline: Instant) -> Result<()> {
        let mut failures = 0;
        loop {
            let mut parts = VecDeque::from([self.sendable()]);
            if parts[0].is_empty() {
                return Ok(());
            }
            self.retried_for.fill(None);
            while let Some(part) = parts.pop_front() {
                let sent = timeout_at(deadline, self.send(&part)).await;
                let Ok(attempted) = sent else { return Err(too_late()) };
                match attempted {
                    Attempt::Answered(fates) => {
                        let pairs = part.into_iter().zip(fates);
                        pairs.for_each(|(position, fate)| self.judge(position, fate));
                    }
                    Attempt::Split { .. } => {
                        let (head, tail) = part.split_at(part.len() / 2);
                        parts.push_front(tail.to_vec());
                        parts.push_front(head.to_vec());
                    }
                    Attempt::Blocked { error, .. } => return Err(error),
                    Attempt::Retry { error, after, .. } => {
                        failures += 1;
                        wait(backoff(failures, after), deadline).await.ok_or(error)?;
                        parts.push_front(part);
                    }
                }
            }
            if let Some(reason) = self.retried_for.iter().flatten().next() {
                failures += 1;
                let error = || BackendError::new(ErrorKind::Busy, reason.clone());
                wait(backoff(failures, None), deadline).await.ok_or_else(error)?;
            }
        }
    }

    async fn send(&mut self, part: &[usize]) -> Attempt {
        let all = part.len() == self.batch.items().len();
        let request = if all { self.batch.clone() } else { self.batch.select(part.iter().copied()) };
        let mut tries: Vec<_> = part.iter().map(|position| self.tries[*position]).collect();
        let attempted = attempt(self.resolved, &request, &mut tries).await;
        part.iter().zip(tries).for_each(|(position, tries)| self.tries[*position] = tries);
        attempted
    }

    fn judge(&mut self, position: usize, fate: Fate) {
        let item = &self.batch.items()[position];
        let (index, id) = (self.batch.index(item).to_owned(), self.batch.id(item).into_owned());
        let (outcome, result) = match fate {
            Fate::Ended(Outcome::Rejected(rejection), _) => {
                (Outcome::Rejected(rejection.clone()), Err(Error::Rejected { index, id, rejection }))
            }
            Fate::Ended(outcome, version) => (
                outcome.clone(),
                Ok(Recorded { index, id, outcome, version, unindexed_keywords: Vec::new() }),
            ),
            Fate::Taken(_) => return self.judge(position, Fate::Ended(Outcome::Duplicate, None)),
            Fate::Blocked { reason } => {
                let record_type = self.resolved.type_ref.rust_name.to_string();
                (Outcome::Abandoned, Err(Error::Blocked { record_type, reason }))
            }
            Fate::Retry { reason, .. } => {
                self.retried_for[position] = Some(reason);
                return;
            }
        };
        self.saved(item, &outcome);
        self.results[position] = Some(result);
    }

    /// A result for each item; an error alone if that is all there is.
    fn finish(self, stopped: Result<()>) -> Result<Vec<Result<Recorded>>> {
        let error =
            stopped.err().unwrap_or_else(|| Error::UnexpectedAnswer("no answer for the record".into()));
        let open = self.batch.items().iter().zip(&self.results).filter(|(_, result)| result.is_none());
        open.for_each(|(item, _)| self.saved(item, &Outcome::Abandoned));
        if !self.results.is_empty() && self.results.iter().all(Option::is_none) {
            return Err(error);
        }
        let reasons = self.retried_for.into_iter();
        let results = self.results.into_iter().zip(reasons).map(|(result, reason)| {
            result.unwrap_or_else(|| {
                Err(reason
                    .map_or_else(|| same_error(&error), |it| BackendError::new(ErrorKind::Busy, it).into()))
            })
        });
        Ok(results.collect())
    }

    fn saved(&self, item: &BatchItem, outcome: &Outcome) {
        self.djelme.inner.hooks.post_save(&Saved {
            record_type: &self.resolved.type_ref,
            index: self.batch.index(item),
            id: &self.batch.id(item),
            outcome,
            source: self.batch.source(item),
        });
    }
}

/// Waits, unless that would be beyond the deadline.
async fn wait(length: Duration, deadline: Instant) -> Option<()> {
    if later(Instant::now(), length) >= deadline {
        return None;
    }
    sleep(length).await;
    Some(())
}

fn too_late() -> Error {
    Error::Timeout { request: "POST /_bulk and its retries".into(), after: DEADLINE }
}
