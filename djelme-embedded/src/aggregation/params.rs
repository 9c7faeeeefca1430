//! The parameters of one aggregation, read strictly: what nobody asks for is an error.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::source::ValueKind;
use crate::error::{Refusal, token};

/// The parameters of an aggregation.
#[derive(Debug)]
pub(super) struct Params<'a> {
    /// Its type, such as `terms`.
    pub(super) kind: &'a str,
    /// Its name in the request.
    pub(super) name: &'a str,
    values: &'a Map<String, Value>,
    known: RefCell<Vec<&'a str>>,
}

/// A request that does not parse.
pub(super) fn malformed(reason: impl Into<String>) -> Refusal {
    Refusal::new(400, "x_content_parse_exception", reason)
}

/// A number, or a string that holds one, as Elasticsearch takes both.
pub(super) fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

impl<'a> Params<'a> {
    pub(super) fn new(kind: &'a str, name: &'a str, values: &'a Map<String, Value>) -> Self {
        Self { kind, name, values, known: RefCell::default() }
    }

    /// All of it.
    pub(super) fn whole(&self) -> Value {
        Value::Object(self.values.clone())
    }

    /// Whatever stands there, `null` too.
    pub(super) fn value(&self, key: &'a str) -> Option<&'a Value> {
        self.known.borrow_mut().push(key);
        self.values.get(key)
    }

    /// The value has a type that the parameter does not take.
    pub(super) fn wrong_type(&self, key: &str, value: &Value) -> Refusal {
        malformed(format!("[{}] {key} doesn't support values of type: {}", self.kind, token(value)))
    }

    /// The value has the right type and is wrong.
    pub(super) fn wrong(&self, key: &str, reason: impl std::fmt::Display) -> Refusal {
        malformed(format!("[{}] failed to parse field [{key}]: {reason}", self.kind))
    }

    pub(super) fn text(&self, key: &'a str) -> Result<Option<&'a str>, Refusal> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_type(key, other)),
        }
    }

    pub(super) fn number(&self, key: &'a str) -> Result<Option<f64>, Refusal> {
        match self.value(key) {
            None => Ok(None),
            Some(value @ (Value::Number(_) | Value::String(_))) => match as_number(value) {
                Some(number) if number.is_finite() => Ok(Some(number)),
                _ => Err(self.wrong(key, format_args!("For input string: {value}"))),
            },
            Some(other) => Err(self.wrong_type(key, other)),
        }
    }

    /// A whole number; a fraction is cut off, as Elasticsearch does.
    pub(super) fn integer(&self, key: &'a str) -> Result<Option<i64>, Refusal> {
        match self.value(key) {
            Some(Value::Number(number)) if number.is_i64() => Ok(number.as_i64()),
            Some(Value::String(text)) if text.parse::<i64>().is_ok() => Ok(text.parse().ok()),
            _ => Ok(self.number(key)?.map(|number| number as i64)),
        }
    }

    pub(super) fn boolean(&self, key: &'a str) -> Result<Option<bool>, Refusal> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::String(text)) if text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if text == "false" => Ok(Some(false)),
            Some(other) => Err(self.wrong_type(key, other)),
        }
    }

    /// Numbers, from a list.
    pub(super) fn numbers(&self, key: &'a str) -> Result<Option<Vec<f64>>, Refusal> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Array(items)) => {
                let number = |item| {
                    let wrong = || self.wrong(key, format_args!("[{item}] is not a number"));
                    as_number(item).filter(|number| number.is_finite()).ok_or_else(wrong)
                };
                items.iter().map(number).collect::<Result<_, _>>().map(Some)
            }
            Some(other) => Err(self.wrong_type(key, other)),
        }
    }

    /// What Elasticsearch can do with this parameter and this engine cannot.
    pub(super) fn refuse(&self, keys: &[&'a str]) -> Result<(), Refusal> {
        match keys.iter().find(|key| self.values.contains_key(**key)) {
            None => Ok(()),
            Some(key) => Err(Refusal::unsupported(format_args!(
                "[{key}] in the aggregation [{}] of type [{}]",
                self.name, self.kind
            ))),
        }
    }

    /// Whether all parameters were asked for.
    pub(super) fn finish(&self) -> Result<(), Refusal> {
        let known = self.known.borrow();
        match self.values.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(malformed(format!(
                "[{}] unknown field [{key}] in the aggregation [{}]",
                self.kind, self.name
            ))),
        }
    }
}

impl<'a> Params<'a> {
    /// The parameter `field`, which every aggregation of values needs.
    pub(super) fn field(&self) -> Result<&'a str, Refusal> {
        self.text("field")?.ok_or_else(|| {
            Refusal::illegal("Required one of fields [field, script], but none were specified.")
        })
    }

    /// The parameter `missing`.
    pub(super) fn missing(&self) -> Result<Option<Value>, Refusal> {
        match self.value("missing") {
            Some(Value::Null) => {
                Err(self.wrong("missing", format_args!("[missing] must not be null: [{}]", self.name)))
            }
            Some(value @ (Value::Array(_) | Value::Object(_))) => Err(self.wrong_type("missing", value)),
            other => Ok(other.cloned()),
        }
    }

    /// The parameter `value_type`.
    pub(super) fn value_type(&self) -> Result<Option<ValueKind>, Refusal> {
        Ok(Some(match self.text("value_type")? {
            None => return Ok(None),
            Some("string") => ValueKind::Keyword,
            Some("long" | "number" | "numeric") => ValueKind::Whole,
            Some("double") => ValueKind::Float,
            Some("date") => ValueKind::Date,
            Some("ip") => ValueKind::Ip,
            Some("boolean") => ValueKind::Boolean,
            Some(other) => return Err(self.wrong("value_type", format_args!("Unknown value type [{other}]"))),
        }))
    }
}
