//! `date_histogram`: one bucket for each interval of time.

use serde_json::{Map, Value};
use tantivy::columnar::Column as Values;

use super::block::{Block, Loaded};
use super::format::Format;
use super::level::{Aggregator, Answering, Level};
use super::missing;
use super::order::{Order, Path};
use super::params::Params;
use super::request::Build;
use super::rounding::{Calendar, Finder, Interval, Rounding};
use super::source::{Segment, Source, ValueKind};
use super::split::{NO_KEY, Split};
use super::zone::{UTC, Zone};
use crate::column::Column;
use crate::error::Refusal;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct DateHistogram {
    name: String,
    field: String,
    rounding: Rounding,
    min_doc_count: u64,
    keyed: bool,
    order: Order,
    missing: Option<Value>,
    format: Option<String>,
    extended: Option<Bounds>,
    hard: Option<Bounds>,
}

/// Ends of a range of time, as the request has them.
#[derive(Debug, Clone)]
struct Bounds {
    min: Option<Value>,
    max: Option<Value>,
}

impl Bounds {
    fn parse<'a>(params: &Params<'a>, key: &'a str) -> Result<Option<Self>, Refusal> {
        let bounds = match params.value(key) {
            None => return Ok(None),
            Some(Value::Object(bounds)) => bounds,
            Some(other) => return Err(params.wrong_type(key, other)),
        };
        let inner = Params::new("bounds", params.name, bounds);
        let end = |key| match inner.value(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value @ (Value::Number(_) | Value::String(_))) => Ok(Some(value.clone())),
            Some(other) => Err(inner.wrong_type(key, other)),
        };
        let bounds = Self { min: end("min")?, max: end("max")? };
        inner.finish()?;
        Ok(Some(bounds))
    }

    fn read(
        &self,
        build: &Build<'_>,
        source: &Source,
        name: &str,
        what: &str,
    ) -> Result<(Option<i64>, Option<i64>), Refusal> {
        let read = |end: &Option<Value>| end.as_ref().map(|end| build.date(source, end)).transpose();
        match (read(&self.min)?, read(&self.max)?) {
            (Some(min), Some(max)) if min > max => Err(Refusal::illegal(format!(
                "[{what}.min][{min}] cannot be greater than [{what}.max][{max}] for histogram aggregation [{name}]"
            ))),
            ends => Ok(ends),
        }
    }
}

impl DateHistogram {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        params.refuse(&["script"])?;
        let zone = match params.value("time_zone") {
            None => UTC,
            Some(Value::String(zone)) => Zone::parse(zone)
                .ok_or_else(|| params.wrong("time_zone", format_args!("Unknown time-zone ID: {zone}")))?,
            Some(other) => return Err(params.wrong_type("time_zone", other)),
        };
        let offset = match params.value("offset") {
            None => 0,
            Some(Value::Number(number)) => {
                number.as_i64().ok_or_else(|| params.wrong("offset", "not a whole number of milliseconds"))?
            }
            Some(Value::String(text)) => offset(params, text)?,
            Some(other) => return Err(params.wrong_type("offset", other)),
        };
        let min_doc_count = match params.integer("min_doc_count")? {
            Some(count) if count < 0 => {
                let name = params.name;
                let why =
                    format!("[minDocCount] must be greater than or equal to 0. Found [{count}] in [{name}]");
                return Err(params.wrong("min_doc_count", why));
            }
            count => count.unwrap_or(0).unsigned_abs(),
        };
        let histogram = Self {
            name: params.name.to_owned(),
            field: params.field()?.to_owned(),
            rounding: Rounding { interval: interval(params)?, zone, offset },
            min_doc_count,
            keyed: params.boolean("keyed")?.unwrap_or(false),
            order: Order::parse(params)?.unwrap_or_else(Order::by_key),
            missing: params.missing()?,
            format: params.text("format")?.map(str::to_owned),
            extended: Bounds::parse(params, "extended_bounds")?,
            hard: Bounds::parse(params, "hard_bounds")?,
        };
        params.finish()?;
        Ok(histogram)
    }

    pub(super) fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        self.order.check(&below)?;
        let takes = |kind| matches!(kind, ValueKind::Date | ValueKind::Boolean | ValueKind::Whole);
        let source = Source::resolve(build.parts, &self.field, "date_histogram", takes)?;
        let mut format = build.format(&source, self.format.as_deref())?;
        if source.kind.is_none() {
            format = Format::default();
        }
        if let Format::Date { zone, .. } = &mut format {
            *zone = self.rounding.zone;
        }
        let kind = source.kind.unwrap_or(ValueKind::Date);
        let missing = missing::read(build, &source, kind, self.missing.as_ref())?;
        let missing = missing.map(missing::Replacement::into_whole);
        let read = |bounds: &Option<Bounds>, what| match bounds {
            Some(bounds) => bounds.read(build, &source, &self.name, what),
            None => Ok((None, None)),
        };
        let (extended, hard) = (read(&self.extended, "extended_bounds")?, read(&self.hard, "hard_bounds")?);
        let (mut least, mut most) = source.extent(build.parts)?.unwrap_or((0, 0));
        if let Some(missing) = missing {
            (least, most) = (least.min(missing), most.max(missing));
        }
        let finder = Finder::new(self.rounding, least, most);
        let mut split = Split::new(below);
        split.buckets.expect_keys(finder.numbers(most));
        Ok(Box::new(Histogram {
            spec: self.clone(),
            source,
            missing,
            format,
            extended,
            hard,
            finder,
            column: None,
            instants: Loaded::default(),
            keys: Loaded::default(),
            split,
        }))
    }
}

