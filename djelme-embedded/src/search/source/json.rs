//! JSON taken apart level by level, so that what is kept whole keeps its bytes.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A value, and of an object or array what is directly in it.
pub(super) enum Level<'a> {
    Object(Vec<(String, &'a RawValue)>),
    Array(Vec<&'a RawValue>),
    Scalar,
}

impl<'a> Level<'a> {
    pub(super) fn of(value: &'a RawValue) -> serde_json::Result<Self> {
        let text = value.get();
        Ok(match text.trim_start().as_bytes().first() {
            Some(b'{') => Self::Object(serde_json::from_str::<Members>(text)?.0),
            Some(b'[') => Self::Array(serde_json::from_str(text)?),
            _ => Self::Scalar,
        })
    }
}

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = entries.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Writes an object of these members, which are JSON already.
pub(super) fn object(members: &[(String, String)]) -> serde_json::Result<String> {
    let mut out = String::from("{");
    for (number, (name, value)) in members.iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(name)?);
        out.push(':');
        out.push_str(value);
    }
    out.push('}');
    Ok(out)
}

/// Writes an array of these elements, which are JSON already.
pub(super) fn array(elements: &[String]) -> String {
    format!("[{}]", elements.join(","))
}
