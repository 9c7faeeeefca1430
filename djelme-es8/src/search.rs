//! Searching and counting over planned indexes.

use bytes::Bytes;
use djelme_core::backend::SearchRequest;
use djelme_core::plan::IndexExpression;
use djelme_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::answer::Answer;
use crate::error::{Cause, from_cause};
use crate::nodes::Nodes;
use crate::path;
use crate::request::Request;

/// Elasticsearch refuses a request line of 4,096 bytes; what would be longer than this goes in bodies.
pub(crate) const LONGEST_TARGET: usize = 3_500;

/// A plan also names indexes that need not exist, and closed ones are skipped.
const OPTIONS: &str = "ignore_unavailable=true&allow_no_indices=true&expand_wildcards=open";

#[derive(Deserialize)]
struct Searches<'a> {
    #[serde(borrow)]
    responses: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct SearchStatus {
    status: u16,
    error: Option<Cause>,
}

#[derive(Deserialize)]
struct Count {
    count: u64,
    #[serde(rename = "_shards")]
    shards: Shards,
}

#[derive(Deserialize)]
struct Shards {
    total: u64,
    failed: u64,
    #[serde(default)]
    failures: Vec<ShardFailure>,
}

#[derive(Deserialize)]
struct ShardFailure {
    reason: Cause,
}

#[derive(Deserialize)]
struct CountedBySearch {
    hits: Hits,
    #[serde(rename = "_shards")]
    shards: Shards,
}

#[derive(Deserialize)]
struct Hits {
    total: Total,
}

#[derive(Deserialize)]
struct Total {
    value: u64,
}

/// One search.
pub(crate) async fn search(nodes: &Nodes, search: SearchRequest<'_>) -> Result<Bytes> {
    let indexes = path::expression(&search.plan.path())?;
    let partial = search.allow_partial;
    let target = format!("/{indexes}/_search?{OPTIONS}&allow_partial_search_results={partial}");
    if target.len() > LONGEST_TARGET {
        return search_in_body(nodes, search).await;
    }
    nodes.send(&Request::query(target, search.body.to_string())).await?.success()?.object()
}

/// One search whose indexes are too many for a path.
async fn search_in_body(nodes: &Nodes, search: SearchRequest<'_>) -> Result<Bytes> {
    let answered = send_together(nodes, &[search]).await?.pop();
    answered.unwrap_or_else(|| Err(Error::UnexpectedAnswer("no search was answered".to_owned())))
}

/// Several searches in one request.
pub(crate) async fn multi_search(
    nodes: &Nodes,
    searches: &[SearchRequest<'_>],
) -> Result<Vec<Result<Bytes>>> {
    if searches.is_empty() {
        return Ok(Vec::new());
    }
    match send_together(nodes, searches).await {
        // One body that does not parse makes Elasticsearch refuse them all. One by one, each gets its own answer.
        Err(error) if error.backend_kind() == Some(ErrorKind::BadRequest) => {
            let mut answers = Vec::with_capacity(searches.len());
            for one in searches {
                answers.push(search(nodes, *one).await);
            }
            Ok(answers)
        }
        result => result,
    }
}

async fn send_together(nodes: &Nodes, searches: &[SearchRequest<'_>]) -> Result<Vec<Result<Bytes>>> {
    let mut lines = String::new();
    for SearchRequest { plan, body, allow_partial } in searches {
        let indexes: Vec<_> = plan.expressions().iter().map(IndexExpression::as_str).collect();
        let header = json!({
            "index": indexes,
            "ignore_unavailable": true,
            "allow_no_indices": true,
            "expand_wildcards": "open",
            "allow_partial_search_results": allow_partial,
        });
        lines.push_str(&format!("{header}\n{body}\n"));
    }
    let answer = nodes.send(&Request::query("/_msearch", lines)).await?.success()?;
    let Searches { responses } = answer.json()?;
    if responses.len() != searches.len() {
        let problem = format!("{} searches were answered of {}", responses.len(), searches.len());
        return Err(answer.unexpected(&problem));
    }
    responses.into_iter().map(|response| read_one(&answer, response)).collect()
}

/// One of several answers. The outer error is that of an answer without the expected shape.
fn read_one(answer: &Answer, response: &RawValue) -> Result<Result<Bytes>> {
    let status: SearchStatus =
        serde_json::from_str(response.get()).map_err(|error| answer.unexpected(&error.to_string()))?;
    Ok(match status.error {
        Some(cause) => Err(from_cause(&answer.request, status.status, &cause, answer)),
        None => Ok(answer.body.slice_ref(response.get().as_bytes())),
    })
}

/// How many documents match, exactly.
pub(crate) async fn count(nodes: &Nodes, counted: SearchRequest<'_>) -> Result<u64> {
    let target = format!("/{}/_count?{OPTIONS}", path::expression(&counted.plan.path())?);
    if target.len() > LONGEST_TARGET {
        return count_in_body(nodes, counted).await;
    }
    let answer = nodes.send(&Request::query(target, counted.body.to_string())).await?.success()?;
    let Count { count, shards } = answer.json()?;
    judge(&shards, counted.allow_partial)?;
    Ok(count)
}

/// Counting has no request that takes the indexes in its body; a search without hits counts too.
async fn count_in_body(nodes: &Nodes, counted: SearchRequest<'_>) -> Result<u64> {
    let mut body = counted.body.as_object().cloned().unwrap_or_default();
    body.insert("size".to_owned(), 0.into());
    body.insert("track_total_hits".to_owned(), true.into());
    let body = body.into();
    let found = search_in_body(nodes, SearchRequest { body: &body, ..counted }).await?;
    let CountedBySearch { hits, shards } = serde_json::from_slice(&found)
        .map_err(|error| Error::UnexpectedAnswer(format!("a search that counts: {error}")))?;
    judge(&shards, counted.allow_partial)?;
    Ok(hits.total.value)
}

fn judge(shards: &Shards, allow_partial: bool) -> Result<()> {
    if shards.failed == 0 || allow_partial {
        return Ok(());
    }
    let reason = shards.failures.first().map_or_else(String::new, |failure| failure.reason.explain());
    Err(Error::PartialResult { failed: shards.failed, total: shards.total, reason })
}
