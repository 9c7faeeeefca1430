//! Numbers of an order: read from requests, picked of several, written in answers.

use serde_json::Value;
use tantivy::columnar::Column as Values;
use tantivy::{DocId, f64_to_u64, i64_to_u64};

use super::sort::Mode;
use crate::column::Column;
use crate::schema::java_parse;

/// A column of numbers and what they are read as.
#[derive(Debug)]
pub(super) enum Numbers {
    Longs(Values<i64>),
    LongsAsDoubles(Values<i64>),
    Doubles(Values<f64>),
    DoublesAsLongs(Values<f64>),
    Unsigned(Values<u64>),
}

impl Numbers {
    pub(super) fn new(column: Column, doubles: bool) -> Option<Self> {
        Some(match (column, doubles) {
            (Column::I64(values), false) => Self::Longs(values),
            (Column::I64(values), true) => Self::LongsAsDoubles(values),
            (Column::F64(values), true) => Self::Doubles(values),
            (Column::F64(values), false) => Self::DoublesAsLongs(values),
            (Column::U64(values), _) => Self::Unsigned(values),
            (Column::Str(_), _) => return None,
        })
    }

    /// The value of a document as a number of the same order; `None` if it has none.
    pub(super) fn rank(&self, doc: DocId, mode: Mode) -> Option<u64> {
        match self {
            Self::Longs(values) => pick_long(values.values_for_doc(doc), mode).map(i64_to_u64),
            Self::DoublesAsLongs(values) => {
                pick_long(values.values_for_doc(doc).map(|value| value as i64), mode).map(i64_to_u64)
            }
            Self::Doubles(values) => pick_double(values.values_for_doc(doc), mode).map(f64_to_u64),
            Self::LongsAsDoubles(values) => {
                pick_double(values.values_for_doc(doc).map(|value| value as f64), mode).map(f64_to_u64)
            }
            Self::Unsigned(values) if mode == Mode::Max => values.values_for_doc(doc).max(),
            Self::Unsigned(values) => values.values_for_doc(doc).min(),
        }
    }
}

fn pick_long(values: impl Iterator<Item = i64>, mode: Mode) -> Option<i64> {
    match mode {
        Mode::Min => values.min(),
        Mode::Max => values.max(),
        Mode::Sum => values.reduce(i64::wrapping_add),
        Mode::Avg => {
            let (mut total, mut count) = (0_i64, 0_i64);
            for value in values {
                total = total.wrapping_add(value);
                count += 1;
            }
            match count {
                0 => None,
                1 => Some(total),
                _ => Some(rounded(total as f64 / count as f64)),
            }
        }
        Mode::Median => {
            let mut values: Vec<_> = values.collect();
            values.sort_unstable();
            let upper = *values.get(values.len() / 2)?;
            if values.len() % 2 == 1 {
                return Some(upper);
            }
            let lower = values[values.len() / 2 - 1];
            Some(rounded(lower.wrapping_add(upper) as f64 / 2.0))
        }
    }
}

fn pick_double(values: impl Iterator<Item = f64>, mode: Mode) -> Option<f64> {
    match mode {
        Mode::Min => values.min_by(f64::total_cmp),
        Mode::Max => values.max_by(f64::total_cmp),
        Mode::Sum | Mode::Avg => {
            let (mut total, mut count) = (0.0, 0_u32);
            for value in values {
                total += value;
                count += 1;
            }
            match (count, mode) {
                (0, _) => None,
                (_, Mode::Sum) => Some(total),
                _ => Some(total / f64::from(count)),
            }
        }
        Mode::Median => {
            let mut values: Vec<_> = values.collect();
            values.sort_unstable_by(f64::total_cmp);
            let upper = *values.get(values.len() / 2)?;
            if values.len() % 2 == 1 {
                return Some(upper);
            }
            Some((values[values.len() / 2 - 1] + upper) / 2.0)
        }
    }
}

/// Rounds as Java does: halves go up.
fn rounded(value: f64) -> i64 {
    (value + 0.5).floor() as i64
}

/// A whole number, given as such or as text. A fraction is cut off, in a text only unless `strict`. The text, if it is
/// none.
pub(super) fn long(value: &Value, strict: bool) -> Result<i64, String> {
    match value {
        Value::Number(number) => {
            let double = || number.as_f64().map(|double| double as i64);
            number.as_i64().or_else(double).ok_or_else(|| number.to_string())
        }
        Value::String(text) if strict => text.parse().map_err(|_| text.clone()),
        Value::String(text) => text.parse().or_else(|_| parsed(text).map(|double| double as i64)),
        other => Err(other.to_string()),
    }
}

/// A whole number of 32 bits, as Java makes one: of a greater whole number the last bits count. The text, if it is
/// none.
pub(super) fn int(value: &Value) -> Result<i32, String> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(long) => Ok(long as i32),
            None => number.as_f64().map(|double| double as i32).ok_or_else(|| number.to_string()),
        },
        Value::String(text) => text.parse().map_err(|_| text.clone()),
        other => Err(other.to_string()),
    }
}

pub(super) fn unsigned(value: &Value) -> Result<u64, String> {
    match value {
        Value::Number(number) => number.as_u64().ok_or_else(|| number.to_string()),
        Value::String(text) => text.parse().map_err(|_| text.clone()),
        other => Err(other.to_string()),
    }
}

/// A number, given as such or as text. The text, if it is none.
pub(super) fn double(value: &Value) -> Result<f64, String> {
    match value {
        Value::Number(number) => number.as_f64().ok_or_else(|| number.to_string()),
        Value::String(text) => parsed(text),
        other => Err(other.to_string()),
    }
}

fn parsed(text: &str) -> Result<f64, String> {
    java_parse(text).map_err(|_| text.to_owned())
}

/// Elasticsearch writes what JSON has no number for as text.
pub(super) fn double_json(value: f64) -> Value {
    match value {
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        value if value.is_nan() => "NaN".into(),
        value => value.into(),
    }
}

/// As few digits as tell the number from its neighbours of the same width.
pub(super) fn float_json(value: f32) -> Value {
    if !value.is_finite() {
        return double_json(value.into());
    }
    value.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
