//! Record types, handles and observers of the tests.

use std::sync::{Arc, Mutex};

use djelme::outcome::Outcome;
use djelme::recorder::{Recorder, RecorderBuilder};
use djelme::{Djelme, EventRecord, Record as _};
use djelme_testing::ScriptedBackend;
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

pub(crate) const TYPES: [&djelme::record_type::RecordType; 4] =
    [View::TYPE, Sale::TYPE, Stock::TYPE, Claim::TYPE];

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

/// What an observer saw: index, id, outcome.
pub(crate) type Ends = Arc<Mutex<Vec<(String, String, Outcome)>>>;

/// Notes each end.
pub(crate) fn noting(builder: RecorderBuilder) -> (Recorder, Ends) {
    let ends = Ends::default();
    let noted = ends.clone();
    let note = move |saved: &djelme::Saved<'_>| {
        noted.lock().unwrap().push((saved.index.into(), saved.id.into(), saved.outcome.clone()));
    };
    (builder.on_outcome(note).build().unwrap(), ends)
}
