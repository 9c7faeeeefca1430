//! Keys of term buckets.

use std::fmt;

use serde_json::{Map, Value};

/// A term, in the type that the field has. Dates are milliseconds since 1970; addresses and versions are strings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Key {
    /// A string.
    Str(String),
    /// A whole number.
    Long(i64),
    /// A whole number beyond the others, of an `unsigned_long` field.
    UnsignedLong(u64),
    /// A number.
    Double(f64),
    /// A boolean.
    Bool(bool),
}

impl Key {
    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Long(number) => Some(*number),
            Self::UnsignedLong(number) => i64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The key of a bucket. Booleans come as 0 and 1 with their names beside them.
    pub(super) fn read(bucket: &Map<String, Value>) -> Option<Self> {
        match (bucket.get("key")?, bucket.get("key_as_string").and_then(Value::as_str)) {
            (Value::Number(_), Some("true")) => Some(Self::Bool(true)),
            (Value::Number(_), Some("false")) => Some(Self::Bool(false)),
            (Value::Number(number), _) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Some(Self::Long(number)),
                (None, Some(number)) => Some(Self::UnsignedLong(number)),
                (None, None) => number.as_f64().map(Self::Double),
            },
            (Value::Bool(value), _) => Some(Self::Bool(*value)),
            (Value::String(text), _) => Some(Self::Str(text.clone())),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => text.fmt(f),
            Self::Long(number) => number.fmt(f),
            Self::UnsignedLong(number) => number.fmt(f),
            Self::Double(number) => number.fmt(f),
            Self::Bool(value) => value.fmt(f),
        }
    }
}

impl PartialEq<str> for Key {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Key {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl PartialEq<i64> for Key {
    fn eq(&self, other: &i64) -> bool {
        self.as_i64() == Some(*other)
    }
}

impl PartialEq<bool> for Key {
    fn eq(&self, other: &bool) -> bool {
        matches!(self, Self::Bool(value) if value == other)
    }
}
