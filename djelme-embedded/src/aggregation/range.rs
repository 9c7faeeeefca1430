//! `range` and `date_range`: one bucket for each range asked for.

use serde_json::{Map, Value};

use super::block::{Block, Loaded};
use super::format::{Format, java_number};
use super::level::{Aggregator, Answering, DESERTED, Level};
use super::missing::{self, Replacement, text_of};
use super::order::{Path, compare_numbers};
use super::params::{Params, as_number, malformed};
use super::request::Build;
use super::source::{Numbers, Segment, Source, ValueKind};
use super::split::{Split, shown, take_key};
use crate::date::{DateFormat, Zone};
use crate::error::Refusal;
use crate::schema::{Kind, NumberType};

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct Ranges {
    /// `range` or `date_range`.
    kind: String,
    field: String,
    ranges: Vec<Asked>,
    keyed: bool,
    missing: Option<Value>,
    format: Option<String>,
    zone: Zone,
}

/// A range as it was asked for.
#[derive(Debug, Clone)]
struct Asked {
    key: Option<String>,
    from: Option<Value>,
    to: Option<Value>,
}

impl Ranges {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        params.refuse(&["script"])?;
        let zone = match params.value("time_zone") {
            None => Zone::UTC,
            Some(Value::String(zone)) if params.kind == "date_range" => Zone::parse(zone)
                .ok_or_else(|| params.wrong("time_zone", format_args!("Unknown time-zone ID: {zone}")))?,
            Some(other) => return Err(params.wrong_type("time_zone", other)),
        };
        let ranges = match params.value("ranges") {
            Some(Value::Array(ranges)) => {
                ranges.iter().map(|range| Asked::parse(params, range)).collect::<Result<Vec<_>, _>>()?
            }
            None => Vec::new(),
            Some(other) => return Err(params.wrong_type("ranges", other)),
        };
        if ranges.is_empty() {
            return Err(Refusal::illegal(format!(
                "No [ranges] specified for the [{}] aggregation",
                params.name
            )));
        }
        let ranges = Self {
            kind: params.kind.to_owned(),
            field: params.field()?.to_owned(),
            ranges,
            keyed: params.boolean("keyed")?.unwrap_or(false),
            missing: params.missing()?,
            format: params.text("format")?.map(str::to_owned),
            zone,
        };
        params.finish()?;
        Ok(ranges)
    }

    /// Elasticsearch's name, for errors.
    pub(super) fn factory(&self) -> &'static str {
        if self.kind == "range" { "RangeAggregatorFactory" } else { "DateRangeAggregatorFactory" }
    }

    pub(super) fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        let source = Source::resolve(build.parts, &self.field, &self.kind, ValueKind::is_number)?;
        let mut format = match (source.kind, self.kind.as_str(), self.format.as_deref()) {
            // Elasticsearch takes a field that nobody knows for a date.
            (None, "date_range", None) => Format::default(),
            (None, "date_range", Some(format)) => {
                Format::Date { format: DateFormat::new(format)?.into(), zone: Zone::UTC }
            }
            (_, _, format) => build.format(&source, format)?,
        };
        if let Format::Date { zone, .. } = &mut format {
            *zone = self.zone;
        }
        let kind = source.kind.unwrap_or(ValueKind::Float);
        let missing = missing::read_as(build, &source, kind, &format, self.missing.as_ref())?;
        let mut ranges = Vec::with_capacity(self.ranges.len());
        for asked in &self.ranges {
            ranges.push(asked.read(build, &format, &source, self.zone)?);
        }
        ranges.sort_by(|one, other| {
            compare_numbers(one.from, other.from).then_with(|| compare_numbers(one.to, other.to))
        });
        let mut split = Split::new(below);
        split.buckets.expect_keys(ranges.len() as u64);
        Ok(Box::new(RangeAggregator {
            keyed: self.keyed,
            numbers: Numbers::new(source, missing.map(Replacement::into_float)),
            format,
            ranges,
            keys: Loaded::default(),
            split,
        }))
    }
}

