//! Mapping parameters: what they are when nobody names them, and which can be changed in an index that exists.
//!
//! Both were tried on Elasticsearch 8.19.8 and 9.4.3.

use serde_json::{Map, Value, json};

/// A parameter as it applies: as given, or its default. `None` if there is neither.
pub(super) fn applied(field: &Map<String, Value>, es_type: &str, param: &str) -> Option<Value> {
    match field.get(param).filter(|value| !value.is_null()) {
        // The locale without language and country, in the one spelling and the other.
        Some(Value::String(locale)) if param == "locale" && locale == "ROOT" => Some(json!("")),
        Some(given) if (es_type, param) == ("geo_point", "null_value") => {
            Some(point(given).unwrap_or_else(|| given.clone()))
        }
        Some(given) => Some(given.clone()),
        None => match param {
            "search_analyzer" => applied(field, es_type, "analyzer"),
            "search_quote_analyzer" => applied(field, es_type, "search_analyzer"),
            _ => default(es_type, param),
        },
    }
}

fn default(es_type: &str, param: &str) -> Option<Value> {
    Some(match (param, es_type) {
        ("doc_values", "binary") => json!(false),
        ("norms", "text") => json!(true),
        ("index_options", "text") => json!("positions"),
        ("index_options", "keyword") => json!("docs"),
        ("format", "date" | "date_nanos") => {
            let nanos = if es_type == "date_nanos" { "_nanos" } else { "" };
            json!(format!("strict_date_optional_time{nanos}||epoch_millis"))
        }
        ("index" | "doc_values" | "coerce" | "enabled" | "ignore_z_value" | "subobjects", _) => json!(true),
        (
            "store"
            | "norms"
            | "eager_global_ordinals"
            | "split_queries_on_whitespace"
            | "ignore_malformed"
            | "fielddata"
            | "index_phrases"
            | "include_in_parent"
            | "include_in_root"
            | "time_series_dimension",
            _,
        ) => json!(false),
        ("analyzer", _) => json!("default"),
        ("similarity", _) => json!("BM25"),
        ("term_vector", _) => json!("no"),
        ("locale", _) => json!("en"),
        ("ignore_above", _) => json!(i32::MAX),
        ("position_increment_gap", _) => json!(100),
        ("depth_limit", _) => json!(20),
        ("copy_to", _) => json!([]),
        ("meta", _) => json!({}),
        _ => return None,
    })
}

/// The point in the form in which Elasticsearch gives back `"lat,lon"` and `[lon, lat]`.
fn point(given: &Value) -> Option<Value> {
    let (lat, lon): (f64, f64) = match given {
        Value::String(text) => {
            let (lat, lon) = text.split_once(',')?;
            (lat.trim().parse().ok()?, lon.trim().parse().ok()?)
        }
        Value::Array(numbers) => match numbers.as_slice() {
            [lon, lat] => (lat.as_f64()?, lon.as_f64()?),
            _ => return None,
        },
        _ => return None,
    };
    Some(json!({ "lat": lat, "lon": lon }))
}

/// The types whose defaults are all known here.
const KNOWN_TYPES: [&str; 24] = [
    "binary",
    "boolean",
    "byte",
    "constant_keyword",
    "date",
    "date_nanos",
    "double",
    "flattened",
    "float",
    "geo_point",
    "half_float",
    "integer",
    "ip",
    "keyword",
    "long",
    "match_only_text",
    "nested",
    "object",
    "scaled_float",
    "short",
    "text",
    "unsigned_long",
    "version",
    "wildcard",
];

/// Whether the server fills in the parameter where nobody names it, so that finding it says nothing.
pub(super) fn is_filled_in(es_type: &str, param: &str) -> bool {
    // A constant is that of the first document.
    (es_type, param) == ("constant_keyword", "value") || !KNOWN_TYPES.contains(&es_type)
}

/// Whether Elasticsearch changes the parameter in place to what is wanted.
pub(super) fn is_changeable(param: &str, wanted: Option<&Value>) -> bool {
    match param {
        "ignore_above"
        | "ignore_malformed"
        | "ignore_z_value"
        | "coerce"
        | "copy_to"
        | "depth_limit"
        | "dynamic"
        | "eager_global_ordinals"
        | "fielddata"
        | "fielddata_frequency_filter"
        | "meta"
        | "search_analyzer"
        | "search_quote_analyzer"
        | "split_queries_on_whitespace" => true,
        // They can be given up, but not taken up.
        "norms" => wanted == Some(&json!(false)),
        _ => false,
    }
}
