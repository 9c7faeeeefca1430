//! The functions of `moving_fn`, and percentiles of buckets.

use serde_json::{Map, Value};

use super::super::format::{Format, java_number};
use super::total;

/// A function of the values in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Max,
    Min,
    Sum,
    StdDev,
    UnweightedAvg,
    LinearWeightedAvg,
}

impl Function {
    /// Reads a script that does nothing but call one of them.
    pub(super) fn parse(script: &str) -> Option<Self> {
        let plain: String = script.chars().filter(|character| !character.is_whitespace()).collect();
        let plain = plain.trim_end_matches(';');
        Some(match plain.strip_prefix("return").unwrap_or(plain) {
            "MovingFunctions.max(values)" => Self::Max,
            "MovingFunctions.min(values)" => Self::Min,
            "MovingFunctions.sum(values)" => Self::Sum,
            "MovingFunctions.stdDev(values,MovingFunctions.unweightedAvg(values))" => Self::StdDev,
            "MovingFunctions.unweightedAvg(values)" => Self::UnweightedAvg,
            "MovingFunctions.linearWeightedAvg(values)" => Self::LinearWeightedAvg,
            _ => return None,
        })
    }

    pub(super) fn of(self, values: &[f64]) -> f64 {
        let each = || values.iter().copied();
        let count = values.len() as f64;
        match self {
            Self::Sum => total(each()),
            _ if values.is_empty() => f64::NAN,
            Self::Max => each().fold(f64::NEG_INFINITY, f64::max),
            Self::Min => each().fold(f64::INFINITY, f64::min),
            Self::UnweightedAvg => each().fold(0.0, |sum, value| sum + value) / count,
            Self::StdDev => {
                let mean = Self::UnweightedAvg.of(values);
                let squares = each().fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
                (squares / count).sqrt()
            }
            Self::LinearWeightedAvg => {
                let (mut sum, mut weights, mut weight) = (0.0, 0.0, 1.0);
                for value in each() {
                    sum += value * weight;
                    weights += weight;
                    weight += 1.0;
                }
                sum / weights
            }
        }
    }
}

/// The values nearest to each percent.
pub(super) fn percentiles(
    sorted: &[f64],
    percents: &[f64],
    keyed: bool,
    format: &Format,
) -> Map<String, Value> {
    let mut map = Map::new();
    let mut list = Vec::new();
    for percent in percents {
        let place = (percent / 100.0 * sorted.len().saturating_sub(1) as f64 + 0.5).floor() as usize;
        let value = sorted.get(place).copied();
        let shown = value.map_or(Value::Null, Value::from);
        let text = value.and_then(|value| format.number(value));
        if keyed {
            let name = java_number(*percent);
            map.extend(text.map(|text| (format!("{name}_as_string"), text.into())));
            map.insert(name, shown);
        } else {
            let mut item =
                Map::from_iter([("key".to_owned(), (*percent).into()), ("value".to_owned(), shown)]);
            item.extend(text.map(|text| (format!("{}_as_string", java_number(*percent)), text.into())));
            list.push(Value::Object(item));
        }
    }
    let values = if keyed { Value::Object(map) } else { Value::Array(list) };
    Map::from_iter([("values".to_owned(), values)])
}
