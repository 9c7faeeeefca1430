//! What differs between code, template and index, and what is only spelled otherwise. The spellings are those in
//! which Elasticsearch 8.19.8 gives back what it was given.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests
#![allow(
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "tables of JSON read best in place"
)]

mod document_support;

use djelme_core::drift::{DriftKind, Effect, IndexDrift, Part, TemplateDrift};
use djelme_core::record::Record;
use djelme_core::template::Template;
use document_support::{Departure, View, naming};
use serde_json::{Map, Value, json};

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("{value}") };
    object
}

/// The template of a type, with this mapping and these settings in place of its own.
fn template(properties: Value, settings: Value) -> Template {
    let mut template = Template::desired(View::TYPE, &naming(View::TYPE));
    template.mappings.insert("properties".into(), properties);
    template.settings = object(settings);
    template
}

fn settings_drift(wanted: Value, found: Value) -> TemplateDrift {
    TemplateDrift::new(&template(json!({}), wanted), Some(&template(json!({}), found)))
}

fn field_drift(wanted: Value, found: Value) -> IndexDrift {
    let found = json!({"dynamic": "strict", "properties": {"f": found}});
    IndexDrift::new(&template(json!({"f": wanted}), json!({})), "flights_view_2026.2.".into(), &found)
}

fn lines(differences: &[djelme_core::drift::Difference]) -> Vec<String> {
    differences.iter().map(ToString::to_string).collect()
}

#[test]
fn m3_a_missing_template_is_missing() {
    let drift = TemplateDrift::new(&Template::desired(View::TYPE, &naming(View::TYPE)), None);
    assert_eq!(drift.kind(), DriftKind::Missing);
    assert_eq!(drift.to_string(), "template `flights_view__template`: missing");
    assert_eq!(
        drift.stands_against_writes().unwrap(),
        "the index template `flights_view__template` is missing"
    );
}

#[test]
fn m3_what_differs_is_named_with_its_part() {
    let desired =
        template(json!({"a": {"type": "keyword"}, "b": {"type": "long"}}), json!({"codec": "default"}));
    let mut found = template(
        json!({"a": {"type": "text"}, "c": {"type": "long"}}),
        json!({"index": {"codec": "best_compression", "hidden": "true"}}),
    );
    found.index_patterns = vec!["wrong_*".into()];
    found.priority = Some(3);
    let drift = TemplateDrift::new(&desired, Some(&found));
    assert_eq!(
        lines(&drift.differences),
        [
            "patterns: wanted flights_view_*, found nothing",
            "patterns: not asked for, found wrong_*",
            "priority: wanted 500, found 3",
            "settings.index.codec: wanted default, found best_compression",
            "settings.index.hidden: not asked for, found true",
            "mappings.properties.a.type: wanted keyword, found text",
            r#"mappings.properties.b: wanted {"type":"long"}, found nothing"#,
            r#"mappings.properties.c: not asked for, found {"type":"long"}"#,
        ]
    );
    assert_eq!(drift.kind(), DriftKind::Changed);
    assert!(
        drift
            .to_string()
            .starts_with("template `flights_view__template`: differs in what can be changed\n  patterns")
    );
    assert!(drift.stands_against_writes().unwrap().contains("patterns: wanted flights_view_*"));
}

#[test]
fn m4_l5_settings_that_are_only_spelled_otherwise_are_in_sync() {
    for (wanted, found) in [
        (json!({"number_of_shards": 2}), json!({"index": {"number_of_shards": "2"}})),
        (json!({"refresh_interval": "-1"}), json!({"index": {"refresh_interval": "-1"}})),
        (json!({"auto_expand_replicas": false}), json!({"index": {"auto_expand_replicas": "false"}})),
        (json!({"index.codec": "best_compression"}), json!({"index": {"codec": "best_compression"}})),
        (json!({"index": {"max_ngram_diff": 3}}), json!({"index": {"max_ngram_diff": "3"}})),
        (
            json!({"query.default_field": ["k", "t"]}),
            json!({"index": {"query": {"default_field": ["k", "t"]}}}),
        ),
        (json!({"sort.field": "d"}), json!({"index": {"sort": {"field": ["d"]}}})),
        (
            json!({"routing": {"allocation.include._tier_preference": "data_hot"}}),
            json!({"index": {"routing": {"allocation": {"include": {"_tier_preference": "data_hot"}}}}}),
        ),
        (
            json!({"analysis": {"filter": {"ng": {"type": "ngram", "min_gram": 2, "preserve_original": true}}}}),
            json!({"index": {"analysis": {"filter": {"ng": {"type": "ngram", "min_gram": "2", "preserve_original": "true"}}}}}),
        ),
        (json!({"priority": 1.0, "gone": null}), json!({"index": {"priority": "1"}})),
        (json!({}), json!({"index": {}})),
    ] {
        let drift = settings_drift(wanted, found);
        assert_eq!(drift.kind(), DriftKind::InSync, "{drift}");
    }
}

