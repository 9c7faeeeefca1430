//! What the server does when no fault stands against it: documents and searches.

use bytes::Bytes;
use djelme_core::document::WriteOp;
use djelme_core::outcome::Rejection;
use serde_json::{Value, json};

use super::answer::{Content, Reply, error};
use super::route::{Asked, What};
use super::{bulk, manage};
use crate::script::Decision;
use crate::script::refusal::{index_closed, refusal};
use crate::store::{Contents, Store, matches, no_such_index, search as searches};

pub(super) fn act(store: &Store, asked: &Asked, body: &Bytes, version: &str, decision: &Decision) -> Reply {
    let result = match &asked.what {
        What::Info => Ok(info(version)),
        What::Bulk(Ok(lines)) => Ok(bulk::bulk(store, lines, body, asked.filter.as_deref(), decision)),
        What::Bulk(Err(refused)) => Err(refused.clone()),
        What::Search => search(&store.contents(), asked, body),
        What::Count => count(&store.contents(), asked, body),
        What::MultiSearch => multi_search(&store.contents(), body),
        What::Get(id) => get(&store.contents(), &asked.subject, id),
        What::GetSeveral => get_several(&store.contents(), &asked.subject, body),
        What::PutDocument(id) => put(&mut store.contents(), &asked.subject, id, body),
        What::DeleteDocument(id) => delete(&mut store.contents(), &asked.subject, id),
        _ => manage::manage(store, asked, body),
    };
    result.unwrap_or_else(|refused| Reply::refused(&refused))
}

fn info(version: &str) -> Reply {
    Reply::ok(json!({
        "name": "djelme-testing",
        "cluster_name": "djelme-testing",
        "cluster_uuid": "djelme-testing",
        "version": { "number": version, "build_flavor": "default", "build_type": "zip", "lucene_version": "9.12.2" },
        "tagline": "You Know, for Search",
    }))
}

pub(super) fn json_of(body: &[u8]) -> Result<Value, Rejection> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|error| refusal(400, "parsing_exception", &error.to_string()))
}

/// The index expressions of a path. One that is an exact name must be there, unless the request passes over it.
pub(super) fn expressions<'a>(contents: &Contents, asked: &'a Asked) -> Result<Vec<&'a str>, Rejection> {
    let expressions: Vec<_> = asked.subject.split(',').collect();
    let missing = |name: &&&str| !name.contains('*') && !contents.indexes.contains_key(**name);
    match expressions.iter().find(missing) {
        Some(name) if !asked.ignore_unavailable => Err(no_such_index(name)),
        _ => Ok(expressions),
    }
}

fn search(contents: &Contents, asked: &Asked, body: &[u8]) -> Result<Reply, Rejection> {
    let expressions = expressions(contents, asked)?;
    searches::search(contents, &expressions, &json_of(body)?).map(|found| Reply::text(200, found))
}

fn count(contents: &Contents, asked: &Asked, body: &[u8]) -> Result<Reply, Rejection> {
    let expressions = expressions(contents, asked)?;
    let count = searches::count(contents, &expressions, &json_of(body)?)?;
    let shards = searches::open(contents, &expressions).count();
    let shards = json!({ "total": shards, "successful": shards, "skipped": 0, "failed": 0 });
    Ok(Reply::ok(json!({ "count": count, "_shards": shards })))
}

fn multi_search(contents: &Contents, body: &[u8]) -> Result<Reply, Rejection> {
    let lines: Vec<_> = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    let mut responses = Vec::new();
    for pair in lines.chunks(2) {
        let [header, body] = pair else {
            return Err(refusal(400, "illegal_argument_exception", "a search has no body"));
        };
        let (header, body) = (json_of(header)?, json_of(body)?);
        responses.push(match one_of_several(contents, &header, &body) {
            Ok(found) => found.strip_suffix('}').unwrap_or(&found).to_owned() + ",\"status\":200}",
            Err(refused) => json!({ "error": error(&refused), "status": refused.status }).to_string(),
        });
    }
    Ok(Reply::text(200, format!("{{\"took\":0,\"responses\":[{}]}}", responses.join(","))))
}

fn one_of_several(contents: &Contents, header: &Value, body: &Value) -> Result<String, Rejection> {
    let named = match &header["index"] {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::String(names) => names.split(',').collect(),
        _ => vec!["*"],
    };
    let missing = |name: &&&str| !name.contains('*') && !contents.indexes.contains_key(**name);
    match named.iter().find(missing) {
        Some(name) if header["ignore_unavailable"] != true => Err(no_such_index(name)),
        _ => searches::search(contents, &named, body),
    }
}

/// The document as text, and whether it was found.
fn document(contents: &Contents, index: &str, id: &str) -> Result<(bool, String), Rejection> {
    let found = contents.indexes.get(index).ok_or_else(|| no_such_index(index))?;
    if found.closed {
        return Err(index_closed());
    }
    let Some(document) = found.documents.get(id) else {
        return Ok((false, json!({ "_index": index, "_id": id, "found": false }).to_string()));
    };
    let about = json!({
        "_index": index,
        "_id": id,
        "_version": document.version,
        "_seq_no": document.place.seq_no,
        "_primary_term": document.place.primary_term,
        "found": true,
    });
    Ok((true, searches::with(&about, "_source", &String::from_utf8_lossy(&document.source))))
}

fn get(contents: &Contents, index: &str, id: &str) -> Result<Reply, Rejection> {
    let (found, text) = document(contents, index, id)?;
    Ok(Reply::text(if found { 200 } else { 404 }, text))
}

fn get_several(contents: &Contents, index: &str, body: &[u8]) -> Result<Reply, Rejection> {
    let body = json_of(body)?;
    let ids = body["ids"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let one = |id: &str| match document(contents, index, id) {
        Ok((_, text)) => text,
        Err(refused) => json!({ "_index": index, "_id": id, "error": error(&refused) }).to_string(),
    };
    Ok(Reply::text(200, format!("{{\"docs\":[{}]}}", ids.map(one).collect::<Vec<_>>().join(","))))
}

fn put(contents: &mut Contents, index: &str, id: &str, body: &[u8]) -> Result<Reply, Rejection> {
    let written = contents.write(WriteOp::Index, index, id, body)?;
    let (status, result) = if written.created { (201, "created") } else { (200, "updated") };
    let json = json!({
        "_index": index, "_id": id, "_version": written.version, "result": result,
        "_seq_no": written.place.seq_no, "_primary_term": written.place.primary_term,
    });
    Ok(Reply { status, content: Content::Json(json) })
}

fn delete(contents: &mut Contents, index: &str, id: &str) -> Result<Reply, Rejection> {
    let (was_there, written) = contents.delete(index, id, None)?;
    let (status, result) = if was_there { (200, "deleted") } else { (404, "not_found") };
    let json = json!({
        "_index": index, "_id": id, "_version": written.version, "result": result,
        "_seq_no": written.place.seq_no, "_primary_term": written.place.primary_term,
    });
    Ok(Reply { status, content: Content::Json(json) })
}

/// The names of the indexes that the expressions match.
pub(super) fn named(contents: &Contents, expressions: &[&str]) -> Vec<String> {
    let wanted = |name: &&String| expressions.iter().any(|expression| matches(expression, name));
    contents.indexes.keys().filter(wanted).cloned().collect()
}
