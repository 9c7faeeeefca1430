//! Values of requests as values of fields.

use std::ops::Bound;

use serde_json::Value;

use super::shard_error;
use crate::error::Refusal;
use crate::schema::NumberType;

/// A number of a request, kept exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Whole(i128),
    Fraction(f64),
}

impl Number {
    /// A number, or text that is one.
    pub(super) fn read(value: &Value) -> Result<Self, Refusal> {
        match value {
            Value::Number(number) => {
                if let Some(whole) = number.as_i128() {
                    return Ok(Self::Whole(whole));
                }
                number.as_f64().map(Self::of).ok_or_else(|| not_a_number(&number.to_string()))
            }
            Value::String(text) => Self::read_text(text),
            other => Err(not_a_number(&other.to_string())),
        }
    }

    fn read_text(text: &str) -> Result<Self, Refusal> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(shard_error("empty String"));
        }
        if let Ok(whole) = trimmed.parse::<i128>() {
            return Ok(Self::Whole(whole));
        }
        match trimmed {
            "NaN" => return Ok(Self::Fraction(f64::NAN)),
            "Infinity" | "+Infinity" => return Ok(Self::Fraction(f64::INFINITY)),
            "-Infinity" => return Ok(Self::Fraction(f64::NEG_INFINITY)),
            _ => {}
        }
        // Rust also reads the words `inf` and `nan`, Java does not.
        let digits = trimmed.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        if !digits {
            return Err(not_a_number(text));
        }
        trimmed.parse::<f64>().map(Self::of).map_err(|_| not_a_number(text))
    }

    /// A whole number as such, as long as doubles hold it exactly.
    fn of(number: f64) -> Self {
        // 2^100: far beyond every integer type, within `i128`.
        let limit = 2f64.powi(100);
        if number.fract() == 0.0 && number.abs() < limit {
            Self::Whole(number as i128)
        } else {
            Self::Fraction(number)
        }
    }

    /// The number as a double; a zero keeps its sign.
    pub(super) fn double(value: &Value) -> Result<f64, Refusal> {
        let number = Self::read(value)?.as_f64();
        let text = text(value);
        Ok(if number == 0.0 && text.trim_start().starts_with('-') { -0.0 } else { number })
    }

    pub(super) fn as_f64(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Fraction(number) => number,
        }
    }

    /// The number if it is whole.
    pub(super) fn whole(self) -> Option<i128> {
        match self {
            Self::Whole(whole) => Some(whole),
            Self::Fraction(_) => None,
        }
    }

    /// Whether it has digits after the point, which no integer has.
    pub(super) fn is_fractional(self) -> bool {
        matches!(self, Self::Fraction(number) if number.fract() != 0.0)
    }
}

fn not_a_number(text: &str) -> Refusal {
    shard_error(format_args!("For input string: \"{text}\""))
}

/// The least and greatest number of an integer type, as queries see it: `byte` and `short` take what `integer` takes.
pub(super) fn integer_limits(number_type: NumberType) -> (i128, i128, &'static str) {
    match number_type {
        NumberType::Long => (i64::MIN.into(), i64::MAX.into(), "a long"),
        NumberType::UnsignedLong => (0, u64::MAX.into(), "an unsigned long"),
        _ => (i32::MIN.into(), i32::MAX.into(), "an integer"),
    }
}

/// A value beyond what the type holds.
pub(super) fn out_of_range(value: &Value, type_name: &str) -> Refusal {
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    shard_error(format_args!("Value [{value}] is out of range for {type_name}"))
}

pub(super) fn boolean(value: &Value) -> Result<bool, Refusal> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        other => {
            let text = text(other);
            Err(shard_error(format_args!("Can't parse boolean value [{text}], expected [true] or [false]")))
        }
    }
}

/// A value as text: what a keyword field makes of it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The interval of floating-point numbers that a range means, both ends included; `None` if nothing lies in it.
/// `round` makes a number one of the type.
pub(super) fn float_interval(
    number_type: NumberType,
    from: Bound<f64>,
    until: Bound<f64>,
) -> Option<(f64, f64)> {
    let from = match from {
        Bound::Unbounded => f64::NEG_INFINITY,
        Bound::Included(number) => lower(number_type, number, true)?,
        Bound::Excluded(number) => lower(number_type, number, false)?,
    };
    let until = match until {
        Bound::Unbounded => f64::INFINITY,
        Bound::Included(number) => upper(number_type, number, true)?,
        Bound::Excluded(number) => upper(number_type, number, false)?,
    };
    (from <= until).then_some((from, until))
}

/// The least number of the type that a lower bound lets through.
fn lower(number_type: NumberType, number: f64, included: bool) -> Option<f64> {
    if number.is_nan() {
        return None;
    }
    Some(match number_type {
        NumberType::Float if included || number as f32 == 0.0 => above(f64::from(number as f32), included),
        NumberType::Float => f64::from((number as f32).next_up()),
        // Elasticsearch rounds to a float first; compared with half floats as such, that is exact.
        NumberType::HalfFloat => above(f64::from(number as f32), included),
        NumberType::ScaledFloat { factor } => above(number * factor, included).ceil() / factor,
        _ => above(number, included),
    })
}

fn upper(number_type: NumberType, number: f64, included: bool) -> Option<f64> {
    if number.is_nan() {
        // Java sorts it above all numbers.
        return Some(f64::INFINITY);
    }
    Some(match number_type {
        NumberType::Float if included || number as f32 == 0.0 => below(f64::from(number as f32), included),
        NumberType::Float => f64::from((number as f32).next_down()),
        NumberType::HalfFloat => below(f64::from(number as f32), included),
        NumberType::ScaledFloat { factor } => below(number * factor, included).floor() / factor,
        _ => below(number, included),
    })
}

/// The number, or the next greater one: after a zero with a sign comes the one without.
fn above(number: f64, included: bool) -> f64 {
    if included {
        number
    } else if number == 0.0 && number.is_sign_negative() {
        0.0
    } else {
        number.next_up()
    }
}

/// The number, or the next lesser one.
fn below(number: f64, included: bool) -> f64 {
    if included {
        number
    } else if number == 0.0 && number.is_sign_positive() {
        -0.0
    } else {
        number.next_down()
    }
}

/// A number as the type stores it.
pub(super) fn rounded(number_type: NumberType, number: f64) -> f64 {
    match number_type {
        NumberType::Float => f64::from(number as f32),
        NumberType::HalfFloat => half(number as f32),
        NumberType::ScaledFloat { factor } => (number * factor).round() / factor,
        _ => number,
    }
}

/// The half float next to a number; half of the way goes to the even one.
fn half(number: f32) -> f64 {
    let number = f64::from(number);
    let magnitude = number.abs();
    if magnitude == 0.0 || !magnitude.is_finite() {
        return number;
    }
    // Eleven significant bits, and none below 2^-24.
    let exponent = (magnitude.log2().floor() as i32).max(-14);
    let unit = 2f64.powi(exponent - 10);
    let rounded = (magnitude / unit).round_ties_even() * unit;
    let rounded = if rounded > 65504.0 { f64::INFINITY } else { rounded };
    rounded.copysign(number)
}
