//! Mapping parameters: what they are when nobody names them, and which can be changed in an index that exists.
//!
//! Both were tried on Elasticsearch 8.19.8 and 9.4.3.

use serde_json::{Map, Value, json};

/// A parameter as it applies: as given, or its default. `None` if there is neither.
pub(super) fn applied(field: &Map<String, Value>, es_type: &str, param: &str) -> Option<Value> {
    match field.get(param).filter(|value| !value.is_null()) {
        // The locale without language and country, in the one spelling and the other.
        Some(Value::String(locale)) if param == "locale" && locale == "ROOT" => Some(json!("")),
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
