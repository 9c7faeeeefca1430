//! Templates and indexes.

use djelme_core::outcome::Rejection;
use djelme_core::template::Template;
use serde_json::{Map, Value, json};

use super::act::{expressions, json_of, named};
use super::answer::Reply;
use super::route::{Asked, What};
use crate::script::refusal::refusal;
use crate::store::{Contents, Store, matches, no_such_index};

pub(super) fn manage(store: &Store, asked: &Asked, body: &[u8]) -> Result<Reply, Rejection> {
    let subject = asked.subject.as_str();
    let mut contents = store.contents();
    match asked.what {
        What::GetTemplate => get_template(&contents, subject),
        What::PutTemplate => {
            contents.put_template(&template(subject, &json_of(body)?)?).map(|()| Reply::acknowledged())
        }
        What::DeleteTemplate => match contents.templates.remove(subject) {
            Some(_) => Ok(Reply::acknowledged()),
            None => {
                let reason = format!("index_template [{subject}] missing");
                Err(refusal(404, "index_template_missing_exception", &reason))
            }
        },
        What::SimulateTemplate => {
            let tried = template(subject, &json_of(body)?)?;
            let overlapping = contents.try_template(&tried)?.into_iter();
            let overlapping: Vec<_> = overlapping
                .map(|other| json!({ "name": other.name, "index_patterns": other.index_patterns }))
                .collect();
            Ok(Reply::ok(json!({ "template": tried.to_json()["template"], "overlapping": overlapping })))
        }
        What::ListIndexes => {
            let listed = named(&contents, &expressions(&contents, asked)?);
            Ok(Reply::ok(listed.iter().filter_map(|name| row(&contents, name)).collect()))
        }
        What::ResolveIndexes => {
            let listed = named(&contents, &expressions(&contents, asked)?);
            let state = |name: &String| {
                if contents.indexes.get(name).is_some_and(|index| index.closed) { "closed" } else { "open" }
            };
            let listed: Vec<_> =
                listed.iter().map(|name| json!({ "name": name, "attributes": [state(name)] })).collect();
            Ok(Reply::ok(json!({ "indices": listed, "aliases": [], "data_streams": [] })))
        }
        What::GetMapping => {
            let listed = named(&contents, &expressions(&contents, asked)?);
            let found = listed.iter().filter_map(|name| contents.indexes.get(name));
            let mappings = found.map(|index| (index.name.clone(), json!({ "mappings": index.mappings })));
            Ok(Reply::ok(Value::Object(mappings.collect())))
        }
        What::PutMapping => contents.put_mapping(subject, &json_of(body)?).map(|()| Reply::acknowledged()),
        What::PutSettings => put_settings(&mut contents, subject, &json_of(body)?),
        What::Refresh => {
            let shards = named(&contents, &expressions(&contents, asked)?).len();
            Ok(Reply::ok(json!({ "_shards": { "total": shards, "successful": shards, "failed": 0 } })))
        }
        What::OpenIndex | What::CloseIndex => {
            let index = contents.indexes.get_mut(subject).ok_or_else(|| no_such_index(subject))?;
            index.closed = matches!(asked.what, What::CloseIndex);
            Ok(Reply::acknowledged())
        }
        What::CreateIndex if contents.indexes.contains_key(subject) => {
            let reason = format!("index [{subject}] already exists");
            Err(refusal(400, "resource_already_exists_exception", &reason))
        }
        What::CreateIndex => {
            contents.index_or_new(subject);
            Ok(Reply::acknowledged())
        }
        What::DeleteIndex => delete_index(&mut contents, subject),
        _ => Ok(Reply::no_handler(asked.method(), asked.path())),
    }
}

/// A template as Elasticsearch gives it back: settings below `index`, their values as text.
fn get_template(contents: &Contents, name: &str) -> Result<Reply, Rejection> {
    let found = contents.templates.values().filter(|template| matches(name, &template.name));
    let found: Vec<_> = found
        .map(|template| {
            let mut json = template.to_json();
            if let Some(settings) = json.get_mut("template").and_then(|inner| inner.get_mut("settings")) {
                as_text(settings);
            }
            json["composed_of"] = template.composed_of.clone().into();
            json!({ "name": template.name, "index_template": json })
        })
        .collect();
    if found.is_empty() && !name.contains('*') {
        let reason = format!("index template matching [{name}] not found");
        return Err(refusal(404, "resource_not_found_exception", &reason));
    }
    Ok(Reply::ok(json!({ "index_templates": found })))
}

fn as_text(value: &mut Value) {
    match value {
        Value::Object(object) => object.values_mut().for_each(as_text),
        Value::Array(values) => values.iter_mut().for_each(as_text),
        Value::Number(_) | Value::Bool(_) => *value = value.to_string().into(),
        Value::Null | Value::String(_) => {}
    }
}

fn template(name: &str, body: &Value) -> Result<Template, Rejection> {
    let malformed = |problem: &str| refusal(400, "illegal_argument_exception", problem);
    let mut template = Template::from_json(&json!({ "name": name, "index_template": body }))
        .map_err(|error| malformed(&error.to_string()))?;
    // Elasticsearch has all settings below `index`.
    if template.settings.keys().any(|key| key != "index") {
        let mut index = template
            .settings
            .remove("index")
            .and_then(|inner| inner.as_object().cloned())
            .unwrap_or_default();
        for (key, value) in std::mem::take(&mut template.settings) {
            index.insert(key.strip_prefix("index.").unwrap_or(&key).to_owned(), value);
        }
        template.settings = Map::from_iter([("index".to_owned(), index.into())]);
    }
    Ok(template)
}

/// A row of `_cat/indices`, with numbers as text.
fn row(contents: &Contents, name: &str) -> Option<Value> {
    let index = contents.indexes.get(name)?;
    let created = index.created.timestamp_millis().to_string();
    if index.closed {
        let nothing = Value::Null;
        return Some(json!({
            "index": name, "status": "close", "docs.count": nothing, "store.size": nothing, "creation.date": created,
        }));
    }
    let bytes: usize = index.documents.values().map(|document| document.source.len()).sum();
    Some(json!({
        "index": name,
        "status": "open",
        "docs.count": index.documents.len().to_string(),
        "store.size": bytes.to_string(),
        "creation.date": created,
    }))
}

fn put_settings(contents: &mut Contents, index: &str, settings: &Value) -> Result<Reply, Rejection> {
    let index = contents.indexes.get_mut(index).ok_or_else(|| no_such_index(index))?;
    let blocked = settings
        .get("index.blocks.write")
        .or_else(|| settings.pointer("/index/blocks/write"))
        .or_else(|| settings.pointer("/blocks/write"));
    let Some(blocked) = blocked else {
        let reason = "only `index.blocks.write` can be set on the server of djelme-testing";
        return Err(refusal(400, "illegal_argument_exception", reason));
    };
    index.write_blocked = blocked == true || blocked == "true";
    Ok(Reply::acknowledged())
}

fn delete_index(contents: &mut Contents, index: &str) -> Result<Reply, Rejection> {
    if index.contains('*') || index == "_all" {
        let reason = "Wildcard expressions or all indices are not allowed";
        return Err(refusal(400, "illegal_argument_exception", reason));
    }
    match contents.indexes.remove(index) {
        Some(_) => Ok(Reply::acknowledged()),
        None => Err(no_such_index(index)),
    }
}
