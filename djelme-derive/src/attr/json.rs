//! JSON in attributes: `settings(..)`, `analysis(..)` and mapping parameters.

use proc_macro2::TokenStream;
use syn::{LitFloat, LitInt};

use super::item::{Form, Item, Value, ValueKind, items};
use crate::ctxt::Ctxt;

/// A JSON value.
#[derive(Debug, PartialEq)]
pub(crate) enum Json {
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// The entries of an object: `key = value` and `key(..)`.
pub(crate) fn object(tokens: TokenStream, cx: &Ctxt) -> Vec<(String, Json)> {
    let mut entries = Vec::new();
    for item in items(tokens, cx) {
        add(&mut entries, item, cx);
    }
    entries
}

/// Adds one entry; a key given twice is a mistake.
pub(crate) fn add(entries: &mut Vec<(String, Json)>, item: Item, cx: &Ctxt) {
    if entries.iter().any(|(key, _)| *key == item.key) {
        cx.error_at(item.span, format!("`{}` is given twice: keep one", item.key));
        return;
    }
    let value = match item.form {
        Form::List(content) => Json::Object(object(content, cx)),
        Form::Value(given) => match value(given, cx) {
            Some(value) => value,
            None => return,
        },
        Form::Bare | Form::Named(_) | Form::Malformed => {
            let key = &item.key;
            cx.error_at(
                item.span,
                format!(
                    "`{key}` needs a value\nhelp: the right form is `{key} = \"text\"`, `{key} = 1`, `{key} = true`, `{key} = [\"a\", \"b\"]` or `{key}(inner = 1)`"
                ),
            );
            return;
        }
    };
    entries.push((item.key, value));
}

fn value(value: Value, cx: &Ctxt) -> Option<Json> {
    Some(match value.kind {
        ValueKind::Bool(value) => Json::Bool(value),
        ValueKind::Str(value) => Json::Str(value.value()),
        ValueKind::Int { negative, literal } => Json::Int(int(negative, &literal, cx)?),
        ValueKind::Float { negative, literal } => Json::Float(float(negative, &literal, cx)?),
        ValueKind::Array(values) => {
            Json::Array(values.into_iter().filter_map(|inner| self::value(inner, cx)).collect())
        }
        ValueKind::Object(content) => Json::Object(object(content, cx)),
    })
}

fn int(negative: bool, literal: &LitInt, cx: &Ctxt) -> Option<i64> {
    let number = literal.base10_parse::<i128>().ok().map(|number| if negative { -number } else { number });
    let fitting = number.and_then(|number| i64::try_from(number).ok());
    if fitting.is_none() {
        cx.error(literal, format!("`{literal}` does not fit into 64 bits: write it as a string"));
    }
    fitting
}

fn float(negative: bool, literal: &LitFloat, cx: &Ctxt) -> Option<f64> {
    let number = literal.base10_parse::<f64>().ok().filter(|number| number.is_finite());
    if number.is_none() {
        cx.error(literal, format!("`{literal}` is not a finite 64-bit number: write it as a string"));
    }
    number.map(|number| if negative { -number } else { number })
}
