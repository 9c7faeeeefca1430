//! Index settings: in whatever form they were written, and which of them the engine knows.

mod known;

use std::time::Duration;

pub(crate) use known::{check, invalid};
use serde_json::{Map, Value};

/// The settings as Elasticsearch keeps them: objects, all below `index`.
pub(crate) fn nested(settings: &Map<String, Value>) -> Map<String, Value> {
    let mut index = Map::new();
    for (path, value) in flat(settings) {
        insert(&mut index, path.strip_prefix("index.").unwrap_or(&path), value, DEEPEST);
    }
    if index.is_empty() { index } else { Map::from_iter([("index".to_owned(), index.into())]) }
}

/// How deep names are taken apart; what lies deeper keeps its dots.
const DEEPEST: u32 = 32;

/// All settings by their full names, such as `index.refresh_interval`.
fn flat(settings: &Map<String, Value>) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    flatten("", settings, &mut out, DEEPEST);
    out
}

fn flatten(above: &str, settings: &Map<String, Value>, out: &mut Vec<(String, Value)>, depth: u32) {
    for (key, value) in settings {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value {
            Value::Object(inner) if depth > 0 => flatten(&path, inner, out, depth - 1),
            value if path.starts_with("index.") => out.push((path, value.clone())),
            value => out.push((format!("index.{path}"), value.clone())),
        }
    }
}

fn insert(into: &mut Map<String, Value>, path: &str, value: Value, depth: u32) {
    if let Some((first, rest)) = path.split_once('.').filter(|_| depth > 0)
        && let Value::Object(inner) = into.entry(first).or_insert_with(|| Map::new().into())
    {
        return insert(inner, rest, value, depth - 1);
    }
    into.insert(path.to_owned(), value);
}

/// One setting, by its name below `index`.
fn get<'a>(settings: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    settings.get("index")?.get(name)
}

/// Whether the settings make the same of documents.
pub(crate) fn same_schema(left: &Map<String, Value>, right: &Map<String, Value>) -> bool {
    ["analysis", "mapping"].iter().all(|name| get(left, name) == get(right, name))
}

/// How long a write waits at most until searches see it; `None` for until somebody asks for it.
pub(crate) fn refresh_interval(settings: &Map<String, Value>) -> Option<Duration> {
    let default = Some(Duration::from_secs(1));
    match get(settings, "refresh_interval") {
        None | Some(Value::Null) => default,
        Some(value) => text(value).and_then(|text| duration(&text)).unwrap_or(default),
    }
}

/// A value as Elasticsearch reads it: all settings are texts.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A time value, such as `500ms`; the inner `None` stands for -1. `None` if it is not one.
fn duration(text: &str) -> Option<Option<Duration>> {
    let text = text.trim().to_ascii_lowercase();
    if text == "-1" {
        return Some(None);
    }
    let unit = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit);
    let number: u64 = number.parse().ok()?;
    Some(Some(match unit {
        "nanos" => Duration::from_nanos(number),
        "micros" => Duration::from_micros(number),
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(3600)?),
        "d" => Duration::from_secs(number.checked_mul(86_400)?),
        "" if number == 0 => Duration::ZERO,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn all_spellings_come_to_the_same() {
        let expected = json!({ "index": { "a": { "b": "1" }, "c": 2 } });
        for spelling in [
            json!({ "index.a.b": "1", "c": 2 }),
            json!({ "index": { "a": { "b": "1" }, "c": 2 } }),
            json!({ "a": { "b": "1" }, "index": { "c": 2 } }),
        ] {
            assert_eq!(Value::Object(nested(&object(&spelling))), expected);
        }
        assert_eq!(nested(&Map::new()), Map::new());
    }

    #[test]
    fn refresh_intervals_are_time_values() {
        let interval =
            |value: Value| refresh_interval(&object(&json!({ "index": { "refresh_interval": value } })));
        assert_eq!(interval(json!("500ms")), Some(Duration::from_millis(500)));
        assert_eq!(interval(json!("2m")), Some(Duration::from_secs(120)));
        assert_eq!(interval(json!(-1)), None);
        assert_eq!(interval(json!("-1")), None);
        assert_eq!(interval(Value::Null), Some(Duration::from_secs(1)));
        assert_eq!(refresh_interval(&Map::new()), Some(Duration::from_secs(1)));
    }
}
