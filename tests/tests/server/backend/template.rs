//! Index templates, and what the server knows about field types.

use djelme_core::ErrorKind;
use djelme_core::backend::{Backend as _, Overlap};
use djelme_core::template::Template;
use serde_json::{Map, Value, json};

use super::Test;
use crate::support::must;

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other}"),
    }
}

fn template(test: &Test) -> Template {
    Template {
        name: test.name("shop_order__template"),
        index_patterns: vec![test.name("shop_order_*")],
        priority: Some(500),
        composed_of: Vec::new(),
        settings: object(json!({"index": {"number_of_shards": "2"}})),
        mappings: object(json!({"dynamic": "strict", "properties": {"n": {"type": "integer"}}})),
        meta: object(json!({"djelme": {"hash": "abc"}})),
        more: object(json!({"aliases": {test.name("orders"): {}}})),
        more_about: object(json!({"version": 7})),
    }
}

#[tokio::test]
async fn a_template_is_stored_read_replaced_and_deleted() {
    let test = Test::new("templates");
    let mut template = template(&test);
    assert_eq!(test.es8.template(&template.name).await.unwrap(), None);
    assert!(!test.es8.delete_template(&template.name).await.unwrap());
    test.es8.put_template(&template).await.unwrap();
    assert_eq!(test.es8.template(&template.name).await.unwrap().as_ref(), Some(&template));
    template.priority = None;
    template.settings = Map::new();
    template.meta = Map::new();
    test.es8.put_template(&template).await.unwrap();
    assert_eq!(test.es8.template(&template.name).await.unwrap().as_ref(), Some(&template));
    assert!(test.es8.delete_template(&template.name).await.unwrap());
}

#[tokio::test]
async fn a_simulated_template_is_judged_and_not_stored() {
    let test = Test::new("simulated");
    let template = template(&test);
    assert_eq!(test.es8.simulate_template(&template).await.unwrap(), []);
    assert_eq!(test.es8.template(&template.name).await.unwrap(), None);
    // Its stored version, of the same priority, is not in its way.
    test.es8.put_template(&template).await.unwrap();
    assert_eq!(test.es8.simulate_template(&template).await.unwrap(), []);

    let bad_settings = Template { settings: object(json!({"no_such_setting": 1})), ..template.clone() };
    let error = test.es8.simulate_template(&bad_settings).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::BadRequest));
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    let bad_type = object(json!({"properties": {"n": {"type": "no_such_type"}}}));
    let error =
        test.es8.simulate_template(&Template { mappings: bad_type, ..template.clone() }).await.unwrap_err();
    assert!(error.to_string().contains("[no_such_type] declared on field [n]"), "{error}");

    assert!(test.es8.delete_template(&template.name).await.unwrap());
}

#[tokio::test]
async fn templates_that_overlap_are_named_with_their_priority() {
    let test = Test::new("overlaps");
    let template = template(&test);
    let pattern = test.name("shop_*");
    let higher = Template {
        name: test.name("higher"),
        index_patterns: vec![pattern.clone()],
        priority: Some(501),
        ..template.clone()
    };
    let unset = Template { name: test.name("unset"), priority: None, ..higher.clone() };
    // The server takes a legacy template only as long as no other has its pattern.
    let legacy = format!("/_template/{}", test.name("legacy"));
    must("PUT", &legacy, Some(&json!({"index_patterns": [pattern]}))).await;
    for other in [&higher, &unset] {
        test.es8.put_template(other).await.unwrap();
    }

    let mut overlaps = test.es8.simulate_template(&template).await.unwrap();
    overlaps.sort_by(|left, right| left.name.cmp(&right.name));
    let overlap = |name: &str, priority| Overlap {
        name: test.name(name),
        index_patterns: vec![pattern.clone()],
        priority,
    };
    assert_eq!(overlaps, [overlap("higher", Some(501)), overlap("legacy", None), overlap("unset", Some(0))]);

    let same = Template { priority: Some(501), ..template };
    let error = test.es8.simulate_template(&same).await.unwrap_err();
    assert!(error.to_string().contains(&higher.name), "{error}");
    must("DELETE", &legacy, None).await;
    for other in [&higher, &unset] {
        assert!(test.es8.delete_template(&other.name).await.unwrap());
    }
}

#[tokio::test]
async fn the_server_names_the_field_types_that_it_lacks() {
    let test = Test::new("types");
    // Some of these cannot be without parameters, which is not the question.
    let known = [
        "keyword",
        "text",
        "date",
        "date_nanos",
        "ip",
        "nested",
        "object",
        "version",
        "alias",
        "dense_vector",
        "flattened",
    ];
    let mut types = vec!["no_such_type", "also_missing"];
    types.splice(1..1, known);
    let lacking = test.es8.lacking_field_types(&types).await.unwrap();
    assert_eq!(lacking, ["no_such_type", "also_missing"]);
}