/// The parameters `calendar_interval` and `fixed_interval`, of which there must be one.
fn interval(params: &Params<'_>) -> Result<Interval, Refusal> {
    match (params.text("calendar_interval")?, params.text("fixed_interval")?) {
        (Some(_), Some(_)) => Err(params
            .wrong("fixed_interval", "Cannot use [fixed_interval] with [calendar_interval] configuration option.")),
        (Some(text), None) => Calendar::parse(text).map(Interval::Calendar).ok_or_else(|| {
            let why = format!("The supplied interval [{text}] could not be parsed as a calendar interval.");
            params.wrong("calendar_interval", why)
        }),
        (None, Some(text)) => match duration(text) {
            Some(length) if length <= 0 => {
                Err(Refusal::illegal("Zero or negative time interval not supported"))
            }
            Some(length) => Ok(Interval::Fixed(length)),
            None => Err(params.wrong(
                "fixed_interval",
                format_args!(
                    "failed to parse setting [date_histogram.fixedInterval] with value [{text}] as a time value: unit \
                     is missing or unrecognized"
                ),
            )),
        },
        (None, None) => Err(Refusal::illegal("Invalid interval specified, must be non-null and non-empty")),
    }
}

/// A length of time in whole milliseconds: `90m`.
fn duration(text: &str) -> Option<i64> {
    let digits = text.find(|character: char| !character.is_ascii_digit() && character != '-')?;
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" | "H" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(unit)
}

/// The parameter `offset`: a length of time with a sign.
fn offset(params: &Params<'_>, text: &str) -> Result<i64, Refusal> {
    let wrong = || {
        params.wrong(
            "offset",
            format_args!(
                "failed to parse setting [DateHistogramAggregationBuilder.parseOffset] with value [{text}] as a time \
                 value: unit is missing or unrecognized"
            ),
        )
    };
    match text.strip_prefix('-') {
        Some(rest) => duration(rest).map(|length| -length).ok_or_else(wrong),
        None => duration(text.strip_prefix('+').unwrap_or(text)).ok_or_else(wrong),
    }
}

struct Histogram {
    spec: DateHistogram,
    source: Source,
    missing: Option<i64>,
    format: Format,
    extended: (Option<i64>, Option<i64>),
    hard: (Option<i64>, Option<i64>),
    finder: Finder,
    column: Option<Values<i64>>,
    instants: Loaded<i64>,
    keys: Loaded<u64>,
    split: Split,
}

/// A bucket of the answer; without a number, no document fell into it.
struct Row {
    start: i64,
    bucket: Option<u32>,
    count: u64,
}

impl Histogram {
    fn has_hard_bounds(&self) -> bool {
        self.hard != (None, None)
    }

    /// Whether a bucket may be there, by its start.
    fn within_hard_bounds(&self, start: i64) -> bool {
        self.hard.0.is_none_or(|min| start >= min) && self.hard.1.is_none_or(|max| start < max)
    }

