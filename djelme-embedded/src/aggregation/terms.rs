//! `terms`: one bucket for each value.

use std::cmp::Ordering;

use serde_json::{Map, Value};
use tantivy::columnar::Column as Values;

use super::block::{Block, Loaded};
use super::dictionary::Dictionary;
use super::format::Format;
use super::level::{Aggregator, Answering, Level};
use super::missing::{self, Replacement};
use super::order::{Order, Path};
use super::params::Params;
use super::request::Build;
use super::source::{Segment, Source, ValueKind};
use super::split::{NO_KEY, Split};
use crate::column::Column;
use crate::error::Refusal;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    name: String,
    field: String,
    size: usize,
    min_doc_count: u64,
    order: Order,
    missing: Option<Value>,
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
        // Every bucket is exact here, however many a shard of Elasticsearch would hand in.
        let _ = at_least("shard_size", 1, "shard_size")?;
        let _ = at_least("shard_min_doc_count", 0, "shardMinDocCount")?;
        let _ = (params.text("collect_mode")?, params.text("execution_hint")?);
        let terms = Self {
            name: params.name.to_owned(),
            field: params.field()?.to_owned(),
            size: at_least("size", 1, "size")?.unwrap_or(10) as usize,
            min_doc_count: at_least("min_doc_count", 0, "minDocCount")?.unwrap_or(1).unsigned_abs(),
            order: Order::parse(params)?.unwrap_or_else(Order::largest_first),
            missing: params.missing()?,
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
        // Elasticsearch takes a field that nobody knows for a keyword.
        let kind = source.kind.unwrap_or(ValueKind::Keyword);
        let missing = missing::read(build, &source, kind, self.missing.as_ref())?;
        let keys = Keys::new(build, &source, kind, missing)?;
        let mut split = Split::new(below);
        split.buckets.expect_keys(keys.expected());
        Ok(Box::new(TermsAggregator {
            spec: self.clone(),
            source,
            format,
            keys,
            loaded: Loaded::default(),
            split,
        }))
    }
}

/// From values to keys of buckets, and back.
enum Keys {
    Text {
        dictionary: Dictionary,
        missing: Option<u32>,
    },
    /// Whole numbers: their distance from the least.
    Whole {
        base: i64,
        most: i64,
        column: Option<Values<i64>>,
        loaded: Loaded<i64>,
        missing: Option<i64>,
    },
    Unsigned {
        column: Option<Values<u64>>,
        missing: Option<u64>,
    },
    Float {
        column: Option<FloatColumn>,
        loaded: Loaded<f64>,
        whole: Loaded<i64>,
        missing: Option<f64>,
    },
}

enum FloatColumn {
    Float(Values<f64>),
    Whole(Values<i64>),
}

impl Keys {
    fn new(
        build: &Build<'_>,
        source: &Source,
        kind: ValueKind,
        missing: Option<Replacement>,
    ) -> Result<Self, Refusal> {
        Ok(match kind {
            ValueKind::Keyword | ValueKind::Ip | ValueKind::Version => {
                let mut dictionary = Dictionary::new(None);
                let missing = missing.and_then(|missing| dictionary.number(&missing.into_term()));
                Self::Text { dictionary, missing }
            }
            ValueKind::Whole | ValueKind::Boolean | ValueKind::Date => {
                let missing = missing.map(|missing| missing.into_whole());
                let (mut least, mut most) = source.extent(build.parts)?.unwrap_or((0, 0));
                if let Some(missing) = missing {
                    (least, most) = (least.min(missing), most.max(missing));
                }
                Self::Whole { base: least, most, column: None, loaded: Loaded::default(), missing }
            }
            ValueKind::Unsigned => {
                Self::Unsigned { column: None, missing: missing.map(|missing| missing.into_unsigned()) }
            }
            ValueKind::Float => Self::Float {
                column: None,
                loaded: Loaded::default(),
                whole: Loaded::default(),
                missing: missing.map(|missing| missing.into_float()),
            },
        })
    }

    /// Keys are below this.
    fn expected(&self) -> u64 {
        match self {
            Self::Whole { base, most, .. } => most.wrapping_sub(*base).cast_unsigned().saturating_add(1),
            _ => 8,
        }
    }

