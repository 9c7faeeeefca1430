//! Setup and check on a real server: what is created, extended, kept and refused.

use djelme::record_type::TypeRef;
use djelme::setup::TemplateChange;
use djelme::template::Template;
use djelme::{Djelme, Error, EventRecord, Record as _};
use djelme_tests::server::{TestDjelme, only_on_servers};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::must;

#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", recordtype_name = "click")]
#[djelme(settings(refresh_interval = "30s", number_of_replicas = 0), analysis(analyzer(folded(tokenizer = "standard", filter = ["lowercase", "asciifolding"]))))]
struct Click {
    target: String,
    #[djelme(text(analyzer = "folded", fields(raw = keyword)))]
    label: String,
}

/// The same type in a later version of the program.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", recordtype_name = "click")]
#[djelme(settings(refresh_interval = "30s", number_of_replicas = 0), analysis(analyzer(folded(tokenizer = "standard", filter = ["lowercase", "asciifolding"]))))]
struct ClickLater {
    target: String,
    #[djelme(text(analyzer = "folded", fields(raw = keyword, exact = keyword(ignore_above = 20))))]
    label: String,
    button: Option<u8>,
    #[djelme(object)]
    place: Option<Place>,
}

#[derive(Debug, Clone, Serialize, Deserialize, djelme::Properties)]
struct Place {
    x: i32,
    y: i32,
}

