//! Values as Elasticsearch shows them in errors: the way Java prints them.

use serde_json::Value;

use super::json::Token;
use super::value::java_double;
use super::{Kind, NumberType};

/// A single value, as a field of this kind has looked at it.
pub(super) fn for_kind(kind: &Kind, token: &Token<'_>) -> String {
    match (kind, token) {
        (Kind::Number(NumberType::Float | NumberType::HalfFloat), Token::Number(text))
            if text.contains(['.', 'e', 'E']) && text.parse::<f32>().is_ok_and(f32::is_infinite) =>
        {
            if text.starts_with('-') { "-Infinity" } else { "Infinity" }.to_owned()
        }
        _ => of(token),
    }
}

/// A single value.
pub(super) fn of(token: &Token<'_>) -> String {
    match token {
        Token::String(text) => text.to_string(),
        Token::Number(text) => number(text),
        Token::Bool(value) => value.to_string(),
        _ => "null".to_owned(),
    }
}

fn number(text: &str) -> String {
    if text.contains(['.', 'e', 'E']) {
        text.parse().map_or_else(|_| text.to_owned(), java_double)
    } else {
        text.to_owned()
    }
}

/// An object or array: `{a=1, b=[x, y]}`.
pub(super) fn of_json(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            let mut shown = String::new();
            show(&value, &mut shown);
            shown
        }
        Err(_) => text.to_owned(),
    }
}

fn show(value: &Value, into: &mut String) {
    let between = |into: &mut String, at: usize| {
        if at > 0 {
            into.push_str(", ");
        }
    };
    match value {
        Value::String(text) => into.push_str(text),
        Value::Number(value) => into.push_str(&number(&value.to_string())),
        Value::Bool(_) | Value::Null => into.push_str(&value.to_string()),
        Value::Array(items) => {
            into.push('[');
            for (at, item) in items.iter().enumerate() {
                between(into, at);
                show(item, into);
            }
            into.push(']');
        }
        Value::Object(entries) => {
            into.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                between(into, at);
                into.push_str(key);
                into.push('=');
                show(value, into);
            }
            into.push('}');
        }
    }
}
