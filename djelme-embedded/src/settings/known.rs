//! Which settings there are: those that change nothing here, and those whose effect the engine lacks.

use serde_json::{Map, Value};

use super::{duration, flat, text};
use crate::error::Refusal;

/// What a value has to be.
#[derive(Clone, Copy)]
enum Takes {
    Anything,
    /// A whole number that is not below this one.
    AtLeast(i64),
    Boolean,
    Time,
    OneOf(&'static [&'static str]),
}

use Takes::{Anything, AtLeast, Boolean, OneOf, Time};

/// Settings of servers, copies and files: they change no answer, and the engine has nothing that they could change. A
/// name that ends in a dot stands for all below it.
const WITHOUT_EFFECT: &[(&str, Takes)] = &[
    ("allocation.", Anything),
    ("auto_expand_replicas", Anything),
    ("codec", OneOf(&["default", "best_compression"])),
    ("flush_after_merge", Anything),
    ("gc_deletes", Time),
    ("indexing.slowlog.", Anything),
    ("load_fixed_bitset_filters_eagerly", Boolean),
    ("mapping.depth.limit", AtLeast(1)),
    ("mapping.dimension_fields.limit", AtLeast(0)),
    ("mapping.field_name_length.limit", AtLeast(1)),
    ("mapping.nested_fields.limit", AtLeast(0)),
    ("mapping.nested_objects.limit", AtLeast(0)),
    ("mapping.total_fields.limit", AtLeast(0)),
    ("max_ngram_diff", AtLeast(0)),
    ("max_refresh_listeners", AtLeast(0)),
    ("max_shingle_diff", AtLeast(0)),
    ("merge.", Anything),
    ("number_of_replicas", AtLeast(0)),
    ("number_of_routing_shards", AtLeast(1)),
    ("number_of_shards", AtLeast(1)),
    ("priority", AtLeast(0)),
    ("refresh_interval", Time),
    ("requests.cache.enable", Boolean),
    ("routing.allocation.", Anything),
    ("routing.rebalance.enable", Anything),
    ("search.idle.after", Time),
    ("search.slowlog.", Anything),
    ("shard.check_on_startup", Anything),
    ("soft_deletes.", Anything),
    ("store.", Anything),
    ("translog.durability", OneOf(&["request", "async"])),
    ("translog.", Anything),
    ("unassigned.node_left.delayed_timeout", Time),
    ("write.wait_for_active_shards", Anything),
];

/// Settings that would change answers: known with the value that Elasticsearch has by itself, and with no other.
const ONLY_DEFAULT: &[(&str, &str)] = &[
    ("blocks.metadata", "false"),
    ("blocks.read", "false"),
    ("blocks.read_only", "false"),
    ("blocks.read_only_allow_delete", "false"),
    ("blocks.write", "false"),
    ("default_pipeline", "_none"),
    ("final_pipeline", "_none"),
    ("hidden", "false"),
    ("highlight.max_analyzed_offset", "1000000"),
    ("mapping.coerce", "true"),
    ("mapping.ignore_malformed", "false"),
    ("mapping.total_fields.ignore_dynamic_beyond_limit", "false"),
    ("max_docvalue_fields_search", "100"),
    ("max_inner_result_window", "100"),
    ("max_regex_length", "1000"),
    ("max_rescore_window", "10000"),
    ("max_result_window", "10000"),
    ("max_script_fields", "32"),
    ("max_terms_count", "65536"),
    ("mode", "standard"),
    ("query.default_field", "*"),
    ("query_string.lenient", "false"),
    ("routing_partition_size", "1"),
];

/// Names of which some are known to Elasticsearch and none to the engine.
const LACKING: &[&str] = &["lifecycle.", "similarity.", "sort.", "time_series.", "routing_path"];

/// Refuses what Elasticsearch refuses, with its own words for all of it, and then what the engine lacks.
pub(crate) fn check(template: &str, settings: &Map<String, Value>) -> Result<(), Refusal> {
    let mut settings = flat(settings);
    settings.sort_by(|left, right| left.0.cmp(&right.0));
    let mut problems = Vec::new();
    let mut lacking = None;
    for (path, value) in &settings {
        let name = path.strip_prefix("index.").unwrap_or(path);
        // A setting without a value is as good as none, but its name has to be right.
        match judge(name, path, text(value).as_deref()) {
            Verdict::Fine => {}
            Verdict::Wrong(problem) => problems.push(problem),
            Verdict::Lacking => {
                lacking.get_or_insert_with(|| {
                    Refusal::unsupported(format_args!("the setting [{path}] [{value}]"))
                });
            }
        }
    }
    if !problems.is_empty() {
        return Err(invalid(template, &problems));
    }
    lacking.map_or(Ok(()), Err)
}

