//! JSON values that can stand in constants: what the derives write for settings and mapping parameters.

use serde_json::{Map, Value};

/// A JSON value made of constants only, so that a derived record type needs no work at start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JsonConst {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction; always finite, since Rust has no literal for the others.
    Float(f64),
    /// A string.
    Str(&'static str),
    /// An array.
    Array(&'static [Self]),
    /// An object; the keys are distinct.
    Object(&'static [(&'static str, Self)]),
}

impl JsonConst {
    /// The same value as [`serde_json::Value`].
    ///
    /// ```
    /// # use djelme_core::JsonConst;
    /// const CODEC: JsonConst = JsonConst::Object(&[("codec", JsonConst::Str("best_compression"))]);
    /// assert_eq!(CODEC.to_json(), serde_json::json!({"codec": "best_compression"}));
    /// ```
    #[must_use]
    pub fn to_json(self) -> Value {
        match self {
            Self::Bool(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Float(value) => value.into(),
            Self::Str(value) => value.into(),
            Self::Array(values) => values.iter().map(|value| value.to_json()).collect(),
            Self::Object(entries) => Value::Object(object(entries)),
        }
    }
}

/// The entries as a JSON object.
pub(crate) fn object(entries: &[(&'static str, JsonConst)]) -> Map<String, Value> {
    entries.iter().map(|(key, value)| ((*key).to_owned(), value.to_json())).collect()
}
