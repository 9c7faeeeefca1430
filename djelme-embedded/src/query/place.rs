//! Where something stands in a request, and strict readers of its JSON.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::{Refusal, token};

/// A place in a request: `query.bool.must[1].term`. Written out only when an error names it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    up: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    pub(super) fn new(root: &'a str) -> Self {
        Self { up: None, step: Step::Key(root) }
    }

    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self { up: Some(self), step: Step::Key(key) }
    }

    pub(super) fn item(&'a self, index: usize) -> Self {
        Self { up: Some(self), step: Step::Item(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From the root down; as deep as queries may nest.
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        match self.step {
            Step::Key(key) if self.up.is_some() => write!(f, ".{key}"),
            Step::Key(key) => f.write_str(key),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

/// An error in Elasticsearch's words, with the place.
pub(super) fn parsing(place: &Place<'_>, reason: impl fmt::Display) -> Refusal {
    Refusal::parsing(format!("{reason}, at [{place}]"))
}

pub(super) fn illegal(place: &Place<'_>, reason: impl fmt::Display) -> Refusal {
    Refusal::illegal(format!("{reason}, at [{place}]"))
}

/// The same, as Elasticsearch's newer readers call it: that of `bool`.
pub(super) fn content(place: &Place<'_>, reason: impl fmt::Display) -> Refusal {
    Refusal::new(400, "x_content_parse_exception", format!("{reason}, at [{place}]"))
}

/// A key that the query does not have.
pub(super) fn unknown_key(place: &Place<'_>, query: &str, key: &str) -> Refusal {
    parsing(place, format_args!("[{query}] query does not support [{key}]"))
}

/// A key that Elasticsearch has and this engine has not.
pub(super) fn unsupported(place: &Place<'_>, what: impl fmt::Display) -> Refusal {
    Refusal::unsupported(format_args!("{what}, at [{place}]"))
}

/// The body of a query: an object.
pub(super) fn body<'v>(
    value: &'v Value,
    place: &Place<'_>,
    query: &str,
) -> Result<&'v Map<String, Value>, Refusal> {
    value.as_object().ok_or_else(|| {
        parsing(place, format_args!("[{query}] query malformed, no start_object after query name"))
    })
}

/// A value of the wrong JSON type for its key.
pub(super) fn wrong_type(value: &Value, place: &Place<'_>, wanted: &str) -> Refusal {
    parsing(place, format_args!("expected {wanted} but found [{}]", token(value)))
}

/// A text; Elasticsearch takes numbers and booleans for text too.
pub(super) fn text(value: &Value, place: &Place<'_>) -> Result<String, Refusal> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        _ => Err(illegal(place, format_args!("Expected text but found {}", token(value)))),
    }
}

/// A boolean, also as the words `true` and `false`.
pub(super) fn boolean(value: &Value, place: &Place<'_>) -> Result<bool, Refusal> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        Value::String(text) => Err(illegal(
            place,
            format_args!("Failed to parse value [{text}] as only [true] or [false] are allowed."),
        )),
        _ => Err(wrong_type(value, place, "a boolean")),
    }
}

/// A finite number, also written as text.
pub(super) fn float(value: &Value, place: &Place<'_>) -> Result<f32, Refusal> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => return Err(wrong_type(value, place, "a number")),
    };
    number
        .map(|number| number as f32)
        .filter(|number| number.is_finite())
        .ok_or_else(|| illegal(place, format_args!("For input string: {value}")))
}

/// A whole number from 0, also written as text.
pub(super) fn whole(value: &Value, place: &Place<'_>) -> Result<u32, Refusal> {
    let number = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => return Err(wrong_type(value, place, "a whole number")),
    };
    number
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number <= i32::MAX.unsigned_abs())
        .ok_or_else(|| illegal(place, format_args!("[{value}] is not a whole number from 0")))
}

/// `boost`: how much the score counts.
pub(super) fn boost(value: &Value, place: &Place<'_>) -> Result<f32, Refusal> {
    let boost = float(value, place).map_err(|refusal| Refusal::parsing(refusal.reason))?;
    if boost < 0.0 {
        let reason = "negative [boost] are not allowed, use a value between 0 and 1 to deboost";
        return Err(parsing(place, reason));
    }
    Ok(boost)
}
