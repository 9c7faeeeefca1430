//! Settings: compared one by one, in whatever form they were written.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::difference::{Difference, Effect, Part};
use super::value;

/// Adds the differences between the wanted and the found settings.
pub(super) fn compare(wanted: &Map<String, Value>, found: &Map<String, Value>, out: &mut Vec<Difference>) {
    let (wanted, found) = (flat(wanted), flat(found));
    let mut add = |path: &str, wanted: Option<&Value>, found: Option<&Value>, effect| {
        out.push(Difference {
            part: Part::Settings,
            path: path.to_owned(),
            wanted: wanted.cloned(),
            found: found.cloned(),
            effect,
        });
    };
    for (path, wanted) in &wanted {
        match found.get(path) {
            None => add(path, Some(wanted), None, Effect::Lacking),
            Some(found) if !value::same(wanted, found) => {
                add(path, Some(wanted), Some(found), Effect::Changeable);
            }
            Some(_) => {}
        }
    }
    for (path, found) in found.iter().filter(|(path, _)| !wanted.contains_key(*path)) {
        add(path, None, Some(found), Effect::Extra);
    }
}

/// The settings by their full names; only what holds a value is a setting.
fn flat(settings: &Map<String, Value>) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    flatten("", settings, &mut out);
    out
}

fn flatten(above: &str, settings: &Map<String, Value>, out: &mut BTreeMap<String, Value>) {
    for (key, value) in settings {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value {
            Value::Null => {}
            Value::Object(inner) => flatten(&path, inner, out),
            value => {
                // Elasticsearch puts the prefix before every name that does not have it.
                let path = if path.starts_with("index.") { path } else { format!("index.{path}") };
                out.insert(path, value.clone());
            }
        }
    }
}

/// The wanted settings and those that only the server has.
pub(super) fn united(wanted: &Map<String, Value>, found: &Map<String, Value>) -> Map<String, Value> {
    let known = flat(wanted);
    let mut united = wanted.clone();
    for (path, value) in flat(found).into_iter().filter(|(path, _)| !known.contains_key(path)) {
        united.insert(path, value);
    }
    united
}