    fn start(&mut self, opened: Option<Column>) {
        match self {
            Self::Text { dictionary, .. } => dictionary.start(match opened {
                Some(Column::Str(column)) => Some(column),
                _ => None,
            }),
            Self::Whole { column, .. } => {
                *column = if let Some(Column::I64(values)) = opened { Some(values) } else { None };
            }
            Self::Unsigned { column, .. } => {
                *column = if let Some(Column::U64(values)) = opened { Some(values) } else { None };
            }
            Self::Float { column, .. } => {
                *column = match opened {
                    Some(Column::F64(values)) => Some(FloatColumn::Float(values)),
                    Some(Column::I64(values)) => Some(FloatColumn::Whole(values)),
                    _ => None,
                };
            }
        }
    }

    fn load(&mut self, docs: &[u32], keys: &mut Loaded<u64>) -> Result<(), Refusal> {
        match self {
            Self::Text { dictionary, missing } => {
                dictionary.load(docs, missing.map(u64::from), NO_KEY, keys)?;
            }
            Self::Whole { base, column, loaded, missing, .. } => {
                loaded.load(column.as_ref(), docs, *missing);
                loaded.convert(keys, |value| value.wrapping_sub(*base).cast_unsigned());
            }
            Self::Unsigned { column, missing } => keys.load(column.as_ref(), docs, *missing),
            Self::Float { column, loaded, whole, missing } => {
                match column {
                    None => loaded.load(None, docs, *missing),
                    Some(FloatColumn::Float(column)) => loaded.load(Some(column), docs, *missing),
                    Some(FloatColumn::Whole(column)) => {
                        whole.load(Some(column), docs, missing.map(|missing| missing as i64));
                        whole.convert(loaded, |value| value as f64);
                    }
                }
                loaded.convert(keys, float_key);
            }
        }
        Ok(())
    }

    fn compare(&self, one: u64, other: u64) -> Ordering {
        match self {
            Self::Text { dictionary, .. } => dictionary.term(one).cmp(dictionary.term(other)),
            Self::Whole { .. } | Self::Unsigned { .. } | Self::Float { .. } => one.cmp(&other),
        }
    }

    /// Writes a key into a bucket.
    fn write(&self, key: u64, source: &Source, format: &Format, bucket: &mut Map<String, Value>) {
        let (key, text) = match self {
            Self::Text { dictionary, .. } => (source.decode(dictionary.term(key)).into(), None),
            Self::Whole { base, .. } => {
                let value = base.wrapping_add(key.cast_signed());
                (Value::from(value), format.whole(value))
            }
            Self::Unsigned { .. } => (Value::from(key), format.number(key as f64)),
            Self::Float { .. } => {
                let value = float_of(key);
                (super::metric::json_number(value), format.number(value))
            }
        };
        bucket.insert("key".into(), key);
        bucket.extend(text.map(|text| ("key_as_string".to_owned(), text.into())));
    }
}

/// Bits in the order of the numbers.
pub(super) fn float_key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

pub(super) fn float_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

struct TermsAggregator {
    spec: Terms,
    source: Source,
    format: Format,
    keys: Keys,
    loaded: Loaded<u64>,
    split: Split,
}

/// A bucket that may be in the answer.
struct Candidate {
    bucket: u32,
    count: u64,
    key: u64,
    numbers: Vec<f64>,
}

impl TermsAggregator {
    fn candidates(&self, parent: Option<u32>) -> Vec<Candidate> {
        let buckets = &self.split.buckets;
        let counted = buckets.within(parent).iter().map(|bucket| (*bucket, buckets.counts[*bucket as usize]));
        let enough = counted.filter(|(_, count)| *count >= self.spec.min_doc_count);
        let candidate = |(bucket, count)| Candidate {
            bucket,
            count,
            key: buckets.key(bucket),
            numbers: self.spec.order.paths().map(|path| self.split.below.number(bucket, path)).collect(),
        };
        enough.map(candidate).collect()
    }
}

impl Aggregator for TermsAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.keys.start(self.source.open(segment)?);
        self.split.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.keys.load(block.docs, &mut self.loaded)?;
        self.split.collect(block, &self.loaded, false)
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
        if candidates.len() > self.spec.size {
            candidates.select_nth_unstable_by(self.spec.size, compare);
            left_out = candidates[self.spec.size..].iter().map(|candidate| candidate.count).sum();
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
            self.split.below.answer(Some(candidate.bucket), &mut bucket, answering)?;
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
