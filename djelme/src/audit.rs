//! Comparing the ids of a run with what the store holds.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use djelme_core::outcome::Outcome;
use djelme_core::query::{self, Query};
use djelme_core::record::{Record, TimeseriesRecord};
use djelme_core::record_type::{RecordKind, TIMESTAMP};
use djelme_core::response::SearchResponse;
use djelme_core::search::Search;
use djelme_core::time::{IntoTimeBound, TimeRange};
use djelme_core::{Error, Result};
use serde_json::json;

use crate::Djelme;
use crate::hooks::Saved;

/// Documents of one answer; Elasticsearch gives no more unless told.
const PAGE: u32 = 10_000;
/// Ids of one question. One id can be in several indexes, so the answer may be longer.
const IDS: usize = 1_000;

/// Where a record lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    /// Its index.
    pub index: String,
    /// Its id in the index.
    pub id: String,
}

/// The records of a run, by their ends: an observer of a recorder, or of a handle's `post_save`. Clones share them.
///
/// It holds an index name and an id for each record.
///
/// ```no_run
/// # use djelme::{Djelme, EventRecord, audit::Run};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, EventRecord)]
/// # #[djelme(app_label = "shop")]
/// # struct View { path: String }
/// # async fn run(djelme: Djelme) -> djelme::Result<()> {
/// let run = Run::default();
/// let recorder = djelme.recorder().on_outcome(run.observer()).build()?;
/// // .. push, flush, then:
/// let audit = djelme.audit::<View>(run.stored::<View>()).within((2026,), (2027,))?.compare().await?;
/// assert!(audit.missing.is_empty(), "{:?}", audit.missing);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Run(Arc<Mutex<BTreeMap<String, Ids>>>);

#[derive(Debug, Default)]
struct Ids {
    stored: BTreeSet<RecordId>,
    abandoned: BTreeSet<RecordId>,
}

impl Run {
    /// What `on_outcome` and `post_save` take.
    pub fn observer(&self) -> impl Fn(&Saved<'_>) + Send + Sync + 'static {
        let run = self.clone();
        move |saved| run.note(saved)
    }

    fn note(&self, saved: &Saved<'_>) {
        let id = RecordId { index: saved.index.to_owned(), id: saved.id.to_owned() };
        let mut types = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = types.entry(saved.record_type.rust_name.to_string()).or_default();
        match saved.outcome {
            Outcome::Stored | Outcome::AlreadyStored | Outcome::Replaced | Outcome::Duplicate => {
                ids.stored.insert(id)
            }
            Outcome::Abandoned => ids.abandoned.insert(id),
            _ => false,
        };
    }

    /// The records of this type that the store must hold: stored, already stored, replaced, and those whose id another
    /// record has.
    #[must_use]
    pub fn stored<R: Record>(&self) -> BTreeSet<RecordId> {
        self.of::<R>(|ids| ids.stored.clone())
    }

    /// The records of this type that were handed back: they may be in the store, as a request may have held them whose
    /// answer is not known.
    #[must_use]
    pub fn abandoned<R: Record>(&self) -> BTreeSet<RecordId> {
        self.of::<R>(|ids| ids.abandoned.clone())
    }

    fn of<R: Record>(&self, choose: impl Fn(&Ids) -> BTreeSet<RecordId>) -> BTreeSet<RecordId> {
        let types = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        types.get(&*R::TYPE.rust_name).map(choose).unwrap_or_default()
    }
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
#[must_use = "it says what is missing"]
pub struct Audit {
    /// How many of the expected records the store holds.
    pub found: u64,
    /// Expected, and not in the store.
    pub missing: BTreeSet<RecordId>,
    /// In the store within the range, and not expected. Empty without a range.
    pub unexpected: BTreeSet<RecordId>,
}

/// An audit to come; made by [`Djelme::audit`].
#[derive(Debug)]
#[must_use = "an audit does nothing until it compares"]
pub struct AuditOf<'a, R> {
    djelme: &'a Djelme,
    expected: BTreeSet<RecordId>,
    range: Option<TimeRange>,
    page_size: u32,
    record: PhantomData<fn() -> R>,
}

impl Djelme {
    /// Compares these records with what the store holds.
    pub fn audit<R: TimeseriesRecord>(&self, expected: impl IntoIterator<Item = RecordId>) -> AuditOf<'_, R> {
        let expected = expected.into_iter().collect();
        AuditOf { djelme: self, expected, range: None, page_size: PAGE, record: PhantomData }
    }
}

