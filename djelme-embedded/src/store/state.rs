//! What is behind the lock of the writers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use djelme_core::backend::{DocumentVersion, StoredDocument};
use rustc_hash::FxHashMap;

use super::catalog::{Catalog, IndexMeta, TableId};
use super::log::Log;
use super::table::{Place, Table};
use super::{catalog_file, name};
use crate::error::Refusal;
use crate::schema;

/// The primary term of every document: the engine has no other copies that could take over.
pub(super) const PRIMARY_TERM: u64 = 1;

/// After so many documents or bytes, tables are committed whatever the refresh interval.
const MOST_DOCUMENTS: usize = 200_000;
const MOST_BYTES: usize = 64 << 20;

/// How long after a commit merged segments are looked for, the first time and the last.
const FIRST_TIDYING: Duration = Duration::from_secs(2);
const LAST_TIDYING: Duration = Duration::from_secs(64);

/// How long a failed commit waits for another try.
const PAUSE: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(super) struct State {
    /// The folder; `None` in memory.
    pub(super) folder: Option<PathBuf>,
    pub(super) log: Option<Log>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) tables: BTreeMap<TableId, Table>,
    /// The number of the last record of the log.
    pub(super) lsn: u64,
    /// The next sequence number of each index that was written.
    pub(super) next_seq_no: FxHashMap<String, u64>,
    /// Writes of the log that could not be carried out again.
    pub(super) refused: Vec<String>,
    /// When failed tables were tried last.
    tried: Option<Instant>,
    /// Tables that nothing names any more, whose folders are still there.
    unnamed: Vec<TableId>,
    /// When to look for merged segments, and how long to wait after that.
    tidying: Option<(Instant, Duration)>,
}

impl State {
    /// Of a store in a folder, whose tables and log are not open yet.
    pub(super) fn new(folder: &Path, catalog: Catalog) -> Self {
        Self { folder: Some(folder.to_owned()), catalog: Arc::new(catalog), ..Self::default() }
    }

    pub(super) fn table(&mut self, id: TableId) -> Result<&mut Table, Refusal> {
        self.tables.get_mut(&id).ok_or_else(|| Refusal::fault(format_args!("no table {id}")))
    }

