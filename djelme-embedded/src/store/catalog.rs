//! What the store knows beside documents: templates, indexes and tables. Never changed in place: a change is a new
//! catalog.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};
use djelme_core::template::Template;
use serde_json::{Map, Value};

use super::pattern;
use crate::error::Refusal;
use crate::schema::Schema;
use crate::settings;

/// A table of the store: a folder.
pub(crate) type TableId = u32;

/// Templates and indexes, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog {
    pub(crate) templates: BTreeMap<String, Arc<Template>>,
    pub(crate) indexes: BTreeMap<String, Arc<IndexMeta>>,
    pub(crate) tables: BTreeMap<TableId, Arc<TableMeta>>,
    /// The id of the next table. None is ever given twice, so that a record in the log never finds another table.
    pub(crate) next_table: TableId,
}

/// An index: a name, a mapping, and the tables that hold its documents.
pub(crate) struct IndexMeta {
    pub(crate) name: String,
    pub(crate) created: DateTime<Utc>,
    /// What stands in the log before this number was written to an earlier index of that name.
    pub(crate) created_lsn: u64,
    pub(crate) mappings: Arc<Map<String, Value>>,
    pub(crate) settings: Arc<Map<String, Value>>,
    /// The mapping, understood.
    pub(crate) schema: Arc<Schema>,
    /// The tables that hold documents of it, one for each mapping that it had; the last takes new documents.
    pub(crate) tables: Vec<TableId>,
    /// How long a write waits at most until searches see it; `None` for until somebody asks for it.
    pub(super) refresh_interval: Option<Duration>,
}

/// A table: what all of its indexes have in common.
pub(crate) struct TableMeta {
    /// The template of its indexes.
    pub(crate) template: String,
    pub(crate) mappings: Arc<Map<String, Value>>,
    pub(crate) settings: Arc<Map<String, Value>>,
    pub(crate) schema: Arc<Schema>,
}

impl IndexMeta {
    pub(super) fn new(
        name: String,
        created: DateTime<Utc>,
        created_lsn: u64,
        mappings: Arc<Map<String, Value>>,
        settings: Arc<Map<String, Value>>,
        schema: Arc<Schema>,
        tables: Vec<TableId>,
    ) -> Self {
        let refresh_interval = settings::refresh_interval(&settings);
        Self { name, created, created_lsn, mappings, settings, schema, tables, refresh_interval }
    }
}

impl fmt::Debug for IndexMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexMeta")
            .field("name", &self.name)
            .field("tables", &self.tables)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TableMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableMeta").field("template", &self.template).finish_non_exhaustive()
    }
}

impl Catalog {
    /// The template that a new index of this name gets.
    pub(crate) fn template_for(&self, index: &str) -> Option<&Arc<Template>> {
        let applies = |template: &&Arc<Template>| {
            template.index_patterns.iter().any(|own| pattern::matches(own, index))
        };
        self.templates.values().filter(applies).max_by_key(|template| template.priority.unwrap_or(0))
    }

    /// Adds an index as its template has it; `false` if no template wants one of that name.
    pub(super) fn create_index(&mut self, name: &str, created_lsn: u64) -> Result<bool, Refusal> {
        let Some(template) = self.template_for(name).cloned() else { return Ok(false) };
        let settings = self.shared_settings(settings::nested(&template.settings));
        let table = self.table_for(&template.name, &template.mappings, &settings)?;
        // As precise as Elasticsearch, and as the file.
        let created = Utc::now().trunc_subsecs(3);
        let mappings = self.shared(&template.mappings);
        let schema = self.schema_of(table)?;
        let name = name.to_owned();
        let meta =
            IndexMeta::new(name.clone(), created, created_lsn, mappings, settings, schema, vec![table]);
        self.indexes.insert(name, Arc::new(meta));
        Ok(true)
    }

    /// Gives an index another mapping, for the documents written from now on.
    pub(crate) fn change_mapping(
        &mut self,
        index: &str,
        mappings: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let Some(meta) = self.indexes.get(index).cloned() else { return Ok(()) };
        if meta.mappings.as_ref() == mappings {
            return Ok(());
        }
        let template = meta.tables.last().and_then(|newest| self.tables.get(newest));
        let template = template.map(|table| table.template.clone()).unwrap_or_default();
        let table = self.table_for(&template, mappings, &meta.settings)?;
        let mut tables = meta.tables.clone();
        tables.retain(|other| *other != table);
        tables.push(table);
        let settings = Arc::clone(&meta.settings);
        let mappings = self.shared(mappings);
        let schema = self.schema_of(table)?;
        let name = index.to_owned();
        let (created, lsn) = (meta.created, meta.created_lsn);
        let changed = IndexMeta::new(name.clone(), created, lsn, mappings, settings, schema, tables);
        self.indexes.insert(name, Arc::new(changed));
        Ok(())
    }

    /// The table for documents of this mapping, which is made if there is none.
    pub(super) fn table_for(
        &mut self,
        template: &str,
        mappings: &Map<String, Value>,
        settings: &Map<String, Value>,
    ) -> Result<TableId, Refusal> {
        let is_alike = |table: &TableMeta| {
            table.template == template
                && same_mappings(&table.mappings, mappings)
                && settings::same_schema(&table.settings, settings)
        };
        if let Some((id, _)) = self.tables.iter().rev().find(|(_, table)| is_alike(table)) {
            return Ok(*id);
        }
        let schema = Arc::new(Schema::new(mappings, settings)?);
        let id = self.next_table;
        self.next_table += 1;
        let meta = TableMeta {
            template: template.to_owned(),
            mappings: Arc::new(mappings.clone()),
            settings: Arc::new(settings.clone()),
            schema,
        };
        self.tables.insert(id, Arc::new(meta));
        Ok(id)
    }

    pub(super) fn schema_of(&self, table: TableId) -> Result<Arc<Schema>, Refusal> {
        let table =
            self.tables.get(&table).ok_or_else(|| Refusal::fault(format_args!("no table {table}")))?;
        Ok(Arc::clone(&table.schema))
    }

    /// These mappings, in the place of which an equal one of another index may stand.
    pub(super) fn shared(&self, mappings: &Map<String, Value>) -> Arc<Map<String, Value>> {
        let latest = self.indexes.values().next_back().map(|index| &index.mappings);
        let known = latest.into_iter().chain(self.tables.values().map(|table| &table.mappings));
        let equal = known.into_iter().find(|known| known.as_ref() == mappings);
        equal.map_or_else(|| Arc::new(mappings.clone()), Arc::clone)
    }

    fn shared_settings(&self, settings: Map<String, Value>) -> Arc<Map<String, Value>> {
        let equal =
            self.tables.values().map(|table| &table.settings).find(|known| known.as_ref() == &settings);
        equal.map_or_else(|| Arc::new(settings), Arc::clone)
    }

    /// Forgets the tables that no index has, and names them.
    pub(super) fn drop_unused_tables(&mut self) -> Vec<TableId> {
        let is_used = |id: &TableId| self.indexes.values().any(|index| index.tables.contains(id));
        let unused: Vec<TableId> = self.tables.keys().copied().filter(|id| !is_used(id)).collect();
        self.tables.retain(|id, _| !unused.contains(id));
        unused
    }
}

/// Whether two mappings map alike: notes do not count.
fn same_mappings(left: &Map<String, Value>, right: &Map<String, Value>) -> bool {
    let counts = |key: &str| key != "_meta";
    let included = |one: &Map<String, Value>, other: &Map<String, Value>| {
        one.iter().all(|(key, value)| !counts(key) || other.get(key) == Some(value))
    };
    included(left, right) && included(right, left)
}
