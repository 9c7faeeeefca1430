//! What requests say about the metrics of one field.

use serde_json::{Map, Value};

use super::block::Block;
use super::format::java_number;
use super::level::{Aggregator, Answering};
use super::metric::{AvgState, MaxState, Metric, MinState, StatsState, SumState, check_metric_path};
use super::missing;
use super::order::Path;
use super::params::{Params, malformed};
use super::quantile::{Quantiles, Wanted};
use super::request::Build;
use super::source::{Numbers, Segment, Source, ValueKind};
use super::stats::ExtendedStats;
use crate::column::Column;
use crate::error::Refusal;

/// A metric without parameters of its own.
#[derive(Debug, Clone)]
pub(super) struct Simple {
    kind: String,
    field: String,
    missing: Option<Value>,
    format: Option<String>,
    what: What,
}

/// What the metrics with parameters of their own are asked for.
#[derive(Debug, Clone)]
enum What {
    Plain,
    Extended { sigma: f64 },
    Quantiles(Wanted),
}

impl What {
    fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        let keyed = || Ok::<_, Refusal>(params.boolean("keyed")?.unwrap_or(true));
        Ok(match params.kind {
            "extended_stats" => {
                let sigma = params.number("sigma")?.unwrap_or(2.0);
                if sigma < 0.0 {
                    let (sigma, name) = (java_number(sigma), params.name);
                    let why =
                        format!("[sigma] must be greater than or equal to 0. Found [{sigma}] in [{name}]");
                    return Err(params.wrong("sigma", why));
                }
                Self::Extended { sigma }
            }
            "percentiles" => {
                sketch(params)?;
                let percents = params.numbers("percents")?.unwrap_or_else(|| DEFAULT_PERCENTS.to_vec());
                Self::Quantiles(Wanted::Percentiles {
                    percents: distinct(params, ("percents", "percent"), percents, |percent| {
                        (0.0..=100.0).contains(&percent)
                    })?,
                    keyed: keyed()?,
                })
            }
            "percentile_ranks" => {
                sketch(params)?;
                let values = params.numbers("values")?;
                let values = values
                    .ok_or_else(|| malformed(format!("[values] must not be null: [{}]", params.name)))?;
                let values = distinct(params, ("values", "value"), values, |_| true)?;
                Self::Quantiles(Wanted::Ranks { values, keyed: keyed()? })
            }
            "median_absolute_deviation" => {
                sketch(params)?;
                Self::Quantiles(Wanted::Deviation)
            }
            _ => Self::Plain,
        })
    }
}

const DEFAULT_PERCENTS: [f64; 7] = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0];

/// How Elasticsearch estimates does not matter where nothing is estimated; an HDR histogram however has its own
/// rounding.
fn sketch(params: &Params<'_>) -> Result<(), Refusal> {
    params.refuse(&["hdr"])?;
    let sketch = match params.value("tdigest") {
        None => None,
        Some(Value::Object(sketch)) => Some(Params::new("tdigest", params.name, sketch)),
        Some(other) => return Err(params.wrong_type("tdigest", other)),
    };
    for params in sketch.iter().chain((params.kind == "median_absolute_deviation").then_some(params)) {
        if params.number("compression")?.is_some_and(|compression| compression < 0.0) {
            return Err(params.wrong("compression", "[compression] must be greater than or equal to 0"));
        }
        let _ = params.text("execution_hint")?;
    }
    sketch.map_or(Ok(()), |sketch| sketch.finish())
}

/// Sorted keys, each once.
fn distinct(
    params: &Params<'_>,
    (key, one): (&str, &str),
    mut numbers: Vec<f64>,
    fits: impl Fn(f64) -> bool,
) -> Result<Vec<f64>, Refusal> {
    let name = params.name;
    if numbers.is_empty() {
        return Err(malformed(format!("[{key}] must not be empty: [{name}]")));
    }
    if let Some(wrong) = numbers.iter().find(|number| !fits(**number)) {
        return Err(malformed(format!("{one} must be in [0,100], got [{}]: [{name}]", java_number(*wrong))));
    }
    numbers.sort_unstable_by(f64::total_cmp);
    if let Some(twice) = numbers.windows(2).find(|pair| pair[0].total_cmp(&pair[1]).is_eq()) {
        let twice = java_number(twice[0]);
        return Err(malformed(format!("{one} [{twice}] has been specified twice: [{name}]")));
    }
    Ok(numbers)
}

