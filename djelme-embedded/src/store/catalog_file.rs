//! The catalog in its file. What several indexes have in common stands there once.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use chrono::DateTime;
use djelme_core::template::Template;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::catalog::{Catalog, IndexMeta, TableId, TableMeta};
use super::files;
use crate::error::Refusal;
use crate::schema::Schema;

const FILE: &str = "catalog.json";

/// The file: a checksum, and what it is of.
#[derive(Serialize, Deserialize)]
struct Sealed {
    crc32: u32,
    catalog: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
struct Content {
    next_table: TableId,
    /// Mappings and settings, which the others name by their place here.
    objects: Vec<Map<String, Value>>,
    templates: BTreeMap<String, Value>,
    tables: BTreeMap<TableId, TableEntry>,
    indexes: BTreeMap<String, IndexEntry>,
}

#[derive(Serialize, Deserialize)]
struct TableEntry {
    template: String,
    mappings: usize,
    settings: usize,
}

#[derive(Serialize, Deserialize)]
struct IndexEntry {
    created: i64,
    created_lsn: u64,
    mappings: usize,
    settings: usize,
    tables: Vec<TableId>,
}

/// Objects, each once.
#[derive(Default)]
struct Objects(Vec<Arc<Map<String, Value>>>);

impl Objects {
    fn place(&mut self, object: &Arc<Map<String, Value>>) -> usize {
        let known = self.0.iter().position(|known| Arc::ptr_eq(known, object) || known == object);
        known.unwrap_or_else(|| {
            self.0.push(Arc::clone(object));
            self.0.len() - 1
        })
    }
}

/// Stores the catalog.
pub(super) fn write(folder: &Path, catalog: &Catalog) -> Result<(), Refusal> {
    let mut objects = Objects::default();
    let table = |objects: &mut Objects, table: &TableMeta| TableEntry {
        template: table.template.clone(),
        mappings: objects.place(&table.mappings),
        settings: objects.place(&table.settings),
    };
    let index = |objects: &mut Objects, index: &IndexMeta| IndexEntry {
        created: index.created.timestamp_millis(),
        created_lsn: index.created_lsn,
        mappings: objects.place(&index.mappings),
        settings: objects.place(&index.settings),
        tables: index.tables.clone(),
    };
    let content = Content {
        next_table: catalog.next_table,
        templates: catalog.templates.iter().map(|(name, own)| (name.clone(), own.to_json())).collect(),
        tables: catalog.tables.iter().map(|(id, own)| (*id, table(&mut objects, own))).collect(),
        indexes: catalog.indexes.iter().map(|(name, own)| (name.clone(), index(&mut objects, own))).collect(),
        objects: objects.0.iter().map(|object| object.as_ref().clone()).collect(),
    };
    let catalog = serde_json::value::to_raw_value(&content).map_err(Refusal::fault)?;
    let sealed = Sealed { crc32: crc32fast::hash(catalog.get().as_bytes()), catalog };
    let text = serde_json::to_vec(&sealed).map_err(Refusal::fault)?;
    Ok(files::replace(folder, FILE, &text)?)
}

/// Reads the catalog; `None` if the store is new.
pub(super) fn read(folder: &Path, tables: &Path) -> Result<Option<Catalog>, Refusal> {
    let text = match fs::read(folder.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let has_tables = fs::read_dir(tables).is_ok_and(|mut entries| entries.next().is_some());
            return if has_tables { Err(files::damaged(folder, FILE, "it is missing")) } else { Ok(None) };
        }
        Err(error) => return Err(error.into()),
    };
    let damaged = |problem: &dyn std::fmt::Display| files::damaged(folder, FILE, problem);
    let sealed: Sealed = serde_json::from_slice(&text).map_err(|error| damaged(&error))?;
    if sealed.crc32 != crc32fast::hash(sealed.catalog.get().as_bytes()) {
        return Err(damaged(&"its checksum is another"));
    }
    let content: Content = serde_json::from_str(sealed.catalog.get()).map_err(|error| damaged(&error))?;
    understand(content)?.map(Some).ok_or_else(|| damaged(&"it names what is not in it"))
}

/// `None` if something is named that is not there.
fn understand(content: Content) -> Result<Option<Catalog>, Refusal> {
    let Content { next_table, objects, templates, tables, indexes } = content;
    let objects: Vec<_> = objects.into_iter().map(Arc::new).collect();
    let mut catalog = Catalog { next_table, ..Catalog::default() };
    for (name, body) in templates {
        let template = Template::from_json(&json!({ "name": name, "index_template": body }));
        catalog.templates.insert(name, Arc::new(template.map_err(Refusal::fault)?));
    }
    for (id, entry) in tables {
        let (Some(mappings), Some(settings)) = (objects.get(entry.mappings), objects.get(entry.settings))
        else {
            return Ok(None);
        };
        let schema = Schema::new(mappings, settings).map_err(|refusal| Refusal {
            reason: format!("table {id} of the store: {refusal}"),
            ..refusal
        })?;
        let meta = TableMeta {
            template: entry.template,
            mappings: Arc::clone(mappings),
            settings: Arc::clone(settings),
            schema: Arc::new(schema),
        };
        catalog.tables.insert(id, Arc::new(meta));
    }
    for (name, entry) in indexes {
        let (Some(mappings), Some(settings)) = (objects.get(entry.mappings), objects.get(entry.settings))
        else {
            return Ok(None);
        };
        let newest = entry.tables.last().and_then(|newest| catalog.tables.get(newest));
        let (Some(newest), Some(created)) = (newest, DateTime::from_timestamp_millis(entry.created)) else {
            return Ok(None);
        };
        if !entry.tables.iter().all(|table| catalog.tables.contains_key(table)) {
            return Ok(None);
        }
        let schema = Arc::clone(&newest.schema);
        let (mappings, settings) = (Arc::clone(mappings), Arc::clone(settings));
        let created_lsn = entry.created_lsn;
        let meta =
            IndexMeta::new(name.clone(), created, created_lsn, mappings, settings, schema, entry.tables);
        catalog.indexes.insert(name, Arc::new(meta));
    }
    Ok(Some(catalog))
}
