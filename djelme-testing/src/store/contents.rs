//! What a store holds, under one lock, and how requests change it.

use std::collections::{BTreeMap, BTreeSet};

use djelme_core::backend::DocumentVersion;
use djelme_core::document::WriteOp;
use djelme_core::outcome::Rejection;
use djelme_core::template::Template;
use serde_json::Value;

use super::index::{Index, Written};
use super::matches;
use crate::script::refusal::{refusal, shard_limit};

/// The longest id that Elasticsearch takes, in bytes.
const LONGEST_ID: usize = 512;

#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) indexes: BTreeMap<String, Index>,
    pub(crate) templates: BTreeMap<String, Template>,
    pub(crate) refused_templates: BTreeSet<String>,
    pub(crate) lacking_types: BTreeSet<String>,
    pub(crate) most_indexes: Option<usize>,
}

impl Contents {
    /// The refusal of a whole batch because of one id, as Elasticsearch gives it.
    pub(crate) fn check_ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> Result<(), Rejection> {
        let long = ids.into_iter().filter(|id| id.len() > LONGEST_ID).enumerate();
        let problems: Vec<_> = long
            .map(|(number, id)| {
                let length = id.len();
                format!(
                    "{}: id [{id}] is too long, must be no longer than {LONGEST_ID} bytes but was: {length};",
                    number + 1
                )
            })
            .collect();
        if problems.is_empty() {
            return Ok(());
        }
        let reason = format!("Validation Failed: {}", problems.join(""));
        Err(refusal(400, "action_request_validation_exception", &reason))
    }

    pub(crate) fn write(
        &mut self,
        op: WriteOp,
        index: &str,
        id: &str,
        source: &[u8],
    ) -> Result<Written, Rejection> {
        if id.is_empty() {
            return Err(refusal(
                400,
                "illegal_argument_exception",
                "if _id is specified it must not be empty",
            ));
        }
        self.index_for_writing(index)?.write(op, id, source)
    }

    /// Deletes a document. Returns whether it was there.
    pub(crate) fn delete(
        &mut self,
        index: &str,
        id: &str,
        version: Option<DocumentVersion>,
    ) -> Result<(bool, Written), Rejection> {
        match self.indexes.get_mut(index) {
            Some(index) => index.delete(id, version),
            None => Err(no_such_index(index)),
        }
    }

    /// The index, made from the template that fits best if there is none.
    fn index_for_writing(&mut self, name: &str) -> Result<&mut Index, Rejection> {
        if !self.indexes.contains_key(name) {
            check_index_name(name)?;
            if self.most_indexes.is_some_and(|most| self.indexes.len() >= most) {
                return Err(shard_limit());
            }
        }
        Ok(self.index_or_new(name))
    }

    pub(crate) fn index_or_new(&mut self, name: &str) -> &mut Index {
        let fits =
            |template: &&Template| template.index_patterns.iter().any(|pattern| matches(pattern, name));
        let template =
            self.templates.values().filter(fits).max_by_key(|template| template.priority.unwrap_or_default());
        self.indexes.entry(name.to_owned()).or_insert_with(|| Index::new(name, template))
    }

    /// The templates whose patterns overlap with this one's, or why it would be refused.
    pub(crate) fn try_template(&self, template: &Template) -> Result<Vec<&Template>, Rejection> {
        if let Some(lacking) = field_types(&template.mappings).find(|name| self.lacking_types.contains(*name))
        {
            let reason =
                format!("Failed to parse mapping: No handler for type [{lacking}] declared on field");
            return Err(refusal(400, "mapper_parsing_exception", &reason));
        }
        let overlaps = |other: &&Template| {
            let patterns = |template: &Template| template.index_patterns.clone();
            other.name != template.name
                && patterns(other)
                    .iter()
                    .any(|theirs| patterns(template).iter().any(|ours| meet(ours, theirs)))
        };
        let overlapping: Vec<_> = self.templates.values().filter(overlaps).collect();
        let priority = template.priority.unwrap_or_default();
        match overlapping.iter().find(|other| other.priority.unwrap_or_default() == priority) {
            None => Ok(overlapping),
            Some(other) => {
                let (name, patterns) = (&template.name, template.index_patterns.join(", "));
                let (other, theirs) = (&other.name, other.index_patterns.join(", "));
                let reason = format!(
                    "index template [{name}] has index patterns [{patterns}] matching patterns from existing templates \
                     [{other}] with patterns ({other} => [{theirs}]) that have the same priority [{priority}], \
                     multiple index templates may not match during index creation, please use a different priority"
                );
                Err(refusal(400, "illegal_argument_exception", &reason))
            }
        }
    }

