//! Templates of one, checked by the other.

use djelme::Record as _;
use djelme::drift::DriftKind;
use djelme::setup::TemplateChange;
use djelme_tests::server::TestDjelme;
use serde_json::{Value, json};

use crate::python::Python;
use crate::records::{ErrorLine, PageView};

/// What the server has under a template's name, but for the notes and the priority beside it.
async fn stored(test: &TestDjelme, name: &str) -> Value {
    let mut template = test.backend.template(name).await.unwrap().unwrap().to_json();
    let beside = template.as_object_mut().unwrap();
    beside.remove("_meta");
    beside.remove("priority");
    template
}

#[tokio::test]
async fn what_rust_sets_up_python_finds_in_sync() {
    let test = TestDjelme::new("rust-setup", [PageView::TYPE, ErrorLine::TYPE]).unwrap();
    let python = Python::start(&test.prefix);
    let nothing = python.manage(&["djelme_backend_check"]);
    assert!(!nothing.succeeded && nothing.output.contains("does not exist"), "{}", nothing.output);
    test.djelme.setup().await.unwrap();
    let checked = python.manage(&["djelme_backend_check"]);
    assert!(checked.succeeded, "{}", checked.output);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn what_python_sets_up_rust_finds_in_sync() {
    let test = TestDjelme::new("python-setup", [PageView::TYPE, ErrorLine::TYPE]).unwrap();
    let python = Python::start(&test.prefix);
    let name = python.ask("template", &json!({"type": "PageView"}))["name"].as_str().unwrap().to_owned();

    test.djelme.setup().await.unwrap();
    let of_rust = stored(&test, &name).await;
    // It takes our notes and priority away, which is no drift, and no set-up of ours puts them back.
    assert!(python.manage(&["djelme_backend_setup"]).succeeded);
    let of_python = test.backend.template(&name).await.unwrap().unwrap();
    assert_eq!((of_python.priority, of_python.record_type()), (None, None));
    assert_eq!(stored(&test, &name).await, of_rust);

    let report = test.djelme.check().await.unwrap();
    assert_eq!(report.types[0].template.kind(), DriftKind::InSync, "{report}");
    assert!(report.is_in_sync());
    let again = test.djelme.setup().await.unwrap();
    assert_eq!(again.types[0].change, TemplateChange::Unchanged);
    assert_eq!(stored(&test, &name).await, of_rust);
    test.clean().await.unwrap();
}
