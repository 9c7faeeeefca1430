//! Settings: where they come from, which wins, and what is said when they are wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]
#![cfg(feature = "es8")]

use std::io::Write as _;
use std::path::Path;

use djelme::options::TypeOptions;
use djelme::record_type::{RecordKind, RecordType, TypeRef};
use djelme::router::Router as _;
use djelme::settings::Settings;
use djelme::time::TimeDepth;
use djelme::{Djelme, Error, Es8, Es8Config};

const NOWHERE: &str = "no-such-folder/djelme.toml";

fn backends(json: &'static str) -> impl Fn(&str) -> Option<String> {
    move |name| (name == "DJELME_BACKENDS").then(|| json.to_owned())
}

fn from_file(text: &str) -> Result<Settings, Error> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Settings::from_sources(|_| None::<String>, file.path())
}

fn event(name: &'static str, options: TypeOptions) -> TypeRef {
    TypeRef::from(RecordType::derived(RecordKind::Event, name, name, options, &[]))
}

fn shop(name: &'static str) -> TypeRef {
    event(name, TypeOptions { app_label: Some("shop"), ..TypeOptions::NONE })
}

fn es8() -> Es8 {
    Es8::new(Es8Config::new(["http://127.0.0.1:9"])).unwrap()
}

#[test]
fn nothing_configured_names_the_three_ways() {
    let settings = Settings::from_sources(|_| None::<String>, Path::new(NOWHERE)).unwrap();
    let error = Djelme::builder().record_types([shop("View")]).build_from(settings).unwrap_err().to_string();
    for way in ["DJELME_BACKENDS", "djelme.toml", "Djelme::builder()"] {
        assert!(error.contains(way), "{error}");
    }
}

#[test]
fn a_problem_of_a_backend_is_told_once() {
    let settings =
        Settings::from_sources(backends(r#"{"main": {"kind": "es8", "nodes": []}}"#), Path::new(NOWHERE))
            .unwrap();
    let error = Djelme::builder().record_types([shop("View")]).build_from(settings).unwrap_err().to_string();
    assert!(error.starts_with("settings: backend `main`: `nodes` is empty"), "{error}");
}

#[test]
fn the_environment_wins_over_the_file_and_the_builder_over_both() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"default_timedepth = \"year\"\nindex_prefix = \"file-\"\n[backends.a]\nkind = \"es8\"\nnodes = [\"http://a:1\"]\n")
        .unwrap();
    let settings = |name: &str| (name == "DJELME_DEFAULT_TIMEDEPTH").then(|| "4".to_owned());
    let settings = Settings::from_sources(settings, file.path()).unwrap();

    let view = shop("View");
    let djelme = Djelme::builder().record_types([view.clone()]).build_from(settings.clone()).unwrap();
    let route = djelme.route(&view).unwrap();
    assert_eq!((route.naming.depth(), route.naming.pattern()), (Some(TimeDepth::Hour), "file-shop_view_*"));

    let builder = Djelme::builder().default_timedepth(TimeDepth::Month).index_prefix("own-");
    let djelme = builder.record_types([view.clone()]).build_from(settings).unwrap();
    let route = djelme.route(&view).unwrap();
    assert_eq!((route.naming.depth(), route.naming.pattern()), (Some(TimeDepth::Month), "own-shop_view_*"));
}

#[test]
fn without_any_depth_it_is_day_as_in_python() {
    let view = shop("View");
    let djelme = Djelme::builder().backend("main", es8()).record_types([view.clone()]).build().unwrap();
    assert_eq!(djelme.route(&view).unwrap().naming.depth(), Some(TimeDepth::Day));
}

