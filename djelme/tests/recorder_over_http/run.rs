//! Writers, and what has to hold of what they wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use djelme::outcome::Outcome;
use djelme::recorder::{Counts, Recorder, RecorderBuilder};
use djelme::{Djelme, Es8, Es8Config, EventRecord, Record as _};
use djelme_testing::{Rule, ScriptedServer};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

const TASKS: u32 = 8;
/// The longest that anything may take, far beyond what it does take.
const PATIENCE: Duration = Duration::from_secs(300);
/// No fault is answered by this.
pub(crate) const LONG: Duration = Duration::from_secs(30);
/// For faults that are waited out.
pub(crate) const SHORT: Duration = Duration::from_millis(400);

#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month")]
pub(crate) struct View {
    pub(crate) path: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month")]
pub(crate) struct Sale {
    cents: u32,
}

/// The newest one wins.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "year", unique_together(shelf))]
pub(crate) struct Stock {
    shelf: u32,
    count: u32,
}

/// How many records each fault meets.
pub(crate) fn records() -> u32 {
    std::env::var("DJELME_FAULT_RECORDS").map_or(1_000, |records| records.parse().unwrap())
}

pub(crate) fn handle(server: &ScriptedServer, request_timeout: Duration) -> Djelme {
    let config = Es8Config::new([server.url()]).request_timeout(request_timeout);
    let builder = Djelme::builder().backend("main", Es8::new(config).unwrap());
    builder.record_types([View::TYPE, Sale::TYPE, Stock::TYPE]).build().unwrap()
}

/// Some 25 requests whatever the number of records, so that many of them take little longer.
pub(crate) fn recorder(djelme: &Djelme) -> RecorderBuilder {
    let batch = usize::try_from(records() / 25).unwrap().max(4);
    djelme.recorder().batch_records(batch).batch_age(Duration::from_millis(100)).requests_in_flight(4)
}

/// What became of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) server: Arc<ScriptedServer>,
    pub(crate) counts: Counts,
    /// The rejected documents.
    pub(crate) rejected: Vec<String>,
    /// The last count that each shelf was given.
    shelves: BTreeMap<u32, u32>,
}

/// The end of one record.
#[derive(Debug, Clone)]
struct End {
    index: String,
    id: String,
    outcome: Outcome,
    source: String,
}

type Ends = Arc<Mutex<Vec<End>>>;

fn noting(builder: RecorderBuilder) -> (Recorder, Ends) {
    let ends = Ends::default();
    let noted = ends.clone();
    let builder = builder.on_outcome(move |saved| {
        let (index, id, outcome) = (saved.index.into(), saved.id.into(), saved.outcome.clone());
        let source = String::from_utf8(saved.source.to_vec()).unwrap();
        noted.lock().unwrap().push(End { index, id, outcome, source });
    });
    (builder.build().unwrap(), ends)
}

/// Eight tasks push through these rules, until each record has come to its end.
pub(crate) async fn under(request_timeout: Duration, rules: impl IntoIterator<Item = Rule>) -> Ran {
    let server = ScriptedServer::start().unwrap();
    let djelme = handle(&server, request_timeout);
    djelme.setup().await.unwrap();
    rules.into_iter().for_each(|rule| server.script(rule));
    ran(Arc::new(server), recorder(&djelme), async {}).await
}

/// The same, while something else is done to the server or to its set-up.
pub(crate) async fn ran(
    server: Arc<ScriptedServer>,
    builder: RecorderBuilder,
    meanwhile: impl Future,
) -> Ran {
    let (recorder, ends) = noting(builder);
    let over = Arc::new(AtomicBool::new(false));
    let watcher = tokio::spawn(watch(recorder.clone(), over.clone()));
    let writing = async {
        let writers: Vec<_> = (0..TASKS).map(|task| tokio::spawn(write(recorder.clone(), task))).collect();
        let mut shelves = BTreeMap::new();
        for writer in writers {
            shelves.append(&mut writer.await.unwrap());
        }
        shelves
    };
    let all = async {
        let (shelves, _) = tokio::join!(writing, meanwhile);
        // A type that is blocked is not waited for, so ask again.
        while recorder.flush().await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
        shelves
    };
    let shelves = timeout(PATIENCE, all).await.expect("the records do not arrive");
    let end = recorder.shutdown(LONG).await;
    over.store(true, Ordering::SeqCst);
    watcher.await.unwrap();

    let counts = end.stats.total;
    assert!(end.unsent.is_empty() && counts.abandoned == 0, "{end:?}");
    assert_eq!(counts.accepted, u64::from(records() / TASKS * TASKS));
    let ends = ends.lock().unwrap().clone();
    let rejected = ends.iter().filter(|end| matches!(end.outcome, Outcome::Rejected(_)));
    let rejected = rejected.map(|end| end.source.clone()).collect();
    let ran = Ran { server, counts, rejected, shelves };
    ran.check(&ends);
    ran
}

