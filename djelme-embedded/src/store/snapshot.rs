//! What a search sees: everything as it was at the last refresh.

use std::collections::BTreeMap;
use std::sync::Arc;

use djelme_core::plan::IndexPlan;

use super::catalog::{Catalog, IndexMeta, TableId};
use crate::schema::Schema;

/// The store at one moment; searches need no lock.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) tables: BTreeMap<TableId, TableView>,
}

/// A table at one moment.
#[derive(Clone)]
pub(crate) struct TableView {
    pub(crate) searcher: tantivy::Searcher,
}

impl std::fmt::Debug for TableView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableView").field("documents", &self.searcher.num_docs()).finish_non_exhaustive()
    }
}

/// What a search reads of one table: some indexes that are mapped alike.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The mapping that the indexes have now. A field of it that the table lacks has no values there.
    pub(crate) schema: Arc<Schema>,
    pub(crate) table: TableView,
    /// The indexes, by name.
    pub(crate) indexes: Vec<String>,
    /// Whether these are all indexes of the table: then no document has to be asked for its index.
    pub(crate) whole: bool,
}

impl Snapshot {
    /// What a search of these indexes reads. An index without a document has a part too: it can refuse a request.
    pub(crate) fn parts(&self, plan: &IndexPlan) -> Vec<Part> {
        let mut groups: BTreeMap<(TableId, TableId), Vec<&IndexMeta>> = BTreeMap::new();
        let mut indexes_of_table: BTreeMap<TableId, usize> = BTreeMap::new();
        for index in self.catalog.indexes.values() {
            let is_meant = plan.matches(&index.name);
            for table in &index.tables {
                *indexes_of_table.entry(*table).or_default() += 1;
                // Indexes whose newest table is the same have the same mapping.
                if let (true, Some(newest)) = (is_meant, index.tables.last()) {
                    groups.entry((*table, *newest)).or_default().push(index);
                }
            }
        }
        let mut parts = Vec::with_capacity(groups.len());
        for ((table, _), indexes) in groups {
            if let (Some(view), Some(first)) = (self.tables.get(&table), indexes.first()) {
                parts.push(Part {
                    schema: Arc::clone(&first.schema),
                    table: view.clone(),
                    whole: indexes_of_table.get(&table) == Some(&indexes.len()),
                    indexes: indexes.iter().map(|index| index.name.clone()).collect(),
                });
            }
        }
        parts
    }
}