    /// Changes the catalog. It is stored before it applies, and new tables are there before it is stored.
    pub(super) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Catalog) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut catalog = Catalog::clone(&self.catalog);
        let result = change(&mut catalog)?;
        let new: Vec<TableId> =
            catalog.tables.keys().copied().filter(|id| !self.tables.contains_key(id)).collect();
        match self.store(&catalog, &new) {
            Ok(opened) => self.tables.extend(opened),
            Err(refusal) => {
                // Their numbers are not given again, as their folders may be there for a while.
                let next_table = catalog.next_table;
                self.catalog = Arc::new(Catalog { next_table, ..Catalog::clone(&self.catalog) });
                self.unnamed.extend(new);
                self.remove_folders();
                return Err(refusal);
            }
        }
        self.catalog = Arc::new(catalog);
        Ok(result)
    }

    fn store(&self, catalog: &Catalog, new: &[TableId]) -> Result<Vec<(TableId, Table)>, Refusal> {
        let new = catalog.tables.iter().filter(|(id, _)| new.contains(id));
        let opened = new.map(|(id, meta)| Ok((*id, Table::create(&meta.schema, &self.place(*id))?)));
        let opened = opened.collect::<Result<_, Refusal>>()?;
        if let Some(folder) = &self.folder {
            catalog_file::write(folder, catalog)?;
        }
        Ok(opened)
    }

    pub(super) fn place(&self, id: TableId) -> Place {
        self.folder.as_ref().map_or(Place::Memory, |folder| Place::Folder(table_folder(folder, id)))
    }

    /// Removes what is left of tables that nothing names any more. What cannot be removed now, as a thread still
    /// merges in it, is later, at the latest when the store is opened again.
    fn remove_folders(&mut self) {
        let Some(store) = &self.folder else { return self.unnamed.clear() };
        self.unnamed.retain(|id| {
            let folder = table_folder(store, *id);
            fs::remove_dir_all(&folder).is_err() && folder.exists()
        });
    }

    /// Makes these indexes, as far as templates want them.
    pub(super) fn create_indexes(&mut self, names: &[&str]) -> Result<(), Refusal> {
        let lsn = self.lsn;
        self.change(|catalog| names.iter().try_for_each(|name| catalog.create_index(name, lsn).map(drop)))
    }

    /// Which of these indexes are missing and wanted by a template.
    pub(super) fn wanted<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let mut names: Vec<&str> = names.filter(|name| !self.catalog.indexes.contains_key(*name)).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| name::check_index(name).is_ok() && self.catalog.template_for(name).is_some());
        names
    }

    /// The number that the next write to an index gets.
    pub(super) fn next_seq_no(&self, index: &IndexMeta) -> Result<u64, Refusal> {
        if let Some(next) = self.next_seq_no.get(&index.name) {
            return Ok(*next);
        }
        let tables = index.tables.iter().filter_map(|id| self.tables.get(id));
        tables.map(|table| table.next_seq_no(&index.name)).try_fold(0, |next, other| Ok(other?.max(next)))
    }

    /// The table that holds a document, and its sequence number there.
    pub(super) fn find(&self, index: &IndexMeta, uid: &str) -> Result<Option<(TableId, u64)>, Refusal> {
        for id in index.tables.iter().rev() {
            let Some(table) = self.tables.get(id) else { continue };
            if let Some(seq_no) = table.find(uid)? {
                return Ok(Some((*id, seq_no)));
            }
        }
        Ok(None)
    }

    /// Whether a document was written since the last commit.
    pub(super) fn is_pending(&self, index: &str, id: &str) -> bool {
        let Some(meta) = self.catalog.indexes.get(index) else { return false };
        let uid = schema::uid(index, id);
        meta.tables.iter().any(|table| self.tables.get(table).is_some_and(|table| table.is_pending(&uid)))
    }

    /// A document as it was at the last commit.
    pub(super) fn stored(&self, index: &str, id: &str) -> Result<Option<StoredDocument>, Refusal> {
        let Some(meta) = self.catalog.indexes.get(index) else { return Ok(None) };
        let uid = schema::uid(index, id);
        let Some((table, seq_no)) = self.find(meta, &uid)? else { return Ok(None) };
        let Some(table) = self.tables.get(&table) else { return Ok(None) };
        let Some(source) = table.source(&uid)? else { return Ok(None) };
        Ok(Some(StoredDocument {
            index: index.to_owned(),
            id: id.to_owned(),
            version: DocumentVersion { seq_no, primary_term: PRIMARY_TERM },
            source: source.into(),
        }))
    }

    /// Commits the tables of these indexes; whether anything had to be.
    pub(super) fn commit_indexes(&mut self, is_meant: impl Fn(&str) -> bool) -> Result<bool, Refusal> {
        let indexes = self.catalog.indexes.values();
        // An update can have moved a document from one table of an index to another: both are committed then.
        let moves = indexes.clone().any(|index| index.tables.len() > 1);
        let tables: Vec<TableId> = indexes
            .filter(|index| moves || is_meant(&index.name))
            .flat_map(|index| index.tables.iter().copied())
            .collect();
        self.commit(|id, _| tables.contains(&id))
    }

    pub(super) fn commit_all(&mut self) -> Result<bool, Refusal> {
        self.commit(|_, _| true)
    }

    /// Commits what searches are to see by now.
    pub(super) fn commit_due(&mut self, now: Instant) -> Result<bool, Refusal> {
        let is_due = |table: &Table| table.due().is_some_and(|due| due <= now);
        let moves = self.catalog.indexes.values().any(|index| index.tables.len() > 1);
        let any = self.tables.values().any(is_due);
        self.commit(|_, table| if moves { any } else { is_due(table) })
    }

    /// Commits everything if much was written since the last commits. The writes are in the log already, so a failure
    /// is none of theirs.
    pub(super) fn commit_much(&mut self) -> bool {
        if !self.is_much() {
            return false;
        }
        self.commit_all().unwrap_or_else(|refusal| {
            tracing::error!(%refusal, "a commit failed; what was written is safe in the log");
            true
        })
    }

    /// The same while the log is read.
    pub(super) fn commit_much_of_replay(&mut self) -> Result<(), Refusal> {
        if self.is_much() { self.commit_all().map(drop) } else { Ok(()) }
    }

    fn is_much(&self) -> bool {
        let pending = self.tables.values().map(Table::pending);
        let (documents, bytes) = pending.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        documents >= MOST_DOCUMENTS || bytes >= MOST_BYTES
    }

    /// Removes the log, all of which is committed.
    pub(super) fn clear_log(&mut self) {
        let last = self.lsn;
        if let Some(log) = &mut self.log
            && let Err(refusal) = log.clear(last)
        {
            tracing::warn!(%refusal, "the log stays, although all of it is committed");
        }
    }

    /// When there is something to do that nobody asks for.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let tidying = self.tidying.map(|(at, _)| at);
        self.tables.values().filter_map(Table::due).chain(tidying).min()
    }

    /// Shows segments that were merged meanwhile, so that the older ones can go; whether there were any. Merging takes
    /// long where there is much, so this is done again after ever longer times.
    pub(super) fn show_merged(&mut self, now: Instant) -> bool {
        let Some((at, pause)) = self.tidying else { return false };
        if now < at {
            return false;
        }
        let pause = pause * 2;
        self.tidying = (pause <= LAST_TIDYING).then_some((now + pause, pause));
        self.remove_folders();
        let mut any = false;
        for table in self.tables.values_mut() {
            any |= table.show_merged().unwrap_or_else(|refusal| {
                tracing::warn!(%refusal, "merged segments cannot be read");
                false
            });
        }
        any
    }

    /// Removes the files of segments that nobody sees any more.
    pub(super) fn remove_unseen(&self) {
        self.tables.values().for_each(Table::remove_unseen);
    }

    fn commit(&mut self, is_meant: impl Fn(TableId, &Table) -> bool) -> Result<bool, Refusal> {
        // A failure of one table keeps no other from its commit.
        let mut failure = self.mend(Duration::ZERO).err();
        let mut any = false;
        for (id, table) in &mut self.tables {
            if table.is_dirty() && !table.is_broken() && is_meant(*id, table) {
                any = true;
                if let Err(refusal) = table.commit(self.lsn) {
                    table.put_off(PAUSE);
                    failure = Some(refusal);
                }
            }
        }
        if any {
            self.tidy_later();
        }
        self.trim();
        failure.map_or(Ok(any), Err)
    }

    fn tidy_later(&mut self) {
        self.tidying = Instant::now().checked_add(FIRST_TIDYING).map(|at| (at, FIRST_TIDYING));
    }

    /// Removes what all tables have committed from the log.
    fn trim(&mut self) {
        let first = self.tables.values().filter_map(Table::first_pending).min();
        let committed = first.map_or(self.lsn, |first| first - 1);
        if let Some(log) = &mut self.log
            && let Err(refusal) = log.trim(committed, self.lsn)
        {
            tracing::warn!(%refusal, "the log stays longer than it has to");
        }
    }

    /// Brings tables whose writer failed back to where the log is. Not more often than `pause` allows.
    pub(super) fn mend(&mut self, pause: Duration) -> Result<(), Refusal> {
        let broken: Vec<TableId> =
            self.tables.iter().filter(|(_, table)| table.is_broken()).map(|(id, _)| *id).collect();
        if broken.is_empty() {
            return Ok(());
        }
        if self.tried.is_some_and(|tried| tried.elapsed() < pause) {
            return Err(Refusal::fault("a table of the store failed a moment ago"));
        }
        self.tried = Some(Instant::now());
        for id in broken {
            self.mend_table(id).inspect_err(|_| {
                if let Some(table) = self.tables.get_mut(&id) {
                    table.is_not_mended();
                    table.put_off(PAUSE);
                }
            })?;
        }
        self.tried = None;
        Ok(())
    }

    /// Deletes an index; whether it was there.
    pub(super) fn delete_index(&mut self, name: &str) -> Result<bool, Refusal> {
        let Some(index) = self.catalog.indexes.get(name).cloned() else { return Ok(false) };
        self.mend(Duration::ZERO)?;
        let others = self.catalog.indexes.values().filter(|other| other.name != name);
        let shared: Vec<TableId> = others.flat_map(|other| other.tables.iter().copied()).collect();
        // The documents first: if the program ends in between, an empty index is left, which can be deleted again.
        // Where all other documents are gone too, the table goes as a whole.
        for id in index.tables.iter().filter(|id| shared.contains(id)) {
            let lsn = self.lsn;
            let table = self.table(*id)?;
            table.delete_index(name)?;
            table.commit(lsn)?;
        }
        let unused = self.change(|catalog| {
            catalog.indexes.remove(name);
            Ok(catalog.drop_unused_tables())
        })?;
        self.next_seq_no.remove(name);
        for id in unused {
            self.tables.remove(&id);
            self.unnamed.push(id);
        }
        self.remove_folders();
        self.tidy_later();
        self.trim();
        Ok(true)
    }
}

/// The folder of a table.
pub(super) fn table_folder(store: &Path, id: TableId) -> PathBuf {
    tables_folder(store).join(id.to_string())
}

/// The folder of all tables.
pub(super) fn tables_folder(store: &Path) -> PathBuf {
    store.join("tables")
}
