//! Aggregations side by side: those of a request, or those within the buckets of another one.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::block::Block;
use super::order::Path;
use super::pipeline::Pipeline;
use super::source::Segment;
use crate::error::Refusal;

/// How many buckets an answer may have, as Elasticsearch's `search.max_buckets`.
pub(super) const MOST_ANSWERED: usize = 65_536;

/// The number of a bucket that is there although no document fell into it: aggregations answer as for one that all of
/// its documents left. Without a number, in the gaps of histograms, even `min_doc_count: 0` brings nothing.
pub(super) const DESERTED: u32 = u32::MAX;

/// What an aggregation does with documents and what it answers.
pub(super) trait Aggregator: Send {
    /// Goes on to another segment.
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal>;

    /// Takes documents of that segment.
    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal>;

    /// Everything is collected; answers follow.
    fn seal(&mut self) -> Result<(), Refusal>;

    /// The answer for one bucket above; `None` is a bucket that no document fell into.
    fn answer(&self, bucket: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal>;

    /// A number that buckets above can be ordered by. The path was checked by [`check_path`](Self::check_path).
    fn number(&self, bucket: u32, path: &Path) -> f64;

    /// Whether [`number`](Self::number) knows the path; what follows the aggregation's own name is in it.
    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal>;
}

/// What all parts of an answer share: the count of its buckets.
#[derive(Debug, Default)]
pub(super) struct Answering {
    buckets: Cell<usize>,
}

impl Answering {
    /// Whether so many more buckets would be allowed.
    pub(super) fn check_buckets(&self, buckets: usize) -> Result<(), Refusal> {
        let before = self.buckets.get();
        let checked = self.add_buckets(buckets);
        self.buckets.set(before);
        checked
    }

    /// Counts buckets that will be in the answer.
    pub(super) fn add_buckets(&self, buckets: usize) -> Result<(), Refusal> {
        self.buckets.set(self.buckets.get().saturating_add(buckets));
        if self.buckets.get() <= MOST_ANSWERED {
            return Ok(());
        }
        Err(Refusal::new(
            400,
            "too_many_buckets_exception",
            format!(
                "Trying to create too many buckets. Must be less than or equal to: [{MOST_ANSWERED}] but this number \
                 of buckets was exceeded. This limit can be set by changing the [search.max_buckets] cluster level \
                 setting."
            ),
        ))
    }
}

/// An aggregation by its name.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) meta: Option<Value>,
    pub(super) aggregator: Box<dyn Aggregator>,
}

/// Aggregations side by side.
#[derive(Default)]
pub(super) struct Level {
    pub(super) nodes: Vec<Node>,
    /// In the order in which they have to be computed.
    pub(super) pipelines: Vec<Pipeline>,
}

impl Level {
    /// Whether nothing is computed here.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.nodes.iter_mut().try_for_each(|node| node.aggregator.start(segment))
    }

    pub(super) fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.nodes.iter_mut().try_for_each(|node| node.aggregator.collect(block))
    }

    pub(super) fn seal(&mut self) -> Result<(), Refusal> {
        self.nodes.iter_mut().try_for_each(|node| node.aggregator.seal())
    }

    /// Adds the answers for one bucket to what is known about it.
    pub(super) fn answer(
        &self,
        bucket: Option<u32>,
        into: &mut Map<String, Value>,
        answering: &Answering,
    ) -> Result<(), Refusal> {
        for node in &self.nodes {
            let mut answer = node.aggregator.answer(bucket, answering)?;
            answer.extend(node.meta.clone().map(|meta| ("meta".to_owned(), meta)));
            into.insert(node.name.clone(), Value::Object(answer));
        }
        for pipeline in &self.pipelines {
            pipeline.apply_to_siblings(into)?;
        }
        Ok(())
    }

    /// What the pipelines here make of the buckets that this level lies within.
    pub(super) fn pipe(&self, buckets: &mut Vec<Map<String, Value>>) -> Result<(), Refusal> {
        self.pipelines.iter().try_for_each(|pipeline| pipeline.apply_to_buckets(buckets))
    }

    /// The number at a path that starts with the name of an aggregation here.
    pub(super) fn number(&self, bucket: u32, path: &Path) -> f64 {
        let (name, rest) = path.split();
        let node = self.nodes.iter().find(|node| node.name == name);
        node.map_or(f64::NAN, |node| node.aggregator.number(bucket, &rest))
    }

    pub(super) fn check_path(&self, path: &Path) -> Result<(), Refusal> {
        let (name, rest) = path.split();
        match self.nodes.iter().find(|node| node.name == name) {
            Some(node) => node.aggregator.check_path(name, &rest),
            None => Err(path.invalid(format_args!("Cannot find aggregation named [{name}]"))),
        }
    }
}
