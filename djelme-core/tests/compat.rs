//! Types that are shared with the Python package: what it makes of the same classes, as it printed it.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod document_support;

use djelme_core::JsonConst::{Int, Object, Str};
use djelme_core::compat::Compat;
use djelme_core::document::DocumentFields;
use djelme_core::drift::{DriftKind, TemplateDrift};
use djelme_core::mapping::{FieldMapping, Property};
use djelme_core::options::TypeOptions;
use djelme_core::record_type::{RecordKind, RecordType};
use djelme_core::template::Template;
use document_support::{field, naming};
use serde_json::{Value, json};

const OPTIONS: TypeOptions = TypeOptions {
    app_label: Some("dummy8app"),
    recordtype_name: Some("happen"),
    settings: Some(Object(&[("refresh_interval", Str("-1"))])),
    analysis: Some(Object(&[
        (
            "analyzer",
            Object(&[(
                "dot_path_analyzer",
                Object(&[("type", Str("custom")), ("tokenizer", Str("dot_path_tokenizer"))]),
            )]),
        ),
        (
            "tokenizer",
            Object(&[(
                "dot_path_tokenizer",
                Object(&[("type", Str("path_hierarchy")), ("delimiter", Str("."))]),
            )]),
        ),
    ])),
    compat: Some(Compat::Python),
    ..TypeOptions::NONE
};

const ITEM: &[Property] = &[field("name", "keyword"), field("size", "integer")];

/// `ThingHappened` of the package's own tests, and fields of every shape.
const FIELDS: &[Property] = &[
    field("thing_id", "keyword"),
    Property::field("dot_path", FieldMapping::new("text").params(&[("analyzer", Str("dot_path_analyzer"))])),
    Property::field("code", FieldMapping::new("keyword").params(&[("ignore_above", Int(256))])),
    Property::field("title", FieldMapping::new("text").fields(&[("raw", FieldMapping::new("keyword"))])),
    Property::field("inner", FieldMapping::new("object").properties(ITEM)),
    Property::field("inners", FieldMapping::new("nested").properties(ITEM)),
];

static HAPPENED: RecordType =
    RecordType::derived(RecordKind::Event, "dummy8app::ThingHappened", "ThingHappened", OPTIONS, FIELDS);

fn desired() -> Template {
    Template::desired(&HAPPENED, &naming(&HAPPENED))
}

/// What the package puts, without the properties that no test here is about.
fn pythons() -> Value {
    let item = json!({"name": {"type": "keyword"}, "size": {"type": "integer"}});
    json!({
        "template": {
            "settings": {
                "refresh_interval": "-1",
                "analysis": {
                    "analyzer": {"dot_path_analyzer": {"tokenizer": "dot_path_tokenizer", "type": "custom"}},
                    "tokenizer": {"dot_path_tokenizer": {"delimiter": ".", "type": "path_hierarchy"}},
                },
            },
            "mappings": {"properties": {
                "thing_id": {"type": "keyword"},
                "dot_path": {"type": "text", "analyzer": "dot_path_analyzer"},
                "code": {"type": "keyword", "ignore_above": 256},
                "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
                "inner": {"type": "object", "properties": item},
                "inners": {"type": "nested", "properties": item},
                "timestamp": {"type": "date"},
                "timeseries_timeparts": {"type": "version"},
            }},
        },
        "index_patterns": ["dummy8app_happen_*"],
    })
}

/// A template as the server gives it back: settings lie below `index`.
fn found(mut put: Value) -> Template {
    let settings = put["template"]["settings"].take();
    put["template"]["settings"] = json!({ "index": settings });
    Template::from_json(&json!({"name": "dummy8app_happen__template", "index_template": put})).unwrap()
}

#[test]
fn m1_l4_the_template_is_the_packages() {
    let ours = desired().to_json();
    assert_eq!(ours["template"]["settings"]["index"], pythons()["template"]["settings"]);
    assert_eq!(ours["template"]["mappings"], pythons()["template"]["mappings"]);
    assert_eq!(ours["index_patterns"], pythons()["index_patterns"]);
    // Its check looks at nothing else, and djelme's own needs to know whose template it is.
    let beside: Vec<_> = ours.as_object().unwrap().keys().cloned().collect();
    assert_eq!(beside, ["_meta", "index_patterns", "priority", "template"]);
    assert_eq!(desired().record_type(), Some("dummy8app.happen"));
}

#[test]
fn without_settings_there_are_none() {
    let plain =
        RecordType { options: TypeOptions { settings: None, analysis: None, ..OPTIONS }, ..HAPPENED.clone() };
    let template = Template::desired(&plain, &naming(&plain)).to_json();
    assert_eq!(template["template"].as_object().unwrap().keys().collect::<Vec<_>>(), ["mappings"]);
}

#[test]
fn a_template_of_the_package_is_in_sync() {
    let drift = TemplateDrift::new(&desired(), Some(&found(pythons())));
    assert_eq!((drift.kind(), drift.differences.len()), (DriftKind::InSync, 0), "{drift}");
    assert_eq!(drift.stands_against_writes(), None);
}

#[test]
fn l5_what_the_package_writes_otherwise_is_in_sync_all_the_same() {
    let mut spelled = pythons();
    spelled["template"]["settings"]["refresh_interval"] = json!(-1);
    // `dynamic = MetaField("strict")` in the class's `Meta`.
    spelled["template"]["mappings"]["dynamic"] = json!("strict");
    let drift = TemplateDrift::new(&desired(), Some(&found(spelled)));
    assert_eq!(drift.kind(), DriftKind::Newer, "{drift}");
    assert_eq!(drift.stands_against_writes(), None);
}

#[test]
fn a_newer_class_of_the_package_stays() {
    let mut newer = pythons();
    newer["template"]["mappings"]["properties"]["added"] = json!({"type": "keyword"});
    assert_eq!(TemplateDrift::new(&desired(), Some(&found(newer))).kind(), DriftKind::Newer);
    let mut older = pythons();
    older["template"]["mappings"]["properties"].as_object_mut().unwrap().remove("code");
    assert_eq!(TemplateDrift::new(&desired(), Some(&found(older))).kind(), DriftKind::Additive);
}

#[test]
fn keywords_are_indexed_at_any_length() {
    let fields = DocumentFields::new((&HAPPENED).into());
    let envelope = djelme_core::document::Envelope {
        instant: document_support::at(2026, 2, 14, 0, 0, 0),
        timeparts: djelme_core::time::TimeParts::parse("2026.2.14").unwrap(),
        session: None,
    };
    let unindexed = |record: Value| {
        let mut out = Vec::new();
        let encoded = djelme_core::document::encode_source(&fields, &record, &envelope, &mut out);
        encoded.unwrap().unindexed_keywords
    };
    assert_eq!(unindexed(json!({"thing_id": "x".repeat(9000)})), [""; 0]);
    assert_eq!(unindexed(json!({"code": "x".repeat(257)})), ["code"]);
}
