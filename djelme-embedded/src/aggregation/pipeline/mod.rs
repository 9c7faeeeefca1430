//! Pipelines: aggregations of what others answer.

mod functions;
mod path;
mod request;
mod sort;

use serde_json::{Map, Value};

pub(super) use self::request::{Around, PipelineRequest};

use self::functions::Function;
use self::path::{BucketsPath, GapPolicy};
use self::sort::BucketSort;
use super::format::Format;
use super::metric::{MaxState, MinState, State as _, StatsState, Sum, json_number, single};
use super::rows::key_text;
use super::stats::ExtendedState;
use crate::error::Refusal;

/// An aggregation of answers.
#[derive(Debug, Clone)]
pub(super) struct Pipeline {
    name: String,
    meta: Option<Value>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Of each bucket, from this one and those before.
    Parent {
        what: Parent,
        input: Input,
    },
    /// Of all buckets of an aggregation beside it.
    Sibling {
        what: Sibling,
        input: Input,
    },
    Sort(BucketSort),
}

/// What is computed with.
#[derive(Debug, Clone)]
struct Input {
    path: BucketsPath,
    gaps: GapPolicy,
    format: Format,
}

#[derive(Debug, Clone)]
enum Parent {
    CumulativeSum,
    Derivative { unit: Option<f64> },
    SerialDiff { lag: usize },
    Moving { function: Function, window: i64, shift: i64 },
}

#[derive(Debug, Clone)]
enum Sibling {
    Avg,
    Sum,
    Min,
    Max,
    Stats,
    ExtendedStats { sigma: f64 },
    Percentiles { percents: Vec<f64>, keyed: bool },
}

type Bucket = Map<String, Value>;

impl Pipeline {
    /// Adds its answer beside those that it is made of.
    pub(super) fn apply_to_siblings(&self, answers: &mut Bucket) -> Result<(), Refusal> {
        let Kind::Sibling { what, input } = &self.kind else { return Ok(()) };
        let (mut name, mut rest) = input.path.split();
        let mut found = answers.get(name);
        // Through aggregations of one bucket to one of several.
        let mut owned;
        while let Some(answer) = found
            && answer.get("buckets").is_none()
            && !rest.is_empty()
        {
            owned = rest;
            (name, rest) = owned.split();
            found = answer.get(name);
        }
        let mut values = Vec::new();
        if let Some(answer) = found {
            each_bucket(answer, |key, bucket| {
                let value = input.gaps.resolve(&rest, bucket)?;
                if !value.is_nan() {
                    values.push((key, value));
                }
                Ok(())
            })?;
        }
        let answer = what.answer(&values, &input.format);
        self.insert(answers, answer);
        Ok(())
    }

    /// Adds its answers to the buckets that it lies within, or changes which there are.
    pub(super) fn apply_to_buckets(&self, buckets: &mut Vec<Bucket>) -> Result<(), Refusal> {
        match &self.kind {
            Kind::Sibling { .. } => Ok(()),
            Kind::Sort(sort) => sort.apply(buckets),
            Kind::Parent { what, input } => self.apply_parent(what, input, buckets),
        }
    }

    fn apply_parent(&self, what: &Parent, input: &Input, buckets: &mut [Bucket]) -> Result<(), Refusal> {
        // A sum goes on over gaps whatever the policy.
        let gaps = if matches!(what, Parent::CumulativeSum) { GapPolicy::InsertZeros } else { input.gaps };
        let values =
            buckets.iter().map(|bucket| gaps.resolve(&input.path, bucket)).collect::<Result<Vec<_>, _>>()?;
        let simple = |value| Some(single(value, &input.format));
        let answers: Vec<Option<Bucket>> = match what {
            Parent::CumulativeSum => {
                let mut sum = 0.0;
                let add = |value: &f64| {
                    sum += if value.is_finite() { *value } else { 0.0 };
                    simple(sum)
                };
                values.iter().map(add).collect()
            }
            Parent::SerialDiff { lag } => {
                let before = |at: usize| at.checked_sub(*lag).map_or(f64::NAN, |before| values[before]);
                let difference = |(at, value): (usize, &f64)| {
                    let difference = value - before(at);
                    if difference.is_nan() { None } else { simple(difference) }
                };
                values.iter().enumerate().map(difference).collect()
            }
            Parent::Moving { function, window, shift } => {
                let known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
                let clamp = |at: i64| at.clamp(0, known.len() as i64) as usize;
                let mut at = 0;
                let mut moved = |value: &f64| {
                    if value.is_nan() {
                        return None;
                    }
                    let (from, until) = (clamp(at - window + shift), clamp(at + shift));
                    at += 1;
                    simple(function.of(known.get(from..until).unwrap_or_default()))
                };
                values.iter().map(&mut moved).collect()
            }
            Parent::Derivative { unit } => derivative(&values, *unit, buckets, input),
        };
        for (bucket, answer) in buckets.iter_mut().zip(answers) {
            if let Some(answer) = answer {
                self.insert(bucket, answer);
            }
        }
        Ok(())
    }

