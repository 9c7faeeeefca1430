//! Setting up and writing types that the Python package has too, on a scripted backend: beside what it left there.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use djelme::backend::Backend as _;
use djelme::drift::DriftKind;
use djelme::setup::TemplateChange;
use djelme::template::Template;
use djelme::{Djelme, Error, EventRecord, Record as _, SimpleRecord};
use djelme_testing::ScriptedBackend;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Serialize, Deserialize, EventRecord)]
#[djelme(compat = "python", app_label = "shop", timedepth = "month")]
struct View {
    path: String,
    status: i32,
}

#[derive(Debug, Serialize, Deserialize, SimpleRecord)]
#[djelme(compat = "python", app_label = "shop", unique_together(key))]
struct Preference {
    key: String,
}

const VIEW: &str = "shop_view__template";
const PREFERENCE: &str = "shop_preference";

fn djelme(backend: &ScriptedBackend) -> Djelme {
    let types = [View::TYPE, Preference::TYPE];
    Djelme::builder().backend("main", backend.clone()).record_types(types).build().unwrap()
}

/// The template that the package puts for a class with these fields.
fn put_pythons(backend: &ScriptedBackend, fields: &Value) {
    let mut properties = json!({"timestamp": {"type": "date"}, "timeseries_timeparts": {"type": "version"}});
    let all = properties.as_object_mut().unwrap();
    all.extend(fields.as_object().unwrap().clone());
    let body =
        json!({"index_patterns": ["shop_view_*"], "template": {"mappings": {"properties": properties}}});
    let template = Template::from_json(&json!({"name": VIEW, "index_template": body})).unwrap();
    backend.store().put_template(template);
}

fn view() -> View {
    View { path: "/".into(), status: 200 }
}

#[tokio::test]
async fn a_template_of_the_package_is_used_as_it_is() {
    let backend = ScriptedBackend::new();
    put_pythons(&backend, &json!({"path": {"type": "keyword"}, "status": {"type": "integer"}}));
    let djelme = djelme(&backend);
    djelme.record(&view()).await.unwrap();
    assert_eq!(djelme.setup().await.unwrap().types[0].change, TemplateChange::Unchanged);
    assert_eq!(backend.store().template(VIEW).unwrap().record_type(), None);
}

/// The package would refuse every record from then on, so the report says so.
#[tokio::test]
async fn an_older_class_of_the_package_gets_the_new_field_with_a_warning() {
    let backend = ScriptedBackend::new();
    put_pythons(&backend, &json!({"path": {"type": "keyword"}}));
    let report = djelme(&backend).setup().await.unwrap();
    assert_eq!(report.types[0].change, TemplateChange::Updated);
    let warning = &report.types[0].warnings[0];
    assert!(warning.contains("properties.status") && warning.contains("deploy the same change"), "{warning}");
    let mappings = &backend.store().template(VIEW).unwrap().mappings;
    assert_eq!(mappings.keys().collect::<Vec<_>>(), ["properties"]);
    assert_eq!(mappings["properties"]["status"], json!({"type": "integer"}));
}

#[tokio::test]
async fn a_newer_class_of_the_package_is_left_alone() {
    let backend = ScriptedBackend::new();
    let fields =
        json!({"path": {"type": "keyword"}, "status": {"type": "integer"}, "more": {"type": "date"}});
    put_pythons(&backend, &fields);
    let djelme = djelme(&backend);
    assert_eq!(djelme.setup().await.unwrap().types[0].change, TemplateChange::KeptNewer);
    assert!(djelme.check().await.unwrap().is_in_sync());
}

#[tokio::test]
async fn the_index_of_a_simple_record_is_made_once() {
    let backend = ScriptedBackend::new();
    let djelme = djelme(&backend);
    let report = djelme.setup().await.unwrap();
    assert_eq!(report.types[1].created_index.as_deref(), Some(PREFERENCE));
    assert!(report.to_string().contains("index `shop_preference` created"), "{report}");
    assert_eq!(backend.store().indexes(), [PREFERENCE]);
    let mappings = backend.mappings(&[PREFERENCE.to_owned()]).await.unwrap();
    assert_eq!(mappings[0].1, json!({"properties": {"key": {"type": "keyword"}}}));
    assert_eq!(djelme.setup().await.unwrap().changes(), [""; 0]);
}

/// The package makes the index and no template.
#[tokio::test]
async fn the_index_of_a_simple_record_stands_for_its_template() {
    let backend = ScriptedBackend::new();
    let djelme = djelme(&backend);
    let preference = Preference { key: "k".into() };
    let error = djelme.record(&preference).await.unwrap_err();
    assert!(matches!(error, Error::NotSetUp { .. }), "{error}");

    backend.create_index(PREFERENCE).await.unwrap();
    backend.put_mapping(PREFERENCE, &json!({"properties": {"key": {"type": "keyword"}}})).await.unwrap();
    djelme.record(&preference).await.unwrap();
    let report = djelme.check().await.unwrap();
    assert_eq!(report.types[1].template.kind(), DriftKind::InSync, "{report}");
    assert_eq!(djelme.setup().await.unwrap().types[1].change, TemplateChange::Unchanged);
}
