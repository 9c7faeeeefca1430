//! `cardinality`: how many different values, exactly.

use rustc_hash::FxHashSet;
use serde_json::{Map, Value};

use super::block::{Block, Loaded};
use super::include::Included;
use super::keys::Keys;
use super::level::{Aggregator, Answering};
use super::metric::check_metric_path;
use super::missing;
use super::order::Path;
use super::params::Params;
use super::request::Build;
use super::source::{Segment, Source, ValueKind};
use super::split::NO_KEY;
use crate::error::Refusal;

/// Keys below this are counted in bits while there is only one bucket.
const MOST_BITS: u64 = 1 << 27;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct Cardinality {
    name: String,
    field: String,
    missing: Option<Value>,
}

impl Cardinality {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        params.refuse(&["script"])?;
        // Counting is exact at any precision.
        if let Some(threshold) = params.integer("precision_threshold")?.filter(|threshold| *threshold < 0) {
            let name = params.name;
            let why = format!(
                "[precisionThreshold] must be greater than or equal to 0. Found [{threshold}] in [{name}]"
            );
            return Err(params.wrong("precision_threshold", why));
        }
        let _ = params.text("execution_hint")?;
        let cardinality = Self {
            name: params.name.to_owned(),
            field: params.field()?.to_owned(),
            missing: params.missing()?,
        };
        params.finish()?;
        Ok(cardinality)
    }

    pub(super) fn build(&self, build: &Build<'_>) -> Result<Box<dyn Aggregator>, Refusal> {
        let source = Source::resolve(build.parts, &self.field, "cardinality", |_| true)?;
        let kind = source.kind.unwrap_or(ValueKind::Keyword);
        let missing = missing::read(build, &source, kind, self.missing.as_ref())?;
        missing.iter().try_for_each(|missing| missing.check_whole(kind))?;
        let keys = Keys::new(build, &source, kind, missing, (&Included::default(), &self.name))?;
        Ok(Box::new(CardinalityAggregator {
            source,
            keys,
            loaded: Loaded::default(),
            seen: Seen::One(Vec::new()),
            counts: Vec::new(),
        }))
    }
}

/// The keys that were there.
enum Seen {
    /// Of the only bucket: a bit for each.
    One(Vec<u64>),
    Many(FxHashSet<(u32, u64)>),
}

impl Seen {
    /// Whether the key is new in the bucket.
    fn add(&mut self, bucket: u32, key: u64) -> bool {
        match self {
            Self::One(bits) if bucket == 0 && key < MOST_BITS => {
                let word = (key / 64) as usize;
                if word >= bits.len() {
                    bits.resize((word + 1).next_power_of_two(), 0);
                }
                let new = bits[word] >> (key % 64) & 1 == 0;
                bits[word] |= 1 << (key % 64);
                new
            }
            Self::One(bits) => {
                let keys = (0..).zip(bits.iter()).flat_map(|(word, bits)| {
                    (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| (0, word * 64 + bit))
                });
                *self = Self::Many(keys.collect());
                self.add(bucket, key)
            }
            Self::Many(keys) => keys.insert((bucket, key)),
        }
    }
}

struct CardinalityAggregator {
    source: Source,
    keys: Keys,
    loaded: Loaded<u64>,
    seen: Seen,
    counts: Vec<u64>,
}

impl Aggregator for CardinalityAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.keys.start(self.source.open(segment)?);
        Ok(())
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.keys.load(block.docs, &mut self.loaded)?;
        self.counts.resize(self.counts.len().max(block.bucket_count as usize), 0);
        let (seen, counts, leaves_out) = (&mut self.seen, &mut self.counts, self.keys.leaves_out());
        self.loaded.each(block.buckets, |bucket, key| {
            if !(leaves_out && key == NO_KEY) && seen.add(bucket, key) {
                counts[bucket as usize] += 1;
            }
        });
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        Ok(())
    }

    fn answer(&self, bucket: Option<u32>, _: &Answering) -> Result<Map<String, Value>, Refusal> {
        let count = bucket.and_then(|bucket| self.counts.get(bucket as usize)).copied().unwrap_or(0);
        Ok(Map::from_iter([("value".to_owned(), count.into())]))
    }

    fn number(&self, bucket: u32, _: &Path) -> f64 {
        self.counts.get(bucket as usize).copied().unwrap_or(0) as f64
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        check_metric_path(None, name, path)
    }
}