/// Why a template is refused, as Elasticsearch words it.
pub(crate) fn invalid(template: &str, problems: &[String]) -> Refusal {
    let mut list = String::new();
    for (number, problem) in (1..).zip(problems) {
        list.push_str(&format!("{number}: {problem};"));
    }
    let reason = format!("index_template [{template}] invalid, cause [Validation Failed: {list}]");
    Refusal::new(400, "invalid_index_template_exception", reason)
}

enum Verdict {
    Fine,
    /// Elasticsearch refuses it.
    Wrong(String),
    /// Elasticsearch knows it, the engine does not.
    Lacking,
}

fn judge(name: &str, path: &str, value: Option<&str>) -> Verdict {
    let fits = |known: &str| name == known || (known.ends_with('.') && name.starts_with(known));
    // Analyzers are judged where they are made.
    if name.starts_with("analysis.") {
        return Verdict::Fine;
    }
    if let Some((_, default)) = ONLY_DEFAULT.iter().find(|(known, _)| *known == name) {
        return if value.is_none_or(|value| value == *default) { Verdict::Fine } else { Verdict::Lacking };
    }
    if let Some((_, takes)) = WITHOUT_EFFECT.iter().find(|(known, _)| fits(known)) {
        return value.and_then(|value| wrong(*takes, path, value)).map_or(Verdict::Fine, Verdict::Wrong);
    }
    if LACKING.iter().any(|known| fits(known)) {
        return Verdict::Lacking;
    }
    Verdict::Wrong(format!(
        "unknown setting [{path}] please check that any required plugins are installed, or check the breaking \
         changes documentation for removed settings"
    ))
}

/// What is wrong with a value.
fn wrong(takes: Takes, path: &str, value: &str) -> Option<String> {
    match takes {
        Anything => None,
        AtLeast(least) => match value.parse::<i64>() {
            Ok(number) if number >= least => None,
            Ok(_) => Some(format!("Failed to parse value [{value}] for setting [{path}] must be >= {least}")),
            Err(_) => Some(format!("Failed to parse value [{value}] for setting [{path}]")),
        },
        Boolean if matches!(value, "true" | "false") => None,
        Boolean => Some(format!("Failed to parse value [{value}] as only [true] or [false] are allowed.")),
        Time if duration(value).is_some() => None,
        Time => Some(format!(
            "failed to parse setting [{path}] with value [{value}] as a time value: unit is missing or unrecognized"
        )),
        OneOf(allowed) if allowed.contains(&value.to_ascii_lowercase().as_str()) => None,
        OneOf(allowed) => Some(format!(
            "unknown value for [{path}] must be one of [{}] but was: {value}",
            allowed.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(settings: &Value) -> Option<Refusal> {
        check("t", settings.as_object().unwrap()).err()
    }

    #[test]
    fn settings_without_effect_pass() {
        for settings in [
            json!({ "number_of_shards": "2", "index.number_of_replicas": 0, "refresh_interval": "5s" }),
            json!({ "index": { "codec": "best_compression", "translog.durability": "async" } }),
            json!({ "routing.allocation.require.box": "hot", "max_result_window": 10000, "hidden": false }),
            json!({ "index.refresh_interval": null, "analysis": { "analyzer": {} } }),
        ] {
            assert_eq!(refusal(&settings), None, "{settings}");
        }
    }

    /// Expectations as Elasticsearch 8.19.8 gave them.
    #[test]
    fn wrong_settings_are_refused_in_the_words_of_elasticsearch() {
        for (settings, problem) in [
            (json!({ "foo": 1 }), "1: unknown setting [index.foo] please check"),
            (
                json!({ "number_of_shards": 0 }),
                "1: Failed to parse value [0] for setting [index.number_of_shards] must be >= 1;",
            ),
            (
                json!({ "number_of_shards": "two" }),
                "1: Failed to parse value [two] for setting [index.number_of_shards];",
            ),
            (
                json!({ "refresh_interval": 5 }),
                "1: failed to parse setting [index.refresh_interval] with value [5] as a time value: unit is missing or unrecognized;",
            ),
            (
                json!({ "codec": "zstd" }),
                "1: unknown value for [index.codec] must be one of [default, best_compression] but was: zstd;",
            ),
        ] {
            let refusal = refusal(&settings).unwrap();
            assert_eq!(refusal.error_type, "invalid_index_template_exception");
            let start = format!("index_template [t] invalid, cause [Validation Failed: {problem}");
            assert!(refusal.reason.starts_with(&start), "{refusal}");
        }
    }

    #[test]
    fn settings_that_would_change_answers_are_refused_by_name() {
        for settings in [
            json!({ "max_result_window": 50_000 }),
            json!({ "sort.field": "k" }),
            json!({ "similarity": { "default": { "type": "boolean" } } }),
            json!({ "default_pipeline": "p" }),
            json!({ "lifecycle.name": "p" }),
        ] {
            let refusal = refusal(&settings).unwrap();
            assert_eq!(refusal.error_type, "unsupported_by_embedded", "{refusal}");
        }
    }
}
