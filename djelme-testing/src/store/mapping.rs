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
        Ok(_) => return Err(malformed("Malformed content, must start with an object")),
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
            let (above, field) = field(mapping, name);
            let full = below(path, name);
            match field {
                Some(field) => Check { id: self.id, strict }.value(field, value, &full)?,
                None if strict => {
                    let missing = &name[above.len()..];
                    let missing = missing.split('.').find(|part| !part.is_empty()).unwrap_or(name);
                    let parent = below(path, above);
                    let parent = if parent.is_empty() { "_doc" } else { &parent };
                    let reason = format!(
                        "[1:1] mapping set to strict, dynamic introduction of [{missing}] within [{parent}] is not allowed"
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

fn below(path: &str, name: &str) -> String {
    if path.is_empty() || name.is_empty() { format!("{path}{name}") } else { format!("{path}.{name}") }
}

/// The mapping of a field, whose name leads down by its dots, and how far down the name is known.
fn field<'a, 'b>(
    mapping: &'a Map<String, Value>,
    name: &'b str,
) -> (&'b str, Option<&'a Map<String, Value>>) {
    let mut known = "";
    let mut object = mapping;
    loop {
        let rest = name[known.len()..].trim_start_matches('.');
        let properties = object.get("properties").and_then(Value::as_object);
        let Some(properties) = properties else { return (known, None) };
        if let Some(found) = properties.get(rest) {
            return (name, found.as_object());
        }
        let inner = rest.split_once('.').and_then(|(first, rest)| {
            let inner = properties.get(first)?.as_object()?;
            Some((&name[..name.len() - rest.len() - 1], inner))
        });
        let Some((further, inner)) = inner else { return (known, None) };
        (known, object) = (further, inner);
    }
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
