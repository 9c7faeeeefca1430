//! `top_hits`: the first documents of each bucket.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use tantivy::{DocId, Score};

use super::block::Block;
use super::level::{Aggregator, Answering};
use super::order::Path;
use super::params::Params;
use super::request::Build;
use super::source::Segment;
use crate::error::Refusal;
use crate::search::{self, TopHitsAnswer, TopHitsRequest};

/// The scores of the documents that are collected just now.
#[derive(Debug, Clone, Default)]
pub(super) struct Scores(Arc<Mutex<(Vec<DocId>, Vec<Score>)>>);

impl Scores {
    pub(super) fn set(&self, docs: &[DocId], scores: &[Score]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.0.clear();
        known.0.extend_from_slice(docs);
        known.1.clear();
        known.1.extend_from_slice(scores);
    }
}

/// The aggregation as it was read.
#[derive(Debug, Clone)]
pub(super) struct TopHits(TopHitsRequest);

impl TopHits {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        TopHitsRequest::parse(&params.whole(), params.name).map(Self)
    }

    pub(super) fn needs_scores(&self) -> bool {
        self.0.needs_scores()
    }

    pub(super) fn build(&self, build: &Build<'_>) -> Result<Box<dyn Aggregator>, Refusal> {
        Ok(Box::new(TopHitsAggregator {
            scores: build.scores.clone(),
            hits: Some(self.0.collector(build.parts)?),
            answer: None,
        }))
    }
}

struct TopHitsAggregator {
    scores: Scores,
    /// Until everything is collected.
    hits: Option<search::TopHits>,
    answer: Option<TopHitsAnswer>,
}

impl Aggregator for TopHitsAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.hits.as_mut().map_or(Ok(()), |hits| hits.start(segment.part, segment.reader))
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        let Some(hits) = &mut self.hits else { return Ok(()) };
        let known = self.scores.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (docs, scores) = &*known;
        let mut at = 0;
        for (doc, bucket) in block.docs.iter().zip(block.buckets) {
            while docs.get(at).is_some_and(|known| known < doc) {
                at += 1;
            }
            let score = if docs.get(at) == Some(doc) { scores.get(at).copied() } else { None };
            hits.collect(*bucket as usize, *doc, score.unwrap_or_default());
        }
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.answer = self.hits.take().map(search::TopHits::finish).transpose()?;
        Ok(())
    }

    fn answer(&self, bucket: Option<u32>, _: &Answering) -> Result<Map<String, Value>, Refusal> {
        let bucket = bucket.map_or(usize::MAX, |bucket| bucket as usize);
        match self.answer.as_ref().map(|answer| answer.bucket(bucket)).transpose()? {
            Some(Value::Object(answer)) => Ok(answer),
            _ => Ok(Map::new()),
        }
    }

    fn number(&self, _: u32, _: &Path) -> f64 {
        f64::NAN
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        Err(path.invalid(format_args!("Can't sort a [top_hits] aggregation [{name}]")))
    }
}
