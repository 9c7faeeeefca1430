//! The store as a whole.

mod crash;
mod faults;
mod indexes;
mod model;
mod writes;

use std::borrow::Cow;
use std::path::Path;

use djelme_core::document::WriteOp;
use djelme_core::outcome::ItemResponse;
use djelme_core::template::Template;
use serde_json::{Value, json};

use super::{Store, Write};
use crate::{index, template};

/// A template for indexes with this prefix, with the fields `k` (keyword) and `n` (long).
fn wanted(prefix: &str) -> Template {
    let mappings = json!({
        "dynamic": "strict",
        "properties": { "k": { "type": "keyword" }, "n": { "type": "long" } },
    });
    Template {
        name: prefix.to_owned(),
        index_patterns: vec![format!("{prefix}*")],
        priority: Some(500),
        mappings: mappings.as_object().unwrap().clone(),
        ..Template::default()
    }
}

/// A store in this folder with a template for `a_*` that is never refreshed by itself.
fn open(path: &Path) -> Store {
    let store = Store::open(path).unwrap();
    put_template(&store);
    store
}

fn put_template(store: &Store) {
    let mut wanted = wanted("a_");
    wanted.settings.insert("refresh_interval".into(), json!("-1"));
    template::put(store, &wanted).unwrap();
}

fn write_as(store: &Store, op: WriteOp, index: &str, id: &str, source: &Value) -> ItemResponse {
    let source = source.to_string();
    let write = Write { op, index, id: Cow::Borrowed(id), source: source.as_bytes() };
    store.write(&[write]).unwrap().remove(0)
}

fn write(store: &Store, index: &str, id: &str) -> ItemResponse {
    write_as(store, WriteOp::Index, index, id, &json!({ "k": id }))
}

fn documents(store: &Store, index: &str) -> u64 {
    index::refresh(store, "*").unwrap();
    index::list(store, index).unwrap().iter().filter_map(|status| status.documents).sum()
}

fn seq_no(answer: &ItemResponse) -> u64 {
    match answer {
        ItemResponse::Created(version) | ItemResponse::Updated(version) => version.seq_no,
        other => panic!("not stored: {other:?}"),
    }
}

/// What the folder would be after a crash of the program or of the machine. Segments are merged meanwhile, so it is
/// tried until the tables' lists of segments are the same before and after.
fn copy(from: &Path, to: &Path) {
    for _ in 0..100 {
        let before = segment_lists(from);
        if copy_files(from, to).is_ok() && segment_lists(from) == before {
            return;
        }
        std::fs::remove_dir_all(to).unwrap();
    }
    panic!("{} never rests", from.display());
}

fn segment_lists(store: &Path) -> Vec<Vec<u8>> {
    let tables = std::fs::read_dir(store.join("tables")).into_iter().flatten();
    // Of a table that was just removed, something may be left.
    tables.filter_map(|table| std::fs::read(table.unwrap().path().join("meta.json")).ok()).collect()
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
