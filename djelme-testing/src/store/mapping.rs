//! What a mapping refuses: unknown fields where it is strict, and values that do not fit.

use djelme_core::outcome::Rejection;
use serde_json::{Map, Value};

use crate::script::refusal::refusal;

/// The integer types and the values that they hold.
const INTEGERS: [(&str, i128, i128); 5] = [
    ("byte", i8::MIN as i128, i8::MAX as i128),
    ("short", i16::MIN as i128, i16::MAX as i128),
    ("integer", i32::MIN as i128, i32::MAX as i128),
    ("long", i64::MIN as i128, i64::MAX as i128),
    ("unsigned_long", 0, u64::MAX as i128),
];

/// Whether a document is one, and fits the mapping.
pub(crate) fn check(mappings: &Map<String, Value>, id: &str, source: &[u8]) -> Result<(), Rejection> {
    let document = match serde_json::from_slice(source) {
        Ok(Value::Object(document)) => document,
        Ok(_) => return Err(malformed("[1:1] failed to parse: not an object")),
        Err(error) => {
            return Err(malformed(&format!("[{}:{}] failed to parse", error.line(), error.column())));
        }
    };
    let check = Check { id, strict: is_strict(mappings, false) };
    check.object(mappings, &document, "")
}

fn malformed(reason: &str) -> Rejection {
    refusal(400, "document_parsing_exception", reason)
}

fn is_strict(mapping: &Map<String, Value>, above: bool) -> bool {
    mapping.get("dynamic").map_or(above, |dynamic| dynamic == "strict")
}

struct Check<'a> {
    id: &'a str,
    strict: bool,
}

impl Check<'_> {
    fn object(
        &self,
        mapping: &Map<String, Value>,
        object: &Map<String, Value>,
        path: &str,
    ) -> Result<(), Rejection> {
        let strict = is_strict(mapping, self.strict);
        for (name, value) in object {
            let full = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match field(mapping, name) {
                Some(field) => Check { id: self.id, strict }.value(field, value, &full)?,
                None if strict => {
                    let parent = if path.is_empty() { "_doc" } else { path };
                    let reason = format!(
                        "[1:1] mapping set to strict, dynamic introduction of [{name}] within [{parent}] is not allowed"
                    );
                    return Err(refusal(400, "strict_dynamic_mapping_exception", &reason));
                }
                None => {}
            }
        }
        Ok(())
    }

    fn value(&self, field: &Map<String, Value>, value: &Value, path: &str) -> Result<(), Rejection> {
        let es_type = field.get("type").and_then(Value::as_str).unwrap_or("object");
        match (es_type, value) {
            (_, Value::Null) => Ok(()),
            (_, Value::Array(values)) => values.iter().try_for_each(|value| self.value(field, value, path)),
            ("object" | "nested", Value::Object(object)) => self.object(field, object, path),
            ("object" | "nested", _) => Err(malformed(&format!(
                "[1:1] object mapping for [{path}] tried to parse field [{path}] as object, but found a concrete value"
            ))),
            _ if fits(es_type, value) => Ok(()),
            _ => Err(malformed(&format!(
                "[1:1] failed to parse field [{path}] of type [{es_type}] in document with id '{}'. Preview of field's \
                 value: '{}'",
                self.id,
                value.as_str().map_or_else(|| value.to_string(), str::to_owned)
            ))),
        }
    }
}

/// The mapping of a field; a name with dots leads down.
fn field<'a>(mapping: &'a Map<String, Value>, name: &str) -> Option<&'a Map<String, Value>> {
    let properties = mapping.get("properties")?.as_object()?;
    if let Some(found) = properties.get(name) {
        return found.as_object();
    }
    let (first, rest) = name.split_once('.')?;
    field(properties.get(first)?.as_object()?, rest)
}

/// Whether Elasticsearch takes the value for a field of that type; of types not named here, it takes everything.
fn fits(es_type: &str, value: &Value) -> bool {
    if let Some((_, least, most)) = INTEGERS.iter().find(|(name, ..)| *name == es_type) {
        return integer(value).is_some_and(|number| (*least..=*most).contains(&number));
    }
    match es_type {
        "float" | "half_float" | "double" | "scaled_float" => match value {
            Value::String(text) => text.parse::<f64>().is_ok(),
            value => value.is_number(),
        },
        "boolean" => matches!(value, Value::Bool(_)) || value == "true" || value == "false" || value == "",
        "keyword" | "text" | "constant_keyword" | "wildcard" => !value.is_object(),
        "date" | "date_nanos" => match value {
            Value::String(text) => text.starts_with(|first: char| first.is_ascii_digit() || first == '-'),
            value => value.is_number(),
        },
        _ => true,
    }
}

/// Numbers with a fraction are cut off, and strings are read, as Elasticsearch does by default.
#[allow(clippy::cast_possible_truncation, reason = "what is too large does not fit afterwards either")]
fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from))
            .or_else(|| number.as_f64().map(|number| number as i128)),
        Value::String(text) => {
            text.parse::<i128>().ok().or_else(|| text.parse::<f64>().ok().map(|number| number as i128))
        }
        _ => None,
    }
}
