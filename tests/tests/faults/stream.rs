//! Eight tasks that write until they are told to stop, and what has to hold of what they wrote.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeZone as _, Utc};
use djelme::audit::Run;
use djelme::dead_letters::DeadLetters;
use djelme::record::{RecordedAlone, TimeseriesRecord};
use djelme::recorder::{Counts, Recorder};
use djelme::search::Search;
use djelme::{Djelme, Es8, Es8Config, EventRecord, Record as _};
use djelme_testing::throw_away_prefix;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::servers::number;

const TASKS: u64 = 8;
/// The longest that anything may take, far beyond what it does take.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two records of a task, so that some thousand are written while a server starts, and not millions.
const PAUSE: Duration = Duration::from_millis(15);

#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "faults", timedepth = "month", settings(number_of_replicas = 0))]
pub(crate) struct Visit {
    path: String,
    timestamp: DateTime<Utc>,
}

/// Of a type that nothing is done to.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "faults", timedepth = "year", settings(number_of_replicas = 0))]
pub(crate) struct Bystander {
    path: String,
    timestamp: DateTime<Utc>,
}

/// With a copy on another node.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "faults", timedepth = "month", settings(number_of_replicas = 1, number_of_shards = 3))]
pub(crate) struct Copied {
    path: String,
    timestamp: DateTime<Utc>,
}

/// A record that can be made from its number and its time.
pub(crate) trait Numbered: TimeseriesRecord + RecordedAlone + Send + Sync + 'static {
    fn of(path: String, timestamp: DateTime<Utc>) -> Self;
}

macro_rules! numbered {
    ($($record:ident)*) => { $(
        impl Numbered for $record {
            fn of(path: String, timestamp: DateTime<Utc>) -> Self {
                Self { path, timestamp }
            }
        }
    )* };
}

numbered!(Visit Bystander Copied);

pub(crate) fn visit(number: u64) -> Visit {
    let day = 1 + u32::try_from(number % 28).unwrap();
    Visit::of(format!("/{number}"), Utc.with_ymd_and_hms(2024, 1, day, 0, 0, 0).unwrap())
}

/// Settings with time-outs that a test can wait out.
pub(crate) fn config<S: Into<String>>(urls: impl IntoIterator<Item = S>) -> Es8Config {
    Es8Config::new(urls).request_timeout(Duration::from_secs(10)).connect_timeout(Duration::from_secs(1))
}

/// A handle with names of its own. Nothing is set up.
pub(crate) fn handle(test: &str, config: Es8Config) -> Djelme {
    handle_of(&throw_away_prefix(test), config)
}

/// A handle with these names.
pub(crate) fn handle_of(prefix: &str, config: Es8Config) -> Djelme {
    let types = [Visit::TYPE, Bystander::TYPE, Copied::TYPE];
    let builder = Djelme::builder().index_prefix(prefix).record_types(types);
    builder.backend("main", Es8::new(config).unwrap()).build().unwrap()
}

/// Records of one type that are being written.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) recorder: Recorder,
    run: Run,
    /// The month that records are of.
    month: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    pushed: Arc<AtomicU64>,
    writers: Vec<JoinHandle<()>>,
    letters: TempDir,
}

impl Stream {
    /// Begins with January 2024.
    pub(crate) fn begin<R: Numbered>(djelme: &Djelme) -> Self {
        let letters = tempfile::tempdir().unwrap();
        let run = Run::default();
        let builder = djelme.recorder().batch_records(200).batch_age(Duration::from_millis(200));
        let builder = builder.dead_letters(letters.path().join("dead")).on_outcome(run.observer());
        let recorder = builder.build().unwrap();
        let (month, stop) = (Arc::new(AtomicU32::new(1)), Arc::new(AtomicBool::new(false)));
        let pushed = Arc::new(AtomicU64::new(0));
        let least = number("DJELME_FAULT_RECORDS", 2_000);
        let writers = (0..TASKS).map(|task| {
            let (recorder, month) = (recorder.clone(), month.clone());
            let (stop, pushed) = (stop.clone(), pushed.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) || pushed.load(Ordering::SeqCst) < least {
                    let number = pushed.fetch_add(1, Ordering::SeqCst);
                    let day = 1 + u32::try_from(number % 28).unwrap();
                    let time =
                        Utc.with_ymd_and_hms(2024, month.load(Ordering::SeqCst), day, 0, 0, 0).unwrap();
                    recorder.push(&R::of(format!("/{task}/{number}"), time)).await.unwrap();
                    sleep(PAUSE).await;
                }
            })
        });
        let writers = writers.collect();
        Self { recorder, run, month, stop, pushed, writers, letters }
    }

    /// The next records are of the next month, and so of another index.
    pub(crate) fn next_month(&self) {
        self.month.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits for something to hold.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Recorder) -> bool) {
        let waiting = async {
            while !holds(&self.recorder) {
                assert!(self.recorder.stats().total.adds_up());
                sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = timeout(PATIENCE, waiting).await;
        waited.unwrap_or_else(|_| {
            panic!("never {what}: {:?} {:?}", self.recorder.health(), self.recorder.stats())
        });
    }

    /// Waits until so many more are stored.
    pub(crate) async fn stores(&self, more: u64) {
        let before = self.recorder.stats().total.stored;
        self.until("stored more", |recorder| recorder.stats().total.stored >= before + more).await;
    }

    /// Waits until the type is blocked for this reason, and proves that it takes records and stores none.
    pub(crate) async fn is_blocked(&self, reason: &str) {
        let blocked =
            |recorder: &Recorder| recorder.health().blocked().any(|(_, it)| it.reason.contains(reason));
        self.until(reason, blocked).await;
        self.until("idle", |recorder| recorder.health().types.iter().all(|it| it.requests_in_flight == 0))
            .await;
        let before = self.recorder.stats().total;
        self.until("taken more", |recorder| recorder.stats().total.accepted > before.accepted + 200).await;
        let after = self.recorder.stats().total;
        assert_eq!((after.stored, after.rejected), (before.stored, 0));
    }

    /// Stops the writers and waits until all has arrived: each record once, and nothing else.
    pub(crate) async fn all_arrives<R: Numbered>(self, djelme: &Djelme) -> Counts {
        self.stop.store(true, Ordering::SeqCst);
        for writer in self.writers {
            timeout(PATIENCE, writer).await.expect("a writer waits for ever").unwrap();
        }
        let flushed = async {
            // A type that is blocked is not waited for, so ask again.
            while self.recorder.flush().await.is_err() {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, flushed).await.expect("the records do not arrive");
        let end = self.recorder.shutdown(PATIENCE).await;
        let counts = end.stats.total;
        assert!(counts.adds_up() && end.unsent.is_empty(), "{end:?}");
        assert_eq!(counts.accepted, self.pushed.load(Ordering::SeqCst));
        assert_eq!(counts.stored + counts.already_stored, counts.accepted, "{counts:?}");
        assert_eq!(DeadLetters::new(self.letters.path().join("dead")).list().unwrap().count(), 0);

        let stored = self.run.stored::<R>();
        assert_eq!(stored.len() as u64, counts.accepted);
        let audit = djelme.audit::<R>(stored).within((2024,), (2025,)).unwrap().compare().await.unwrap();
        assert_eq!((audit.missing.len(), audit.unexpected.len()), (0, 0));
        let found: Search<R> = R::search_timeseries_range((2024,), (2025,)).unwrap();
        let found = found.size(0).track_total_hits(true).send(djelme).await.unwrap();
        assert_eq!(found.total().value, counts.accepted, "something is there twice");
        counts
    }
}
