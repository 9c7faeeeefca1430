//! Turns: tasks of one program that change the same record do so one after the other.

use std::hash::{DefaultHasher, Hash, Hasher};

use djelme_core::backend::StoredDocument;
use tokio::sync::{Mutex, MutexGuard};

const PLACES: usize = 64;

/// The longest document that is remembered, in bytes.
const LONGEST: usize = 64 << 10;

/// Spares the tasks of a program the races against each other, and most of the reading: what the last one has written is
/// what the next one finds, unless another program came in between, which the condition of its write tells.
///
/// Two records may have one place, and then wait for each other.
#[derive(Debug)]
pub(crate) struct Turns([Mutex<Last>; PLACES]);

/// The last document that was written in a turn.
#[derive(Debug, Default)]
pub(crate) struct Last(Option<StoredDocument>);

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Turns {
    /// Waits until nobody else has the turn on this record.
    pub(crate) async fn take(&self, index: &str, id: &str) -> MutexGuard<'_, Last> {
        let mut hasher = DefaultHasher::new();
        (index, id).hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % PLACES as u64).unwrap_or_default();
        self.0[place].lock().await
    }
}

impl Last {
    /// The document, if it is this one. It is forgotten.
    pub(crate) fn take(&mut self, index: &str, id: &str) -> Option<StoredDocument> {
        self.0.take().filter(|last| last.index == index && last.id == id)
    }

    pub(crate) fn remember(&mut self, written: StoredDocument) {
        if written.source.len() <= LONGEST {
            self.0 = Some(written);
        }
    }
}
