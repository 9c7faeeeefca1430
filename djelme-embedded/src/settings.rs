//! Index settings: in whatever form they were written, and which of them the engine knows.

use serde_json::{Map, Value};

/// The settings as Elasticsearch keeps them: objects, all below `index`.
pub(crate) fn nested(settings: &Map<String, Value>) -> Map<String, Value> {
    let mut flat = Vec::new();
    flatten("", settings, &mut flat);
    let mut index = Map::new();
    for (path, value) in flat {
        insert(&mut index, path.strip_prefix("index.").unwrap_or(&path), value);
    }
    if index.is_empty() { index } else { Map::from_iter([("index".to_owned(), index.into())]) }
}

/// All settings by their full names, such as `index.refresh_interval`.
pub(crate) fn flatten(above: &str, settings: &Map<String, Value>, out: &mut Vec<(String, Value)>) {
    for (key, value) in settings {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value {
            Value::Object(inner) => flatten(&path, inner, out),
            value if path.starts_with("index.") => out.push((path, value.clone())),
            value => out.push((format!("index.{path}"), value.clone())),
        }
    }
}

/// Puts a value where its dotted name says. Very long names keep some of their dots.
fn insert(into: &mut Map<String, Value>, path: &str, value: Value) {
    insert_below(into, path, value, 32);
}

fn insert_below(into: &mut Map<String, Value>, path: &str, value: Value, depth: u32) {
    if let Some((first, rest)) = path.split_once('.').filter(|_| depth > 0)
        && let Value::Object(inner) = into.entry(first).or_insert_with(|| Map::new().into())
    {
        return insert_below(inner, rest, value, depth - 1);
    }
    into.insert(path.to_owned(), value);
}

/// One setting, by its name below `index`.
pub(crate) fn get<'a>(settings: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    settings.get("index")?.get(name)
}

/// Whether the settings make the same of documents.
pub(crate) fn same_schema(left: &Map<String, Value>, right: &Map<String, Value>) -> bool {
    ["analysis", "mapping"].iter().all(|name| get(left, name) == get(right, name))
}
