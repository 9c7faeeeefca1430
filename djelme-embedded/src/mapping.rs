//! Updates of a mapping: fields are added, and of those that are there only some parameters change.

use std::collections::BTreeMap;

use djelme_core::drift::{Difference, Effect, IndexDrift};
use djelme_core::template::Template;
use serde_json::{Map, Value, json};

use crate::error::Refusal;

/// Objects within objects, which Elasticsearch limits too.
const DEEPEST: usize = 40;

/// The mapping of an index after an update; refused where Elasticsearch refuses it.
pub(crate) fn updated(
    current: &Map<String, Value>,
    update: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let (current, update) = (nested(current)?, nested(update)?);
    refuse_changes(&current, &update)?;
    let mut merged = current;
    for (key, value) in update {
        match (key.as_str(), merged.get_mut(&key), value) {
            ("properties", Some(Value::Object(there)), Value::Object(new)) => merge_fields(there, new),
            (_, _, value) => drop(merged.insert(key, value)),
        }
    }
    Ok(merged)
}

/// The mapping with objects in the place of dots.
fn nested(mapping: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let mut mapping = mapping.clone();
    if let Some(properties) = mapping.remove("properties") {
        mapping.insert("properties".into(), nested_fields(&properties, 0)?.into());
    }
    Ok(mapping)
}

fn nested_fields(fields: &Value, depth: usize) -> Result<Map<String, Value>, Refusal> {
    if depth > DEEPEST {
        return Err(Refusal::illegal("Limit of mapping depth [20] has been exceeded"));
    }
    let Value::Object(fields) = fields else { return Err(parsing("properties must be a map type")) };
    let mut out = Map::new();
    for (name, field) in fields {
        let Value::Object(field) = field else {
            let found = if field.is_array() { "java.util.ArrayList" } else { "java.lang.String" };
            return Err(parsing(&format!(
                "Expected map for property [fields] on field [{name}] but got a class {found}"
            )));
        };
        let mut field = field.clone();
        if let Some(inner) = field.remove("properties") {
            field.insert("properties".into(), nested_fields(&inner, depth + 1)?.into());
        }
        let mut parents: Vec<&str> = name.split('.').collect();
        let leaf = parents.pop().unwrap_or_default();
        if leaf.is_empty() || parents.iter().any(|parent| parent.is_empty()) || parents.len() > DEEPEST {
            return Err(parsing("field name cannot be an empty string"));
        }
        let mut new = Map::from_iter([(leaf.to_owned(), Value::Object(field))]);
        for parent in parents.into_iter().rev() {
            new = Map::from_iter([(parent.to_owned(), json!({ "properties": new }))]);
        }
        merge_fields(&mut out, new);
    }
    Ok(out)
}

fn parsing(problem: &str) -> Refusal {
    Refusal::new(400, "mapper_parsing_exception", format!("Failed to parse mapping: {problem}"))
}

/// Puts fields over those that are there. A parameter that is not named is given up, further fields stay.
fn merge_fields(there: &mut Map<String, Value>, new: Map<String, Value>) {
    for (name, new) in new {
        let (Some(Value::Object(old)), Value::Object(new)) = (there.get_mut(&name), &new) else {
            there.insert(name, new);
            continue;
        };
        let mut merged = new.clone();
        for key in ["properties", "fields"] {
            let Some(Value::Object(mut inner)) = old.remove(key) else { continue };
            if let Some(Value::Object(added)) = merged.remove(key) {
                merge_fields(&mut inner, added);
            }
            merged.insert(key.to_owned(), inner.into());
        }
        if is_object(old) {
            // Objects keep what is not named.
            old.extend(merged);
        } else {
            *old = merged;
        }
    }
}

fn is_object(field: &Map<String, Value>) -> bool {
    field.get("type").is_none_or(|kind| kind == "object" || kind == "nested")
}

/// Refuses an update of what cannot be changed.
fn refuse_changes(current: &Map<String, Value>, update: &Map<String, Value>) -> Result<(), Refusal> {
    let wanted = Template { mappings: update.clone(), ..Template::default() };
    let drift = IndexDrift::new(&wanted, String::new(), &Value::Object(current.clone()));
    let mut conflicts: BTreeMap<String, String> = BTreeMap::new();
    for difference in drift.differences.iter().filter(|difference| difference.effect == Effect::Fixed) {
        let Some((field, param)) = place(&difference.path) else { continue };
        if param == "type" {
            return Err(Refusal::illegal(type_conflict(&field, difference)));
        }
        let conflict = format!("\n\tCannot update parameter [{param}] from {}", change(difference));
        conflicts.entry(field).or_default().push_str(&conflict);
    }
    match conflicts.pop_first() {
        None => Ok(()),
        Some((field, conflicts)) => {
            let reason = format!("Mapper for [{field}] conflicts with existing mapper:{conflicts}");
            Err(Refusal::illegal(reason))
        }
    }
}

