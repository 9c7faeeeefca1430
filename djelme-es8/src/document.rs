//! One document by its id.

use std::borrow::Cow;

use djelme_core::Result;
use djelme_core::backend::{DocumentVersion, StoredDocument};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::answer::Answer;
use crate::bulk::{BulkAnswer, ItemAnswer};
use crate::error::{Cause, from_cause};
use crate::nodes::Nodes;
use crate::path;
use crate::request::{Method, Request};
use crate::search::LONGEST_TARGET;

#[derive(Deserialize)]
struct Found<'a> {
    #[serde(borrow)]
    docs: Vec<FoundDocument<'a>>,
}

#[derive(Deserialize)]
struct FoundDocument<'a> {
    #[serde(borrow, rename = "_index")]
    index: Cow<'a, str>,
    #[serde(borrow, rename = "_id")]
    id: Cow<'a, str>,
    #[serde(default)]
    found: bool,
    #[serde(rename = "_seq_no")]
    seq_no: Option<u64>,
    #[serde(rename = "_primary_term")]
    primary_term: Option<u64>,
    #[serde(borrow, rename = "_source")]
    source: Option<&'a RawValue>,
    error: Option<Cause>,
}

/// The document, also right after it was written; `None` if it or its index is missing.
pub(crate) async fn get(nodes: &Nodes, index: &str, id: &str) -> Result<Option<StoredDocument>> {
    let index = path::exact(index)?;
    // `.` and `..` in a path are resolved away before it is sent, however they are encoded.
    let target = format!("/{index}/_doc/{}", path::id(id));
    if matches!(id, "" | "." | "..") || target.len() > LONGEST_TARGET {
        return get_in_body(nodes, &index, id).await;
    }
    let Some(answer) = nodes.send(&Request::get(target)).await?.found()? else { return Ok(None) };
    answer.json::<FoundDocument<'_>>()?.stored(&answer)
}

/// The same with the id in the body. It is the second choice because Elasticsearch answers a missing privilege with
/// "no such index" here.
async fn get_in_body(nodes: &Nodes, index: &str, id: &str) -> Result<Option<StoredDocument>> {
    let request = Request::query(format!("/{index}/_mget"), json!({ "ids": [id] }).to_string());
    let Some(answer) = nodes.send(&request).await?.found()? else { return Ok(None) };
    let Found { docs } = answer.json()?;
    let Some(document) = docs.into_iter().next() else { return Err(answer.unexpected("no document")) };
    match &document.error {
        None => document.stored(&answer),
        Some(cause) if cause.kind.as_deref() == Some("index_not_found_exception") => Ok(None),
        // The status of a part is not given. What is left are closed indexes and ids that cannot be.
        Some(cause) => Err(from_cause(&answer.request, 400, cause, &answer)),
    }
}

impl FoundDocument<'_> {
    fn stored(self, answer: &Answer) -> Result<Option<StoredDocument>> {
        if !self.found {
            return Ok(None);
        }
        let (Some(seq_no), Some(primary_term), Some(source)) = (self.seq_no, self.primary_term, self.source)
        else {
            return Err(answer.unexpected("the document has no source or no version"));
        };
        Ok(Some(StoredDocument {
            index: self.index.into_owned(),
            id: self.id.into_owned(),
            version: DocumentVersion { seq_no, primary_term },
            source: answer.body.slice_ref(source.get().as_bytes()),
        }))
    }
}

/// Deletes the document, under a condition if a version is given. `false` if it or its index was missing. As a bulk
/// request, because that has a place for every id.
pub(crate) async fn delete(
    nodes: &Nodes,
    index: &str,
    id: &str,
    version: Option<DocumentVersion>,
) -> Result<bool> {
    let target = format!("/{}/_bulk", path::exact(index)?);
    let action = match version {
        Some(version) => json!({ "delete": {
            "_id": id, "if_seq_no": version.seq_no, "if_primary_term": version.primary_term
        } }),
        None => json!({ "delete": { "_id": id } }),
    };
    let request = Request::write(Method::Post, target, Some(format!("{action}\n").into()));
    let answer = nodes.send(&request).await?.success()?;
    let BulkAnswer { items } = answer.json()?;
    let Some(ItemAnswer::Delete(item)) = items.into_iter().next() else {
        return Err(answer.unexpected("no answer to the deletion"));
    };
    match (item.status, item.error) {
        (404, _) => Ok(false),
        (status, Some(cause)) => Err(from_cause(&answer.request, status, &cause, &answer)),
        (_, None) => Ok(true),
    }
}
