//! Aggregations that make one bucket of each above: `filter`, `missing`, `global`.

use serde_json::{Map, Value};
use tantivy::columnar::ColumnIndex;

use super::block::Block;
use super::filter::Filter;
use super::level::{Aggregator, Answering, Level};
use super::order::Path;
use super::params::Params;
use super::request::Build;
use super::source::{Segment, Source};
use crate::column::Column;
use crate::error::Refusal;
use crate::query::Query;
use crate::search::matching::Matching;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) enum Single {
    Filter(Query),
    Missing { field: String, replaced: bool },
    Global,
}

impl Single {
    pub(super) fn parse(params: &Params<'_>, place: &str) -> Result<Self, Refusal> {
        match params.kind {
            "filter" => Ok(Self::Filter(Query::parse(&params.whole(), place)?)),
            "global" => {
                params.finish()?;
                Ok(Self::Global)
            }
            _ => {
                params.refuse(&["script"])?;
                let replaced = params.missing()?.is_some();
                let missing = Self::Missing { field: params.field()?.to_owned(), replaced };
                params.finish()?;
                Ok(missing)
            }
        }
    }

    /// Elasticsearch's name for those that cannot be around a `composite`.
    pub(super) fn factory(&self) -> Option<&'static str> {
        match self {
            Self::Filter(_) => None,
            Self::Missing { .. } => Some("MissingAggregatorFactory"),
            Self::Global => Some("GlobalAggregatorFactory"),
        }
    }

    pub(super) fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        let which = match self {
            Self::Filter(query) => Which::Matching(Filter::new(build, query)?),
            Self::Missing { field, replaced } => Which::Missing {
                source: Source::resolve(build.parts, field, "missing", |_| true)?,
                replaced: *replaced,
                column: None,
            },
            Self::Global => Which::Everything,
        };
        Ok(Box::new(SingleAggregator {
            which,
            counts: Vec::new(),
            docs: Vec::new(),
            buckets: Vec::new(),
            below,
        }))
    }
}

/// Which documents fall into the bucket.
enum Which {
    Matching(Filter),
    Missing {
        source: Source,
        replaced: bool,
        column: Option<Column>,
    },
    /// Those that do not match the search too.
    Everything,
}

impl Which {
    fn takes(&self, doc: u32) -> bool {
        match self {
            Self::Matching(filter) => filter.fits(doc),
            Self::Missing { replaced: true, .. } | Self::Everything => false,
            Self::Missing { column: None, .. } => true,
            Self::Missing { column: Some(column), .. } => !has_value(column, doc),
        }
    }
}

fn has_value(column: &Column, doc: u32) -> bool {
    let within = |index: &ColumnIndex| index.has_value(doc);
    match column {
        Column::I64(column) => within(&column.index),
        Column::U64(column) => within(&column.index),
        Column::F64(column) => within(&column.index),
        Column::Str(column) => match column.plain_ordinals() {
            Some(plain) => within(&plain.index),
            None => column.ordinals(doc).next().is_some(),
        },
    }
}

/// The bucket has the number of the one above.
struct SingleAggregator {
    which: Which,
    counts: Vec<u64>,
    docs: Vec<u32>,
    buckets: Vec<u32>,
    below: Level,
}

impl SingleAggregator {
    fn take(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.counts.resize(self.counts.len().max(block.bucket_count as usize), 0);
        for bucket in block.buckets {
            self.counts[*bucket as usize] += 1;
        }
        self.below.collect(block)
    }
}

impl Aggregator for SingleAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.below.start(segment)?;
        match &mut self.which {
            Which::Matching(filter) => filter.start(segment),
            Which::Missing { source, column, .. } => {
                *column = source.open(segment)?;
                Ok(())
            }
            Which::Everything => {
                let mut above = Vec::new();
                Matching::new(None, segment.part, false)?.each_block(segment.reader, |block| {
                    above.resize(block.docs.len(), 0);
                    self.take(Block { docs: &block.docs, buckets: &above, bucket_count: 1 })
                })
            }
        }
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        if matches!(self.which, Which::Everything) {
            return Ok(());
        }
        let (mut docs, mut buckets) = (std::mem::take(&mut self.docs), std::mem::take(&mut self.buckets));
        docs.clear();
        buckets.clear();
        for (doc, bucket) in block.docs.iter().zip(block.buckets) {
            if self.which.takes(*doc) {
                docs.push(*doc);
                buckets.push(*bucket);
            }
        }
        let taken = self.take(Block { docs: &docs, buckets: &buckets, bucket_count: block.bucket_count });
        (self.docs, self.buckets) = (docs, buckets);
        taken
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.below.seal()
    }

    fn answer(&self, bucket: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal> {
        let count = bucket.and_then(|bucket| self.counts.get(bucket as usize)).copied().unwrap_or(0);
        let mut answer = Map::from_iter([("doc_count".to_owned(), count.into())]);
        self.below.answer(bucket, &mut answer, answering)?;
        Ok(answer)
    }

    fn number(&self, bucket: u32, path: &Path) -> f64 {
        if path.at_end() {
            return self.counts.get(bucket as usize).copied().unwrap_or(0) as f64;
        }
        self.below.number(bucket, path)
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        match path.value.as_deref() {
            _ if !path.at_end() => self.below.check_path(path),
            None | Some("doc_count") => Ok(()),
            Some(other) => Err(path.invalid(format_args!(
                "Unknown value key [{other}] for single-bucket aggregation [{name}]. Either use [doc_count] as key or \
                 drop the key all together."
            ))),
        }
    }
}