impl<R: TimeseriesRecord> AuditOf<'_, R> {
    /// Also looks for records that are in the store from `from` (inclusive) until `until` (exclusive) and not expected.
    ///
    /// # Errors
    /// [`Error::Time`] and [`Error::Range`] as with
    /// [`search_timeseries_range`](TimeseriesRecord::search_timeseries_range), [`Error::Unsupported`] for types that
    /// have no `timestamp`.
    pub fn within(mut self, from: impl IntoTimeBound, until: impl IntoTimeBound) -> Result<Self> {
        if !matches!(R::TYPE.kind, RecordKind::Event | RecordKind::CountedUsage) {
            return Err(Error::Unsupported("audits by time of records without a `timestamp`".into()));
        }
        self.range = Some(TimeRange::new(from.into_time_bound()?, until.into_time_bound()?)?);
        Ok(self)
    }

    /// The most documents of one answer, 10,000 unless set: for indexes with a smaller `index.max_result_window`.
    pub fn page_size(mut self, documents: u32) -> Self {
        self.page_size = documents.max(1);
        self
    }

    /// Asks the store. What was written before is made visible first; what is written meanwhile may be found or not.
    ///
    /// # Errors
    /// Those of [`Search::send`], [`Error::ClosedIndexes`] too: what lies in a closed index is neither missing nor
    /// there.
    pub async fn compare(self) -> Result<Audit> {
        self.djelme.refresh::<R>().await?;
        let mut there = BTreeSet::new();
        if let Some(range) = self.range {
            let (from, until) = (range.from().instant(), range.until().instant());
            // A store keeps milliseconds; the search itself keeps to the bounds.
            self.scan(range, from.timestamp_millis(), until.timestamp_millis() + 1, &mut there).await?;
        }
        let unexpected: BTreeSet<_> = there.difference(&self.expected).cloned().collect();
        let open: Vec<_> = self.expected.difference(&there).collect();
        let mut found = BTreeSet::new();
        for chunk in open.chunks(IDS) {
            let ids: BTreeSet<_> = chunk.iter().map(|expected| expected.id.as_str()).collect();
            self.look_up(ids.into_iter().collect(), &mut found).await?;
        }
        let missing: BTreeSet<_> =
            open.into_iter().filter(|expected| !found.contains(*expected)).cloned().collect();
        let found = (self.expected.len() - missing.len()) as u64;
        Ok(Audit { found, missing, unexpected })
    }

    /// Collects what lies in this time, given in milliseconds, in answers that are complete by themselves.
    async fn scan(
        &self,
        range: TimeRange,
        from: i64,
        until: i64,
        there: &mut BTreeSet<RecordId>,
    ) -> Result<()> {
        let search = || R::search_timeseries_range(range.from(), range.until());
        let mut windows = vec![(from, until)];
        while let Some((from, until)) = windows.pop() {
            let within = json!({ "gte": from, "lt": until, "format": "epoch_millis" });
            let window = || Query::from(json!({ "range": { TIMESTAMP: within } }));
            let answer = self.ask(search()?.filter(window())).await?;
            if answer.total().value <= u64::from(self.page_size) {
                there.extend(places(&answer));
            } else if until - from > 1 {
                let middle = from + (until - from) / 2;
                windows.extend([(from, middle), (middle, until)]);
            } else {
                self.scan_instant(|| Ok(search()?.filter(window())), answer, there).await?;
            }
        }
        Ok(())
    }

    /// Collects what lies in one millisecond: page after page of what is not among the pages before.
    async fn scan_instant(
        &self,
        search: impl Fn() -> Result<Search<R>>,
        mut answer: SearchResponse<R>,
        there: &mut BTreeSet<RecordId>,
    ) -> Result<()> {
        let total = answer.total().value;
        let mut seen = Vec::new();
        while !answer.hits().is_empty() {
            seen.push(places(&answer).collect::<Vec<_>>());
            let others = seen.iter().fold(query::bool_query(), |others, page| {
                others.must_not(query::ids(page.iter().map(|place| place.id.as_str())))
            });
            answer = self.ask(search()?.filter(others)).await?;
        }
        let found: usize = seen.iter().map(Vec::len).sum();
        if (found as u64) < total {
            return Err(Error::UnexpectedAnswer(format!(
                "{total} records lie in one millisecond, and only {found} of them could be listed: some have the same \
                 id in several indexes"
            )));
        }
        there.extend(seen.into_iter().flatten());
        Ok(())
    }

    async fn look_up(&self, ids: Vec<&str>, found: &mut BTreeSet<RecordId>) -> Result<()> {
        let mut parts = vec![ids];
        while let Some(part) = parts.pop() {
            let answer = self.ask(R::search().filter(query::ids(part.iter().copied()))).await?;
            if answer.total().value > u64::from(self.page_size) && part.len() > 1 {
                let (head, tail) = part.split_at(part.len() / 2);
                parts.extend([head.to_vec(), tail.to_vec()]);
            } else {
                found.extend(places(&answer));
            }
        }
        Ok(())
    }

    async fn ask(&self, search: Search<R>) -> Result<SearchResponse<R>> {
        search.without_source().size(self.page_size).track_total_hits(true).strict().send(self.djelme).await
    }
}

fn places<R>(answer: &SearchResponse<R>) -> impl Iterator<Item = RecordId> {
    answer.hits().iter().map(|hit| RecordId { index: hit.index().to_owned(), id: hit.id().to_owned() })
}