    /// The buckets of one above, by start, empty ones in between included if asked for.
    fn rows(&self, parent: Option<u32>, answering: &Answering) -> Result<Vec<Row>, Refusal> {
        let buckets = &self.split.buckets;
        let row = |bucket: &u32| Row {
            start: self.finder.start(buckets.key(*bucket)),
            bucket: Some(*bucket),
            count: buckets.counts[*bucket as usize],
        };
        let mut rows: Vec<Row> = buckets.within(parent).iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.start);
        if self.spec.min_doc_count > 0 {
            rows.retain(|row| row.count >= self.spec.min_doc_count);
            answering.add_buckets(rows.len())?;
            return Ok(rows);
        }
        let rows = self.fill(rows, answering)?;
        answering.add_buckets(rows.len())?;
        Ok(rows)
    }

    /// Adds the empty buckets between the others, and those of the extended bounds.
    fn fill(&self, rows: Vec<Row>, answering: &Answering) -> Result<Vec<Row>, Refusal> {
        let rounding = self.spec.rounding;
        let (min, max) = (self.extended.0.map(|min| rounding.round(min)), self.extended.1);
        let max = max.map(|max| rounding.round(max));
        let mut filled = Vec::with_capacity(rows.len());
        let empty = |filled: &mut Vec<Row>, from: i64, until: i64| {
            if let (Some((_, length)), true) = (rounding.arithmetic(), from < until) {
                // Before anything is made.
                answering.check_buckets(
                    filled.len().saturating_add((until.abs_diff(from) / length.unsigned_abs()) as usize),
                )?;
            }
            let mut start = from;
            while start < until {
                filled.push(Row { start, bucket: None, count: 0 });
                answering.check_buckets(filled.len())?;
                start = rounding.next(start);
            }
            Ok::<_, Refusal>(())
        };
        match (rows.first(), min, max) {
            (Some(first), Some(min), _) => empty(&mut filled, min, first.start)?,
            (None, Some(min), Some(max)) => empty(&mut filled, min, max.saturating_add(1))?,
            _ => {}
        }
        let mut last = None;
        for row in rows {
            if let Some(last) = last {
                empty(&mut filled, rounding.next(last), row.start)?;
            }
            last = Some(row.start);
            filled.push(row);
        }
        if let (Some(last), Some(max)) = (last, max) {
            empty(&mut filled, rounding.next(last), max.saturating_add(1))?;
        }
        Ok(filled)
    }

    fn sort(&self, rows: &mut [Row]) {
        if self.spec.order.is_by_key() {
            return;
        }
        let numbers = |row: &Row| -> Vec<f64> {
            let below = &self.split.below;
            let number = |path| below.number(row.bucket.unwrap_or(u32::MAX), path);
            self.spec.order.paths().map(number).collect()
        };
        let mut keyed: Vec<(Vec<f64>, Row)> = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            keyed.push((numbers(row), Row { ..*row }));
        }
        keyed.sort_by(|(one_numbers, one), (other_numbers, other)| {
            let keys = || one.start.cmp(&other.start);
            self.spec.order.compare((one.count, other.count), (one_numbers, other_numbers), keys)
        });
        for (place, (_, row)) in rows.iter_mut().zip(keyed) {
            *place = row;
        }
    }
}

impl Aggregator for Histogram {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.column = match self.source.open(segment)? {
            Some(Column::I64(column)) => Some(column),
            _ => None,
        };
        self.split.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.instants.load(self.column.as_ref(), block.docs, self.missing);
        let finder = &mut self.finder;
        self.instants.convert_all(&mut self.keys, |instants, keys| finder.find(instants, keys));
        let bounded = self.has_hard_bounds();
        if bounded {
            let mut values = std::mem::take(&mut self.keys.values);
            for key in &mut values {
                if !self.within_hard_bounds(self.finder.start(*key)) {
                    *key = NO_KEY;
                }
            }
            self.keys.values = values;
        }
        self.split.collect(block, &self.keys, bounded)
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.split.seal()
    }

    fn answer(&self, bucket: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal> {
        let mut rows = self.rows(bucket, answering)?;
        self.sort(&mut rows);
        let mut buckets = Vec::with_capacity(rows.len());
        for row in rows {
            let mut bucket = Map::new();
            bucket.insert("key".into(), row.start.into());
            let text = self.format.whole(row.start);
            bucket.extend(text.map(|text| ("key_as_string".to_owned(), text.into())));
            bucket.insert("doc_count".into(), row.count.into());
            self.split.below.answer(row.bucket, &mut bucket, answering)?;
            buckets.push(bucket);
        }
        self.split.below.pipe(&mut buckets)?;
        Ok(Map::from_iter([("buckets".to_owned(), buckets_json(buckets, self.spec.keyed))]))
    }

    fn number(&self, _: u32, _: &Path) -> f64 {
        f64::NAN
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        Err(path.invalid(format_args!("Can't sort a [date_histogram] aggregation [{name}]")))
    }
}

/// The buckets of a histogram, as a list or by their keys as text.
pub(super) fn buckets_json(buckets: Vec<Map<String, Value>>, keyed: bool) -> Value {
    if !keyed {
        return buckets.into_iter().map(Value::Object).collect();
    }
    let name = |bucket: &Map<String, Value>| match bucket.get("key_as_string").or(bucket.get("key")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) if number.is_f64() => {
            super::format::java_number(number.as_f64().unwrap_or_default())
        }
        Some(other) => other.to_string(),
        None => String::new(),
    };
    Value::Object(buckets.into_iter().map(|bucket| (name(&bucket), Value::Object(bucket))).collect())
}
