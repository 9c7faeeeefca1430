//! When two values of a setting or a mapping parameter are the same to Elasticsearch.

use std::borrow::Cow;

use serde_json::Value;

/// Whether Elasticsearch takes both for the same: it reads `"2"` as 2, `"true"` as `true`, one value as a list of one,
/// and may fill in what an object leaves open.
pub(super) fn same(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.iter().all(|(key, value)| found.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| same(wanted, found))
        }
        (Value::Array(list), single) | (single, Value::Array(list)) => {
            matches!(list.as_slice(), [only] if same(only, single))
        }
        (wanted, found) => match (scalar(wanted), scalar(found)) {
            (Some(wanted), Some(found)) => same_text(&wanted, &found),
            _ => wanted == found,
        },
    }
}

fn same_text(wanted: &str, found: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    // Numbers of Elasticsearch that are written otherwise, such as 1 and 1.0; long ones are compared as they stand.
    wanted == found
        || number(wanted).is_some_and(|wanted| number(found) == Some(wanted) && wanted.abs() < 1e15)
}

fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(_) | Value::Number(_) => Some(Cow::Owned(value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
