//! Searches: the body of a request, what matches, what is answered.

mod hits;
pub(crate) mod matching;
mod numbers;
mod order;
mod request;
mod resolve;
mod run;
mod sort;
mod source;
mod timeout;
mod top;
mod top_hits;

use std::time::Instant;

use chrono::{DateTime, Utc};
use djelme_core::plan::IndexPlan;
use serde::Serialize;
use serde_json::{Map, Value};

use self::hits::Hits;
use self::matching::Matching;
use self::request::Request;
use self::run::{Run, compile};
use crate::error::Refusal;
use crate::store::Snapshot;

pub(crate) use self::top_hits::{TopHits, TopHitsAnswer, TopHitsRequest};

/// The answer to a search; its JSON is Elasticsearch's.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    took: u64,
    timed_out: bool,
    #[serde(rename = "_shards")]
    shards: Shards,
    hits: Hits,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregations: Option<Map<String, Value>>,
}

/// An index has one shard; none ever fails alone.
#[derive(Debug, Serialize)]
struct Shards {
    total: usize,
    successful: usize,
    skipped: usize,
    failed: usize,
}

/// Carries out a search.
pub(crate) fn search(
    snapshot: &Snapshot,
    plan: &IndexPlan,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    let started = Instant::now();
    let request = Request::parse(body)?;
    let parts = snapshot.parts(plan);
    // An index that has changed its mapping has several parts.
    let mut indexes: Vec<_> = parts.iter().flat_map(|part| &part.indexes).collect();
    indexes.sort_unstable();
    indexes.dedup();
    let shards = Shards { total: indexes.len(), successful: indexes.len(), skipped: 0, failed: 0 };
    let (hits, aggregations) = if indexes.is_empty() {
        (Hits { total: request.track_total_hits.total(0), max_score: Some(0.0), hits: Vec::new() }, None)
    } else {
        Run::new(&request, &parts, now).and_then(Run::finish).map_err(Refusal::of_all_shards)?
    };
    let took = started.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
    Ok(Answer { took, timed_out: false, shards, hits, aggregations })
}

/// How many documents match.
pub(crate) fn count(
    snapshot: &Snapshot,
    plan: &IndexPlan,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<u64, Refusal> {
    let query = Request::parse_count(body)?;
    let mut count = 0;
    for part in &snapshot.parts(plan) {
        let matching =
            Matching::new(compile(query.as_ref(), part, now).map_err(Refusal::of_all_shards)?, part, false)?;
        for segment in part.table.searcher.segment_readers() {
            count += matching.count(segment)?;
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests;
