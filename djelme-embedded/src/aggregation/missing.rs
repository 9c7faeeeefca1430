//! The parameter `missing`: the value that documents without one have.

use serde_json::Value;

use super::format::Format;
use super::params::as_number;
use super::request::Build;
use super::source::{Source, ValueKind};
use crate::date::Zone;
use crate::error::Refusal;

/// A value in place of one that is missing.
#[derive(Debug, Clone)]
pub(super) enum Replacement {
    Term(Vec<u8>),
    Whole(i64),
    Unsigned(u64),
    Float(f64),
}

impl Replacement {
    pub(super) fn into_term(self) -> Vec<u8> {
        match self {
            Self::Term(term) => term,
            Self::Whole(value) => value.to_string().into_bytes(),
            Self::Unsigned(value) => value.to_string().into_bytes(),
            Self::Float(value) => super::format::java_number(value).into_bytes(),
        }
    }

    /// Refuses a number with a fraction for a field of whole ones, where they are kept as such.
    pub(super) fn check_whole(&self, kind: ValueKind) -> Result<(), Refusal> {
        match self {
            Self::Float(number) if kind == ValueKind::Whole => Err(Refusal::unsupported(format_args!(
                "[missing] of [{number}] for a field of whole numbers"
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn into_whole(self) -> i64 {
        match self {
            Self::Whole(value) => value,
            Self::Unsigned(value) => i64::try_from(value).unwrap_or(i64::MAX),
            Self::Float(value) => value as i64,
            Self::Term(_) => 0,
        }
    }

    pub(super) fn into_unsigned(self) -> u64 {
        match self {
            Self::Unsigned(value) => value,
            other => u64::try_from(other.into_whole()).unwrap_or_default(),
        }
    }

    pub(super) fn into_float(self) -> f64 {
        match self {
            Self::Float(value) => value,
            Self::Unsigned(value) => value as f64,
            other => other.into_whole() as f64,
        }
    }
}

/// The text of a scalar, as Elasticsearch takes any for text.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if !number.is_i64() && !number.is_u64() => {
            super::format::java_number(number.as_f64().unwrap_or(f64::NAN))
        }
        other => other.to_string(),
    }
}

/// Reads a value of a field, a date in the format and the zone that the aggregation has.
pub(super) fn read_as(
    build: &Build<'_>,
    source: &Source,
    kind: ValueKind,
    format: &Format,
    value: Option<&Value>,
) -> Result<Option<Replacement>, Refusal> {
    match (kind, format, value) {
        (ValueKind::Date, Format::Date { format, zone }, Some(value)) => {
            build.date(format, value, *zone).map(|date| Some(Replacement::Whole(date)))
        }
        _ => read(build, source, kind, value),
    }
}

/// Reads a value of a field.
pub(super) fn read(
    build: &Build<'_>,
    source: &Source,
    kind: ValueKind,
    value: Option<&Value>,
) -> Result<Option<Replacement>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let no_number = || {
        let reason = format!("For input string: \"{}\"", text_of(value));
        Refusal::new(400, "number_format_exception", reason)
    };
    let whole = || {
        let exact = match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_i64(),
        };
        exact.or_else(|| as_number(value).map(|number| number as i64)).ok_or_else(no_number)
    };
    Ok(Some(match kind {
        ValueKind::Keyword | ValueKind::Ip | ValueKind::Version => {
            Replacement::Term(source.encode(&text_of(value))?)
        }
        // With a fraction, it makes Elasticsearch read all values of the field as floating-point numbers.
        ValueKind::Whole => match as_number(value).filter(|number| number.fract() != 0.0) {
            Some(fraction) => Replacement::Float(fraction),
            None => Replacement::Whole(whole()?),
        },
        ValueKind::Unsigned => Replacement::Unsigned(match value {
            Value::String(text) => text.parse().map_err(|_| no_number())?,
            other => other.as_u64().ok_or_else(no_number)?,
        }),
        ValueKind::Float => Replacement::Float(as_number(value).ok_or_else(no_number)?),
        ValueKind::Boolean => Replacement::Whole(match value {
            Value::Bool(value) => i64::from(*value),
            Value::String(text) if text == "true" => 1,
            Value::String(text) if text == "false" => 0,
            _ => {
                return Err(Refusal::illegal(format!(
                    "Cannot parse boolean [{}], expected either [true] or [false]",
                    text_of(value)
                )));
            }
        }),
        ValueKind::Date => Replacement::Whole(build.date(&source.date_format(), value, Zone::UTC)?),
    }))
}
