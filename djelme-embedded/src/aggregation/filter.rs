//! Queries within aggregations, and `filters`: one bucket for each query.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::block::{Block, Loaded};
use super::level::{Aggregator, Answering, DESERTED, Level};
use super::order::Path;
use super::params::Params;
use super::request::Build;
use super::source::Segment;
use super::split::{Split, shown, take_key};
use crate::error::{Refusal, token};
use crate::query::Query;
use crate::search::matching::Matching;

/// The documents of a segment that match a query.
pub(super) struct Filter {
    query: Query,
    now: DateTime<Utc>,
    bits: Vec<u64>,
}

impl Filter {
    /// Refuses what the mapping of a part forbids.
    pub(super) fn new(build: &Build<'_>, query: &Query) -> Result<Self, Refusal> {
        for part in build.parts {
            let _ = query.compile(part, build.now)?;
        }
        Ok(Self { query: query.clone(), now: build.now, bits: Vec::new() })
    }

    pub(super) fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        let query = self.query.compile(segment.part, self.now)?;
        self.bits.clear();
        self.bits.resize(segment.reader.max_doc().div_ceil(64) as usize, 0);
        Matching::new(Some(query), segment.part, false)?.each_block(segment.reader, |block| {
            for doc in &block.docs {
                self.bits[(doc / 64) as usize] |= 1 << (doc % 64);
            }
            Ok(())
        })
    }

    pub(super) fn fits(&self, doc: u32) -> bool {
        self.bits.get((doc / 64) as usize).is_some_and(|bits| bits >> (doc % 64) & 1 == 1)
    }
}

/// What a request says of `filters`.
#[derive(Debug, Clone)]
pub(super) struct Filters {
    queries: Vec<(String, Query)>,
    /// The key of the bucket of all others, if there is one.
    other: Option<String>,
    /// Whether the queries have names.
    named: bool,
    keyed: bool,
}

impl Filters {
    pub(super) fn parse(params: &Params<'_>, place: &str) -> Result<Self, Refusal> {
        let named = |(key, query): (&String, &Value)| {
            Ok((key.clone(), Query::parse(query, &format!("{place}.filters.{key}"))?))
        };
        let numbered = |(number, query): (usize, &Value)| {
            Ok((number.to_string(), Query::parse(query, &format!("{place}.filters[{number}]"))?))
        };
        let (queries, are_named) = match params.value("filters") {
            Some(Value::Object(queries)) if !queries.is_empty() => {
                (queries.iter().map(named).collect::<Result<Vec<_>, Refusal>>()?, true)
            }
            Some(Value::Array(queries)) if !queries.is_empty() => {
                (queries.iter().enumerate().map(numbered).collect::<Result<Vec<_>, Refusal>>()?, false)
            }
            None | Some(Value::Object(_) | Value::Array(_)) => {
                return Err(Refusal::illegal("[filters] cannot be empty."));
            }
            Some(other) => {
                let name = params.name;
                return Err(Refusal::parsing(format!(
                    "Unknown key for a {} in [{name}]: [filters].",
                    token(other)
                )));
            }
        };
        let key = params.text("other_bucket_key")?;
        let wanted = params.boolean("other_bucket")?.unwrap_or(key.is_some());
        let filters = Self {
            queries,
            other: wanted.then(|| key.unwrap_or("_other_").to_owned()),
            named: are_named,
            keyed: params.boolean("keyed")?.unwrap_or(true),
        };
        params.finish()?;
        Ok(filters)
    }

    pub(super) fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        let filters =
            self.queries.iter().map(|(_, query)| Filter::new(build, query)).collect::<Result<_, _>>()?;
        let mut split = Split::new(below);
        split.buckets.expect_keys(self.queries.len() as u64 + 1);
        Ok(Box::new(FiltersAggregator { spec: self.clone(), filters, keys: Loaded::default(), split }))
    }
}

struct FiltersAggregator {
    spec: Filters,
    filters: Vec<Filter>,
    keys: Loaded<u64>,
    split: Split,
}

impl Aggregator for FiltersAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.filters.iter_mut().try_for_each(|filter| filter.start(segment))?;
        self.split.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        let (filters, other) = (&self.filters, self.spec.other.is_some());
        self.keys.replace(false, |keys, positions| {
            for (doc, position) in block.docs.iter().zip(0..) {
                let before = keys.len();
                let fitting = filters.iter().zip(0..).filter(|(filter, _)| filter.fits(*doc));
                keys.extend(fitting.map(|(_, key)| key));
                if keys.len() == before && other {
                    keys.push(filters.len() as u64);
                }
                positions.resize(keys.len(), position);
            }
        });
        self.split.collect(block, &self.keys, false)
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.split.seal()
    }

    fn answer(&self, bucket: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal> {
        let spec = &self.spec;
        let names = spec.queries.iter().map(|(name, _)| name).chain(&spec.other);
        let mut buckets = Vec::new();
        for (name, key) in names.zip(0..) {
            answering.add_buckets(1)?;
            let inner = bucket.and_then(|bucket| self.split.buckets.find(bucket, key));
            let count = inner.map_or(0, |inner| self.split.buckets.counts[inner as usize]);
            let mut answer = Map::new();
            if spec.named {
                answer.insert("key".into(), name.clone().into());
            }
            answer.insert("doc_count".into(), count.into());
            self.split.below.answer(inner.or(bucket.and(Some(DESERTED))), &mut answer, answering)?;
            buckets.push(answer);
        }
        self.split.below.pipe(&mut buckets)?;
        Ok(shown(buckets, (spec.named && spec.keyed).then_some(take_key)))
    }

    fn number(&self, _: u32, _: &Path) -> f64 {
        f64::NAN
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        Err(path.invalid(format_args!("Can't sort a [filters] aggregation [{name}]")))
    }
}
