//! Index templates: what a type asks for, and how it is written and read.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod document_support;

use djelme_core::JsonConst::{self, Array, Bool, Int, Object, Str};
use djelme_core::mapping::{FieldMapping, Property};
use djelme_core::options::TypeOptions;
use djelme_core::record::{Record, RecordTime};
use djelme_core::record_type::{RecordKind, RecordType};
use djelme_core::template::{Template, type_name};
use document_support::{Departure, FLIGHTS, View, field, naming, record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The type of row M1, as the Python package has it in its tests.
#[derive(Serialize, Deserialize)]
struct ThingHappened {
    thing_id: String,
    happen_code: String,
    commentary: String,
    dot_path: String,
}

const DUMMY: TypeOptions = TypeOptions {
    app_label: Some("dummy8app"),
    settings: Some(Object(&[("refresh_interval", Str("1s")), ("number_of_shards", Int(2))])),
    analysis: Some(Object(&[
        (
            "analyzer",
            Object(&[("dot_path_analyzer", Object(&[("type", Str("custom")), ("tokenizer", Str("dots"))]))]),
        ),
        (
            "tokenizer",
            Object(&[("dots", Object(&[("type", Str("path_hierarchy")), ("delimiter", Str("."))]))]),
        ),
    ])),
    ..TypeOptions::NONE
};

record!(
    ThingHappened,
    Event,
    "ThingHappened",
    DUMMY,
    &[
        field("thing_id", "keyword"),
        field("happen_code", "keyword"),
        field("commentary", "text"),
        Property::field(
            "dot_path",
            FieldMapping::new("text").params(&[("analyzer", Str("dot_path_analyzer"))])
        ),
    ],
    |_| RecordTime::Now
);

fn desired<R: Record>() -> Template {
    Template::desired(R::TYPE, &naming(R::TYPE))
}

/// A type whose options are made at run time.
fn with_options(options: TypeOptions) -> Template {
    let record_type = RecordType { options, ..View::TYPE.clone() };
    Template::desired(&record_type, &naming(&record_type))
}

fn with_settings(settings: JsonConst) -> Value {
    with_options(TypeOptions { settings: Some(settings), ..FLIGHTS }).settings.into()
}

#[test]
fn m1_the_mapping_of_an_event() {
    let template = desired::<ThingHappened>();
    assert_eq!(template.name, "dummy8app_thinghappened__template");
    assert_eq!(template.index_patterns, ["dummy8app_thinghappened_*"]);
    assert_eq!(
        template.mappings["properties"],
        json!({
            "thing_id": {"type": "keyword", "ignore_above": 8191},
            "happen_code": {"type": "keyword", "ignore_above": 8191},
            "commentary": {"type": "text"},
            "dot_path": {"type": "text", "analyzer": "dot_path_analyzer"},
            "timestamp": {"type": "date"},
            "timeseries_timeparts": {"type": "version"},
        })
    );
    assert_eq!(template.mappings["dynamic"], "strict");
}

#[test]
fn settings_and_analysis_lie_below_index() {
    let template = desired::<ThingHappened>();
    assert_eq!(
        Value::from(template.settings),
        json!({"index": {
            "refresh_interval": "1s",
            "number_of_shards": 2,
            "analysis": {
                "analyzer": {"dot_path_analyzer": {"type": "custom", "tokenizer": "dots"}},
                "tokenizer": {"dots": {"type": "path_hierarchy", "delimiter": "."}},
            },
        }})
    );
    assert_eq!(desired::<View>().settings, serde_json::Map::new());
}

#[test]
fn every_way_to_write_a_setting_is_the_same() {
    let expected = json!({"index": {"sort": {"field": ["page"]}, "codec": "best_compression"}});
    const FIELD: JsonConst = Array(&[Str("page")]);
    const CODEC: JsonConst = Str("best_compression");
    const WAYS: [JsonConst; 4] = [
        Object(&[("sort.field", FIELD), ("codec", CODEC)]),
        Object(&[("index.sort.field", FIELD), ("index.codec", CODEC)]),
        Object(&[("sort", Object(&[("field", FIELD)])), ("codec", CODEC)]),
        Object(&[("index", Object(&[("sort.field", FIELD)])), ("index.codec", CODEC)]),
    ];
    for way in WAYS {
        assert_eq!(with_settings(way), expected);
    }
}

#[test]
fn the_priority_is_500_or_the_types_own() {
    assert_eq!(desired::<View>().priority, Some(500));
    assert_eq!(with_options(TypeOptions { priority: Some(7), ..FLIGHTS }).priority, Some(7));
}

#[test]
fn meta_says_who_wrote_it_in_template_and_mapping() {
    let template = desired::<Departure>();
    assert_eq!(template.record_type(), Some("flights.departure"));
    assert_eq!(template.mappings["_meta"], Value::from(template.meta.clone()));
    assert_eq!(template.meta["djelme"]["version"], env!("CARGO_PKG_VERSION"));
    let renamed = RecordType { app_label: "My_App".into(), name: "Page_View".into(), ..View::TYPE.clone() };
    assert_eq!(type_name(&renamed), "myapp.pageview");
}

#[test]
fn the_hash_is_that_of_mapping_and_settings() {
    let hash = |template: &Template| template.schema_hash().unwrap().to_owned();
    let of_view = hash(&desired::<View>());
    assert_eq!(of_view, "707a317ee16d72e7b427dcb3b6437a40", "it must not change from version to version");
    assert_ne!(of_view, hash(&desired::<Departure>()));
    assert_ne!(
        of_view,
        hash(&with_options(TypeOptions { settings: Some(Object(&[("hidden", Bool(true))])), ..FLIGHTS }))
    );
    // What does not change the indexes does not change it.
    assert_eq!(
        of_view,
        hash(&with_options(TypeOptions { priority: Some(7), index_prefix: Some("p"), ..FLIGHTS }))
    );
}

#[test]
fn l4_it_is_written_as_elasticsearch_takes_it() {
    let template = desired::<ThingHappened>();
    let body = template.to_json();
    let mut keys: Vec<_> = body.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["_meta", "index_patterns", "priority", "template"], "no component templates");
    assert_eq!(body["template"]["settings"], Value::from(template.settings));
    assert_eq!(body["template"]["mappings"], Value::from(template.mappings));
    assert_eq!(desired::<View>().to_json()["template"].get("settings"), None);
}

