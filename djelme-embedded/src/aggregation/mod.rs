//! Aggregations: Elasticsearch's JSON, read strictly, computed exactly over columns, answered in its shapes.
//!
//! An aggregation takes documents in blocks, each document with the bucket that it fell into above; what it makes of
//! them goes down to the aggregations below in the same form. Buckets have one number across all segments, so that
//! nothing has to be merged.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tantivy::{DocId, SegmentReader};

use crate::error::Refusal;
use crate::store::Part;

/// The aggregations of a request, as they were read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aggregations;

/// Aggregations at work.
#[derive(Debug)]
pub(crate) struct Collector;

impl Aggregations {
    /// Reads the value of `aggs` (or `aggregations`), which stands at `place` in the request.
    pub(crate) fn parse(aggregations: &Value, place: &str) -> Result<Self, Refusal> {
        let _ = aggregations;
        Err(Refusal::unsupported(format_args!("aggregations [{place}]")))
    }

    /// Prepares to collect from these parts; what a mapping forbids is refused here.
    pub(crate) fn collector(&self, parts: &[Part], now: DateTime<Utc>) -> Result<Collector, Refusal> {
        let _ = (parts, now);
        Ok(Collector)
    }
}

impl Collector {
    /// Goes on to a segment of one of the parts.
    pub(crate) fn start(&mut self, part: &Part, segment: &SegmentReader) -> Result<(), Refusal> {
        let _ = (part, segment);
        Ok(())
    }

    /// Takes matching documents of the segment, ascending.
    pub(crate) fn collect(&mut self, docs: &[DocId]) -> Result<(), Refusal> {
        let _ = docs;
        Ok(())
    }

    /// The value of `aggregations` in the answer.
    pub(crate) fn finish(self) -> Result<Map<String, Value>, Refusal> {
        Ok(Map::new())
    }
}
