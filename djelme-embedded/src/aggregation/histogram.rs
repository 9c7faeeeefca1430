//! `histogram`: one bucket for each interval of numbers.

use serde_json::{Map, Value};

use super::block::{Block, Loaded};
use super::bounds::{Bounds, Ends};
use super::format::{Format, java_number};
use super::level::{Aggregator, Answering, Level};
use super::missing::{self, Replacement, text_of};
use super::order::Path;
use super::params::{Params, as_number, malformed};
use super::request::Build;
use super::rows::{self, Places, Wanted};
use super::source::{Numbers, Segment, Source, ValueKind};
use super::split::{NO_KEY, Split};
use crate::error::Refusal;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    field: String,
    interval: f64,
    offset: f64,
    wanted: Wanted,
    missing: Option<Value>,
    format: Option<String>,
    extended: Option<Bounds>,
    hard: Option<Bounds>,
}

/// Places beyond this are too far for whole numbers to be told apart.
const FARTHEST: f64 = 9.0e15;

impl Histogram {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        params.refuse(&["script"])?;
        let interval = match params.number("interval")? {
            Some(interval) if interval <= 0.0 => {
                let why = format!("[interval] must be >0 for histogram aggregation [{}]", params.name);
                return Err(params.wrong("interval", why));
            }
            Some(interval) => interval,
            None => return Err(Refusal::illegal("interval must be positive, got: 0.0")),
        };
        let histogram = Self {
            field: params.field()?.to_owned(),
            interval,
            offset: params.number("offset")?.unwrap_or(0.0),
            wanted: Wanted::parse(params)?,
            missing: params.missing()?,
            format: params.text("format")?.map(str::to_owned),
            extended: Bounds::parse(params, "extended_bounds")?,
            hard: Bounds::parse(params, "hard_bounds")?,
        };
        params.finish()?;
        histogram.bounds()?;
        Ok(histogram)
    }

    fn bounds(&self) -> Result<(Ends<f64>, Ends<f64>), Refusal> {
        let number = |end: &Value| {
            as_number(end)
                .filter(|end| end.is_finite())
                .ok_or_else(|| malformed(format!("[{}] is not a number", text_of(end))))
        };
        let reversed = |min: f64, max: f64| {
            let (min, max) = (java_number(min), java_number(max));
            Refusal::illegal(format!("max bound [{max}] must be greater than min bound [{min}]"))
        };
        let read = |bounds: &Option<Bounds>| Bounds::read(bounds.as_ref(), number, reversed);
        let ends = (read(&self.extended)?, read(&self.hard)?);
        let write = |end: &Value| as_number(end).map(java_number).unwrap_or_default();
        Bounds::check(ends, (self.extended.as_ref(), self.hard.as_ref()), write)?;
        Ok(ends)
    }

    /// The place of the bucket that a number falls into.
    fn place(&self, number: f64) -> f64 {
        ((number - self.offset) / self.interval).floor()
    }

    /// Whether empty buckets are left out.
    pub(super) fn leaves_gaps(&self) -> bool {
        self.wanted.min_doc_count > 0
    }

    pub(super) fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        self.wanted.order.check(&below)?;
        let source = Source::resolve(build.parts, &self.field, "histogram", ValueKind::is_number)?;
        let format = build.format(&source, self.format.as_deref())?;
        let kind = source.kind.unwrap_or(ValueKind::Float);
        let missing = missing::read(build, &source, kind, self.missing.as_ref())?;
        let missing = missing.map(Replacement::into_float);
        let (extended, hard) = self.bounds()?;
        let (mut least, mut most) = source.extent_of_numbers(build.parts)?.unwrap_or((0.0, 0.0));
        if let Some(missing) = missing {
            (least, most) = (least.min(missing), most.max(missing));
        }
        let base = self.place(least);
        let mut split = Split::new(below);
        split.buckets.expect_keys((self.place(most) - base + 1.0) as u64);
        Ok(Box::new(HistogramAggregator {
            spec: self.clone(),
            numbers: Numbers::new(source, missing),
            format,
            extended,
            hard,
            base: base as i64,
            keys: Loaded::default(),
            split,
        }))
    }
}

struct HistogramAggregator {
    spec: Histogram,
    numbers: Numbers,
    format: Format,
    extended: Ends<f64>,
    hard: Ends<f64>,
    /// The place that has the key 0.
    base: i64,
    keys: Loaded<u64>,
    split: Split,
}

impl Aggregator for HistogramAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.numbers.start(segment)?;
        self.split.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        let (spec, hard, base) = (&self.spec, self.hard, self.base);
        let loaded = self.numbers.load(block.docs);
        let bounded = hard != (None, None);
        let mut too_far = false;
        loaded.convert(&mut self.keys, |number| {
            let place = spec.place(number);
            too_far |= place.abs() > FARTHEST;
            // The offset does not count here, as in Elasticsearch.
            let start = place * spec.interval;
            if hard.0.is_some_and(|min| start < min) || hard.1.is_some_and(|max| start > max) {
                return NO_KEY;
            }
            (place as i64).wrapping_sub(base).cast_unsigned()
        });
        if too_far {
            return Err(Refusal::unsupported("histograms of numbers beyond 2^53 intervals"));
        }
        self.split.collect(block, &self.keys, bounded)
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        self.split.seal()
    }

    fn answer(&self, bucket: Option<u32>, answering: &Answering) -> Result<Map<String, Value>, Refusal> {
        let spec = &self.spec;
        let end = |end: Option<f64>| end.map(|end| spec.place(end) as i64);
        let places = Places {
            extended: (end(self.extended.0), end(self.extended.1)),
            length: Some(1),
            next: |at: i64| at.saturating_add(1),
        };
        let at = |key: u64| self.base.wrapping_add(key.cast_signed());
        let rows = rows::rows(&self.split, bucket, at, &spec.wanted, &places, answering)?;
        let key = |at: i64| {
            let key = at as f64 * spec.interval + spec.offset;
            (key.into(), self.format.number(key))
        };
        rows::answer(&self.split, rows, spec.wanted.keyed, key, answering)
    }

    fn number(&self, _: u32, _: &Path) -> f64 {
        f64::NAN
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        Err(path.invalid(format_args!("Can't sort a [histogram] aggregation [{name}]")))
    }
}
