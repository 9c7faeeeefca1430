//! The backend without a server, from the settings and from the builder.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

use std::path::Path;

use djelme::Djelme;
use djelme::options::TypeOptions;
use djelme::record_type::{RecordKind, RecordType, TypeRef};
use djelme::settings::Settings;

fn view() -> TypeRef {
    let options = TypeOptions { app_label: Some("shop"), ..TypeOptions::NONE };
    TypeRef::from(RecordType::derived(RecordKind::Event, "View", "View", options, &[]))
}

/// The error of a handle of one backend with these settings.
fn error_of(backend: &str) -> String {
    let json = format!(r#"{{"main": {backend}}}"#);
    let variable = |name: &str| (name == "DJELME_BACKENDS").then(|| json.clone());
    let settings = Settings::from_sources(variable, Path::new("no-such-folder/djelme.toml")).unwrap();
    Djelme::builder().record_types([view()]).build_from(settings).unwrap_err().to_string()
}

#[cfg(feature = "embedded")]
#[test]
fn the_settings_of_a_folder_are_strict() {
    for (backend, problem) in [
        (
            r#"{"kind": "embedded", "path": "x", "node": 1}"#,
            "unknown key `node`; there are `kind`, `index_prefix`, `path`",
        ),
        (r#"{"kind": "embedded", "pat": "x"}"#, "unknown key `pat` (did you mean `path`?)"),
        (r#"{"kind": "embedded"}"#, "missing field `path`"),
        (r#"{"kind": "embedded", "path": ""}"#, "`path` is empty"),
        (r#"{"kind": "embedded", "path": 5}"#, "invalid type"),
    ] {
        let error = error_of(backend);
        assert!(error.starts_with("settings: backend `main`: ") && error.contains(problem), "{error}");
    }
}

#[cfg(not(feature = "embedded"))]
#[test]
fn without_the_feature_the_kind_names_it() {
    let error = error_of(r#"{"kind": "embedded", "path": "x"}"#);
    assert!(error.ends_with("the kind `embedded` needs the feature `embedded` of djelme"), "{error}");
}

#[test]
fn an_unknown_kind_is_told_which_there_are() {
    let error = error_of(r#"{"kind": "postgres"}"#);
    assert!(error.ends_with("there is no kind `postgres`; there are `es8` and `embedded`"), "{error}");
}