#[test]
fn settings_that_differ_are_told() {
    let kind = |wanted, found| settings_drift(wanted, found).kind();
    assert_eq!(
        kind(json!({"number_of_shards": 2}), json!({"index": {"number_of_shards": "1"}})),
        DriftKind::Changed
    );
    assert_eq!(kind(json!({"number_of_shards": 2}), json!({})), DriftKind::Additive);
    assert_eq!(
        kind(json!({"sort.field": ["a", "b"]}), json!({"index": {"sort": {"field": ["b", "a"]}}})),
        DriftKind::Changed
    );
    assert_eq!(kind(json!({}), json!({"index": {"number_of_shards": "1"}})), DriftKind::Newer);
    let long = |tail: u8| json!({"a": format!("900719925474099{tail}")});
    assert_eq!(kind(long(2), json!({"index": long(3)})), DriftKind::Changed);
}

#[test]
fn m4_mappings_that_are_only_spelled_otherwise_are_in_sync() {
    for (wanted, found) in [
        (
            json!({"type": "keyword", "index": true, "doc_values": true, "store": false, "null_value": null,
                "ignore_above": i32::MAX, "norms": false, "eager_global_ordinals": false, "index_options": "docs",
                "similarity": null, "split_queries_on_whitespace": false}),
            json!({"type": "keyword"}),
        ),
        (
            json!({"type": "keyword", "index": "false", "ignore_above": "256"}),
            json!({"type": "keyword", "index": false, "ignore_above": 256}),
        ),
        (
            json!({"type": "text", "index": true, "norms": true, "store": false, "analyzer": "default",
                "index_options": "positions", "fielddata": false, "position_increment_gap": 100,
                "index_phrases": false, "similarity": "BM25", "term_vector": "no"}),
            json!({"type": "text", "similarity": "BM25"}),
        ),
        (json!({"type": "text"}), json!({"type": "text", "similarity": "BM25"})),
        (
            json!({"type": "text", "analyzer": "my", "search_analyzer": "my"}),
            json!({"type": "text", "analyzer": "my"}),
        ),
        (
            json!({"type": "text", "analyzer": "my", "search_analyzer": "standard",
                "search_quote_analyzer": "standard", "fields": {}}),
            json!({"type": "text", "analyzer": "my", "search_analyzer": "standard"}),
        ),
        (
            json!({"type": "text", "search_analyzer": "standard"}),
            json!({"type": "text", "analyzer": "default", "search_analyzer": "standard"}),
        ),
        (
            json!({"type": "date", "format": "strict_date_optional_time||epoch_millis", "locale": "en",
                "ignore_malformed": false}),
            json!({"type": "date"}),
        ),
        (
            json!({"type": "date", "locale": "ROOT", "format": "strict_date_optional_time"}),
            json!({"type": "date", "format": "strict_date_optional_time", "locale": ""}),
        ),
        (
            json!({"type": "date_nanos", "format": "strict_date_optional_time_nanos||epoch_millis"}),
            json!({"type": "date_nanos"}),
        ),
        (json!({"type": "long"}), json!({"type": "long", "ignore_malformed": false, "coerce": true})),
        (
            json!({"type": "long", "coerce": "false", "null_value": "5"}),
            json!({"type": "long", "coerce": false, "null_value": 5}),
        ),
        (
            json!({"type": "double", "null_value": 1}),
            json!({"type": "double", "coerce": true, "null_value": 1.0}),
        ),
        (json!({"type": "boolean", "null_value": "true"}), json!({"type": "boolean", "null_value": true})),
        (
            json!({"type": "object", "enabled": true, "properties": {"x": {"type": "long"}}}),
            json!({"properties": {"x": {"type": "long"}}}),
        ),
        (json!({"properties": {}}), json!({"type": "object"})),
        (json!({"type": "object", "dynamic": true}), json!({"type": "object", "dynamic": "true"})),
        (
            json!({"properties": {"a.b": {"type": "long"}}}),
            json!({"properties": {"a": {"properties": {"b": {"type": "long"}}}}}),
        ),
        (
            json!({"type": "nested", "include_in_parent": false, "properties": {"y": {"type": "long"}}}),
            json!({"type": "nested", "properties": {"y": {"type": "long"}}}),
        ),
        (
            json!({"type": "flattened", "depth_limit": 20, "ignore_above": i32::MAX, "index": true}),
            json!({"type": "flattened"}),
        ),
        (
            json!({"type": "geo_point", "ignore_z_value": true}),
            json!({"type": "geo_point", "ignore_malformed": false}),
        ),
        (json!({"type": "binary", "doc_values": false}), json!({"type": "binary"})),
        (json!({"type": "keyword", "copy_to": "t"}), json!({"type": "keyword", "copy_to": ["t"]})),
        (
            json!({"type": "text", "fielddata_frequency_filter": {"min": 0.1}}),
            json!({"type": "text", "fielddata_frequency_filter": {"min": 0.1, "max": 2_147_483_647.0, "min_segment_size": 0}}),
        ),
        (
            json!({"type": "scaled_float", "scaling_factor": 100}),
            json!({"type": "scaled_float", "scaling_factor": 100.0}),
        ),
    ] {
        let drift = field_drift(wanted, found);
        assert_eq!(drift.kind(), DriftKind::InSync, "{drift}");
        assert_eq!(drift.additions(), None);
    }
}