#[test]
fn what_the_server_gives_back_is_read() {
    let template = desired::<ThingHappened>();
    let mut body = template.to_json();
    body["composed_of"] = json!(["common"]);
    let read = Template::from_json(&json!({"name": template.name, "index_template": body})).unwrap();
    assert_eq!(read, Template { composed_of: vec!["common".into()], ..template });
}

#[test]
fn a_template_of_somebody_else_is_read() {
    let element = json!({"name": "logs", "index_template": {"index_patterns": "logs-*", "composed_of": []}});
    let read = Template::from_json(&element).unwrap();
    assert_eq!((read.index_patterns, read.priority), (vec!["logs-*".to_owned()], None));
    assert!(read.settings.is_empty() && read.mappings.is_empty() && read.meta.is_empty());
}

#[test]
fn an_answer_of_another_shape_is_an_error() {
    for element in
        [json!({}), json!({"name": "a"}), json!({"name": "a", "index_template": {"index_patterns": 1}})]
    {
        let error = Template::from_json(&element).unwrap_err();
        assert!(error.to_string().starts_with("unexpected answer: an index template without"), "{error}");
    }
}

#[test]
fn a_report_and_a_simple_record_have_their_own_envelopes() {
    let fields = |kind| {
        let record_type = RecordType { kind, ..View::TYPE.clone() };
        let template = Template::desired(&record_type, &naming(&record_type));
        let mut names: Vec<_> =
            template.mappings["properties"].as_object().unwrap().keys().cloned().collect();
        names.sort();
        (template.index_patterns.concat(), names.join(" "))
    };
    assert_eq!(
        fields(RecordKind::CyclicReport),
        ("flights_view_*".into(), "created page timeseries_timeparts".into())
    );
    assert_eq!(fields(RecordKind::Simple), ("flights_view".into(), "page".into()));
}

#[test]
fn what_djelme_does_not_know_of_a_template_survives_a_set_up() {
    let element = json!({"name": "t", "index_template": {
        "index_patterns": ["t_*"], "version": 7, "allow_auto_create": true,
        "template": {"mappings": {"properties": {"a": {"type": "keyword"}}}, "aliases": {"all": {}}},
    }});
    let found = Template::from_json(&element).unwrap();
    let written = desired::<View>().over(&found).to_json();
    assert_eq!((&written["version"], &written["allow_auto_create"]), (&json!(7), &json!(true)));
    assert_eq!(written["template"]["aliases"], json!({"all": {}}));
    assert_eq!(written["template"]["mappings"]["dynamic"], "strict");
}

#[test]
fn what_the_server_notes_about_a_template_is_not_sent_back() {
    // Elasticsearch 9 refuses a template with these keys, though it gives them.
    let element = json!({"name": "a", "index_template": {
        "index_patterns": ["a_*"],
        "template": {},
        "version": 3,
        "created_date_millis": 1_795_322_883_849_i64,
        "created_date": "2026-11-22T00:00:00Z",
        "modified_date_millis": 1_795_322_883_849_i64,
        "modified_date": "2026-11-22T00:00:00Z",
    }});
    let template = Template::from_json(&element).unwrap();
    assert_eq!(template.to_json(), json!({"index_patterns": ["a_*"], "template": {}, "version": 3}));
}
