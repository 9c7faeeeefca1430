//! Templates of one, checked by the other.

use djelme::drift::DriftKind;
use djelme::setup::TemplateChange;
use djelme_tests::server::TestDjelme;
use serde_json::{Value, json};

use crate::python::Python;
use crate::records::{ErrorLine, Preference, types};

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
    let test = TestDjelme::new("rust-setup", types()).unwrap();
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
    let test = TestDjelme::new("python-setup", types()).unwrap();
    let python = Python::start(&test.prefix);
    assert!(python.manage(&["djelme_backend_setup"]).succeeded);
    let report = test.djelme.check().await.unwrap();
    // What djelme notes of the runs of reporters is its own.
    let shared = |record_type: &str| record_type.starts_with(module_path!().trim_end_matches("::setup"));
    let types: Vec<_> = report.types.iter().filter(|checked| shared(&checked.record_type)).collect();
    assert_eq!(types.len(), crate::records::types().len());
    for checked in types {
        let template = &checked.template;
        assert!(checked.is_in_sync(), "{report}");
        assert_eq!((template.kind(), template.differences.len()), (DriftKind::InSync, 0), "{report}");
    }
    let done = test.djelme.setup().await.unwrap();
    for changed in done.types.iter().filter(|changed| shared(&changed.record_type)) {
        assert_eq!(changed.change, TemplateChange::Unchanged, "{done}");
        assert!(changed.created_index.is_none() && changed.extended_indexes.is_empty(), "{done}");
    }
    // And so records are taken.
    let line = ErrorLine { message: "from Rust".into() };
    test.djelme.record(&line).await.unwrap();
    test.djelme.record(&Preference { user: "u".into(), key: "k".into(), value: 1 }).await.unwrap();
    test.clean().await.unwrap();
}

/// Each set-up leaves what the other one made as it is, but for the notes and the priority, which Python takes away.
#[tokio::test]
async fn templates_are_equal_whoever_sets_up() {
    let test = TestDjelme::new("equal", types()).unwrap();
    let python = Python::start(&test.prefix);
    test.djelme.setup().await.unwrap();
    let names = ["PageView", "ErrorLine", "ItemUsage", "MonthlyUsage"]
        .map(|name| python.ask("template", &json!({"type": name}))["name"].as_str().unwrap().to_owned());
    let mut of_rust = Vec::new();
    for name in &names {
        assert!(test.backend.template(name).await.unwrap().unwrap().record_type().is_some());
        of_rust.push(stored(&test, name).await);
    }
    assert!(python.manage(&["djelme_backend_setup"]).succeeded);
    let again = test.djelme.setup().await.unwrap();
    assert_eq!(again.changes(), [""; 0]);
    for (name, of_rust) in names.iter().zip(of_rust) {
        let of_python = test.backend.template(name).await.unwrap().unwrap();
        assert_eq!((of_python.priority, of_python.record_type()), (None, None));
        assert_eq!(stored(&test, name).await, of_rust, "{name}");
    }
    let checked = python.manage(&["djelme_backend_check"]);
    assert!(checked.succeeded, "{}", checked.output);
    test.clean().await.unwrap();
}
