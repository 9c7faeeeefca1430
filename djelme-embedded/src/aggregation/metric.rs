//! Metrics that are made of a running state: sums, extremes, counts.

use serde_json::{Map, Value};

use super::block::Block;
use super::format::Format;
use super::level::{Aggregator, Answering};
use super::order::Path;
use super::source::{Numbers, Segment};
use crate::error::Refusal;

/// A sum that does not lose small numbers beside large ones: Kahan's summation, step by step as Elasticsearch does it,
/// so that sums are equal to the last digit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    value: f64,
    delta: f64,
}

impl Sum {
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        let corrected = value + self.delta;
        let updated = self.value + corrected;
        if updated.is_finite() {
            self.delta = corrected - (updated - self.value);
            self.value = updated;
        } else {
            self.add_beyond(value);
        }
    }

    /// What becomes infinite, or is no number, stays so.
    #[cold]
    fn add_beyond(&mut self, value: f64) {
        if !value.is_finite() {
            self.value += value;
        }
        if self.value.is_finite() {
            let corrected = value + self.delta;
            let updated = self.value + corrected;
            self.delta = corrected - (updated - self.value);
            self.value = updated;
        }
    }

    /// The same for whole numbers whose sum is exact without.
    #[inline]
    pub(super) fn add_exact(&mut self, value: f64) {
        self.value += value;
    }

    pub(super) fn value(self) -> f64 {
        self.value
    }
}

/// What a metric keeps for each bucket.
pub(super) trait State: Clone + Default + Send + 'static {
    /// Takes one value.
    fn add(&mut self, value: f64);

    /// Takes one of whole numbers whose sums floating-point numbers hold exactly.
    fn add_exact(&mut self, value: f64) {
        self.add(value);
    }

    /// The answer.
    fn answer(&self, format: &Format) -> Map<String, Value>;

    /// A value of it by name; `None` is its only one.
    fn number(&self, value: Option<&str>) -> f64;

    /// Whether it has several values, of these names.
    const VALUES: Option<&'static [&'static str]> = None;
}

/// A metric with a state for each bucket.
pub(super) struct Metric<S> {
    numbers: Numbers,
    format: Format,
    states: Vec<S>,
}

impl<S: State> Metric<S> {
    pub(super) fn new(numbers: Numbers, format: Format) -> Self {
        Self { numbers, format, states: Vec::new() }
    }
}

impl<S: State> Aggregator for Metric<S> {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.numbers.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        if self.states.len() < block.bucket_count as usize {
            self.states.resize(block.bucket_count as usize, S::default());
        }
        let states = &mut self.states;
        if self.numbers.sums_are_exact() {
            self.numbers.each(block, |bucket, value| states[bucket as usize].add_exact(value));
        } else {
            self.numbers.each(block, |bucket, value| states[bucket as usize].add(value));
        }
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        Ok(())
    }

    fn answer(&self, bucket: Option<u32>, _: &Answering) -> Result<Map<String, Value>, Refusal> {
        let empty = S::default();
        let state = bucket.and_then(|bucket| self.states.get(bucket as usize)).unwrap_or(&empty);
        Ok(state.answer(&self.format))
    }

    fn number(&self, bucket: u32, path: &Path) -> f64 {
        self.states.get(bucket as usize).unwrap_or(&S::default()).number(path.value.as_deref())
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        check_metric_path(S::VALUES, name, path)
    }
}

/// Whether a metric that has these values, or only one, can be ordered by.
pub(super) fn check_metric_path(values: Option<&[&str]>, name: &str, path: &Path) -> Result<(), Refusal> {
    if !path.at_end() {
        return Err(
            path.invalid(format_args!("Metrics aggregations cannot have sub-aggregations (at [{name}>...])"))
        );
    }
    match (values, path.value.as_deref()) {
        (None, None | Some("value")) => Ok(()),
        (None, Some(other)) => Err(path.invalid(format_args!(
            "Unknown value key [{other}] for single-value metric aggregation [{name}]. Either use [value] as key or \
             drop the key all together"
        ))),
        (Some(_), None) => Err(path.invalid(format_args!(
            "Missing value key in [{name}] which refers to a multi-value metric aggregation"
        ))),
        (Some(values), Some(value)) if values.contains(&value) => Ok(()),
        (Some(_), Some(other)) => {
            Err(path.invalid(format_args!("Unknown value key [{other}] for multi-value metric aggregation [{name}]")))
        }
    }
}

