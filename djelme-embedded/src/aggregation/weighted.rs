//! `weighted_avg`: a mean in which documents count more or less.

use serde_json::{Map, Value};

use super::block::Block;
use super::format::Format;
use super::level::{Aggregator, Answering};
use super::metric::{Sum, check_metric_path, single};
use super::missing::{self, Replacement};
use super::order::Path;
use super::params::Params;
use super::request::Build;
use super::source::{Numbers, Segment, Source, ValueKind};
use crate::error::Refusal;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct WeightedAvg {
    value: Field,
    weight: Field,
    format: Option<String>,
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    missing: Option<Value>,
}

impl WeightedAvg {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        let field = |key| {
            let field = match params.value(key) {
                Some(Value::Object(field)) => field,
                Some(other) => return Err(params.wrong_type(key, other)),
                None => {
                    return Err(Refusal::illegal(format!(
                        "Could not find field name [{key}] in multiValuesSource"
                    )));
                }
            };
            let inner = Params::new(params.kind, params.name, field);
            inner.refuse(&["script", "filter"])?;
            let field = Field { name: inner.field()?.to_owned(), missing: inner.missing()? };
            inner.finish()?;
            Ok(field)
        };
        let weighted = Self {
            value: field("value")?,
            weight: field("weight")?,
            format: params.text("format")?.map(str::to_owned),
        };
        let _ = params.value_type()?;
        params.finish()?;
        Ok(weighted)
    }

    pub(super) fn build(&self, build: &Build<'_>) -> Result<Box<dyn Aggregator>, Refusal> {
        let numbers = |field: &Field| {
            let source = Source::resolve(build.parts, &field.name, "weighted_avg", ValueKind::is_number)?;
            let format = build.format(&source, self.format.as_deref())?;
            let kind = source.kind.unwrap_or(ValueKind::Float);
            let missing = missing::read(build, &source, kind, field.missing.as_ref())?;
            Ok::<_, Refusal>((Numbers::new(source, missing.map(Replacement::into_float)), format))
        };
        let ((values, format), (weights, _)) = (numbers(&self.value)?, numbers(&self.weight)?);
        let format = if self.format.is_some() { format } else { Format::Plain };
        Ok(Box::new(WeightedAvgAggregator {
            values,
            weights,
            format,
            weight_of: Vec::new(),
            states: Vec::new(),
        }))
    }
}

struct WeightedAvgAggregator {
    values: Numbers,
    weights: Numbers,
    format: Format,
    /// The weight of each document of the block.
    weight_of: Vec<Option<f64>>,
    /// Values times weights, and weights.
    states: Vec<(Sum, Sum)>,
}

impl Aggregator for WeightedAvgAggregator {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.values.start(segment)?;
        self.weights.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.states.resize(self.states.len().max(block.bucket_count as usize), Default::default());
        let weight_of = &mut self.weight_of;
        weight_of.clear();
        weight_of.resize(block.docs.len(), None);
        let mut several = false;
        self.weights.load(block.docs).each_position(|position, weight| {
            let place = &mut weight_of[position as usize];
            several |= place.is_some();
            *place = Some(weight);
        });
        let states = &mut self.states;
        let mut several_weights = false;
        self.values.load(block.docs).each_position(|position, value| {
            if let Some(weight) = weight_of[position as usize] {
                several_weights |= several;
                let (sum, weights) = &mut states[block.buckets[position as usize] as usize];
                sum.add(value * weight);
                weights.add(weight);
            }
        });
        if several_weights {
            return Err(Refusal::illegal(
                "Encountered more than one weight for a single document. Use a script to combine multiple \
                 weights-per-doc into a single value.",
            ));
        }
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        Ok(())
    }

    fn answer(&self, bucket: Option<u32>, _: &Answering) -> Result<Map<String, Value>, Refusal> {
        let number = bucket.map_or(f64::NAN, |bucket| self.mean(bucket));
        Ok(single(number, &self.format))
    }

    fn number(&self, bucket: u32, _: &Path) -> f64 {
        self.mean(bucket)
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        check_metric_path(None, name, path)
    }
}

impl WeightedAvgAggregator {
    fn mean(&self, bucket: u32) -> f64 {
        let (sum, weights) = self.states.get(bucket as usize).copied().unwrap_or_default();
        sum.value() / weights.value()
    }
}