#[test]
fn what_the_server_fills_in_by_itself_is_in_sync() {
    for (wanted, found) in [
        // The first document sets the value.
        (json!({"type": "constant_keyword"}), json!({"type": "constant_keyword", "value": "web"})),
        (
            json!({"type": "geo_point", "null_value": "1.5, 2"}),
            json!({"type": "geo_point", "null_value": {"lat": 1.5, "lon": 2.0}}),
        ),
        (
            json!({"type": "geo_point", "null_value": [2, 1.5]}),
            json!({"type": "geo_point", "null_value": {"lat": 1.5, "lon": 2.0}}),
        ),
        // Types whose defaults are not known here.
        (
            json!({"type": "dense_vector", "dims": 3}),
            json!({"type": "dense_vector", "dims": 3, "index": true, "similarity": "cosine", "index_options": {"m": 16}}),
        ),
        (
            json!({"type": "join", "relations": {"question": ["answer"]}}),
            json!({"type": "join", "eager_global_ordinals": true, "relations": {"question": "answer"}}),
        ),
    ] {
        let drift = field_drift(wanted, found);
        assert_eq!(drift.kind(), DriftKind::InSync, "{drift}");
    }
    for (wanted, found) in [
        (
            json!({"type": "constant_keyword", "value": "app"}),
            json!({"type": "constant_keyword", "value": "web"}),
        ),
        (
            json!({"type": "geo_point", "null_value": "2, 1.5"}),
            json!({"type": "geo_point", "null_value": {"lat": 1.5, "lon": 2.0}}),
        ),
        (json!({"type": "dense_vector", "dims": 3}), json!({"type": "dense_vector", "dims": 4})),
        (
            json!({"type": "dense_vector", "similarity": "l2_norm"}),
            json!({"type": "dense_vector", "similarity": "cosine"}),
        ),
    ] {
        let drift = field_drift(wanted, found);
        assert_eq!(drift.kind(), DriftKind::NeedsReindex, "{drift}");
    }
}

