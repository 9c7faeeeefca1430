//! The store: what is kept where, and what a search sees of it.
//!
//! A write goes into the log, which is made durable before it is acknowledged, and into the writer of its table, which
//! holds it in memory until the next commit. A commit makes it part of the table's files and visible to searches; the
//! log is shortened then. What a program that ended in between had only in the log is put into the tables when the
//! store is opened again.

mod background;
mod catalog;
mod catalog_file;
mod committed;
mod files;
mod log;
pub(crate) mod name;
mod open;
pub(crate) mod pattern;
mod recovery;
mod replay;
mod size;
mod snapshot;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use djelme_core::backend::{DocumentVersion, StoredDocument};
use djelme_core::outcome::ItemResponse;

use background::Refresher;
pub(crate) use catalog::Catalog;
use files::Folder;
pub use recovery::{Damage, Recovery};
#[cfg(test)]
pub(crate) use snapshot::TableView;
pub(crate) use snapshot::{Part, Snapshot};
use state::State;
pub(crate) use write::Write;

use crate::error::Refusal;

/// The whole store. All of it is behind locks of its own; see [`snapshot`](Self::snapshot) for what searches use.
pub(crate) struct Store {
    shared: Arc<Shared>,
    refresher: Refresher,
    recovery: Recovery,
}

/// What the store and its thread have in common.
struct Shared {
    snapshot: RwLock<Arc<Snapshot>>,
    state: Mutex<State>,
    /// What makes the log durable; `None` in memory.
    sync: Option<Arc<log::Sync>>,
    /// The folder, locked; `None` in memory.
    folder: Option<Arc<Folder>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.shared.folder.as_ref().map(|folder| folder.path());
        f.debug_struct("Store").field("folder", &folder).finish_non_exhaustive()
    }
}

impl Store {
    /// What searches see: everything as it was at the last refresh.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot()
    }

    /// What was found when the store was opened.
    pub(crate) fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Writes documents, each of which succeeds or fails by itself.
    pub(crate) fn write(&self, writes: &[Write<'_>]) -> Result<Vec<ItemResponse>, Refusal> {
        let mut state = self.shared.state()?;
        let before = state.lsn;
        let wanted = state.wanted(writes.iter().map(|write| write.index));
        let mut no_index = None;
        if !wanted.is_empty() {
            no_index = state.create_indexes(&wanted).err();
            self.shared.publish(&state);
        }
        let answers = state.write(writes, no_index);
        if state.commit_much() {
            self.shared.publish(&state);
        }
        self.acknowledge(state, before)?;
        Ok(answers)
    }

    /// A document as the last write left it, whether it was refreshed or not.
    pub(crate) fn get(&self, index: &str, id: &str) -> Result<Option<StoredDocument>, Refusal> {
        let mut state = self.shared.state()?;
        if state.is_pending(index, id) {
            state.commit_all()?;
            self.shared.publish(&state);
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
        let mut state = self.shared.state()?;
        let before = state.lsn;
        let was_there = state.delete(index, id, version)?;
        self.acknowledge(state, before)?;
        Ok(was_there)
    }

    /// Lets others write, and returns once everything so far is durable: also what others wrote, because an answer can
    /// say that it is there.
    fn acknowledge(&self, state: MutexGuard<'_, State>, before: u64) -> Result<(), Refusal> {
        let (lsn, due) = (state.lsn, state.next_due());
        drop(state);
        self.refresher.not_later_than(due);
        match self.shared.sync.as_ref().map_or(Ok(()), |sync| sync.wait(lsn)) {
            // The answers say so themselves where nothing was written.
            Err(_) if lsn == before => Ok(()),
            result => result,
        }
    }

    /// Makes what was written to the indexes that are meant visible to searches.
    pub(crate) fn refresh(&self, is_meant: impl Fn(&str) -> bool) -> Result<(), Refusal> {
        let mut state = self.shared.state()?;
        let refreshed = state.commit_indexes(is_meant);
        self.shared.publish(&state);
        self.refresher.not_later_than(state.next_due());
        refreshed.map(drop)
    }

    /// Deletes an index; whether it was there.
    pub(crate) fn delete_index(&self, index: &str) -> Result<bool, Refusal> {
        let mut state = self.shared.state()?;
        let deleted = state.delete_index(index);
        self.shared.publish(&state);
        self.refresher.not_later_than(state.next_due());
        deleted
    }

    /// Changes what the store knows beside documents.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Catalog) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut state = self.shared.state()?;
        let result = state.change(change)?;
        self.shared.publish(&state);
        Ok(result)
    }
}

impl Shared {
    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, Refusal> {
        self.state.lock().map_err(|_| {
            Refusal::fault("an earlier write was broken off within the engine: open the store anew")
        })
    }

    /// Lets searches see the tables and the catalog as they are.
    fn publish(&self, state: &State) {
        let tables: BTreeMap<_, _> = state.tables.iter().map(|(id, table)| (*id, table.view())).collect();
        let snapshot = Arc::new(Snapshot { catalog: Arc::clone(&state.catalog), tables });
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}
