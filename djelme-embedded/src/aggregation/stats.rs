//! `extended_stats`: stats with how far values scatter.

use serde_json::{Map, Value};

use super::block::Block;
use super::format::Format;
use super::level::{Aggregator, Answering};
use super::metric::{State as _, StatsState, Sum, check_metric_path, json_number, text_json};
use super::order::Path;
use super::source::{Numbers, Segment};
use crate::error::Refusal;

/// Values that buckets can be ordered by.
const NAMES: &[&str] = &[
    "count",
    "min",
    "max",
    "avg",
    "sum",
    "sum_of_squares",
    "variance",
    "variance_population",
    "variance_sampling",
    "std_deviation",
    "std_deviation_population",
    "std_deviation_sampling",
    "std_upper",
    "std_lower",
    "std_upper_population",
    "std_lower_population",
    "std_upper_sampling",
    "std_lower_sampling",
];

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExtendedState {
    stats: StatsState,
    squares: Sum,
}

impl ExtendedState {
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        self.stats.add(value);
        self.squares.add(value * value);
    }

    fn variance(&self, sampling: bool) -> f64 {
        let (count, sum) = (self.stats.count() as f64, self.stats.sum());
        let mean_square = sum * sum / count;
        let variance = (self.squares.value() - mean_square) / if sampling { count - 1.0 } else { count };
        if variance < 0.0 { 0.0 } else { variance }
    }

    fn deviation(&self, sampling: bool) -> f64 {
        self.variance(sampling).sqrt()
    }

    fn bound(&self, sampling: bool, sigmas: f64) -> f64 {
        self.stats.number(Some("avg")) + self.deviation(sampling) * sigmas
    }

    fn number(&self, value: Option<&str>, sigma: f64) -> f64 {
        match value {
            Some("sum_of_squares") => self.squares.value(),
            Some("variance" | "variance_population") => self.variance(false),
            Some("variance_sampling") => self.variance(true),
            Some("std_deviation" | "std_deviation_population") => self.deviation(false),
            Some("std_deviation_sampling") => self.deviation(true),
            Some("std_upper" | "std_upper_population") => self.bound(false, sigma),
            Some("std_lower" | "std_lower_population") => self.bound(false, -sigma),
            Some("std_upper_sampling") => self.bound(true, sigma),
            Some("std_lower_sampling") => self.bound(true, -sigma),
            other => self.stats.number(other),
        }
    }

    pub(super) fn answer(&self, format: &Format, sigma: f64) -> Map<String, Value> {
        let mut answer = self.stats.answer(format);
        let empty = self.stats.count() == 0;
        for name in &NAMES[5..12] {
            let value = self.number(Some(name), sigma);
            answer.insert((*name).into(), if empty { Value::Null } else { json_number(value) });
            if let Some(text) = format.number(value).filter(|_| !empty) {
                // Only some have quotes.
                let quoted = name.starts_with("std_");
                let text = if quoted { text.into() } else { text_json(format, text) };
                answer.insert(format!("{name}_as_string"), text);
            }
        }
        let mut bounds = Map::new();
        let mut texts = Map::new();
        for name in &NAMES[12..] {
            let value = self.number(Some(name), sigma);
            let short = name.trim_start_matches("std_");
            bounds.insert(short.into(), if empty { Value::Null } else { json_number(value) });
            texts.extend(format.number(value).map(|text| (short.to_owned(), text.into())));
        }
        answer.insert("std_deviation_bounds".into(), bounds.into());
        if !empty && !texts.is_empty() {
            answer.insert("std_deviation_bounds_as_string".into(), texts.into());
        }
        answer
    }
}

pub(super) struct ExtendedStats {
    numbers: Numbers,
    format: Format,
    sigma: f64,
    states: Vec<ExtendedState>,
}

impl ExtendedStats {
    pub(super) fn new(numbers: Numbers, format: Format, sigma: f64) -> Self {
        Self { numbers, format, sigma, states: Vec::new() }
    }
}

impl Aggregator for ExtendedStats {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.numbers.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        self.states.resize(self.states.len().max(block.bucket_count as usize), ExtendedState::default());
        let states = &mut self.states;
        self.numbers.each(block, |bucket, value| states[bucket as usize].add(value));
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        Ok(())
    }

    fn answer(&self, bucket: Option<u32>, _: &Answering) -> Result<Map<String, Value>, Refusal> {
        let state = bucket.and_then(|bucket| self.states.get(bucket as usize)).copied().unwrap_or_default();
        Ok(state.answer(&self.format, self.sigma))
    }

    fn number(&self, bucket: u32, path: &Path) -> f64 {
        let state = self.states.get(bucket as usize).copied().unwrap_or_default();
        state.number(path.value.as_deref(), self.sigma)
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        check_metric_path(Some(NAMES), name, path)
    }
}
