//! Opening and closing a store.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::thread;
use std::time::Duration;

use super::background::Refresher;
use super::files::{self, Folder};
use super::log::Log;
use super::recovery::{self, Recovery};
use super::state::{State, table_folder, tables_folder};
use super::table::Table;
use super::{Shared, Store, catalog_file};
use crate::error::Refusal;

/// How long closing waits for segments that are being merged. What is not merged is left for the next time.
const MERGES: Duration = Duration::from_secs(10);

impl Store {
    /// A store that is gone with its last handle.
    pub(crate) fn in_memory() -> Result<Self, Refusal> {
        Self::start(State::default(), None, Recovery::default())
    }

    /// Opens the store in this folder, or makes one there.
    pub(crate) fn open(path: &Path) -> Result<Self, Refusal> {
        let folder = Arc::new(Folder::open(path)?);
        let path = folder.path();
        let tables = tables_folder(path);
        let catalog = match catalog_file::read(path, &tables)? {
            Some(catalog) => catalog,
            None => {
                let empty = super::Catalog::default();
                catalog_file::write(path, &empty)?;
                empty
            }
        };
        let mut state = State::new(path, catalog);
        remove_unnamed_tables(&tables, &state)?;
        let floor = open_tables(path, &mut state)?;
        let recovery = recover(path, &mut state, floor)?;
        Self::start(state, Some(folder), recovery)
    }

    fn start(state: State, folder: Option<Arc<Folder>>, recovery: Recovery) -> Result<Self, Refusal> {
        let sync = state.log.as_ref().map(|log| Arc::clone(log.sync()));
        let shared = Arc::new(Shared { snapshot: RwLock::default(), state: Mutex::new(state), sync, folder });
        shared.publish(&*shared.state()?);
        let refresher = Refresher::start(&shared)?;
        Ok(Self { shared, refresher, recovery })
    }
}

/// Opens the tables of the catalog. What is written next has a greater number than the one returned: all that it is
/// compared with are smaller.
fn open_tables(path: &Path, state: &mut State) -> Result<u64, Refusal> {
    let catalog = Arc::clone(&state.catalog);
    let mut floor = catalog.indexes.values().map(|index| index.created_lsn).max().unwrap_or(0);
    for (id, meta) in &catalog.tables {
        let table = Table::open(&meta.schema, &table_folder(path, *id))
            .map_err(|refusal| files::damaged(path, &format!("tables/{id}"), refusal.reason))?;
        floor = floor.max(table.committed_lsn());
        state.tables.insert(*id, table);
    }
    Ok(floor)
}

/// Removes folders of tables that were never stored in the catalog, or are not in it any more.
fn remove_unnamed_tables(tables: &Path, state: &State) -> Result<(), Refusal> {
    fs::create_dir_all(tables)?;
    files::sync_folder(tables.parent().unwrap_or(tables))?;
    for entry in fs::read_dir(tables)? {
        let entry = entry?;
        let id = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if id.is_some_and(|id| !state.catalog.tables.contains_key(&id)) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Puts what is only in the log into its tables, and begins a new log.
fn recover(path: &Path, state: &mut State, floor: u64) -> Result<Recovery, Refusal> {
    let folder = path.join("log");
    fs::create_dir_all(&folder)?;
    files::sync_folder(path)?;
    let mut replayed = 0;
    let outcome = recovery::read(&folder, |frame| {
        // A commit on the way says how far its table is.
        state.lsn = frame.lsn;
        replayed += u64::from(state.replay(frame, None)?);
        state.commit_much_of_replay()
    })?;
    let mut damaged = outcome.damaged;
    recovery::keep(path, &mut damaged);
    state.lsn = outcome.last.unwrap_or(0).max(floor);
    state.commit_all()?;
    let mut log = Log::open(&folder, state.lsn)?;
    log.trim(state.lsn, state.lsn)?;
    state.log = Some(log);
    Ok(Recovery { replayed, damaged, refused: std::mem::take(&mut state.refused) })
}

impl Store {
    /// The files of tables whose checksums are wrong.
    pub(crate) fn damaged_files(&self) -> Result<Vec<PathBuf>, Refusal> {
        let mut damaged = Vec::new();
        for (id, table) in &self.snapshot().tables {
            let folder = self.shared.folder.as_ref().map(|folder| table_folder(folder.path(), *id));
            let files = table.searcher.index().validate_checksum()?;
            damaged.extend(files.into_iter().map(|file| folder.clone().unwrap_or_default().join(file)));
        }
        damaged.sort();
        Ok(damaged)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.refresher.stop();
        let Ok(mut state) = self.shared.state() else { return };
        let Some(folder) = self.shared.folder.clone() else { return };
        match state.commit_all() {
            Ok(_) => state.clear_log(),
            Err(refusal) => {
                tracing::error!(%refusal, "the last commit failed; what was written is safe in the log");
            }
        }
        let writers: Vec<_> = state.tables.values_mut().filter_map(Table::take_writer).collect();
        drop(state);
        if writers.is_empty() {
            return;
        }
        let (closed, all_closed) = mpsc::channel();
        let close = move || {
            for writer in writers {
                if let Err(error) = writer.wait_merging_threads() {
                    tracing::warn!(%error, "segments could not be merged; they will be later");
                }
            }
            // Another handle gets the folder only now.
            drop(folder);
            let _ = closed.send(());
        };
        if thread::Builder::new().name("djelme-close".into()).spawn(close).is_ok() {
            let _ = all_closed.recv_timeout(MERGES);
        }
    }
}