/// The counts add up and the memory is bounded at every look.
async fn watch(recorder: Recorder, over: Arc<AtomicBool>) {
    while !over.load(Ordering::SeqCst) {
        let (stats, health) = (recorder.stats(), recorder.health());
        assert!(stats.total.adds_up() && stats.types.iter().all(|of| of.counts.adds_up()), "{stats:?}");
        assert!(health.held_bytes <= health.memory_limit, "{health:?}");
        sleep(Duration::from_millis(3)).await;
    }
}

/// Pushes a task's share of the records. Returns the last counts of its shelves.
async fn write(recorder: Recorder, task: u32) -> BTreeMap<u32, u32> {
    let mut shelves = BTreeMap::new();
    for number in 0..records() / TASKS {
        match number % 10 {
            0..6 => recorder.push(&View { path: format!("/{task}/{number}/") }).await.unwrap(),
            6..9 => recorder.push(&Sale { cents: number }).await.unwrap(),
            _ => {
                let stock = Stock { shelf: task * 3 + number / 10 % 3, count: number };
                recorder.push(&stock).await.unwrap();
                shelves.insert(stock.shelf, stock.count);
            }
        }
    }
    shelves
}

impl Ran {
    /// Each record ended once, and the store has what was told, once.
    fn check(&self, ends: &[End]) {
        let counts = &self.counts;
        assert!(counts.adds_up() && counts.pending == 0, "{counts:?}");
        assert_eq!(ends.len() as u64, counts.accepted, "each record ends once");
        let count = |of: fn(&Outcome) -> bool| ends.iter().filter(|end| of(&end.outcome)).count() as u64;
        assert_eq!(count(|outcome| *outcome == Outcome::Stored), counts.stored);
        assert_eq!(count(|outcome| *outcome == Outcome::AlreadyStored), counts.already_stored);
        assert_eq!(count(|outcome| *outcome == Outcome::Replaced), counts.replaced);
        assert_eq!((self.rejected.len() as u64, counts.duplicate), (counts.rejected, 0));

        let store = self.server.store();
        let is_event = |index: &str| !index.contains("_stock_");
        let events: Vec<_> = ends.iter().filter(|end| is_event(&end.index)).collect();
        let ids: BTreeSet<_> = events.iter().map(|end| (&end.index, &end.id)).collect();
        assert_eq!(ids.len(), events.len(), "an id ended twice");
        let told = events.iter().filter(|end| !matches!(end.outcome, Outcome::Rejected(_)));
        let told: BTreeSet<_> = told.map(|end| (end.index.clone(), end.id.clone())).collect();
        let held: BTreeSet<_> = store.ids().into_iter().filter(|(index, _)| is_event(index)).collect();
        assert_eq!(told.difference(&held).count(), 0, "told as stored and not there");
        assert_eq!(held.difference(&told).count(), 0, "there and told of nowhere");
        assert!(held.iter().all(|(index, id)| store.writes(index, id) == 1), "stored twice");
        for end in events.iter().filter(|end| told.contains(&(end.index.clone(), end.id.clone()))) {
            assert_eq!(store.document(&end.index, &end.id).unwrap(), end.source);
        }
        let violations = self.server.journal().violations();
        assert!(violations.is_empty(), "{}, first {:?}", violations.len(), violations[0]);
        assert_eq!(store.indexes_without_template(), [""; 0]);
    }

    /// The last write of each shelf won. Not so where a request that was given up is carried out late.
    pub(crate) fn the_newest_won(&self) {
        let store = self.server.store();
        let stocks = store.ids().into_iter().filter(|(index, _)| index.contains("_stock_"));
        let found: BTreeMap<_, _> = stocks
            .map(|(index, id)| {
                let stock: Stock = serde_json::from_slice(&store.document(&index, &id).unwrap()).unwrap();
                (stock.shelf, stock.count)
            })
            .collect();
        assert_eq!(found, self.shelves);
    }
}
