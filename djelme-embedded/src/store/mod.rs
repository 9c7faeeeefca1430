//! The store: what is kept where, and what a search sees of it.

mod catalog;
mod committed;
mod name;
pub(crate) mod pattern;
mod snapshot;
mod state;
mod table;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use djelme_core::backend::{DocumentVersion, StoredDocument};
use djelme_core::outcome::ItemResponse;

pub(crate) use catalog::Catalog;
pub(crate) use snapshot::{Part, Snapshot};
use state::State;
use table::Place;
pub(crate) use write::Write;

use crate::error::Refusal;

/// The whole store. All of it is behind locks of its own; see [`snapshot`](Self::snapshot) for what searches use.
pub(crate) struct Store {
    snapshot: RwLock<Arc<Snapshot>>,
    state: Mutex<State>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("snapshot", &self.snapshot()).finish_non_exhaustive()
    }
}

impl Store {
    pub(crate) fn open(path: &Path) -> Result<Self, Refusal> {
        Err(Refusal::unsupported(format_args!("files [{}]", path.display())))
    }

    pub(crate) fn in_memory() -> Result<Self, Refusal> {
        Ok(Self { snapshot: RwLock::default(), state: Mutex::new(State::new(Place::Memory)) })
    }

    /// What searches see: everything as it was at the last refresh.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes documents, each of which succeeds or fails by itself.
    pub(crate) fn write(&self, writes: &[Write<'_>]) -> Result<Vec<ItemResponse>, Refusal> {
        let mut state = self.state()?;
        let created = state.create_indexes(writes);
        if created {
            self.publish(&state);
        }
        Ok(state.write(writes))
    }

    /// A document as the last write left it, whether it was refreshed or not.
    pub(crate) fn get(&self, index: &str, id: &str) -> Result<Option<StoredDocument>, Refusal> {
        let mut state = self.state()?;
        if state.is_pending(index, id) {
            state.commit_all()?;
            self.publish(&state);
        }
        state.stored(index, id)
    }

    /// Deletes a document; whether it was there.
    pub(crate) fn delete(
        &self,
        index: &str,
        id: &str,
        version: Option<DocumentVersion>,
    ) -> Result<bool, Refusal> {
        self.state()?.delete(index, id, version)
    }

    /// Makes what was written to the indexes that are meant visible to searches.
    pub(crate) fn refresh(&self, is_meant: impl Fn(&str) -> bool) -> Result<(), Refusal> {
        let mut state = self.state()?;
        if state.commit_indexes(is_meant)? {
            self.publish(&state);
        }
        Ok(())
    }

    /// Deletes an index; whether it was there.
    pub(crate) fn delete_index(&self, index: &str) -> Result<bool, Refusal> {
        let mut state = self.state()?;
        let was_there = state.delete_index(index)?;
        self.publish(&state);
        Ok(was_there)
    }

    /// Changes what the store knows beside documents.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Catalog) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut state = self.state()?;
        let result = state.change(change)?;
        self.publish(&state);
        Ok(result)
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, Refusal> {
        self.state.lock().map_err(|_| Refusal::fault("an earlier operation of the store was broken off"))
    }

    fn publish(&self, state: &State) {
        let tables: BTreeMap<_, _> = state.tables().map(|(id, table)| (id, table.view())).collect();
        let snapshot = Arc::new(Snapshot { catalog: state.catalog(), tables });
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}
