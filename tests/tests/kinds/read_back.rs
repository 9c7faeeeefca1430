//! A document that is no record of its type: which record, which field, and what was found.

use djelme::backend::{DocumentVersion, StoredDocument};
use djelme::response::Hit;

use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, djelme::Properties)]
#[djelme(abstract, app_label = "dummy8app")]
struct Counts {
    views: u32,
    downloads: Option<u64>,
    #[serde(flatten)]
    more: More,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, djelme::Properties)]
struct More {
    visitors: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
struct Counted {
    #[serde(flatten)]
    #[djelme(base)]
    counts: Counts,
    #[djelme(nested)]
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, djelme::Properties)]
struct Part {
    size: u32,
}

fn read<R: Record>(source: &Value) -> Result<R, String> {
    let stored = StoredDocument {
        index: "dummy8app_x_2000.".into(),
        id: "the-id".into(),
        version: DocumentVersion { seq_no: 0, primary_term: 1 },
        source: source.to_string().into(),
    };
    Hit::<R>::from(stored).record().map_err(|error| error.to_string())
}

/// The error without what is the same in all, and without the place in the text.
fn problem<R: Record + std::fmt::Debug>(source: &Value, key: &str, value: Option<Value>) -> String {
    let mut changed = source.clone();
    match value {
        Some(value) => drop(changed.as_object_mut().unwrap().insert(key.into(), value)),
        None => drop(changed.as_object_mut().unwrap().remove(key)),
    }
    let error = read::<R>(&changed).unwrap_err();
    let problem = error
        .strip_prefix("document `the-id` of `dummy8app_x_2000.` does not decode: ")
        .unwrap_or_else(|| panic!("{error}"));
    problem.split(" at line ").next().unwrap().to_owned()
}

#[test]
fn an_event() {
    let event =
        json!({"code": "x", "timestamp": "2000-01-01T00:00:00Z", "timeseries_timeparts": "2000.1.1.0.0.0"});
    assert_eq!(read::<Happen>(&event).unwrap(), Happen { code: "x".into() });
    assert_eq!(problem::<Happen>(&event, "code", None), "missing field `code`");
    assert_eq!(
        problem::<Happen>(&event, "code", Some(json!(5))),
        "`code`: invalid type: integer `5`, expected a string"
    );
}

#[test]
fn a_counted_usage_names_the_fields_of_its_base() {
    let usage = json!({
        "platform_iri": "p", "database_iri": "", "item_iri": "i", "action": "view", "sessionhour_id": "s",
        "timestamp": "2000-01-01T00:00:00Z", "timeseries_timeparts": "2000.1.1.0.0.0",
    });
    assert_eq!(read::<Used>(&usage).unwrap().usage.item_iri, "i");
    assert_eq!(
        problem::<Used>(&usage, "action", Some(json!(5))),
        "`action`: invalid type: integer `5`, expected a string"
    );
    assert_eq!(problem::<Used>(&usage, "action", None), "missing field `action`");
    assert_eq!(problem::<Used>(&usage, "item_iri", None), "missing field `item_iri`");
    assert_eq!(problem::<Used>(&usage, "platform_iri", None), "missing field `platform_iri`");
    for field in ["platform_iri", "database_iri", "item_iri"] {
        assert_eq!(
            problem::<Used>(&usage, field, Some(json!(5))),
            format!("`{field}`: invalid type: integer `5`, expected a string")
        );
    }
    assert_eq!(
        problem::<Used>(&usage, "within_iris", Some(json!("one"))),
        "`within_iris`: invalid type: string \"one\", expected a sequence"
    );
}

#[test]
fn a_report() {
    let report = json!({
        "cycle_coverage": "2000.2", "thing": "b", "count": 6,
        "created": "2017-08-21T00:00:00Z", "timeseries_timeparts": "2000.2",
    });
    assert_eq!(read::<ThingHappeningsReport>(&report).unwrap().count, 6);
    let problem = |key, value| problem::<ThingHappeningsReport>(&report, key, value);
    assert_eq!(problem("cycle_coverage", None), "missing field `cycle_coverage`");
    assert_eq!(problem("count", Some(json!(-6))), "`count`: invalid value: integer `-6`, expected u32");
    assert_eq!(
        problem("count", Some(json!(4_294_967_296_u64))),
        "`count`: invalid value: integer `4294967296`, expected u32"
    );
    assert_eq!(
        problem("count", Some(json!(6.5))),
        "`count`: invalid type: floating point `6.5`, expected u32"
    );
    for cycle in ["2000", "", "2000.13", "2000.2.1", "2000.02", "2000.2."] {
        assert_eq!(
            problem("cycle_coverage", Some(json!(cycle))),
            format!(
                "`cycle_coverage`: invalid value: string {cycle:?}, expected the time parts of a month, as in \"2026.2\""
            )
        );
    }
    assert_eq!(
        problem("cycle_coverage", Some(json!(2000))),
        "`cycle_coverage`: invalid type: integer `2000`, expected the time parts of a month, as in \"2026.2\""
    );
}

#[test]
fn a_simple_record() {
    let kv = json!({"key": "k", "value": 1});
    assert_eq!(read::<SimpleKv>(&kv).unwrap().value, 1);
    assert_eq!(
        problem::<SimpleKv>(&kv, "value", Some(json!("1"))),
        "`value`: invalid type: string \"1\", expected i64"
    );
    assert_eq!(problem::<SimpleKv>(&kv, "key", None), "missing field `key`");
}

/// serde forgets the path of what lies in flattened structs.
#[test]
fn fields_of_flattened_structs_are_found() {
    let counted = json!({"views": 1, "downloads": 2, "visitors": 3, "parts": [{"size": 1}]});
    assert!(read::<Counted>(&counted).is_ok());
    let problem = |key, value| problem::<Counted>(&counted, key, value);
    assert_eq!(problem("views", Some(json!(-1))), "`views`: invalid value: integer `-1`, expected u32");
    assert_eq!(
        problem("downloads", Some(json!(-1))),
        "`downloads`: invalid value: integer `-1`, expected u64"
    );
    assert_eq!(
        problem("visitors", Some(json!(256))),
        "`visitors`: invalid value: integer `256`, expected u8"
    );
    assert_eq!(problem("views", None), "missing field `views`");
    assert_eq!(problem("visitors", None), "missing field `visitors`");
    assert_eq!(
        problem("parts", Some(json!([{"size": 1}, {"size": -1}]))),
        "`parts[1].size`: invalid value: integer `-1`, expected u32"
    );
}

#[test]
fn what_is_no_object_is_told_too() {
    for source in [json!([]), json!("x"), json!(null)] {
        let error = read::<Counted>(&source).unwrap_err();
        assert!(
            error.starts_with("document `the-id` of `dummy8app_x_2000.` does not decode: invalid type: "),
            "{error}"
        );
    }
}