/// The same type with a field whose analyzer no index has that is there already, since analyzers are fixed in those.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", recordtype_name = "click")]
#[djelme(settings(refresh_interval = "30s", number_of_replicas = 0), analysis(analyzer(folded(tokenizer = "standard", filter = ["lowercase", "asciifolding"]), shingled(tokenizer = "standard", filter = ["shingle"]))))]
struct ClickShingled {
    target: String,
    #[djelme(text(analyzer = "folded", fields(raw = keyword)))]
    label: String,
    button: Option<u8>,
    #[djelme(text(analyzer = "shingled"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// The same type with another type of field.
#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", recordtype_name = "click")]
struct ClickOtherwise {
    target: i64,
}

const TEMPLATE: &str = "shop_click__template";

fn click() -> Click {
    Click { target: "#buy".into(), label: "Jetzt kaufen".into() }
}

/// A handle on the same names for another version of the types.
fn version(test: &TestDjelme, record_type: impl Into<TypeRef>) -> Djelme {
    test.builder().record_types([record_type.into()]).build().unwrap()
}

#[tokio::test]
async fn a_second_set_up_changes_nothing_and_check_agrees() {
    let test = TestDjelme::new("twice", [Click::TYPE]).unwrap();
    assert!(!test.djelme.check().await.unwrap().is_in_sync(), "nothing is there yet");
    let first = test.djelme.setup().await.unwrap();
    assert_eq!(first.types[0].change, TemplateChange::Created);
    assert_eq!(first.changes(), [format!("template `{}{TEMPLATE}` created", test.prefix)]);
    test.djelme.record(&click()).await.unwrap();
    let second = test.djelme.setup().await.unwrap();
    assert_eq!(second.changes(), [""; 0]);
    let check = test.djelme.check().await.unwrap();
    assert!(check.is_in_sync(), "{check}");
    test.clean().await.unwrap();
}

#[tokio::test]
async fn new_fields_reach_the_template_and_the_live_indexes() {
    let test = TestDjelme::new("extend", [Click::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let index = test.djelme.record(&click()).await.unwrap().index;

    let later = version(&test, ClickLater::TYPE);
    let check = later.check().await.unwrap();
    assert!(!check.is_in_sync() && check.to_string().contains("button"), "{check}");
    let clicked = ClickLater {
        target: "#buy".into(),
        label: "Kaufen".into(),
        button: Some(2),
        place: Some(Place { x: 1, y: -1 }),
    };
    let error = later.record(&clicked).await.unwrap_err();
    assert!(matches!(error, Error::Blocked { .. }), "the index lacks a field: {error}");
    assert!(error.to_string().contains("button"), "{error}");

    let report = later.setup().await.unwrap();
    assert_eq!(report.types[0].change, TemplateChange::Updated);
    let (extended, fields) = &report.types[0].extended_indexes[0];
    assert_eq!(extended, &index);
    assert!(fields.contains(&"button".to_owned()), "{report}");
    assert!(later.check().await.unwrap().is_in_sync());
    assert_eq!(later.record(&clicked).await.unwrap().index, index);
    later.refresh::<ClickLater>().await.unwrap();
    let f = ClickLater::fields();
    let search = ClickLater::search().filter(f.place.y.lt(0)).filter(f.label.exact.eq("Kaufen"));
    assert_eq!(search.count(&later).await.unwrap(), 1);

    // The older program, still running, is content with more than it asks for, and takes nothing away.
    test.djelme.record(&click()).await.unwrap();
    assert_eq!(test.djelme.setup().await.unwrap().types[0].change, TemplateChange::KeptNewer);
    assert!(later.check().await.unwrap().is_in_sync());
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_field_that_a_live_index_cannot_take_is_told_and_the_others_are_added() {
    if only_on_servers("the filter `shingle`") {
        return;
    }
    let test = TestDjelme::new("no-analyzer", [Click::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let index = test.djelme.record(&click()).await.unwrap().index;

    let later = version(&test, ClickShingled::TYPE);
    let report = later.setup().await.unwrap();
    assert_eq!(report.types[0].change, TemplateChange::Updated);
    assert_eq!(report.types[0].extended_indexes, [(index.clone(), vec!["button".to_owned()])]);
    let warned = |warning: &String| {
        warning.contains(&index) && warning.contains("hint") && warning.contains("shingled")
    };
    assert!(report.types[0].warnings.iter().any(warned), "{report}");
    // What is left is told again, and is in the way of nothing else.
    let report = later.setup().await.unwrap();
    assert_eq!(report.changes(), [""; 0]);
    assert!(report.types[0].warnings.iter().any(warned), "{report}");
    let clicked =
        ClickShingled { target: "#buy".into(), label: "Kaufen".into(), button: Some(2), hint: None };
    assert_eq!(later.record(&clicked).await.unwrap().index, index);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn an_index_that_nobody_may_change_is_told_and_in_the_way_of_nothing_else() {
    if only_on_servers("blocks of indexes") {
        return;
    }
    let test = TestDjelme::new("read-only", [Click::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let index = test.djelme.record(&click()).await.unwrap().index;
    let block = |on| json!({"index.blocks.read_only": on});
    must("PUT", &format!("/{index}/_settings"), Some(&block(Some(true)))).await;
    let report = version(&test, ClickLater::TYPE).setup().await.unwrap();
    assert_eq!(report.types[0].change, TemplateChange::Updated);
    let warned = |warning: &String| warning.contains(&index) && warning.contains("button");
    assert!(report.types[0].warnings.iter().any(warned), "{report}");
    must("PUT", &format!("/{index}/_settings"), Some(&block(None))).await;
    assert_eq!(version(&test, ClickLater::TYPE).setup().await.unwrap().types[0].extended_indexes.len(), 1);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_changed_type_is_named_and_live_indexes_are_left_alone() {
    let test = TestDjelme::new("changed", [Click::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let index = test.djelme.record(&click()).await.unwrap().index;
    let otherwise = version(&test, ClickOtherwise::TYPE);
    let check = otherwise.check().await.unwrap();
    assert!(!check.is_in_sync());
    let text = check.to_string();
    assert!(text.contains("target") && text.contains("long") && text.contains("keyword"), "{text}");
    let report = otherwise.setup().await.unwrap();
    assert!(report.types[0].warnings.iter().any(|warning| warning.contains(&index)), "{report}");
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_template_that_would_win_over_ours_stops_the_set_up_before_anything_is_changed() {
    let test = TestDjelme::new("outranked", [Click::TYPE]).unwrap();
    let foreign = format!("{}foreign", test.prefix);
    let template = Template {
        name: foreign.clone(),
        index_patterns: vec![format!("{}shop_*", test.prefix)],
        priority: Some(900),
        ..Template::default()
    };
    test.backend.put_template(&template).await.unwrap();
    let error = test.djelme.setup().await.unwrap_err().to_string();
    assert!(error.contains(&foreign) && error.contains("900") && error.contains("priority"), "{error}");
    assert!(test.backend.template(&format!("{}{TEMPLATE}", test.prefix)).await.unwrap().is_none());
    test.clean_also(&["foreign"]).await.unwrap();
}

#[tokio::test]
async fn one_type_that_cannot_be_set_up_keeps_all_from_being_applied() {
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", recordtype_name = "broken")]
    struct Broken {
        #[djelme(text(analyzer = "no_such_analyzer"))]
        text: String,
    }
    let test = TestDjelme::new("broken", [Click::TYPE, Broken::TYPE]).unwrap();
    let error = test.djelme.setup().await.unwrap_err().to_string();
    assert!(error.contains("no_such_analyzer"), "{error}");
    assert!(test.backend.template(&format!("{}{TEMPLATE}", test.prefix)).await.unwrap().is_none());
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_hook_sees_each_template_and_may_refuse_it() {
    let test = TestDjelme::with("template-hooks", [Click::TYPE], |builder| {
        builder.pre_index_template_create(|template| {
            if template.priority > Some(10) {
                Err(format!("{} is too important", template.name))
            } else {
                Ok(())
            }
        })
    })
    .unwrap();
    let error = test.djelme.setup().await.unwrap_err();
    assert!(matches!(&error, Error::Refused { reason, .. } if reason.contains("too important")), "{error}");
    assert!(test.backend.template(&format!("{}{TEMPLATE}", test.prefix)).await.unwrap().is_none());

    let (created, seen) = std::sync::mpsc::channel();
    let created = std::sync::Mutex::new(created);
    let test = TestDjelme::with("template-hooks", [Click::TYPE], |builder| {
        builder.post_index_template_create(move |template| {
            created.lock().unwrap().send(template.name.clone()).unwrap();
        })
    })
    .unwrap();
    test.djelme.setup().await.unwrap();
    test.djelme.setup().await.unwrap();
    assert_eq!(seen.try_iter().collect::<Vec<_>>(), [format!("{}{TEMPLATE}", test.prefix)]);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_keyword_that_is_too_long_to_be_found_is_told_at_the_write_and_by_check() {
    let test = TestDjelme::new("ignored", [Click::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let long = Click { target: "x".repeat(9000), label: "y".into() };
    assert_eq!(test.djelme.record(&long).await.unwrap().unindexed_keywords, ["target"]);
    assert!(test.djelme.record(&click()).await.unwrap().unindexed_keywords.is_empty());
    test.djelme.refresh::<Click>().await.unwrap();
    let check = test.djelme.check().await.unwrap();
    assert_eq!(check.types[0].documents_with_ignored_values, 1);
    assert!(check.is_in_sync() && check.to_string().contains("warning: 1 documents"), "{check}");
    test.clean().await.unwrap();
}
