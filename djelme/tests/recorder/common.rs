//! Record types, handles and observers of the tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use djelme::outcome::Outcome;
use djelme::record_type::RecordType;
use djelme::recorder::{Counts, Recorder, RecorderBuilder};
use djelme::{Djelme, EventRecord, Record as _, Saved};
use djelme_testing::{Call, ScriptedBackend};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month")]
pub(crate) struct View {
    pub(crate) path: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month")]
pub(crate) struct Sale {
    pub(crate) cents: u32,
}

/// The newest one wins.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", unique_together(shelf))]
pub(crate) struct Stock {
    pub(crate) shelf: u32,
    pub(crate) count: u32,
}

/// The first one stays.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", unique_together(ticket), on_conflict = "keep")]
pub(crate) struct Claim {
    pub(crate) ticket: u32,
    pub(crate) by: String,
}

pub(crate) const TYPES: [&RecordType; 4] = [View::TYPE, Sale::TYPE, Stock::TYPE, Claim::TYPE];

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn view(number: usize) -> View {
    View { path: format!("/{number}") }
}

/// A handle, set up.
pub(crate) async fn handle(backend: &ScriptedBackend) -> Djelme {
    let builder = Djelme::builder().backend("main", backend.clone()).record_types(TYPES);
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    djelme
}

/// What an observer saw of a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct End {
    pub(crate) index: String,
    pub(crate) id: String,
    pub(crate) outcome: Outcome,
    pub(crate) source: String,
}

pub(crate) type Ends = Arc<Mutex<Vec<End>>>;

/// Notes each end.
pub(crate) fn noting(builder: RecorderBuilder) -> (Recorder, Ends) {
    let ends = Ends::default();
    let noted = ends.clone();
    let note = move |saved: &Saved<'_>| {
        noted.lock().unwrap().push(End {
            index: saved.index.into(),
            id: saved.id.into(),
            outcome: saved.outcome.clone(),
            source: String::from_utf8(saved.source.to_vec()).unwrap(),
        });
    };
    (builder.on_outcome(note).build().unwrap(), ends)
}

/// A recorder with its default settings.
pub(crate) async fn recorder(backend: &ScriptedBackend) -> (Recorder, Ends) {
    noting(handle(backend).await.recorder())
}

pub(crate) async fn push_views(recorder: &Recorder, count: usize) {
    for number in 0..count {
        recorder.push(&view(number)).await.unwrap();
    }
}

/// The size of each `_bulk` request so far.
pub(crate) fn sizes(backend: &ScriptedBackend) -> Vec<usize> {
    let asked = backend.journal().requests().into_iter().filter(|asked| asked.call == Call::Bulk);
    asked.map(|asked| asked.documents.len()).collect()
}

/// The counts of one type.
pub(crate) fn counts<R: djelme::Record>(recorder: &Recorder) -> Counts {
    let types = recorder.stats().types;
    let of = types.into_iter().find(|of| of.record_type == R::TYPE.rust_name);
    of.map(|of| of.counts).unwrap_or_default()
}