impl Simple {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        params.refuse(&["script"])?;
        let simple = Self {
            kind: params.kind.to_owned(),
            field: params.field()?.to_owned(),
            missing: params.missing()?,
            format: params.text("format")?.map(str::to_owned),
            what: What::parse(params)?,
        };
        let _ = params.value_type()?;
        params.finish()?;
        Ok(simple)
    }

    pub(super) fn build(&self, build: &Build<'_>) -> Result<Box<dyn Aggregator>, Refusal> {
        if self.kind == "value_count" {
            let source = Source::resolve(build.parts, &self.field, &self.kind, |_| true)?;
            return Ok(Box::new(ValueCount::new(source, self.missing.is_some())));
        }
        let deviation = self.kind == "median_absolute_deviation";
        let takes = |kind: ValueKind| {
            kind.is_number() && !(deviation && matches!(kind, ValueKind::Date | ValueKind::Boolean))
        };
        let source = Source::resolve(build.parts, &self.field, &self.kind, takes)?;
        let format = build.format(&source, self.format.as_deref())?;
        let kind = source.kind.unwrap_or(ValueKind::Float);
        let missing = missing::read(build, &source, kind, self.missing.as_ref())?;
        let numbers = Numbers::new(source, missing.map(missing::Replacement::into_float));
        let numbers = numbers.with_extent(build.parts)?;
        match &self.what {
            What::Plain => {}
            What::Extended { sigma } => return Ok(Box::new(ExtendedStats::new(numbers, format, *sigma))),
            What::Quantiles(wanted) => return Ok(Box::new(Quantiles::new(numbers, format, wanted.clone()))),
        }
        Ok(match self.kind.as_str() {
            "avg" => Box::new(Metric::<AvgState>::new(numbers, format)),
            "sum" => Box::new(Metric::<SumState>::new(numbers, format)),
            "min" => Box::new(Metric::<MinState>::new(numbers, format)),
            "max" => Box::new(Metric::<MaxState>::new(numbers, format)),
            _ => Box::new(Metric::<StatsState>::new(numbers, format)),
        })
    }
}

/// How many values there are, of any type.
struct ValueCount {
    source: Source,
    /// Documents without a value count as one.
    missing: bool,
    column: Option<Column>,
    counts: Vec<u64>,
}

impl ValueCount {
    fn new(source: Source, missing: bool) -> Self {
        Self { source, missing, column: None, counts: Vec::new() }
    }
}

impl Aggregator for ValueCount {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.column = self.source.open(segment)?;
        Ok(())
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.counts.resize(self.counts.len().max(block.bucket_count as usize), 0);
        for (doc, bucket) in block.docs.iter().zip(block.buckets) {
            let index = match &self.column {
                None => None,
                Some(Column::I64(column)) => Some(&column.index),
                Some(Column::U64(column)) => Some(&column.index),
                Some(Column::F64(column)) => Some(&column.index),
                Some(Column::Str(column)) => column.plain_ordinals().map(|column| &column.index),
            };
            let values = match (index, &self.column) {
                (Some(index), _) => index.value_row_ids(*doc).len() as u64,
                (None, Some(Column::Str(column))) => column.ordinals(*doc).count() as u64,
                (None, _) => 0,
            };
            self.counts[*bucket as usize] += if values == 0 { u64::from(self.missing) } else { values };
        }
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        Ok(())
    }

    fn answer(&self, bucket: Option<u32>, _: &Answering) -> Result<Map<String, Value>, Refusal> {
        let count = bucket.and_then(|bucket| self.counts.get(bucket as usize)).copied().unwrap_or_default();
        Ok(Map::from_iter([("value".to_owned(), count.into())]))
    }

    fn number(&self, bucket: u32, _: &Path) -> f64 {
        self.counts.get(bucket as usize).copied().unwrap_or_default() as f64
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        check_metric_path(None, name, path)
    }
}
