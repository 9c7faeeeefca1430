//! `composite`: one bucket for each combination of values, page by page.

mod after;
mod source;

use std::cmp::Ordering;

use serde_json::{Map, Value};

use self::after::After;
use self::source::{Asked, Stage};
use super::block::Block;
use super::keys::Comparable;
use super::level::{Aggregator, Answering, Level, MOST_ANSWERED};
use super::order::Path;
use super::params::{Params, malformed};
use super::request::Build;
use super::source::Segment;
use crate::error::Refusal;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct Composite {
    sources: Vec<Asked>,
    size: usize,
    after: Option<Map<String, Value>>,
}

impl Composite {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        let sources = match params.value("sources") {
            Some(Value::Array(sources)) => {
                sources.iter().map(|source| Asked::parse(params, source)).collect::<Result<Vec<_>, _>>()?
            }
            Some(source @ Value::Object(_)) => vec![Asked::parse(params, source)?],
            Some(other) => return Err(params.wrong_type("sources", other)),
            None => return Err(malformed("Required [sources]")),
        };
        if sources.is_empty() {
            return Err(params.wrong("sources", "Composite [sources] cannot be null or empty"));
        }
        let mut names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let twice = twice[0];
            let why = format!("Composite source names must be unique, found duplicates: [{twice}]");
            return Err(params.wrong("sources", why));
        }
        let size = match params.integer("size")? {
            None => 10,
            Some(size) if size <= 0 => {
                return Err(
                    params.wrong("size", format_args!("[size] must be greater than 0. Found [{size}]"))
                );
            }
            Some(size) if size > MOST_ANSWERED as i64 => {
                return Err(Refusal::new(
                    400,
                    "too_many_buckets_exception",
                    format!(
                        "Trying to create too many buckets. Must be less than or equal to: [{MOST_ANSWERED}] but was \
                         [{size}]. This limit can be set by changing the [search.max_buckets] cluster level setting."
                    ),
                ));
            }
            Some(size) => size as usize,
        };
        let after = match params.value("after") {
            None => None,
            Some(Value::Object(after)) => Some(after.clone()),
            Some(other) => return Err(params.wrong_type("after", other)),
        };
        params.finish()?;
        Ok(Self { sources, size, after })
    }

    pub(super) fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        let stages =
            self.sources.iter().map(|asked| Stage::new(build, asked)).collect::<Result<Vec<_>, _>>()?;
        let after = match &self.after {
            None => None,
            Some(after) => Some(After::read(build, after, &stages)?),
        };
        Ok(Box::new(CompositeAggregator {
            stages,
            size: self.size,
            after,
            docs: Vec::new(),
            parents: Vec::new(),
            numbers: Vec::new(),
            below,
        }))
    }
}

struct CompositeAggregator {
    /// The buckets of each stage lie within those of the one before.
    stages: Vec<Stage>,
    size: usize,
    after: Option<After>,
    docs: Vec<u32>,
    parents: Vec<u32>,
    numbers: Vec<u32>,
    below: Level,
}

/// A bucket that may be in the answer, with its keys.
struct Candidate {
    bucket: u32,
    keys: Vec<u64>,
}

impl CompositeAggregator {
    fn candidate(&self, bucket: u32) -> Candidate {
        let mut keys = vec![0; self.stages.len()];
        let mut at = bucket;
        for (key, stage) in keys.iter_mut().zip(&self.stages).rev() {
            *key = stage.buckets.key(at);
            at = stage.buckets.parent(at);
        }
        Candidate { bucket, keys }
    }

    fn compare(&self, one: &[u64], other: &[u64]) -> Ordering {
        let pairs = self.stages.iter().zip(one.iter().zip(other));
        let mut orderings = pairs.map(|(stage, (one, other))| stage.compare(*one, *other));
        orderings.find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
    }

    fn is_after(&self, keys: &[u64]) -> bool {
        let Some(after) = &self.after else { return true };
        let pairs = self.stages.iter().zip(keys.iter().zip(&after.0));
        let mut orderings = pairs.map(|(stage, (key, after))| {
            stage.order(stage.comparable(*key), after.as_ref().map(Comparable::from))
        });
        orderings.find(|ordering| ordering.is_ne()) == Some(Ordering::Greater)
    }

    fn key(&self, keys: &[u64]) -> Value {
        let named = self.stages.iter().zip(keys);
        Value::Object(named.map(|(stage, key)| (stage.name.clone(), stage.write(*key))).collect())
    }
}

impl Aggregator for CompositeAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.stages.iter_mut().try_for_each(|stage| stage.start(segment))?;
        self.below.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.docs.clear();
        self.docs.extend_from_slice(block.docs);
        self.parents.clear();
        self.parents.extend_from_slice(block.buckets);
        for stage in &mut self.stages {
            stage.collect(&mut self.docs, &mut self.parents, &mut self.numbers)?;
        }
        let bucket_count = self.stages.last().map_or(0, |stage| stage.buckets.len());
        if self.docs.is_empty() {
            return Ok(());
        }
        self.below.collect(Block { docs: &self.docs, buckets: &self.parents, bucket_count })
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.below.seal()
    }

    fn answer(&self, _: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal> {
        let last = self.stages.last();
        let all = 0..last.map_or(0, |stage| stage.buckets.len());
        let mut candidates: Vec<Candidate> = all.map(|bucket| self.candidate(bucket)).collect();
        candidates.retain(|candidate| self.is_after(&candidate.keys));
        let compare = |one: &Candidate, other: &Candidate| self.compare(&one.keys, &other.keys);
        if candidates.len() > self.size {
            candidates.select_nth_unstable_by(self.size, compare);
            candidates.truncate(self.size);
        }
        candidates.sort_unstable_by(compare);
        answering.add_buckets(candidates.len())?;
        let mut answer = Map::new();
        if let Some(end) = candidates.last() {
            answer.insert("after_key".into(), self.key(&end.keys));
        }
        let mut buckets = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let mut bucket = Map::new();
            bucket.insert("key".into(), self.key(&candidate.keys));
            let count = last.map_or(0, |stage| stage.buckets.counts[candidate.bucket as usize]);
            bucket.insert("doc_count".into(), count.into());
            self.below.answer(Some(candidate.bucket), &mut bucket, answering)?;
            buckets.push(bucket);
        }
        self.below.pipe(&mut buckets)?;
        answer.insert("buckets".into(), buckets.into_iter().map(Value::Object).collect());
        Ok(answer)
    }

    fn number(&self, _: u32, _: &Path) -> f64 {
        f64::NAN
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        Err(path.invalid(format_args!("Can't sort a [composite] aggregation [{name}]")))
    }
}
