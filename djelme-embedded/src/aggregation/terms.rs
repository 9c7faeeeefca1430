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
    /// How many documents a bucket must have for a shard to hand it in.
    shard_min_doc_count: u64,
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
        let shard_least = at_least("shard_min_doc_count", 0, "shardMinDocCount")?.unwrap_or(0).unsigned_abs();
        let _ = params.text("collect_mode")?;
        if let Some(hint) = params.text("execution_hint")?
            && !["map", "global_ordinals"].contains(&hint)
        {
            return Err(Refusal::illegal(format!(
                "Unknown `execution_hint`: [{hint}], expected any of [map, global_ordinals]"
            )));
        }
        let size = at_least("size", 1, "size")?.unwrap_or(10) as usize;
        let order = Order::parse(params)?.unwrap_or_else(Order::largest_first);
        let suggested = if order.is_of_keys() { size } else { size.saturating_mul(3) / 2 + 10 };
        let min_doc_count = at_least("min_doc_count", 0, "minDocCount")?.unwrap_or(1).unsigned_abs();
        let terms = Self {
            name: params.name.to_owned(),
            field: params.field()?.to_owned(),
            size,
            shard_size: shard_size.unwrap_or(suggested).max(size),
            shard_min_doc_count: shard_least.min(min_doc_count),
            min_doc_count,
            order,
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
        missing.iter().try_for_each(|missing| missing.check_whole(kind))?;
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
        let candidate = |(bucket, count)| self.candidate(Some(bucket), buckets.key(bucket), count);
        let mut candidates: Vec<Candidate> = counted.map(candidate).collect();
        if let (Some(universe), Some(_)) = (&self.universe, parent) {
            let found: FxHashSet<u64> = candidates.iter().map(|candidate| candidate.key).collect();
            let others = universe.iter().filter(|key| !found.contains(key));
            candidates.extend(others.map(|key| self.candidate(None, *key, 0)));
        }
        candidates
    }

    /// What a shard of Elasticsearch would hand in, how far its counts may be from the truth (-1: nobody knows), and how
    /// many documents fell into the buckets that it would leave out.
    fn handed_in(&self, bucket: Option<u32>) -> (Vec<Candidate>, i64, u64) {
        let mut candidates = self.candidates(bucket);
        let Terms { shard_size, shard_min_doc_count, order, .. } = &self.spec;
        let documents =
            |left_out: &[Candidate]| left_out.iter().map(|candidate| candidate.count).sum::<u64>();
        let before = documents(&candidates);
        candidates.retain(|candidate| candidate.count >= *shard_min_doc_count);
        // Of terms, what is too rare is not even counted.
        let mut left_out =
            if matches!(self.keys, Keys::Text { .. }) { 0 } else { before - documents(&candidates) };
        if candidates.len() > *shard_size {
            // What has no number is the last for shards, which then leave it out, and beyond all numbers for what is
            // made of their answers.
            candidates.select_nth_unstable_by(*shard_size, |one, other| {
                let keys = || self.keys.compare(one.key, other.key);
                let numbers = (&one.numbers[..], &other.numbers[..]);
                order.compare_in_shard((one.count, other.count), numbers, keys)
            });
            left_out += documents(&candidates[*shard_size..]);
            candidates.truncate(*shard_size);
        }
        let known = order.is_of_keys() || order.is_largest_first() || candidates.len() < *shard_size;
        (candidates, if known { 0 } else { -1 }, left_out)
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
            let leaves_out = self.keys.leaves_out();
            universe.extend(self.loaded.values.iter().filter(|key| !leaves_out || **key != NO_KEY));
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
        let compare = |one: &Candidate, other: &Candidate| {
            let keys = || self.keys.compare(one.key, other.key);
            self.spec.order.compare((one.count, other.count), (&one.numbers, &other.numbers), keys)
        };
        let (mut candidates, error, mut left_out) = self.handed_in(bucket);
        candidates.retain(|candidate| candidate.count >= self.spec.min_doc_count);
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
                bucket.insert("doc_count_error_upper_bound".into(), error.into());
            }
            self.split.below.answer(candidate.bucket.or(Some(DESERTED)), &mut bucket, answering)?;
            buckets.push(bucket);
        }
        self.split.below.pipe(&mut buckets)?;
        let mut answer = Map::new();
        answer.insert("doc_count_error_upper_bound".into(), error.into());
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