    pub(crate) fn put_template(&mut self, template: &Template) -> Result<(), Rejection> {
        if self.refused_templates.contains(&template.name) {
            return Err(refusal(500, "exception", "scripted: this template is refused"));
        }
        self.try_template(template)?;
        self.templates.insert(template.name.clone(), template.clone());
        Ok(())
    }

    /// Adds fields to the mapping of an index.
    pub(crate) fn put_mapping(&mut self, index: &str, mapping: &Value) -> Result<(), Rejection> {
        let Some(found) = self.indexes.get_mut(index) else { return Err(no_such_index(index)) };
        let Value::Object(mapping) = mapping else {
            return Err(refusal(400, "parse_exception", "a mapping is an object"));
        };
        let mut changed = Value::Object(found.mappings.clone());
        join(&mut changed, &Value::Object(mapping.clone()), "")?;
        if let Value::Object(changed) = changed {
            found.mappings = changed;
        }
        Ok(())
    }
}

pub(crate) fn no_such_index(index: &str) -> Rejection {
    refusal(404, "index_not_found_exception", &format!("no such index [{index}]"))
}

fn check_index_name(name: &str) -> Result<(), Rejection> {
    let problem = if name.is_empty() {
        "must not be empty"
    } else if name.chars().any(|letter| " \"*,/<>?\\|#".contains(letter)) {
        "must not contain the following characters [' ','\"','*',',','/','<','>','?','\\','|']"
    } else if name.chars().any(char::is_uppercase) {
        "must be lowercase"
    } else if name.starts_with(['_', '-', '+']) {
        "must not start with '_', '-', or '+'"
    } else {
        return Ok(());
    };
    Err(refusal(400, "invalid_index_name_exception", &format!("Invalid index name [{name}], {problem}")))
}

/// Adds what is new; a field that is there keeps its type.
fn join(into: &mut Value, new: &Value, path: &str) -> Result<(), Rejection> {
    let (Value::Object(there), Value::Object(new)) = (&mut *into, new) else {
        *into = new.clone();
        return Ok(());
    };
    if let (Some(old_type), Some(new_type)) = (there.get("type"), new.get("type"))
        && let (Some(old_type), Some(new_type)) = (old_type.as_str(), new_type.as_str())
        && old_type != new_type
    {
        let reason = format!("mapper [{path}] cannot be changed from type [{old_type}] to [{new_type}]");
        return Err(refusal(400, "illegal_argument_exception", &reason));
    }
    for (key, value) in new {
        let below = match (path, key.as_str()) {
            (path, "properties") => path.to_owned(),
            ("", key) => key.to_owned(),
            (path, key) => format!("{path}.{key}"),
        };
        match there.get_mut(key) {
            Some(old) => join(old, value, &below)?,
            None => drop(there.insert(key.clone(), value.clone())),
        }
    }
    Ok(())
}

/// The types of all fields of a mapping.
fn field_types(mapping: &serde_json::Map<String, Value>) -> Box<dyn Iterator<Item = &str> + '_> {
    let properties =
        mapping.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.values());
    Box::new(
        properties.filter_map(Value::as_object).flat_map(|field| {
            field.get("type").and_then(Value::as_str).into_iter().chain(field_types(field))
        }),
    )
}

/// Whether an index can match both patterns, for patterns with a star at most at their ends.
fn meet(one: &str, other: &str) -> bool {
    match (one.strip_suffix('*'), other.strip_suffix('*')) {
        (Some(one), Some(other)) => one.starts_with(other) || other.starts_with(one),
        (Some(_), None) => matches(one, other),
        _ => matches(other, one),
    }
}
