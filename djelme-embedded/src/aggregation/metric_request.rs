//! What requests say about the metrics of one field.

use serde_json::{Map, Value};

use super::block::Block;
use super::level::{Aggregator, Answering};
use super::metric::{AvgState, MaxState, Metric, MinState, StatsState, SumState, check_metric_path};
use super::missing;
use super::order::Path;
use super::params::Params;
use super::request::Build;
use super::source::{Numbers, Segment, Source, ValueKind};
use crate::column::Column;
use crate::error::Refusal;

/// A metric without parameters of its own.
#[derive(Debug, Clone)]
pub(super) struct Simple {
    kind: String,
    field: String,
    missing: Option<Value>,
    format: Option<String>,
}

impl Simple {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        params.refuse(&["script"])?;
        let simple = Self {
            kind: params.kind.to_owned(),
            field: params.field()?.to_owned(),
            missing: params.missing()?,
            format: params.text("format")?.map(str::to_owned),
        };
        params.finish()?;
        Ok(simple)
    }

    pub(super) fn build(&self, build: &Build<'_>) -> Result<Box<dyn Aggregator>, Refusal> {
        if self.kind == "value_count" {
            let source = Source::resolve(build.parts, &self.field, &self.kind, |_| true)?;
            return Ok(Box::new(ValueCount::new(source, self.missing.is_some())));
        }
        let source = Source::resolve(build.parts, &self.field, &self.kind, ValueKind::is_number)?;
        let format = build.format(&source, self.format.as_deref())?;
        let kind = source.kind.unwrap_or(ValueKind::Float);
        let missing = missing::read(build, &source, kind, self.missing.as_ref())?;
        let numbers = Numbers::new(source, missing.map(missing::Replacement::into_float));
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
