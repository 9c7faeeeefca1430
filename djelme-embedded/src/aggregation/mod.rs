//! Aggregations: Elasticsearch's JSON, read strictly, computed exactly over columns, answered in its shapes.
//!
//! An aggregation takes documents in blocks, each document with the bucket that it fell into above; what it makes of
//! them goes down to the aggregations below in the same form. Buckets have one number across all segments, so that
//! nothing has to be merged.

mod block;
mod bounds;
mod buckets;
mod cardinality;
mod clock;
mod composite;
mod date_histogram;
mod dictionary;
mod filter;
mod format;
mod histogram;
mod include;
mod interval;
mod keys;
mod level;
mod metric;
mod metric_request;
mod missing;
mod order;
mod params;
mod pipeline;
mod quantile;
mod range;
mod request;
mod rounding;
mod rows;
mod single;
mod source;
mod split;
mod stats;
mod terms;
#[cfg(test)]
mod tests;
mod top_hits;
mod weighted;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tantivy::{DocId, Score, SegmentReader};

use self::block::Block;
use self::level::{Answering, Level};
use self::request::{Build, LevelRequest};
use self::source::Segment;
use self::top_hits::Scores;
use crate::error::Refusal;
use crate::store::Part;

/// The aggregations of a request, as they were read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aggregations(LevelRequest);

/// Aggregations at work.
pub(crate) struct Collector {
    level: Level,
    scores: Scores,
    /// All documents lie in the one bucket above everything.
    above: Vec<u32>,
}

impl Aggregations {
    /// Reads the value of `aggs` (or `aggregations`), which stands at `place` in the request.
    pub(crate) fn parse(aggregations: &Value, place: &str) -> Result<Self, Refusal> {
        LevelRequest::parse(aggregations, place, 1).map(Self)
    }

    /// Prepares to collect from these parts; what a mapping forbids is refused here.
    pub(crate) fn collector(&self, parts: &[Part], now: DateTime<Utc>) -> Result<Collector, Refusal> {
        let scores = Scores::default();
        let build = Build { parts, now, scores: scores.clone() };
        Ok(Collector { level: self.0.build(&build)?, scores, above: Vec::new() })
    }

    /// Whether [`collect`](Collector::collect) needs scores.
    pub(crate) fn needs_scores(&self) -> bool {
        self.0.needs_scores()
    }
}

impl Collector {
    /// Goes on to a segment of one of the parts. Every segment must be gone through, also those without a match.
    pub(crate) fn start(&mut self, part: &Part, segment: &SegmentReader) -> Result<(), Refusal> {
        self.level.start(&Segment { part, reader: segment })
    }

    /// Takes matching documents of the segment, ascending; with their scores, if they are needed.
    pub(crate) fn collect(&mut self, docs: &[DocId], scores: &[Score]) -> Result<(), Refusal> {
        if !scores.is_empty() {
            self.scores.set(docs, scores);
        }
        if self.above.len() < docs.len() {
            self.above.resize(docs.len(), 0);
        }
        self.level.collect(Block { docs, buckets: &self.above[..docs.len()], bucket_count: 1 })
    }

    /// The value of `aggregations` in the answer.
    pub(crate) fn finish(mut self) -> Result<Map<String, Value>, Refusal> {
        self.level.seal()?;
        let mut answer = Map::new();
        self.level.answer(Some(0), &mut answer, &Answering::default())?;
        Ok(answer)
    }
}