impl Asked {
    fn parse(params: &Params<'_>, range: &Value) -> Result<Self, Refusal> {
        let Value::Object(range) = range else { return Err(params.wrong_type("ranges", range)) };
        let inner = Params::new(params.kind, params.name, range);
        let end = |key| match inner.value(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value @ (Value::Number(_) | Value::String(_))) => Ok(Some(value.clone())),
            Some(other) => Err(inner.wrong_type(key, other)),
        };
        let asked = Self { key: inner.text("key")?.map(str::to_owned), from: end("from")?, to: end("to")? };
        inner.finish()?;
        Ok(asked)
    }

    fn read(
        &self,
        build: &Build<'_>,
        format: &Format,
        source: &Source,
        zone: Zone,
    ) -> Result<Range, Refusal> {
        let end = |end: &Option<Value>| {
            let Some(end) = end else { return Ok(None) };
            match (end, format) {
                (Value::String(_), Format::Date { format, .. }) => {
                    Ok(Some(build.date(format, end, zone)? as f64))
                }
                _ => as_number(end).map(Some).ok_or_else(|| {
                    let reason = format!("For input string: \"{}\"", text_of(end));
                    Refusal::new(400, "number_format_exception", reason)
                }),
            }
        };
        let (from, to) = (end(&self.from)?, end(&self.to)?);
        if from.is_some_and(f64::is_nan) || to.is_some_and(f64::is_nan) {
            return Err(malformed("NaN is no end of a range"));
        }
        let write = |end: Option<f64>| {
            end.map_or_else(|| "*".to_owned(), |end| format.number(end).unwrap_or_else(|| java_number(end)))
        };
        Ok(Range {
            key: self.key.clone().unwrap_or_else(|| format!("{}-{}", write(from), write(to))),
            shown: (from, to),
            from: from.map_or(f64::NEG_INFINITY, |from| stored(source, from)),
            to: to.map_or(f64::INFINITY, |to| stored(source, to)),
        })
    }
}

/// A number as the field stores it, so that ends are as near as values.
fn stored(source: &Source, number: f64) -> f64 {
    match source.field.as_ref().map(|field| &field.kind) {
        Some(Kind::Number(NumberType::Float)) => f64::from(number as f32),
        Some(Kind::Number(NumberType::ScaledFloat { factor })) => (number * factor).round() / factor,
        _ => number,
    }
}

/// A range.
struct Range {
    key: String,
    /// The ends as they were asked for.
    shown: (Option<f64>, Option<f64>),
    from: f64,
    to: f64,
}

struct RangeAggregator {
    keyed: bool,
    numbers: Numbers,
    format: Format,
    /// By their ends.
    ranges: Vec<Range>,
    keys: Loaded<u64>,
    split: Split,
}

impl Aggregator for RangeAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.numbers.start(segment)?;
        self.split.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        let loaded = self.numbers.load(block.docs);
        let ranges = &self.ranges;
        self.keys.replace(false, |keys, positions| {
            let mut own = 0;
            loaded.each_position(|position, value| {
                if positions.last() != Some(&position) {
                    own = keys.len();
                }
                for (range, key) in ranges.iter().zip(0..) {
                    if range.from <= value && value < range.to && !keys[own..].contains(&key) {
                        keys.push(key);
                        positions.push(position);
                    }
                }
            });
        });
        self.split.collect(block, &self.keys, false)
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.split.seal()
    }

    fn answer(&self, bucket: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal> {
        answering.add_buckets(self.ranges.len())?;
        let mut buckets = Vec::with_capacity(self.ranges.len());
        for (range, key) in self.ranges.iter().zip(0..) {
            let inner = bucket.and_then(|bucket| self.split.buckets.find(bucket, key));
            let count = inner.map_or(0, |inner| self.split.buckets.counts[inner as usize]);
            let mut answer = Map::new();
            answer.insert("key".into(), range.key.clone().into());
            for (name, end) in [("from", range.shown.0), ("to", range.shown.1)] {
                let Some(end) = end else { continue };
                answer.insert(name.into(), end.into());
                let text = match &self.format {
                    // The one place where Elasticsearch writes no text for it.
                    Format::Boolean => Some(Value::Bool(end != 0.0)),
                    format => format.number(end).map(Value::from),
                };
                answer.extend(text.map(|text| (format!("{name}_as_string"), text)));
            }
            answer.insert("doc_count".into(), count.into());
            self.split.below.answer(inner.or(bucket.and(Some(DESERTED))), &mut answer, answering)?;
            buckets.push(answer);
        }
        self.split.below.pipe(&mut buckets)?;
        Ok(shown(buckets, self.keyed.then_some(take_key)))
    }

    fn number(&self, _: u32, _: &Path) -> f64 {
        f64::NAN
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        Err(path.invalid(format_args!("Can't sort a [range] aggregation [{name}]")))
    }
}
