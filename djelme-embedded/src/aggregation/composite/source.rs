//! The sources of `composite`: where each part of a key comes from.

use std::cmp::Ordering;

use serde_json::Value;
use tantivy::columnar::Column as Values;

use super::super::block::Loaded;
use super::super::buckets::Buckets;
use super::super::format::Format;
use super::super::include::Included;
use super::super::interval;
use super::super::keys::{Comparable, Keys};
use super::super::metric::json_number;
use super::super::params::{Params, malformed};
use super::super::request::Build;
use super::super::rounding::{Finder, Rounding};
use super::super::source::{Numbers, Segment, Source, ValueKind};
use super::super::split::NO_KEY;
use crate::column::Column;
use crate::error::Refusal;

/// What a request says about a source.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) name: String,
    field: String,
    kind: Kind,
    descending: bool,
    missing_bucket: bool,
    /// Whether the bucket without a value is the first one; `None` follows the order.
    missing_first: Option<bool>,
    value_type: Option<ValueKind>,
}

#[derive(Debug, Clone)]
enum Kind {
    Terms,
    Histogram { interval: f64 },
    DateHistogram { rounding: Rounding, format: Option<String> },
}

impl Asked {
    pub(super) fn parse(params: &Params<'_>, source: &Value) -> Result<Self, Refusal> {
        let one = |value: &Value| match value {
            Value::Object(map) if map.len() == 1 => {
                map.iter().next().map(|(key, value)| (key.clone(), value.clone()))
            }
            _ => None,
        };
        let wrong = || params.wrong("sources", "each source is an object of its name and its definition");
        let (name, definition) = one(source).ok_or_else(wrong)?;
        let (kind, body) = one(&definition).ok_or_else(wrong)?;
        let Value::Object(body) = &body else { return Err(params.wrong_type("sources", &body)) };
        let inner = Params::new(&kind, &name, body);
        inner.refuse(&["script"])?;
        let parsed = match kind.as_str() {
            "terms" => Kind::Terms,
            "histogram" => match inner.number("interval")? {
                Some(interval) if interval > 0.0 => Kind::Histogram { interval },
                Some(_) => {
                    return Err(
                        inner.wrong("interval", "[interval] must be greater than 0 for [histogram] source")
                    );
                }
                None => {
                    return Err(Refusal::illegal("[interval] must be greater than 0 for [histogram] source"));
                }
            },
            "date_histogram" => Kind::DateHistogram {
                rounding: interval::rounding(&inner)?,
                format: inner.text("format")?.map(str::to_owned),
            },
            "geotile_grid" => return Err(Refusal::unsupported("[geotile_grid] sources of [composite]")),
            other => return Err(Refusal::parsing(format!("invalid source type: {other}"))),
        };
        let descending = match inner.text("order")? {
            None | Some("asc" | "ASC") => false,
            Some("desc" | "DESC") => true,
            Some(other) => {
                return Err(inner.wrong("order", format_args!("No enum constant SortOrder.{other}")));
            }
        };
        let missing_first = match inner.text("missing_order")? {
            None | Some("default") => None,
            Some("first") => Some(true),
            Some("last") => Some(false),
            Some(other) => {
                return Err(
                    inner.wrong("missing_order", format_args!("No enum constant MissingOrder.{other}"))
                );
            }
        };
        let asked = Self {
            field: inner.field()?.to_owned(),
            kind: parsed,
            descending,
            missing_bucket: inner.boolean("missing_bucket")?.unwrap_or(false),
            missing_first,
            value_type: inner.value_type()?,
            name: name.clone(),
        };
        inner.finish()?;
        if asked.missing_first.is_some() && !asked.missing_bucket {
            return Err(Refusal::illegal("missingOrder can only be set if missingBucket is true"));
        }
        Ok(asked)
    }
}

/// A source at work, with the buckets of all combinations up to it.
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) source: Source,
    /// What its values are.
    pub(super) kind: ValueKind,
    /// Only if the keys are written as text.
    pub(super) format: Option<Format>,
    reader: Reader,
    descending: bool,
    pub(super) missing_bucket: bool,
    missing_first: bool,
    pub(super) buckets: Buckets,
    loaded: Loaded<u64>,
    with_missing: Loaded<u64>,
}

enum Reader {
    Keys(Box<Keys>),
    Dates { finder: Box<Finder>, column: Option<Values<i64>>, instants: Loaded<i64> },
    Numbers { numbers: Box<Numbers>, interval: f64, base: f64 },
}

