//! Searches: the body of a request, what matches, what is answered.

mod hits;
pub(crate) mod matching;
mod numbers;
mod order;
mod request;
mod resolve;
mod sort;
mod source;
mod timeout;
mod top;

use std::time::Instant;

use chrono::{DateTime, Utc};
use djelme_core::plan::IndexPlan;
use serde::Serialize;
use serde_json::{Map, Value};
use tantivy::DocSet as _;
use tantivy::TERMINATED;

use self::hits::{Hit, Shown};
use self::matching::{Block, Matching};
use self::request::{Request, TrackTotalHits};
use self::sort::By;
use self::top::Top;
use crate::aggregation::Collector;
use crate::error::Refusal;
use crate::query::Query;
use crate::store::{Part, Snapshot};

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

#[derive(Debug, Serialize)]
struct Hits {
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Total>,
    max_score: Option<f32>,
    hits: Vec<Hit>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Total {
    value: u64,
    relation: &'static str,
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
        Run::new(&request, &parts, now).and_then(|run| run.finish(&parts)).map_err(Refusal::of_all_shards)?
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

fn compile(
    query: Option<&Query>,
    part: &Part,
    now: DateTime<Utc>,
) -> Result<Option<Box<dyn tantivy::query::Query>>, Refusal> {
    query.map(|query| query.compile(part, now)).transpose()
}

/// A search at work.
struct Run<'a> {
    request: &'a Request,
    /// One for each part.
    matching: Vec<Matching>,
    /// One for each part, with `post_filter`.
    filters: Vec<Matching>,
    top: Option<Top>,
    collector: Option<Collector>,
    scores: bool,
    total: u64,
    max_score: Option<f32>,
}

impl<'a> Run<'a> {
    /// Binds everything to the mappings first: what one index refuses, the whole search refuses.
    fn new(request: &'a Request, parts: &[Part], now: DateTime<Utc>) -> Result<Self, Refusal> {
        let limit = request.from + request.size;
        let top = Top::new(&request.sort, limit, request.search_after.clone());
        top.check(parts)?;
        let hits = request.size > 0;
        let by_score = request.sort.is_empty() || request.sort.iter().any(|key| key.by == By::Score);
        let scores = request.min_score.is_some() || hits && (by_score || request.track_scores);
        let mut matching = Vec::with_capacity(parts.len());
        let mut filters = Vec::new();
        for part in parts {
            matching.push(Matching::new(compile(request.query.as_ref(), part, now)?, part, scores)?);
            if request.post_filter.is_some() {
                filters.push(Matching::new(compile(request.post_filter.as_ref(), part, now)?, part, false)?);
            }
        }
        let collector = match &request.aggregations {
            Some(aggregations) => Some(aggregations.collector(parts, now)?),
            None => None,
        };
        let top = hits.then_some(top);
        Ok(Self { request, matching, filters, top, collector, scores, total: 0, max_score: None })
    }

    fn finish(mut self, parts: &[Part]) -> Result<(Hits, Option<Map<String, Value>>), Refusal> {
        for (number, part) in parts.iter().enumerate() {
            self.part(number, part)?;
        }
        let Request { sort, from, size, .. } = self.request;
        let mut max_score = self.max_score;
        let hits = match self.top {
            None => Vec::new(),
            Some(top) => {
                let ranked = top.finish()?;
                let found = ranked.buckets.first().map_or(&[][..], Vec::as_slice);
                if sort.is_empty() {
                    max_score = found.first().map(|best| best.score);
                }
                let shown = Shown {
                    source: self.request.source.clone(),
                    id: self.request.shows_id,
                    version: self.request.shows_version,
                    scores: self.scores
                        && (sort.is_empty() || self.request.track_scores || by_score(self.request)),
                    sort_values: !sort.is_empty(),
                };
                hits::read(&ranked, found.get(*from..).unwrap_or_default(), &shown)?
            }
        };
        debug_assert!(hits.len() <= *size, "more hits than asked for");
        let total = self.request.track_total_hits.total(self.total);
        let aggregations = self.collector.map(Collector::finish).transpose()?;
        Ok((Hits { total, max_score, hits }, aggregations))
    }

    fn part(&mut self, number: usize, part: &Part) -> Result<(), Refusal> {
        let matching = &self.matching[number];
        let plain = self.top.is_none() && self.collector.is_none();
        for segment in part.table.searcher.segment_readers() {
            if plain && self.request.min_score.is_none() {
                // `post_filter` narrows the hits, and with them their number.
                self.total += match self.filters.get(number) {
                    None => matching.count(segment)?,
                    Some(_) => 0,
                };
                if self.filters.is_empty() {
                    continue;
                }
            }
            if let Some(top) = &mut self.top {
                top.start(part, segment)?;
            }
            if let Some(collector) = &mut self.collector {
                collector.start(part, segment)?;
            }
            let mut filter = match self.filters.get(number) {
                Some(filter) => Some(filter.documents(segment)?),
                None => None,
            };
            let (top, collector) = (&mut self.top, &mut self.collector);
            let (total, max_score) = (&mut self.total, &mut self.max_score);
            let (request, track_scores) = (self.request, self.request.track_scores);
            matching.each_block(segment, |block| {
                if let Some(least) = request.min_score {
                    block.retain(|_, score| score >= least);
                }
                if let Some(collector) = collector {
                    collector.collect(&block.docs)?;
                }
                if let Some(filter) = &mut filter {
                    block.retain(|doc, _| {
                        let at = filter.doc();
                        at == doc || at < doc && filter.seek(doc) == doc && doc != TERMINATED
                    });
                }
                *total += block.docs.len() as u64;
                if track_scores {
                    let best = block.scores.iter().copied().reduce(f32::max);
                    *max_score = max_score.iter().copied().chain(best).reduce(f32::max);
                }
                if let Some(top) = top {
                    collect(top, block);
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

fn by_score(request: &Request) -> bool {
    request.sort.iter().any(|key| key.by == By::Score)
}

fn collect(top: &mut Top, block: &Block) {
    if block.scores.is_empty() {
        for doc in &block.docs {
            top.collect(0, *doc, 0.0);
        }
    } else {
        for (doc, score) in block.docs.iter().zip(&block.scores) {
            top.collect(0, *doc, *score);
        }
    }
}

impl TrackTotalHits {
    fn total(self, counted: u64) -> Option<Total> {
        match self {
            Self::Off => None,
            Self::UpTo(most) if counted > most => Some(Total { value: most, relation: "gte" }),
            Self::All | Self::UpTo(_) => Some(Total { value: counted, relation: "eq" }),
        }
    }
}

#[cfg(test)]
mod tests;