#[test]
fn what_an_index_can_change_in_place_is_told_from_what_it_cannot() {
    let keyword = json!({"type": "keyword"});
    let long = json!({"type": "long"});
    let text = json!({"type": "text"});
    for (wanted, found, kind, line) in [
        (json!({"type": "keyword"}), &text, DriftKind::NeedsReindex, "type: wanted keyword, found text"),
        (
            json!({"type": "nested"}),
            &json!({"type": "object"}),
            DriftKind::NeedsReindex,
            "type: wanted nested, found object",
        ),
        (
            json!({"type": "keyword", "index": false}),
            &keyword,
            DriftKind::NeedsReindex,
            "index: wanted false, found true",
        ),
        (
            json!({"type": "long", "null_value": 3}),
            &long,
            DriftKind::NeedsReindex,
            "null_value: wanted 3, found nothing",
        ),
        (
            json!({"type": "text", "analyzer": "my"}),
            &text,
            DriftKind::NeedsReindex,
            "analyzer: wanted my, found default",
        ),
        (
            keyword.clone(),
            &json!({"type": "keyword", "normalizer": "lc"}),
            DriftKind::NeedsReindex,
            "normalizer: not asked for, found lc",
        ),
        (
            text.clone(),
            &json!({"type": "text", "norms": false}),
            DriftKind::NeedsReindex,
            "norms: wanted true, found false",
        ),
        (
            json!({"type": "text", "norms": false}),
            &text,
            DriftKind::Changed,
            "norms: wanted false, found true",
        ),
        (
            json!({"type": "keyword", "ignore_above": 8191}),
            &keyword,
            DriftKind::Changed,
            "ignore_above: wanted 8191, found 2147483647",
        ),
        (
            json!({"type": "long", "coerce": false}),
            &long,
            DriftKind::Changed,
            "coerce: wanted false, found true",
        ),
        (
            json!({"type": "keyword", "meta": {"unit": "ms"}}),
            &keyword,
            DriftKind::Changed,
            r#"meta: wanted {"unit":"ms"}, found {}"#,
        ),
    ] {
        let drift = field_drift(wanted, found.clone());
        assert_eq!(drift.kind(), kind, "{drift}");
        assert_eq!(lines(&drift.differences), [format!("mappings.properties.f.{line}")]);
        assert_eq!(drift.unmendable().count(), 1);
        assert_eq!(drift.additions(), None);
    }
}

#[test]
fn a_new_field_is_added_to_a_live_index_and_nothing_else_changes() {
    let desired = template(
        json!({
            "kept": {"type": "keyword", "ignore_above": 8191},
            "new": {"type": "long"},
            "user": {"properties": {"name": {"type": "keyword"}, "age": {"type": "long"}}},
            "stops": {"type": "nested", "properties": {"airport": {"type": "keyword"}, "minutes": {"type": "long"}}},
            "title": {"type": "text", "analyzer": "my", "fields": {"raw": {"type": "keyword"}, "en": {"type": "text"}}},
            "turned": {"type": "nested", "properties": {"x": {"type": "long"}}},
        }),
        json!({}),
    );
    let found = json!({
        "dynamic": "strict",
        "_meta": {"djelme": {"record_type": "flights.view"}},
        "properties": {
            "kept": {"type": "keyword", "ignore_above": 8191},
            "user": {"properties": {"name": {"type": "keyword"}}},
            "stops": {"type": "nested", "dynamic": "false", "properties": {"airport": {"type": "keyword"}}},
            "title": {"type": "text", "analyzer": "my", "boosted": 1, "fields": {"en": {"type": "text"}}},
            "turned": {"properties": {"y": {"type": "long"}}},
            "theirs": {"type": "long"},
        },
    });
    let drift = IndexDrift::new(&desired, "flights_view_2026.2.".into(), &found);
    let mut fields = drift.added_fields();
    fields.sort();
    assert_eq!(fields, ["new", "stops.minutes", "title.raw", "user.age"]);
    // A field that gets more is repeated with its own parameters: Elasticsearch resets what is left out.
    assert_eq!(
        drift.additions().unwrap(),
        json!({"properties": {
            "new": {"type": "long"},
            "user": {"properties": {"age": {"type": "long"}}},
            "stops": {"type": "nested", "dynamic": "false", "properties": {"minutes": {"type": "long"}}},
            "title": {"type": "text", "analyzer": "my", "boosted": 1,
                "fields": {"en": {"type": "text"}, "raw": {"type": "keyword"}}},
        }})
    );
    assert_eq!(drift.kind(), DriftKind::NeedsReindex, "of `turned`");
    let first = drift.to_string().lines().next().unwrap().to_owned();
    assert_eq!(
        first,
        "index `flights_view_2026.2.`: differs in what only a new index can have (an index keeps its old mapping until \
         it expires or is reindexed; new periods get the new one)"
    );
}