/// The path of a field and its parameter, of a place such as `properties.o.properties.p.type`.
fn place(path: &str) -> Option<(String, &str)> {
    let mut names: Vec<&str> = path.split('.').collect();
    let param = names.pop()?;
    let field: Vec<&str> = names.into_iter().skip(1).step_by(2).collect();
    (!field.is_empty()).then(|| (field.join("."), param))
}

fn type_conflict(field: &str, difference: &Difference) -> String {
    let (from, to) = (text(difference.found.as_ref()), text(difference.wanted.as_ref()));
    let is_object = |kind: &str| kind == "object" || kind == "nested";
    match (is_object(&from), is_object(&to)) {
        (true, true) => format!("can't merge a non-nested mapping [{field}] with a nested mapping"),
        (false, false) => format!("mapper [{field}] cannot be changed from type [{from}] to [{to}]"),
        _ => format!("can't merge a non object mapping [{field}] with an object mapping"),
    }
}

fn change(difference: &Difference) -> String {
    format!("[{}] to [{}]", text(difference.found.as_ref()), text(difference.wanted.as_ref()))
}

/// A value as it stands in Elasticsearch's errors.
fn text(value: Option<&Value>) -> String {
    match value {
        None => "null".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn current() -> Map<String, Value> {
        object(&json!({
            "dynamic": "strict",
            "_meta": { "a": 1 },
            "properties": {
                "k": { "type": "keyword", "ignore_above": 10 },
                "o.p": { "type": "keyword" },
                "t": { "type": "text", "fields": { "raw": { "type": "keyword" } } },
            },
        }))
    }

    /// Expectations as Elasticsearch 8.19.8 gave them.
    #[test]
    fn fields_are_added_and_parameters_not_named_are_given_up() {
        let update = json!({ "_meta": { "b": 2 }, "properties": {
            "k": { "type": "keyword" },
            "o": { "properties": { "z": { "type": "byte" } } },
            "t": { "type": "text", "fields": { "long": { "type": "long" } } },
        } });
        let merged = updated(&current(), &object(&update)).unwrap();
        let expected = json!({
            "dynamic": "strict",
            "_meta": { "b": 2 },
            "properties": {
                "k": { "type": "keyword" },
                "o": { "properties": { "p": { "type": "keyword" }, "z": { "type": "byte" } } },
                "t": { "type": "text", "fields": { "raw": { "type": "keyword" }, "long": { "type": "long" } } },
            },
        });
        assert_eq!(Value::Object(merged), expected);
    }

    #[test]
    fn what_is_indexed_already_does_not_change() {
        for (update, reason) in [
            (
                json!({ "k": { "type": "long" } }),
                "mapper [k] cannot be changed from type [keyword] to [long]",
            ),
            (
                json!({ "k": { "type": "keyword", "doc_values": false } }),
                "Mapper for [k] conflicts with existing mapper:\n\t\
                 Cannot update parameter [doc_values] from [true] to [false]",
            ),
            (
                json!({ "o": { "type": "keyword" } }),
                "can't merge a non object mapping [o] with an object mapping",
            ),
            (
                json!({ "k": { "properties": { "x": { "type": "keyword" } } } }),
                "can't merge a non object mapping [k] with an object mapping",
            ),
            (
                json!({ "t": { "type": "text", "fields": { "raw": { "type": "long" } } } }),
                "mapper [t.raw] cannot be changed from type [keyword] to [long]",
            ),
            (
                json!({ "t": { "type": "text", "analyzer": "x" } }),
                "Mapper for [t] conflicts with existing mapper:\n\t\
                 Cannot update parameter [analyzer] from [default] to [x]",
            ),
            (
                json!({ "o.p": { "type": "long" } }),
                "mapper [o.p] cannot be changed from type [keyword] to [long]",
            ),
        ] {
            let refusal = updated(&current(), &object(&json!({ "properties": update }))).unwrap_err();
            assert!(refusal.reason.starts_with(reason), "{refusal}");
            assert_eq!(refusal.error_type, "illegal_argument_exception");
        }
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        for update in
            [json!(5), json!({ "k": "x" }), json!({ "": { "type": "long" } }), json!({ "a..b": {} })]
        {
            let refusal = updated(&current(), &object(&json!({ "properties": update }))).unwrap_err();
            assert_eq!(refusal.error_type, "mapper_parsing_exception");
        }
    }
}