/// A number as Elasticsearch writes it in an answer: what is none is a string.
pub(super) fn json_number(value: f64) -> Value {
    if value.is_finite() { Value::from(value) } else { Value::from(super::format::java_number(value)) }
}

/// A value as text within stats, where Elasticsearch writes the words of booleans without quotes.
pub(super) fn text_json(format: &Format, text: String) -> Value {
    match format {
        Format::Boolean => Value::Bool(text == "true"),
        _ => Value::String(text),
    }
}

/// An answer of one value, `null` if there is none.
pub(super) fn single(value: f64, format: &Format) -> Map<String, Value> {
    let mut answer = Map::new();
    if value.is_finite() {
        answer.insert("value".into(), value.into());
        answer.extend(format.number(value).map(|text| ("value_as_string".to_owned(), text.into())));
    } else {
        answer.insert("value".into(), Value::Null);
    }
    answer
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AvgState {
    sum: Sum,
    count: u64,
}

impl State for AvgState {
    #[inline]
    fn add(&mut self, value: f64) {
        self.sum.add(value);
        self.count += 1;
    }

    #[inline]
    fn add_exact(&mut self, value: f64) {
        self.sum.add_exact(value);
        self.count += 1;
    }

    fn answer(&self, format: &Format) -> Map<String, Value> {
        single(self.number(None), format)
    }

    fn number(&self, _: Option<&str>) -> f64 {
        self.sum.value / self.count as f64
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SumState(Sum);

impl State for SumState {
    #[inline]
    fn add(&mut self, value: f64) {
        self.0.add(value);
    }

    #[inline]
    fn add_exact(&mut self, value: f64) {
        self.0.add_exact(value);
    }

    fn answer(&self, format: &Format) -> Map<String, Value> {
        let mut answer = single(self.0.value, format);
        answer.insert("value".into(), json_number(self.0.value));
        answer
    }

    fn number(&self, _: Option<&str>) -> f64 {
        self.0.value
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct MinState(f64);

impl Default for MinState {
    fn default() -> Self {
        Self(f64::INFINITY)
    }
}

impl State for MinState {
    #[inline]
    fn add(&mut self, value: f64) {
        if value < self.0 {
            self.0 = value;
        }
    }

    fn answer(&self, format: &Format) -> Map<String, Value> {
        single(self.0, format)
    }

    fn number(&self, _: Option<&str>) -> f64 {
        self.0
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct MaxState(f64);

impl Default for MaxState {
    fn default() -> Self {
        Self(f64::NEG_INFINITY)
    }
}

impl State for MaxState {
    #[inline]
    fn add(&mut self, value: f64) {
        if value > self.0 {
            self.0 = value;
        }
    }

    fn answer(&self, format: &Format) -> Map<String, Value> {
        single(self.0, format)
    }

    fn number(&self, _: Option<&str>) -> f64 {
        self.0
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StatsState {
    count: u64,
    sum: Sum,
    min: MinState,
    max: MaxState,
}

impl StatsState {
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn sum(&self) -> f64 {
        self.sum.value
    }
}

impl State for StatsState {
    const VALUES: Option<&'static [&'static str]> = Some(&["count", "min", "max", "avg", "sum"]);

    #[inline]
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum.add(value);
        self.min.add(value);
        self.max.add(value);
    }

    #[inline]
    fn add_exact(&mut self, value: f64) {
        self.count += 1;
        self.sum.add_exact(value);
        self.min.add(value);
        self.max.add(value);
    }

    fn answer(&self, format: &Format) -> Map<String, Value> {
        let mut answer = Map::new();
        answer.insert("count".into(), self.count.into());
        for name in ["min", "max", "avg", "sum"] {
            if self.count == 0 {
                answer.insert(name.into(), if name == "sum" { Value::from(0.0) } else { Value::Null });
                continue;
            }
            let value = self.number(Some(name));
            answer.insert(name.into(), json_number(value));
            let text = format.number(value).map(|text| text_json(format, text));
            answer.extend(text.map(|text| (format!("{name}_as_string"), text)));
        }
        answer
    }

    fn number(&self, value: Option<&str>) -> f64 {
        match value {
            Some("count") => self.count as f64,
            Some("min") => self.min.0,
            Some("max") => self.max.0,
            Some("sum") => self.sum.value,
            _ => self.sum.value / self.count as f64,
        }
    }
}
