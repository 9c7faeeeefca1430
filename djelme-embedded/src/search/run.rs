//! A search at work: part by part and segment by segment.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tantivy::query::Scorer;
use tantivy::{DocId, SegmentReader};

use super::hits::{self, Hits, Shown};
use super::matching::{Block, Matching};
use super::request::Request;
use super::top::Top;
use crate::aggregation::{Aggregations, Collector};
use crate::error::Refusal;
use crate::query::Query;
use crate::store::Part;

/// The query for a part; `None` for everything.
pub(super) fn compile(
    query: Option<&Query>,
    part: &Part,
    now: DateTime<Utc>,
) -> Result<Option<Box<dyn tantivy::query::Query>>, Refusal> {
    query.map(|query| query.compile(part, now)).transpose()
}

/// A search, bound to the parts that it reads.
pub(super) struct Run<'a> {
    request: &'a Request,
    parts: &'a [Part],
    /// One for each part.
    matching: Vec<Matching>,
    /// One for each part, if there is a `post_filter`.
    filters: Vec<Matching>,
    findings: Findings,
}

/// The segments of a part, the oldest first: sums of floating-point numbers depend on the order of their documents.
fn in_order(part: &Part) -> Result<Vec<&SegmentReader>, Refusal> {
    let mut segments = Vec::new();
    for segment in part.table.searcher.segment_readers() {
        segments.push((super::order::sequence(segment)?.min_value(), segment));
    }
    segments.sort_by_key(|(first, _)| *first);
    Ok(segments.into_iter().map(|(_, segment)| segment).collect())
}

/// What has been found so far.
struct Findings {
    min_score: Option<f32>,
    track_scores: bool,
    /// `None` without hits.
    top: Option<Top>,
    collector: Option<Collector>,
    total: u64,
    max_score: Option<f32>,
}

impl<'a> Run<'a> {
    /// Binds everything to the mappings first: what one index refuses, the whole search refuses.
    pub(super) fn new(request: &'a Request, parts: &'a [Part], now: DateTime<Utc>) -> Result<Self, Refusal> {
        request.check_window()?;
        request.check_names()?;
        let top = Top::new(&request.sort, request.from + request.size, request.search_after.clone());
        top.check(parts)?;
        let aggregations = request.aggregations.as_ref();
        let scores = request.needs_scores() || aggregations.is_some_and(Aggregations::needs_scores);
        let mut matching = Vec::with_capacity(parts.len());
        let mut filters = Vec::new();
        for part in parts {
            matching.push(Matching::new(compile(request.query.as_ref(), part, now)?, part, scores)?);
            if request.post_filter.is_some() {
                filters.push(Matching::new(compile(request.post_filter.as_ref(), part, now)?, part, false)?);
            }
        }
        let findings = Findings {
            min_score: request.min_score,
            track_scores: request.track_scores,
            top: (request.size > 0).then_some(top),
            collector: aggregations.map(|aggregations| aggregations.collector(parts, now)).transpose()?,
            total: 0,
            max_score: None,
        };
        Ok(Self { request, parts, matching, filters, findings })
    }

    /// Goes through everything that matches.
    pub(super) fn finish(mut self) -> Result<(Hits, Option<Map<String, Value>>), Refusal> {
        let counted = self.findings.only_counts() && self.filters.is_empty();
        for (number, part) in self.parts.iter().enumerate() {
            for segment in in_order(part)? {
                if counted {
                    self.findings.total += self.matching[number].count(segment)?;
                } else {
                    self.segment(number, part, segment)?;
                }
            }
        }
        let (request, findings) = (self.request, self.findings);
        let mut max_score = findings.max_score;
        let mut hits = Vec::new();
        if let Some(top) = findings.top {
            let ranked = top.finish()?;
            let found = ranked.buckets.first().map_or(&[][..], Vec::as_slice);
            if request.sort.is_empty() {
                max_score = found.first().map(|best| best.score);
            }
            let shown = Shown { scores: request.shows_scores(), ..request.shown() };
            hits = hits::read(&ranked, found.get(request.from..).unwrap_or_default(), &shown)?;
        }
        let total = request.track_total_hits.total(findings.total);
        let aggregations = findings.collector.map(Collector::finish).transpose()?;
        Ok((Hits { total, max_score, hits }, aggregations))
    }

    fn segment(&mut self, number: usize, part: &Part, segment: &SegmentReader) -> Result<(), Refusal> {
        let findings = &mut self.findings;
        findings.start(part, segment)?;
        let filter = self.filters.get(number);
        let mut filter = filter.map(|filter| filter.documents(segment)).transpose()?;
        self.matching[number].each_block(segment, |block| findings.take(block, filter.as_deref_mut()))
    }
}

impl Findings {
    /// Whether nothing but the number of documents is wanted.
    fn only_counts(&self) -> bool {
        self.top.is_none() && self.collector.is_none() && self.min_score.is_none()
    }

    fn start(&mut self, part: &Part, segment: &SegmentReader) -> Result<(), Refusal> {
        if let Some(top) = &mut self.top {
            top.start(part, segment)?;
        }
        if let Some(collector) = &mut self.collector {
            collector.start(part, segment)?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        block: &mut Block,
        filter: Option<&mut (dyn Scorer + 'static)>,
    ) -> Result<(), Refusal> {
        if let Some(least) = self.min_score {
            block.retain(|_, score| score >= least);
        }
        if let Some(collector) = &mut self.collector {
            collector.collect(&block.docs, &block.scores)?;
        }
        // It narrows the hits and their number, not what is aggregated.
        if let Some(filter) = filter {
            block.retain(|doc, _| reaches(filter, doc));
        }
        self.total += block.docs.len() as u64;
        if self.track_scores {
            let best = block.scores.iter().copied().reduce(f32::max);
            self.max_score = self.max_score.iter().copied().chain(best).reduce(f32::max);
        }
        if let Some(top) = &mut self.top {
            let scores = block.scores.iter().copied().chain(std::iter::repeat(0.0));
            for (doc, score) in block.docs.iter().zip(scores) {
                top.collect(0, *doc, score);
            }
        }
        Ok(())
    }
}

/// Whether a document is among these, which are only gone through forwards.
fn reaches(documents: &mut dyn Scorer, doc: DocId) -> bool {
    let at = documents.doc();
    at == doc || at < doc && documents.seek(doc) == doc
}
