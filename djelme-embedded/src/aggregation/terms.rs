//! `terms`: one bucket for each value.

use rustc_hash::FxHashSet;
use serde_json::{Map, Value};

use super::block::{Block, Loaded};
use super::format::Format;
use super::include::Included;
use super::keys::Keys;
use super::level::{Aggregator, Answering, DESERTED, Level};
use super::missing;
use super::order::{Order, Path};
use super::params::Params;
use super::request::Build;
use super::source::{Segment, Source, ValueKind};
use super::split::{NO_KEY, Split};
use crate::error::Refusal;
use crate::search::matching::Matching;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    name: String,
    field: String,
    size: usize,
    /// How many buckets a shard of Elasticsearch hands in.
    shard_size: usize,
    min_doc_count: u64,
    order: Order,
    missing: Option<Value>,
    included: Included,
    value_type: Option<ValueKind>,
    format: Option<String>,
    show_error: bool,
}

impl Terms {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        params.refuse(&["script"])?;
        let at_least = |key, least: i64, shown: &str| -> Result<Option<i64>, Refusal> {
            let wrong = |value| {
                let bound = if least == 1 { "greater than 0" } else { "greater than or equal to 0" };
                params.wrong(
                    key,
                    format_args!("[{shown}] must be {bound}. Found [{value}] in [{}]", params.name),
                )
            };
            match params.integer(key)? {
                Some(value) if value < least => Err(wrong(value)),
                other => Ok(other),
            }
        };
        let shard_size = at_least("shard_size", 1, "shard_size")?.map(|size| size as usize);
        let _ = at_least("shard_min_doc_count", 0, "shardMinDocCount")?;
        let _ = (params.text("collect_mode")?, params.text("execution_hint")?);
        let size = at_least("size", 1, "size")?.unwrap_or(10) as usize;
        let suggested = size.saturating_mul(3) / 2 + 10;
        let terms = Self {
            name: params.name.to_owned(),
            field: params.field()?.to_owned(),
            size,
            shard_size: shard_size.unwrap_or(suggested).max(size),
            min_doc_count: at_least("min_doc_count", 0, "minDocCount")?.unwrap_or(1).unsigned_abs(),
            order: Order::parse(params)?.unwrap_or_else(Order::largest_first),
            missing: params.missing()?,
            included: Included::parse(params)?,
            value_type: params.value_type()?,
            format: params.text("format")?.map(str::to_owned),
            show_error: params.boolean("show_term_doc_count_error")?.unwrap_or(false),
        };
        params.finish()?;
        Ok(terms)
    }

    pub(super) fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        self.order.check(&below)?;
        let source = Source::resolve(build.parts, &self.field, "terms", |_| true)?;
        let format = build.format(&source, self.format.as_deref())?;
        source.check_value_type(self.value_type)?;
        // Elasticsearch takes a field that nobody knows for a keyword.
        let kind = source.kind.or(self.value_type).unwrap_or(ValueKind::Keyword);
        let missing = missing::read(build, &source, kind, self.missing.as_ref())?;
        let keys = Keys::new(build, &source, kind, missing, (&self.included, &self.name))?;
        let mut split = Split::new(below);
        split.buckets.expect_keys(keys.expected());
        Ok(Box::new(TermsAggregator {
            spec: self.clone(),
            source,
            format,
            universe: (self.min_doc_count == 0).then(|| keys.of_missing().into_iter().collect()),
            keys,
            loaded: Loaded::default(),
            split,
        }))
    }
}

struct TermsAggregator {
    spec: Terms,
    source: Source,
    format: Format,
    keys: Keys,
    /// All keys that any document has, if empty buckets are wanted.
    universe: Option<FxHashSet<u64>>,
    loaded: Loaded<u64>,
    split: Split,
}

/// A bucket that may be in the answer.
struct Candidate {
    /// `None` if no document of the search fell into it.
    bucket: Option<u32>,
    count: u64,
    key: u64,
    numbers: Vec<f64>,
}