    fn insert(&self, into: &mut Bucket, mut answer: Bucket) {
        answer.extend(self.meta.clone().map(|meta| ("meta".to_owned(), meta)));
        into.insert(self.name.clone(), answer.into());
    }
}

/// How much each value is more than the one before, and how much that is for each unit of the keys.
fn derivative(values: &[f64], unit: Option<f64>, buckets: &[Bucket], input: &Input) -> Vec<Option<Bucket>> {
    let Input { path, format, .. } = input;
    let key = |at: usize| buckets[at].get("key").and_then(Value::as_f64).unwrap_or(f64::NAN);
    let one = |at: usize| {
        let before = at.checked_sub(1)?;
        if path.is_absent(&buckets[at]) || path.is_absent(&buckets[before]) {
            return None;
        }
        let gradient = values[at] - values[before];
        let mut answer = single(gradient, format);
        if let Some(unit) = unit {
            let normalized = gradient / ((key(at) - key(before)) / unit);
            let has_value = normalized.is_finite();
            answer.insert("normalized_value".into(), if has_value { normalized.into() } else { Value::Null });
            let text = format.number(normalized).filter(|_| has_value);
            answer.extend(text.map(|text| ("normalized_value_as_string".to_owned(), text.into())));
        }
        Some(answer)
    };
    (0..values.len()).map(one).collect()
}

/// Goes through the buckets of an answer, each with its key as text.
fn each_bucket(
    answer: &Value,
    mut each: impl FnMut(String, &Bucket) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match answer.get("buckets") {
        Some(Value::Array(buckets)) => {
            for (number, bucket) in buckets.iter().enumerate() {
                let Value::Object(bucket) = bucket else { continue };
                let named = bucket.contains_key("key");
                each(if named { key_text(bucket) } else { number.to_string() }, bucket)?;
            }
            Ok(())
        }
        Some(Value::Object(buckets)) => {
            let mut ordered: Vec<_> = buckets.iter().collect();
            // Keyed histograms lose their order in the object; their keys have it.
            let place = |bucket: &Value| bucket.get("key").and_then(Value::as_f64).unwrap_or(0.0);
            ordered.sort_by(|(_, one), (_, other)| place(one).total_cmp(&place(other)));
            for (key, bucket) in ordered {
                let Value::Object(bucket) = bucket else { continue };
                each(key.clone(), bucket)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

impl Sibling {
    fn answer(&self, values: &[(String, f64)], format: &Format) -> Bucket {
        let numbers = || values.iter().map(|(_, value)| *value);
        match self {
            Self::Avg => {
                let mut sum = 0.0;
                numbers().for_each(|value| sum += value);
                single(sum / values.len() as f64, format)
            }
            Self::Sum => {
                let mut sum = 0.0;
                numbers().for_each(|value| sum += value);
                let mut answer = single(sum, format);
                answer.insert("value".into(), json_number(sum));
                answer
            }
            Self::Min => {
                let mut least = MinState::default();
                numbers().for_each(|value| least.add(value));
                extreme(least.number(None), values, format)
            }
            Self::Max => {
                let mut most = MaxState::default();
                numbers().for_each(|value| most.add(value));
                extreme(most.number(None), values, format)
            }
            Self::Stats => {
                let mut stats = StatsState::default();
                numbers().for_each(|value| stats.add(value));
                stats.answer(format)
            }
            Self::ExtendedStats { sigma } => {
                let mut stats = ExtendedState::default();
                numbers().for_each(|value| stats.add(value));
                stats.answer(format, *sigma)
            }
            Self::Percentiles { percents, keyed } => {
                let mut sorted: Vec<f64> = numbers().collect();
                sorted.sort_unstable_by(f64::total_cmp);
                functions::percentiles(&sorted, percents, *keyed, format)
            }
        }
    }
}

/// The least or the greatest value, with the keys of all buckets that have it.
fn extreme(value: f64, values: &[(String, f64)], format: &Format) -> Bucket {
    let having = values.iter().filter(|(_, other)| other.total_cmp(&value).is_eq());
    let keys: Vec<Value> = having.map(|(key, _)| key.clone().into()).collect();
    let mut answer = single(value, format);
    answer.insert("keys".into(), keys.into());
    answer
}

/// A sum in the order of the values.
fn total(values: impl Iterator<Item = f64>) -> f64 {
    let mut sum = Sum::default();
    values.for_each(|value| sum.add(value));
    sum.value()
}