#[test]
fn a_malformed_file_is_named_with_its_line_and_shows_no_values() {
    let error =
        from_file("default_timedepth = \"day\"\n\n[backends.main]\nkind = 5\npassword = \"hunter2\"\n");
    let error = error.unwrap_err().to_string();
    assert!(error.contains("line 4"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
    let error = from_file("[backends.main]\nkind = \"es8\"\npassword = \"hunter2\n").unwrap_err().to_string();
    assert!(error.contains("line 3") && !error.contains("hunter2"), "{error}");
    let error = from_file("defualt_timedepth = \"day\"\n").unwrap_err().to_string();
    assert!(error.contains("defualt_timedepth") && error.contains("default_timedepth"), "{error}");
    let error = from_file("default_timedepth = \"week\"\n").unwrap_err().to_string();
    assert!(error.contains("line 1") && error.contains("month"), "{error}");
}

#[test]
fn malformed_backends_say_the_right_form_and_no_secrets() {
    let settings =
        Settings::from_sources(backends(r#"{"main": "http://user:hunter2@es:9200"}"#), Path::new(NOWHERE));
    let error = settings.unwrap_err().to_string();
    assert!(error.contains("DJELME_BACKENDS") && error.contains("\"kind\": \"es8\""), "{error}");
    assert!(!error.contains("hunter2"), "{error}");

    let json = r#"{"main": {"kind": "es8", "nodes": ["http://es:9200"], "pasword": "hunter2"}}"#;
    let settings = Settings::from_sources(backends(json), Path::new(NOWHERE)).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    let error = Djelme::builder().record_types([shop("View")]).build_from(settings).unwrap_err().to_string();
    assert!(error.contains("`main`") && error.contains("pasword") && error.contains("password"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_misspelt_key_of_a_backend_gets_the_likeliest_one_and_all_that_there_are() {
    for (given, meant) in [("index_prfix", "index_prefix"), ("node", "nodes"), ("user", "username")] {
        let settings =
            from_file(&format!("[backends.main]\nkind = \"es8\"\n{given} = \"hunter2\"\n")).unwrap();
        let error =
            Djelme::builder().record_types([shop("View")]).build_from(settings).unwrap_err().to_string();
        let hint =
            format!("settings: backend `main`: unknown key `{given}` (did you mean `{meant}`?); there are");
        assert!(error.starts_with(&hint), "{error}");
        for key in ["`kind`", "`index_prefix`", "`nodes`", "`api_key`", "`request_timeout`"] {
            assert!(error.contains(key), "{error}");
        }
        assert!(!error.contains("hunter2"), "{error}");
    }
    let settings = Settings::from_sources(
        backends(r#"{"main": {"kind": "es8", "shards": "hunter2"}}"#),
        Path::new(NOWHERE),
    )
    .unwrap();
    let error = Djelme::builder().record_types([shop("View")]).build_from(settings).unwrap_err().to_string();
    assert!(error.contains("`shards`") && !error.contains("did you mean"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn an_unknown_kind_is_named() {
    let settings =
        Settings::from_sources(backends(r#"{"main": {"kind": "es7"}}"#), Path::new(NOWHERE)).unwrap();
    let error = Djelme::builder().record_types([shop("View")]).build_from(settings).unwrap_err().to_string();
    assert!(error.contains("`es7`") && error.contains("`es8`"), "{error}");
}

#[test]
fn with_several_backends_each_type_says_which() {
    let builder = || Djelme::builder().backend("hot", es8()).backend("cold", es8());
    let error = builder().record_types([shop("View")]).build().unwrap_err().to_string();
    for part in ["View", "backend = ", "`hot`", "`cold`"] {
        assert!(error.contains(part), "{error}");
    }
    let kept = |backend| TypeOptions { app_label: Some("shop"), backend: Some(backend), ..TypeOptions::NONE };
    builder().record_types([event("View", kept("cold"))]).build().unwrap();
    let error = builder().record_types([event("View", kept("warm"))]).build().unwrap_err().to_string();
    assert!(error.contains("`warm`") && error.contains("not configured"), "{error}");
    let error = builder().backend("hot", es8()).record_types([shop("View")]).build().unwrap_err().to_string();
    assert!(error.contains("two backends are named `hot`"), "{error}");
}

#[test]
fn no_record_type_explains_the_linker() {
    let error =
        Djelme::builder().backend("main", es8()).record_types([] as [TypeRef; 0]).build().unwrap_err();
    assert!(error.to_string().contains("use my_records as _;"), "{error}");
}

#[test]
fn types_that_would_share_indexes_are_refused_by_name() {
    let handle = |types: Vec<TypeRef>| Djelme::builder().backend("main", es8()).record_types(types).build();
    let error = handle(vec![shop("PageView"), shop("Page_View")]).unwrap_err().to_string();
    assert!(
        error.contains("PageView") && error.contains("Page_View") && error.contains("overlaps"),
        "{error}"
    );
    let inner = TypeOptions { template: Some("shop_view_old_*"), ..TypeOptions::NONE };
    let inner = TypeOptions { app_label: Some("shop"), ..inner };
    let error = handle(vec![shop("View"), event("OldView", inner)]).unwrap_err().to_string();
    assert!(error.contains("overlaps"), "{error}");
    handle(vec![shop("View"), shop("Views")]).unwrap();
}

#[test]
fn names_that_elasticsearch_refuses_are_refused_at_once() {
    let handle = |prefix: &str| {
        Djelme::builder().backend("main", es8()).index_prefix(prefix).record_types([shop("View")]).build()
    };
    for prefix in ["Upper", "-x", "_x", "+x", "a b", "a,b", "a*b", &"x".repeat(250)] {
        let error = handle(prefix).unwrap_err().to_string();
        assert!(error.starts_with("record type `View`: "), "{error}");
    }
    let error =
        Djelme::builder().backend("main", es8()).record_types([event("View", TypeOptions::NONE)]).build();
    assert!(error.unwrap_err().to_string().contains("app_label"));
}

#[test]
fn a_type_outside_of_the_handle_is_named() {
    let djelme = Djelme::builder().backend("main", es8()).record_types([shop("View")]).build().unwrap();
    let error = djelme.route(&shop("Sale")).unwrap_err().to_string();
    assert!(error.contains("Sale") && error.contains("record_types"), "{error}");
}

#[test]
fn no_variable_is_taken_for_another_than_it_is() {
    let given = |value: &'static str| {
        let variable = move |name: &str| (name == "DJELME_INDEX_PREFIX").then_some(value);
        Settings::from_sources(variable, Path::new(NOWHERE)).unwrap().index_prefix
    };
    assert_eq!((given("x-").as_deref(), given("")), (Some("x-"), None));

    let twice = r#"{"main": {"kind": "es8"}, "main": {"kind": "es8"}}"#;
    let error = Settings::from_sources(backends(twice), Path::new(NOWHERE)).unwrap_err().to_string();
    assert!(error.contains("two backends are named `main`"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStringExt as _;
    let variable =
        |name: &str| (name == "DJELME_INDEX_PREFIX").then(|| std::ffi::OsString::from_vec(vec![0xff]));
    let error = Settings::from_sources(variable, Path::new(NOWHERE)).unwrap_err().to_string();
    assert!(error.contains("DJELME_INDEX_PREFIX") && error.contains("UTF-8"), "{error}");
}
