//! `_bulk`: reading its lines, and the answer to each.

use std::ops::Range;

use bytes::Bytes;
use djelme_core::backend::DocumentVersion;
use djelme_core::document::WriteOp;
use djelme_core::outcome::Rejection;
use serde_json::{Map, Value, json};

use super::answer::Reply;
use crate::script::refusal::refusal;
use crate::script::{Decision, Item, ItemOp};
use crate::store::{Contents, Store};

/// One action of a batch.
#[derive(Debug)]
pub(super) struct BulkLine {
    /// Its name in the answer.
    name: &'static str,
    pub(super) op: ItemOp,
    index: String,
    id: String,
    /// The condition of a deletion.
    version: Option<DocumentVersion>,
    /// Where its document lies in the body.
    source: Range<usize>,
}

/// Reads the lines. One that cannot be read fails them all, as with Elasticsearch.
pub(super) fn read(default_index: &str, body: &Bytes) -> Result<Vec<BulkLine>, Rejection> {
    if body.is_empty() {
        return Err(refusal(400, "parse_exception", "request body is required"));
    }
    if !body.ends_with(b"\n") {
        let reason = "The bulk request must be terminated by a newline [\\n]";
        return Err(refusal(400, "illegal_argument_exception", reason));
    }
    let mut start = 0;
    let mut ranges = body.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let range = start..start + line.len() - 1;
        start += line.len();
        range
    });
    let mut lines = Vec::new();
    while let Some(range) = ranges.next() {
        if range.is_empty() {
            continue;
        }
        let mut line = action(default_index, &body[range])?;
        if line.op != ItemOp::Delete {
            line.source = ranges.next().ok_or_else(|| {
                refusal(400, "illegal_argument_exception", "the last action of the batch has no document")
            })?;
        }
        lines.push(line);
    }
    Ok(lines)
}

fn action(default_index: &str, line: &[u8]) -> Result<BulkLine, Rejection> {
    let malformed = |problem: &str| {
        let line = String::from_utf8_lossy(line);
        refusal(
            400,
            "illegal_argument_exception",
            &format!("Malformed action/metadata line [{line}]: {problem}"),
        )
    };
    let json: Value = serde_json::from_slice(line)
        .map_err(|error| refusal(400, "x_content_parse_exception", &error.to_string()))?;
    let entry = json.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next());
    let (name, about) = entry.ok_or_else(|| malformed("expected one action"))?;
    let text = |key: &str| about.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &str| about.get(key).and_then(Value::as_u64);
    let version = match (number("if_seq_no"), number("if_primary_term")) {
        (Some(seq_no), Some(primary_term)) => Some(DocumentVersion { seq_no, primary_term }),
        _ => None,
    };
    let (name, op) = match (name.as_str(), version) {
        ("create", _) => ("create", ItemOp::Write(WriteOp::Create)),
        ("index", Some(version)) => ("index", ItemOp::Write(WriteOp::IndexIf(version))),
        ("index", None) => ("index", ItemOp::Write(WriteOp::Index)),
        ("delete", _) => ("delete", ItemOp::Delete),
        (other, _) => {
            return Err(malformed(&format!("`{other}` is not supported by the server of djelme-testing")));
        }
    };
    let index = text("_index").or_else(|| (!default_index.is_empty()).then(|| default_index.to_owned()));
    let index = index.ok_or_else(|| {
        refusal(400, "action_request_validation_exception", "Validation Failed: 1: index is missing;")
    })?;
    let id = text("_id").ok_or_else(|| malformed("the server of djelme-testing makes no ids"))?;
    Ok(BulkLine { name, op, index, id, version, source: 0..0 })
}

/// The documents of a batch.
pub(super) fn items<'a>(lines: &[BulkLine], body: &'a Bytes) -> Vec<Item<'a>> {
    let item = |(position, line): (usize, &BulkLine)| Item {
        position,
        op: line.op,
        index: line.index.clone(),
        id: line.id.clone(),
        source: &body[line.source.clone()],
    };
    lines.iter().enumerate().map(item).collect()
}

/// Carries the batch out.
pub(super) fn bulk(
    store: &Store,
    lines: &[BulkLine],
    body: &Bytes,
    filter: Option<&str>,
    decision: &Decision,
) -> Reply {
    if let Err(refused) = Contents::check_ids(lines.iter().map(|line| line.id.as_str())) {
        return Reply::refused(&refused);
    }
    let mut contents = store.contents();
    let items: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(position, line)| {
            let answer = match decision.refusals.get(&position) {
                Some(refused) => Err(refused.clone()),
                None => act(&mut contents, line, &body[line.source.clone()]),
            };
            let mut about = Map::from_iter([
                ("_index".to_owned(), line.index.clone().into()),
                ("_id".to_owned(), line.id.clone().into()),
            ]);
            match answer {
                Ok(done) => about.extend(done),
                Err(refused) => {
                    about.insert("status".to_owned(), refused.status.into());
                    about.insert(
                        "error".to_owned(),
                        json!({ "type": refused.error_type, "reason": refused.reason }),
                    );
                }
            }
            Value::Object(Map::from_iter([(line.name.to_owned(), about.into())]))
        })
        .collect();
    drop(contents);
    let errors = items.iter().any(|item| item.get(0).is_none() && has_error(item));
    let whole = json!({ "errors": errors, "took": 0, "items": items });
    Reply::ok(match filter {
        Some(paths) => {
            filtered(&whole, &paths.split(',').map(|path| path.split('.').collect()).collect::<Vec<_>>())
        }
        None => whole,
    })
}

fn has_error(item: &Value) -> bool {
    item.as_object().into_iter().flatten().any(|(_, about)| about.get("error").is_some())
}

fn act(contents: &mut Contents, line: &BulkLine, source: &[u8]) -> Result<Map<String, Value>, Rejection> {
    let (result, status, written) = match line.op {
        ItemOp::Write(op) => {
            let written = contents.write(op, &line.index, &line.id, source)?;
            let (result, status) = if written.created { ("created", 201) } else { ("updated", 200) };
            (result, status, written)
        }
        ItemOp::Delete | ItemOp::Get => {
            let (was_there, written) = contents.delete(&line.index, &line.id, line.version)?;
            let (result, status) = if was_there { ("deleted", 200) } else { ("not_found", 404) };
            (result, status, written)
        }
    };
    let done = json!({
        "_version": written.version,
        "result": result,
        "_shards": { "total": 1, "successful": 1, "failed": 0 },
        "_seq_no": written.place.seq_no,
        "_primary_term": written.place.primary_term,
        "status": status,
    });
    Ok(done.as_object().cloned().unwrap_or_default())
}

/// The parts of an answer that one of the paths of `filter_path` names; lists are passed through.
fn filtered(value: &Value, paths: &[Vec<&str>]) -> Value {
    match value {
        Value::Array(values) => values.iter().map(|value| filtered(value, paths)).collect(),
        Value::Object(object) => {
            let mut kept = Map::new();
            for (key, value) in object {
                let below: Vec<Vec<&str>> = paths
                    .iter()
                    .filter(|path| path.first().is_some_and(|first| *first == "*" || first == key))
                    .map(|path| path[1..].to_vec())
                    .collect();
                if below.iter().any(Vec::is_empty) {
                    kept.insert(key.clone(), value.clone());
                } else if !below.is_empty() && (value.is_object() || value.is_array()) {
                    kept.insert(key.clone(), filtered(value, &below));
                }
            }
            kept.into()
        }
        scalar => scalar.clone(),
    }
}