impl TermsAggregator {
    fn candidates(&self, parent: Option<u32>) -> Vec<Candidate> {
        let buckets = &self.split.buckets;
        let counted = buckets.within(parent).iter().map(|bucket| (*bucket, buckets.counts[*bucket as usize]));
        let enough = counted.filter(|(_, count)| *count >= self.spec.min_doc_count);
        let candidate = |(bucket, count)| self.candidate(Some(bucket), buckets.key(bucket), count);
        let mut candidates: Vec<Candidate> = enough.map(candidate).collect();
        if let (Some(universe), Some(_)) = (&self.universe, parent) {
            let found: FxHashSet<u64> = candidates.iter().map(|candidate| candidate.key).collect();
            let others = universe.iter().filter(|key| !found.contains(key));
            candidates.extend(others.map(|key| self.candidate(None, *key, 0)));
        }
        candidates
    }

    fn candidate(&self, bucket: Option<u32>, key: u64, count: u64) -> Candidate {
        let number = |path| self.split.below.number(bucket.unwrap_or(DESERTED), path);
        Candidate { bucket, count, key, numbers: self.spec.order.paths().map(number).collect() }
    }

    /// Finds the keys of all documents of a segment, matching ones or not.
    fn survey(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        let Some(mut universe) = self.universe.take() else { return Ok(()) };
        let everything = Matching::new(None, segment.part, false)?;
        everything.each_block(segment.reader, |block| {
            self.keys.load(&block.docs, &mut self.loaded)?;
            universe.extend(self.loaded.values.iter().filter(|key| **key != NO_KEY));
            Ok(())
        })?;
        self.universe = Some(universe);
        Ok(())
    }
}

impl Aggregator for TermsAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.keys.start(self.source.open(segment)?);
        self.survey(segment)?;
        self.split.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.keys.load(block.docs, &mut self.loaded)?;
        self.split.collect(block, &self.loaded, self.keys.leaves_out())
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.split.seal()
    }

    fn answer(&self, bucket: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal> {
        let mut candidates = self.candidates(bucket);
        let compare = |one: &Candidate, other: &Candidate| {
            let keys = || self.keys.compare(one.key, other.key);
            self.spec.order.compare((one.count, other.count), (&one.numbers, &other.numbers), keys)
        };
        let mut left_out = 0;
        if self.spec.order.paths().next().is_some() && candidates.len() > self.spec.shard_size {
            // What has no number is the last for shards, which then leave it out, and beyond all numbers for what is
            // made of their answers.
            candidates.select_nth_unstable_by(self.spec.shard_size, |one, other| {
                let keys = || self.keys.compare(one.key, other.key);
                let numbers = (&one.numbers[..], &other.numbers[..]);
                self.spec.order.compare_in_shard((one.count, other.count), numbers, keys)
            });
            left_out +=
                candidates[self.spec.shard_size..].iter().map(|candidate| candidate.count).sum::<u64>();
            candidates.truncate(self.spec.shard_size);
        }
        if candidates.len() > self.spec.size {
            candidates.select_nth_unstable_by(self.spec.size, compare);
            left_out += candidates[self.spec.size..].iter().map(|candidate| candidate.count).sum::<u64>();
            candidates.truncate(self.spec.size);
        }
        candidates.sort_unstable_by(compare);
        answering.add_buckets(candidates.len())?;
        let mut buckets = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let mut bucket = Map::new();
            self.keys.write(candidate.key, &self.source, &self.format, &mut bucket);
            bucket.insert("doc_count".into(), candidate.count.into());
            if self.spec.show_error {
                bucket.insert("doc_count_error_upper_bound".into(), 0.into());
            }
            self.split.below.answer(candidate.bucket.or(Some(DESERTED)), &mut bucket, answering)?;
            buckets.push(bucket);
        }
        self.split.below.pipe(&mut buckets)?;
        let mut answer = Map::new();
        answer.insert("doc_count_error_upper_bound".into(), 0.into());
        answer.insert("sum_other_doc_count".into(), left_out.into());
        answer.insert("buckets".into(), buckets.into_iter().map(Value::Object).collect());
        Ok(answer)
    }

    fn number(&self, _: u32, _: &Path) -> f64 {
        f64::NAN
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        let kind = match &self.keys {
            Keys::Text { .. } => "sterms",
            Keys::Whole { .. } => "lterms",
            Keys::Unsigned { .. } => "ulterms",
            Keys::Float { .. } => "dterms",
        };
        Err(path.invalid(format_args!("Can't sort a [{kind}] aggregation [{name}]")))
    }
}