#[test]
fn an_index_is_additive_newer_or_auto_mapped() {
    let desired = template(json!({"a": {"type": "long"}}), json!({}));
    let kind = |found: Value| {
        let drift = IndexDrift::new(&desired, "flights_view_2026.2.".into(), &found);
        (drift.kind(), drift.additions())
    };
    assert_eq!(
        kind(json!({"dynamic": "strict", "properties": {"a": {"type": "long"}}})),
        (DriftKind::InSync, None)
    );
    assert_eq!(
        kind(json!({"dynamic": "strict", "properties": {"a": {"type": "long"}, "b": {"type": "long"}}})),
        (DriftKind::Newer, None)
    );
    let addition = json!({"properties": {"a": {"type": "long"}}});
    assert_eq!(kind(json!({"dynamic": "strict"})), (DriftKind::Additive, Some(addition.clone())));
    assert_eq!(
        kind(json!({"dynamic": "strict", "properties": {"b": {"type": "long"}}})),
        (DriftKind::Additive, Some(addition.clone()))
    );
    assert_eq!(kind(json!({"properties": {"a": {"type": "long"}}})).0, DriftKind::Changed);
    assert_eq!(kind(json!({})), (DriftKind::Additive, Some(addition)));
    assert_eq!(kind(json!({"properties": {"a": {"type": "text", "fields": {}}}})).0, DriftKind::NeedsReindex);
}

#[test]
fn a_template_of_a_newer_program_stays() {
    let desired = template(json!({"a": {"type": "long"}}), json!({}));
    let found = template(json!({"a": {"type": "long"}, "b": {"type": "long"}}), json!({}));
    let drift = TemplateDrift::new(&desired, Some(&found));
    assert_eq!((drift.kind(), drift.stands_against_writes()), (DriftKind::Newer, None));
    // If it also differs in what both know, nobody can tell which one is newer.
    let found = template(json!({"a": {"type": "double"}, "b": {"type": "long"}}), json!({}));
    let drift = TemplateDrift::new(&desired, Some(&found));
    assert_eq!((drift.kind(), drift.stands_against_writes()), (DriftKind::Conflict, None));
}

#[test]
fn a_template_of_an_older_program_is_additive_or_changed() {
    let desired = template(json!({"a": {"type": "long"}, "b": {"type": "long"}}), json!({}));
    let kind = |properties| {
        let drift = TemplateDrift::new(&desired, Some(&template(properties, json!({}))));
        assert_eq!(drift.stands_against_writes(), None);
        drift.kind()
    };
    assert_eq!(kind(json!({"a": {"type": "long"}})), DriftKind::Additive);
    assert_eq!(kind(json!({"a": {"type": "long"}, "c": {"type": "long"}})), DriftKind::Additive);
    assert_eq!(kind(json!({"a": {"type": "keyword"}})), DriftKind::Changed);
    assert_eq!(kind(json!({"a": {"type": "keyword"}, "c": {"type": "long"}})), DriftKind::Changed);
}

#[test]
fn a_template_that_would_map_by_itself_stands_against_writes() {
    let desired = template(json!({"a": {"type": "long"}}), json!({}));
    let mut found = template(json!({}), json!({}));
    found.mappings.remove("dynamic");
    let drift = TemplateDrift::new(&desired, Some(&found));
    assert!(drift.stands_against_writes().unwrap().contains("mappings.properties.a"), "{drift}");
    found.mappings.insert("properties".into(), json!({"a": {"type": "long"}}));
    assert_eq!(TemplateDrift::new(&desired, Some(&found)).stands_against_writes(), None);
}

#[test]
fn l4_a_set_up_by_python_that_strips_priority_and_meta_is_in_sync() {
    let desired = Template::desired(View::TYPE, &naming(View::TYPE));
    let mut found = desired.clone();
    found.priority = None;
    found.meta.clear();
    found.mappings.remove("_meta");
    assert_eq!(TemplateDrift::new(&desired, Some(&found)).kind(), DriftKind::InSync);
}

