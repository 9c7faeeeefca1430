//! Mappings: compared field by field, and what can be added to one.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::difference::{Difference, Effect, Part};
use super::{params, value};

/// The parameters that hold further fields.
const INNER: [&str; 2] = ["properties", "fields"];

/// Adds the differences between the wanted and the found mapping.
pub(super) fn compare(wanted: &Map<String, Value>, found: &Map<String, Value>, out: &mut Vec<Difference>) {
    let dynamic = |mapping: &Map<String, Value>| mapping.get("dynamic").cloned().unwrap_or(json!(true));
    let (wanted_dynamic, found_dynamic) = (dynamic(wanted), dynamic(found));
    if !value::same(&wanted_dynamic, &found_dynamic) {
        // A type shared with Python names none, while its Python class may.
        let effect = if wanted.contains_key("dynamic") { Effect::Changeable } else { Effect::Extra };
        add(out, "dynamic", wanted.get("dynamic").cloned(), Some(found_dynamic), effect);
    }
    compare_inner("", "properties", wanted, found, out);
}

fn add(out: &mut Vec<Difference>, path: &str, wanted: Option<Value>, found: Option<Value>, effect: Effect) {
    out.push(Difference { part: Part::Mappings, path: path.to_owned(), wanted, found, effect });
}

/// Compares the fields that lie in `key` of both.
fn compare_inner(
    above: &str,
    key: &str,
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    out: &mut Vec<Difference>,
) {
    let (wanted, found) = (inner(wanted, key), inner(found, key));
    let path = |name: &str| format!("{above}{key}.{name}");
    for (name, wanted) in wanted.iter() {
        match (wanted, found.get(name)) {
            (Value::Object(wanted), Some(Value::Object(found))) => {
                compare_field(&path(name), wanted, found, out);
            }
            (wanted, found) => add(out, &path(name), Some(wanted.clone()), found.cloned(), Effect::Lacking),
        }
    }
    for (name, found) in found.iter().filter(|(name, _)| !wanted.contains_key(*name)) {
        add(out, &path(name), None, Some(found.clone()), Effect::Extra);
    }
}

fn compare_field(
    path: &str,
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    out: &mut Vec<Difference>,
) {
    let es_type = type_of(wanted);
    if es_type != type_of(found) {
        let types = (Some(json!(es_type)), Some(json!(type_of(found))));
        return add(out, &format!("{path}.type"), types.0, types.1, Effect::Fixed);
    }
    let params: BTreeSet<_> = wanted.keys().chain(found.keys()).collect();
    for param in params.into_iter().filter(|param| *param != "type" && !INNER.contains(&param.as_str())) {
        if !wanted.contains_key(param) && params::is_filled_in(es_type, param) {
            continue;
        }
        let (wanted, found) =
            (params::applied(wanted, es_type, param), params::applied(found, es_type, param));
        let is_same = match (&wanted, &found) {
            (Some(wanted), Some(found)) => value::same(wanted, found),
            (wanted, found) => wanted == found,
        };
        if !is_same {
            let changeable = params::is_changeable(param, wanted.as_ref());
            let effect = if changeable { Effect::Changeable } else { Effect::Fixed };
            add(out, &format!("{path}.{param}"), wanted, found, effect);
        }
    }
    for key in INNER {
        compare_inner(&format!("{path}."), key, wanted, found, out);
    }
}

/// A field without a type is an object.
fn type_of(field: &Map<String, Value>) -> &str {
    field.get("type").and_then(Value::as_str).unwrap_or("object")
}

/// The fields in `key`. Elasticsearch takes dots in the names of fields for objects, and writes them so.
fn inner<'a>(field: &'a Map<String, Value>, key: &str) -> Cow<'a, Map<String, Value>> {
    match field.get(key).and_then(Value::as_object) {
        None => Cow::Owned(Map::new()),
        Some(fields) if key == "properties" && fields.keys().any(|name| name.contains('.')) => {
            let mut nested = Map::new();
            fields.iter().for_each(|(name, field)| nest(&mut nested, name, field));
            Cow::Owned(nested)
        }
        Some(fields) => Cow::Borrowed(fields),
    }
}