impl Stage {
    pub(super) fn new(build: &Build<'_>, asked: &Asked) -> Result<Self, Refusal> {
        let mut format = None;
        let mut kind = None;
        let (source, reader) = match &asked.kind {
            Kind::Terms => {
                let source = Source::resolve(build.parts, &asked.field, "composite", |_| true)?;
                source.check_value_type(asked.value_type)?;
                let values = source.kind.or(asked.value_type).unwrap_or(ValueKind::Keyword);
                kind = Some(values);
                let keys = Keys::new(build, &source, values, None, (&Included::default(), &asked.name))?;
                (source, Reader::Keys(Box::new(keys)))
            }
            Kind::Histogram { interval } => {
                let source = Source::resolve(build.parts, &asked.field, "histogram", ValueKind::is_number)?;
                kind = Some(ValueKind::Float);
                let least = source.extent_of_numbers(build.parts)?.map_or(0.0, |(least, _)| least);
                let numbers = Numbers::new(source.clone(), None);
                (
                    source,
                    Reader::Numbers {
                        numbers: Box::new(numbers),
                        interval: *interval,
                        base: (least / interval).floor(),
                    },
                )
            }
            Kind::DateHistogram { rounding, format: asked_format } => {
                let source =
                    Source::resolve(build.parts, &asked.field, "date_histogram", ValueKind::is_number)?;
                if matches!(source.kind, Some(ValueKind::Float | ValueKind::Unsigned)) {
                    let named = source.type_name();
                    return Err(Refusal::unsupported(format_args!("[date_histogram] on [{named}]")));
                }
                if let Some(text) = asked_format {
                    let mut read = build.format(&source, Some(text))?;
                    if let Format::Date { zone, .. } = &mut read {
                        *zone = rounding.zone;
                    }
                    format = Some(read);
                }
                let (least, most) = source.extent(build.parts)?.unwrap_or((0, 0));
                let finder = Finder::new(*rounding, least, most);
                (
                    source,
                    Reader::Dates { finder: Box::new(finder), column: None, instants: Loaded::default() },
                )
            }
        };
        Ok(Self {
            name: asked.name.clone(),
            source,
            kind: kind.unwrap_or(ValueKind::Date),
            format,
            reader,
            descending: asked.descending,
            missing_bucket: asked.missing_bucket,
            missing_first: asked.missing_first.unwrap_or(!asked.descending),
            buckets: Buckets::default(),
            loaded: Loaded::default(),
            with_missing: Loaded::default(),
        })
    }

    pub(super) fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        match &mut self.reader {
            Reader::Keys(keys) => keys.start(self.source.open(segment)?),
            Reader::Dates { column, .. } => {
                *column = match self.source.open(segment)? {
                    Some(Column::I64(values)) => Some(values),
                    _ => None,
                };
            }
            Reader::Numbers { numbers, .. } => numbers.start(segment)?,
        }
        Ok(())
    }

    /// Puts documents, which lie in buckets of the stage before, into the buckets of this one.
    pub(super) fn collect(
        &mut self,
        docs: &mut Vec<u32>,
        parents: &mut Vec<u32>,
        numbers: &mut Vec<u32>,
    ) -> Result<(), Refusal> {
        match &mut self.reader {
            Reader::Keys(keys) => keys.load(docs, &mut self.loaded)?,
            Reader::Dates { finder, column, instants } => {
                instants.load(column.as_ref(), docs, None);
                instants.convert_all(&mut self.loaded, |instants, keys| finder.find(instants, keys));
            }
            Reader::Numbers { numbers, interval, base } => {
                let key = |number: f64| ((number / *interval).floor() - *base) as u64;
                numbers.load(docs).convert(&mut self.loaded, key);
            }
        }
        let keys = if self.missing_bucket && !self.loaded.dense() {
            if self.loaded.values.contains(&NO_KEY) {
                return Err(malformed("the greatest number of all beside documents without a value"));
            }
            self.loaded.fill(docs.len(), NO_KEY, &mut self.with_missing);
            &self.with_missing
        } else {
            &self.loaded
        };
        if keys.dense() {
            self.buckets.count(parents, &keys.values, numbers)?;
        } else {
            let (mut kept_docs, mut kept_parents, mut kept_keys) = (Vec::new(), Vec::new(), Vec::new());
            let mut last = None;
            for (key, position) in keys.values.iter().zip(keys.positions()) {
                if last == Some((*position, *key)) {
                    continue;
                }
                last = Some((*position, *key));
                kept_keys.push(*key);
                kept_docs.push(docs[*position as usize]);
                kept_parents.push(parents[*position as usize]);
            }
            self.buckets.count(&kept_parents, &kept_keys, numbers)?;
            *docs = kept_docs;
        }
        std::mem::swap(parents, numbers);
        Ok(())
    }

    /// The value of a key; `None` is the bucket of documents without one.
    pub(super) fn comparable(&self, key: u64) -> Option<Comparable<'_>> {
        if self.missing_bucket && key == NO_KEY {
            return None;
        }
        Some(match &self.reader {
            Reader::Keys(keys) => keys.comparable(key),
            Reader::Dates { finder, .. } => Comparable::Whole(finder.start(key)),
            Reader::Numbers { interval, base, .. } => Comparable::Float((key as f64 + base) * interval),
        })
    }

    pub(super) fn compare(&self, one: u64, other: u64) -> Ordering {
        self.order(self.comparable(one), self.comparable(other))
    }

    /// The order of two values.
    pub(super) fn order(&self, one: Option<Comparable<'_>>, other: Option<Comparable<'_>>) -> Ordering {
        let missing = if self.missing_first { Ordering::Less } else { Ordering::Greater };
        match (one, other) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => missing,
            (Some(_), None) => missing.reverse(),
            (Some(one), Some(other)) if self.descending => other.compare(&one),
            (Some(one), Some(other)) => one.compare(&other),
        }
    }

    /// A part of a key as JSON.
    pub(super) fn write(&self, key: u64) -> Value {
        match self.comparable(key) {
            None => Value::Null,
            Some(Comparable::Term(term)) => self.source.decode(term).into(),
            Some(Comparable::Whole(value)) if self.kind == ValueKind::Boolean => (value != 0).into(),
            Some(Comparable::Whole(value)) => {
                match self.format.as_ref().and_then(|format| format.whole(value)) {
                    Some(text) => text.into(),
                    None => value.into(),
                }
            }
            Some(Comparable::Unsigned(value)) => value.into(),
            Some(Comparable::Float(value)) => json_number(value),
        }
    }
}
