//! What is behind the lock of the writers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use djelme_core::backend::{DocumentVersion, StoredDocument};
use rustc_hash::FxHashMap;

use super::catalog::{Catalog, IndexMeta, TableId};
use super::table::{Place, Table};
use super::write::{Write, conflict};
use crate::error::Refusal;
use crate::schema;

/// The primary term of every document: the engine has no other copies that could take over.
pub(super) const PRIMARY_TERM: u64 = 1;

pub(super) struct State {
    place: Place,
    pub(super) catalog: Arc<Catalog>,
    pub(super) tables: BTreeMap<TableId, Table>,
    /// The number of the last record of the log.
    pub(super) lsn: u64,
    /// The next sequence number of each index that was written.
    pub(super) next_seq_no: FxHashMap<String, u64>,
}

impl State {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            catalog: Arc::default(),
            tables: BTreeMap::new(),
            lsn: 0,
            next_seq_no: FxHashMap::default(),
        }
    }

    pub(super) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = (TableId, &Table)> {
        self.tables.iter().map(|(id, table)| (*id, table))
    }

    pub(super) fn table(&mut self, id: TableId) -> Result<&mut Table, Refusal> {
        self.tables.get_mut(&id).ok_or_else(|| Refusal::fault(format_args!("no table {id}")))
    }

    /// Changes the catalog, with new tables opened before it is stored.
    pub(super) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Catalog) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut catalog = Catalog::clone(&self.catalog);
        let result = change(&mut catalog)?;
        let new = catalog.tables.iter().filter(|(id, _)| !self.tables.contains_key(id));
        let opened = new
            .map(|(id, meta)| Ok((*id, Table::open(&meta.schema, &self.place_of(*id))?)))
            .collect::<Result<Vec<_>, Refusal>>()?;
        self.tables.extend(opened);
        self.catalog = Arc::new(catalog);
        Ok(result)
    }

    fn place_of(&self, id: TableId) -> Place {
        match &self.place {
            Place::Memory => Place::Memory,
            Place::Folder(path) => Place::Folder(path.join(PathBuf::from(id.to_string()))),
        }
    }

    /// Makes the indexes that these writes need and templates want; whether there were any.
    pub(super) fn create_indexes(&mut self, writes: &[Write<'_>]) -> bool {
        let mut missing: Vec<&str> = writes.iter().map(|write| write.index).collect();
        missing.sort_unstable();
        missing.dedup();
        missing.retain(|name| !self.catalog.indexes.contains_key(*name));
        missing.retain(|name| super::name::check_index(name).is_ok());
        if missing.is_empty() {
            return false;
        }
        let lsn = self.lsn;
        let created = self
            .change(|catalog| missing.iter().try_for_each(|name| catalog.create_index(name, lsn).map(drop)));
        created.is_ok()
    }

    /// The number that the next write to an index gets.
    pub(super) fn next_seq_no(&mut self, index: &IndexMeta) -> Result<u64, Refusal> {
        if let Some(next) = self.next_seq_no.get(&index.name) {
            return Ok(*next);
        }
        let mut next = 0;
        for table in &index.tables {
            next = next.max(self.table(*table)?.next_seq_no(&index.name)?);
        }
        self.next_seq_no.insert(index.name.clone(), next);
        Ok(next)
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

    /// Deletes a document; whether it was there.
    pub(super) fn delete(
        &mut self,
        index: &str,
        id: &str,
        version: Option<DocumentVersion>,
    ) -> Result<bool, Refusal> {
        let Some(meta) = self.catalog.indexes.get(index).cloned() else { return Ok(false) };
        let uid = schema::uid(index, id);
        let found = self.find(&meta, &uid)?;
        if let Some(expected) = version {
            conflict(id, expected, found.map(|(_, seq_no)| seq_no)).map_or(Ok(()), |reason| {
                Err(Refusal::new(409, "version_conflict_engine_exception", reason))
            })?;
        }
        let Some((table, _)) = found else { return Ok(false) };
        let seq_no = self.next_seq_no(&meta)?;
        self.lsn += 1;
        let table = self.table(table)?;
        table.delete(&uid)?;
        table.note_next_seq_no(index, seq_no + 1);
        self.next_seq_no.insert(index.to_owned(), seq_no + 1);
        Ok(true)
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
        self.commit(|id| tables.contains(&id))
    }

    pub(super) fn commit_all(&mut self) -> Result<bool, Refusal> {
        self.commit(|_| true)
    }

    fn commit(&mut self, is_meant: impl Fn(TableId) -> bool) -> Result<bool, Refusal> {
        let mut any = false;
        for (id, table) in &mut self.tables {
            if table.is_dirty() && is_meant(*id) {
                table.commit(self.lsn)?;
                any = true;
            }
        }
        Ok(any)
    }

    /// Deletes an index; whether it was there.
    pub(super) fn delete_index(&mut self, name: &str) -> Result<bool, Refusal> {
        let Some(index) = self.catalog.indexes.get(name).cloned() else { return Ok(false) };
        // The documents first: if the program ends in between, an empty index is left, which can be deleted again.
        for id in &index.tables {
            self.table(*id)?.delete_index(name)?;
        }
        self.commit(|id| index.tables.contains(&id))?;
        self.next_seq_no.remove(name);
        let unused = self.change(|catalog| {
            catalog.indexes.remove(name);
            Ok(catalog.drop_unused_tables())
        })?;
        for id in unused {
            self.tables.remove(&id);
        }
        Ok(true)
    }
}