fn nest(fields: &mut Map<String, Value>, name: &str, field: &Value) {
    match name.split_once('.') {
        None => drop(fields.insert(name.to_owned(), field.clone())),
        Some((first, rest)) => {
            let object = fields.entry(first).or_insert_with(|| json!({ "properties": {} }));
            if let Some(inner) = object.get_mut("properties").and_then(Value::as_object_mut) {
                nest(inner, rest, field);
            }
        }
    }
}

/// The mapping that adds to `found` the fields that only `wanted` has, and the paths of those. A field that gets
/// fields of its own is repeated as it is, because Elasticsearch takes a parameter that is not named for one to be
/// given up.
pub(super) fn additions(
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
) -> Option<(Map<String, Value>, Vec<String>)> {
    let mut paths = Vec::new();
    let properties = added_inner("", "properties", wanted, found, &mut paths)?;
    Some((Map::from_iter([("properties".to_owned(), properties.into())]), paths))
}

fn added_inner(
    above: &str,
    key: &str,
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    paths: &mut Vec<String>,
) -> Option<Map<String, Value>> {
    let (wanted, found) = (inner(wanted, key), inner(found, key));
    let mut added = Map::new();
    for (name, wanted) in wanted.iter() {
        let path = format!("{above}{name}");
        match (wanted, found.get(name)) {
            (Value::Object(wanted), Some(Value::Object(found))) => {
                if let Some(field) = added_to_field(&path, wanted, found, paths) {
                    added.insert(name.clone(), field.into());
                }
            }
            (wanted, _) => {
                added.insert(name.clone(), wanted.clone());
                paths.push(path);
            }
        }
    }
    (!added.is_empty()).then_some(added)
}

fn added_to_field(
    path: &str,
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    paths: &mut Vec<String>,
) -> Option<Map<String, Value>> {
    if type_of(wanted) != type_of(found) {
        return None;
    }
    let mut field: Map<_, _> = found.clone();
    // Of the found fields, only those that get something need to be named.
    field.remove("properties");
    let mut gets_any = false;
    if let Some(properties) = added_inner(&format!("{path}."), "properties", wanted, found, paths) {
        field.insert("properties".into(), properties.into());
        gets_any = true;
    }
    if let Some(added) = added_inner(&format!("{path}."), "fields", wanted, found, paths) {
        let mut fields = inner(found, "fields").into_owned();
        fields.extend(added);
        field.insert("fields".into(), fields.into());
        gets_any = true;
    }
    gets_any.then_some(field)
}

/// The wanted mapping, and the fields that only the found one has.
pub(super) fn united(wanted: &Map<String, Value>, found: &Map<String, Value>) -> Map<String, Value> {
    let mut united = wanted.clone();
    for (key, value) in found {
        match (united.get_mut(key), value) {
            (None, value) => drop(united.insert(key.clone(), value.clone())),
            (Some(Value::Object(wanted)), Value::Object(found)) if INNER.contains(&key.as_str()) => {
                unite_inner(wanted, found);
            }
            (Some(_), _) => {}
        }
    }
    united
}

fn unite_inner(wanted: &mut Map<String, Value>, found: &Map<String, Value>) {
    for (name, found) in found {
        match (wanted.get_mut(name), found) {
            (None, found) => drop(wanted.insert(name.clone(), found.clone())),
            (Some(Value::Object(wanted)), Value::Object(found)) if type_of(wanted) == type_of(found) => {
                for key in INNER {
                    let Some(Value::Object(found)) = found.get(key) else { continue };
                    let inner = wanted.entry(key).or_insert_with(|| json!({}));
                    if let Value::Object(inner) = inner {
                        unite_inner(inner, found);
                    }
                }
            }
            (Some(_), _) => {}
        }
    }
}
