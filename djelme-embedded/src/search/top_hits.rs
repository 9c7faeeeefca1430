//! The first hits of each of many buckets: what the aggregation `top_hits` needs.

use serde_json::{Value, json};
use tantivy::{DocId, Score, SegmentReader};

use super::hits::{self, Hits, Total};
use super::request::Request;
use super::top::{Ranked, Top};
use crate::error::Refusal;
use crate::store::Part;

/// A `top_hits` aggregation, as it was read.
#[derive(Debug, Clone)]
pub(crate) struct TopHitsRequest {
    name: String,
    request: Request,
}

/// `top_hits` at work.
#[derive(Debug)]
pub(crate) struct TopHits {
    request: Request,
    top: Top,
    /// Of each bucket: the number of its documents and the best score.
    buckets: Vec<(u64, Option<Score>)>,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct TopHitsAnswer {
    request: Request,
    ranked: Ranked,
    buckets: Vec<(u64, Option<Score>)>,
}

impl TopHitsRequest {
    /// Reads the body of the aggregation of this name.
    pub(crate) fn parse(body: &Value, name: &str) -> Result<Self, Refusal> {
        Ok(Self { name: name.to_owned(), request: Request::parse_top_hits(body, name)? })
    }

    /// Whether [`TopHits::collect`] must be given scores.
    pub(crate) fn needs_scores(&self) -> bool {
        self.request.needs_scores()
    }

    /// Prepares to collect from these parts; what a mapping forbids is refused here.
    pub(crate) fn collector(&self, parts: &[Part]) -> Result<TopHits, Refusal> {
        let request = self.request.clone();
        request.check_top_hits_window(&self.name)?;
        let top = Top::new(&request.sort, request.from + request.size, None);
        top.check(parts)?;
        Ok(TopHits { request, top, buckets: Vec::new() })
    }
}

impl TopHits {
    /// Goes on to a segment of one of the parts.
    pub(crate) fn start(&mut self, part: &Part, segment: &SegmentReader) -> Result<(), Refusal> {
        self.top.start(part, segment)
    }

    /// Takes a document of the segment into a bucket; documents come in ascending order. Without
    /// [`needs_scores`](TopHitsRequest::needs_scores) the score does not matter.
    pub(crate) fn collect(&mut self, bucket: usize, doc: DocId, score: Score) {
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, (0, None));
        }
        let (count, best) = &mut self.buckets[bucket];
        *count += 1;
        *best = Some(best.map_or(score, |best| best.max(score)));
        self.top.collect(bucket, doc, score);
    }

    /// Ends the collection.
    pub(crate) fn finish(self) -> Result<TopHitsAnswer, Refusal> {
        Ok(TopHitsAnswer { request: self.request, ranked: self.top.finish()?, buckets: self.buckets })
    }
}

impl TopHitsAnswer {
    /// The answer of one bucket: `{"hits": {..}}`.
    pub(crate) fn bucket(&self, bucket: usize) -> Result<Value, Refusal> {
        let (count, best) = self.buckets.get(bucket).copied().unwrap_or_default();
        let found = self.ranked.buckets.get(bucket).map_or(&[][..], Vec::as_slice);
        let shown = self.request.shown();
        let hits = hits::read(&self.ranked, found.get(self.request.from..).unwrap_or_default(), &shown)?;
        let max_score = best.filter(|_| shown.scores);
        let hits = Hits { total: Some(Total::exactly(count)), max_score, hits };
        serde_json::to_value(hits).map(|hits| json!({ "hits": hits })).map_err(Refusal::fault)
    }
}