#[test]
fn l6_the_order_of_properties_does_not_count() {
    let wanted =
        serde_json::from_str(r#"{"a": {"type": "long"}, "b": {"type": "long", "coerce": false}}"#).unwrap();
    let found =
        serde_json::from_str(r#"{"b": {"coerce": false, "type": "long"}, "a": {"type": "long"}}"#).unwrap();
    let drift = TemplateDrift::new(&template(wanted, json!({})), Some(&template(found, json!({}))));
    assert_eq!(drift.kind(), DriftKind::InSync);
}

#[test]
fn a_template_of_somebody_else_is_foreign() {
    let desired = Template::desired(View::TYPE, &naming(View::TYPE));
    let other = Template {
        name: desired.name.clone(),
        ..Template::desired(Departure::TYPE, &naming(Departure::TYPE))
    };
    let drift = TemplateDrift::new(&desired, Some(&other));
    assert_eq!(drift.kind(), DriftKind::Foreign);
    let problem =
        "the index template `flights_view__template` is that of the record type `flights.departure`";
    assert_eq!(drift.to_string(), problem);
    assert_eq!(drift.stands_against_writes().unwrap(), problem);

    let strangers = Template { meta: Map::new(), index_patterns: vec!["logs-*".into()], ..desired.clone() };
    let drift = TemplateDrift::new(&desired, Some(&strangers));
    assert_eq!(drift.kind(), DriftKind::Foreign);
    assert!(drift.to_string().contains("none of its patterns is ours"));
    // By hand, but for our indexes: ours to complete.
    let by_hand = Template { meta: Map::new(), ..desired.clone() };
    assert_eq!(TemplateDrift::new(&desired, Some(&by_hand)).kind(), DriftKind::InSync);
}

#[test]
fn a_set_up_writes_what_it_wants_and_takes_nothing_away() {
    let desired = template(
        json!({"a": {"type": "long"}, "o": {"properties": {"x": {"type": "long"}}}, "t": {"type": "text"}}),
        json!({"index": {"codec": "best_compression"}}),
    );
    let mut found = template(
        json!({
            "a": {"type": "keyword"},
            "b": {"type": "long"},
            "o": {"properties": {"y": {"type": "long"}}},
            "t": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        }),
        json!({"index": {"codec": "default", "hidden": "true"}}),
    );
    found.index_patterns.push("by_hand_*".into());
    found.composed_of.push("common".into());
    found.meta.insert("owner".into(), "ops".into());
    found.mappings.insert("_routing".into(), json!({"required": true}));
    let written = desired.over(&found);
    assert_eq!(
        written.mappings["properties"],
        json!({
            "a": {"type": "long"},
            "b": {"type": "long"},
            "o": {"properties": {"x": {"type": "long"}, "y": {"type": "long"}}},
            "t": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        })
    );
    assert_eq!(written.mappings["_routing"], json!({"required": true}));
    assert_eq!(written.index_patterns, ["flights_view_*", "by_hand_*"]);
    assert_eq!(written.composed_of, ["common"]);
    assert_eq!(written.meta["owner"], "ops");
    assert_eq!(written.meta["djelme"], desired.meta["djelme"]);
    assert_eq!(TemplateDrift::new(&desired, Some(&written)).kind(), DriftKind::Newer);
    let back = TemplateDrift::new(&found, Some(&written));
    let changed = back.differences.iter().filter(|difference| difference.effect != Effect::Extra);
    assert_eq!(changed.count(), 2, "only `a` and the codec: {back}");
    assert_eq!(desired.over(&desired), desired);
}

#[test]
fn a_difference_says_what_can_be_done() {
    let drift = settings_drift(json!({"codec": "default"}), json!({"index": {"hidden": "true"}}));
    let parts: Vec<_> =
        drift.differences.iter().map(|difference| (difference.part, difference.effect)).collect();
    assert_eq!(parts, [(Part::Settings, Effect::Lacking), (Part::Settings, Effect::Extra)]);
}

#[test]
fn a_template_whose_type_loses_values_stands_against_writes() {
    let problem = |wanted: &str, found: &str| {
        let desired = template(json!({"a": {"type": wanted}}), json!({}));
        TemplateDrift::new(&desired, Some(&template(json!({"a": {"type": found}}), json!({}))))
            .stands_against_writes()
    };
    for (wanted, found) in [
        ("double", "long"),
        ("long", "integer"),
        ("double", "float"),
        ("integer", "float"),
        ("keyword", "integer"),
        ("keyword", "date"),
        ("date", "long"),
    ] {
        let problem = problem(wanted, found).unwrap();
        assert!(problem.contains(&format!("wanted {wanted}, found {found}")), "{problem}");
    }
    for (wanted, found) in [
        ("integer", "long"),
        ("long", "double"),
        ("float", "double"),
        ("long", "keyword"),
        ("date", "date_nanos"),
    ] {
        assert_eq!(problem(wanted, found), None, "{wanted} in {found}");
    }
}
