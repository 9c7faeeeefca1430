//! Writing a batch: one `_bulk` request, one answer per item, matched by position.

use std::borrow::Cow;

use djelme_core::Result;
use djelme_core::backend::DocumentVersion;
use djelme_core::document::{Batch, BatchItem, WriteOp};
use djelme_core::outcome::{ItemResponse, Rejection};
use serde::Deserialize;

use crate::answer::Answer;
use crate::error::Cause;
use crate::nodes::Nodes;
use crate::request::{Method, Request};

/// Only what is read: a full answer is twice as long, and most of it is the same for every item. The id is needed to
/// notice an answer whose items are in another order. Whether a document is new is said by the status.
const TARGET: &str = "/_bulk?filter_path=items.*._id,items.*.status,items.*._seq_no,items.*._primary_term,\
                      items.*.error.type,items.*.error.reason,items.*.error.caused_by";

#[derive(Deserialize)]
pub(crate) struct BulkAnswer<'a> {
    #[serde(borrow)]
    pub(crate) items: Vec<ItemAnswer<'a>>,
}

/// The answer to one item, under the name of its operation.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ItemAnswer<'a> {
    #[serde(borrow)]
    Create(ItemBody<'a>),
    Index(ItemBody<'a>),
    Delete(ItemBody<'a>),
}

/// The status alone is always there.
#[derive(Deserialize)]
pub(crate) struct ItemBody<'a> {
    pub(crate) status: u16,
    #[serde(borrow, default, rename = "_id")]
    id: Cow<'a, str>,
    #[serde(rename = "_seq_no")]
    seq_no: Option<u64>,
    #[serde(rename = "_primary_term")]
    primary_term: Option<u64>,
    /// Rare and large, so that it is apart.
    pub(crate) error: Option<Box<Cause>>,
}

/// Sends the batch; an answer that does not match it item by item is no answer.
pub(crate) async fn bulk(nodes: &Nodes, batch: &Batch) -> Result<Vec<ItemResponse>> {
    if batch.items().is_empty() {
        return Ok(Vec::new());
    }
    let request = Request::write(Method::Post, TARGET, Some(batch.body().clone()));
    let answer = nodes.send(&request).await?.success()?;
    read(&answer, batch)
}

fn read(answer: &Answer, batch: &Batch) -> Result<Vec<ItemResponse>> {
    let BulkAnswer { items } = answer.json()?;
    let sent = batch.items();
    if items.len() != sent.len() {
        let problem = format!("{} items were answered of {} sent", items.len(), sent.len());
        return Err(answer.unexpected(&problem));
    }
    let mut responses = Vec::with_capacity(sent.len());
    for (position, (ours, theirs)) in sent.iter().zip(items).enumerate() {
        let response = read_item(batch, ours, theirs);
        responses.push(response.map_err(|problem| answer.unexpected(&format!("item {position} {problem}")))?);
    }
    Ok(responses)
}

fn read_item(batch: &Batch, ours: &BatchItem, theirs: ItemAnswer<'_>) -> Result<ItemResponse, &'static str> {
    let body = match (ours.op, theirs) {
        (WriteOp::Create, ItemAnswer::Create(body)) => body,
        (WriteOp::Index | WriteOp::IndexIf(_), ItemAnswer::Index(body)) => body,
        _ => return Err("answers another operation"),
    };
    if !batch.has_id(ours, &body.id) {
        return Err("has another id");
    }
    match body.error {
        Some(cause) if body.status == 409 => Ok(ItemResponse::Conflict { reason: cause.explain() }),
        Some(cause) => Ok(ItemResponse::Failed(Rejection {
            status: body.status,
            reason: cause.explain(),
            error_type: cause.kind.unwrap_or_default(),
        })),
        None => {
            let (Some(seq_no), Some(primary_term)) = (body.seq_no, body.primary_term) else {
                return Err("has neither an error nor a version");
            };
            let version = DocumentVersion { seq_no, primary_term };
            match body.status {
                201 => Ok(ItemResponse::Created(version)),
                200 => Ok(ItemResponse::Updated(version)),
                _ => Err("was neither created nor updated"),
            }
        }
    }
}
