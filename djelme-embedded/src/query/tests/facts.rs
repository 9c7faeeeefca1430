//! What one index alone does not show, and what is refused.

use serde_json::json;

use super::*;

fn shop() -> Table {
    let mappings = json!({ "properties": {
        "name": { "type": "keyword" }, "text": { "type": "text" }, "count": { "type": "integer" }
    } });
    let docs = [
        ("app_a", "1", json!({ "name": "x", "text": "one two", "count": 1 })),
        ("app_a", "2", json!({ "name": "y", "text": "two two" })),
        ("app_b", "1b", json!({ "name": "x", "text": "two" })),
    ];
    Table::of_indexes(&mappings, &json!({}), &docs)
}

#[test]
fn several_indexes_of_one_table_are_told_apart() {
    let table = shop();
    assert_eq!(table.found(json!({ "term": { "_index": "app_a" } })), "1,2");
    assert_eq!(table.found(json!({ "terms": { "_index": ["app_b", "no"] } })), "1b");
    assert_eq!(table.found(json!({ "prefix": { "_index": "app_" } })), "1,1b,2");
    assert_eq!(table.found(json!({ "wildcard": { "_index": "*_b" } })), "1b");
    assert_eq!(table.found(json!({ "bool": { "must_not": { "term": { "_index": "app_b" } } } })), "1,2");
    assert_eq!(table.found(json!({ "ids": { "values": ["2", "1b", "3"] } })), "1b,2");
    let many: Vec<String> = (0..3000).map(|id| format!("{id}b")).chain(["2".into(), "22".into()]).collect();
    assert_eq!(table.found(json!({ "ids": { "values": many } })), "1b,2");
    // Only the indexes of the part are asked.
    let mut table = table;
    table.part.indexes.pop();
    assert_eq!(table.found(json!({ "ids": { "values": ["2", "1b"] } })), "2");
}

#[test]
fn a_field_that_the_table_is_too_old_for_has_no_values() {
    let mut table = shop();
    let mappings = json!({ "properties": {
        "name": { "type": "keyword" }, "new": { "type": "keyword" }, "time": { "type": "date" },
        "body": { "type": "text" }, "size": { "type": "double" }, "big": { "type": "unsigned_long" },
        "address": { "type": "ip" }, "release": { "type": "version" }, "labels": { "type": "flattened" }
    } });
    table.part.schema = Arc::new(Schema::new(&object(&mappings), &Map::new()).unwrap());
    for (field, value) in [
        ("new", json!("x")),
        ("time", json!("2020-01-01")),
        ("body", json!("two")),
        ("size", json!(1.5)),
        ("big", json!(1)),
        ("address", json!("10.0.0.0/8")),
        ("release", json!("1.0")),
        ("labels", json!("x")),
        ("labels.key", json!("x")),
    ] {
        let mut queries = vec![
            json!({ "term": { field: value } }),
            json!({ "terms": { field: [value, value, value, value, value, value, value, value, value] } }),
            json!({ "match": { field: value } }),
            json!({ "exists": { "field": field } }),
        ];
        if field != "address" {
            queries.push(json!({ "range": { field: { "gte": value, "lte": value } } }));
        }
        if ["new", "body", "labels", "release"].contains(&field) {
            queries.push(json!({ "prefix": { field: "x" } }));
            queries.push(json!({ "wildcard": { field: "x*" } }));
            queries.push(json!({ "regexp": { field: "x.*" } }));
        }
        for query in queries {
            assert_eq!(table.found(query.clone()), "", "{query}");
        }
    }
    assert_eq!(table.found(json!({ "query_string": { "query": "x" } })), "1,1b");
    // A wrong value is an error all the same.
    assert!(table.ids(&json!({ "term": { "time": "x" } })).is_err());
    assert!(table.ids(&json!({ "term": { "address": "x" } })).is_err());
}

#[test]
fn errors_name_the_place() {
    let reason = |query: Value| Query::parse(&query, "aggs.late.filter").unwrap_err().reason;
    let nested = json!({ "bool": { "must": [{ "match_all": {} }, { "term": { "name": { "value": 1, "foo": 2 } } }] } });
    assert_eq!(
        reason(nested),
        "[term] query does not support [foo], at [aggs.late.filter.bool.must[1].term.name]"
    );
    assert_eq!(reason(json!({ "foo": {} })), "unknown query [foo], at [aggs.late.filter.foo]");
    let unsupported = json!({ "constant_score": { "filter": { "nested": { "path": "a" } } } });
    assert_eq!(
        reason(unsupported),
        "the embedded engine does not support the query [nested], at [aggs.late.filter.constant_score.filter.nested]"
    );
}

#[test]
fn there_are_limits() {
    let deep = |levels: usize| {
        (0..levels).fold(json!({ "match_all": {} }), |inner, _| json!({ "bool": { "must": [inner] } }))
    };
    let table = shop();
    assert_eq!(table.found(deep(30)), "1,1b,2");
    assert!(table.found(deep(31)).contains("max_nested_depth"));
    let terms = |count: usize| json!({ "terms": { "count": (0..count).collect::<Vec<_>>() } });
    assert_eq!(table.found(terms(65_536)), "1");
    assert!(table.found(terms(65_537)).contains("[65537]"));
    // More terms near than Elasticsearch would look at.
    let fuzzy = |most: u32| json!({ "fuzzy": { "text": { "value": "twe", "fuzziness": 2, "max_expansions": most } } });
    assert_eq!(table.found(fuzzy(2)), "1,1b,2");
    assert!(table.found(fuzzy(1)).contains("max_expansions"));
    let prefix =
        |most: u32| json!({ "match_phrase_prefix": { "text": { "query": "t", "max_expansions": most } } });
    assert_eq!(table.found(prefix(1)), "1,1b,2");
}

#[test]
fn queries_with_names_are_found_in_the_tree() {
    let query = json!({ "bool": {
        "_name": "whole",
        "should": [{ "term": { "name": { "value": "x", "_name": "is_x" } } }, { "match_all": {} }],
        "must_not": { "constant_score": { "filter": { "ids": { "values": ["9"], "_name": "ninth" } } } }
    } });
    let query = Query::parse(&query, "query").unwrap();
    let names: Vec<_> = query.named().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["whole", "is_x", "ninth"]);
}

/// The scores are those of Elasticsearch 8.19.8 for the same three documents in one index.
#[test]
fn scores() {
    let mappings = json!({ "properties": {
        "name": { "type": "keyword" }, "text": { "type": "text" }, "count": { "type": "integer" }
    } });
    let docs = [
        ("1", json!({ "name": "x", "text": "one two", "count": 1 })),
        ("2", json!({ "name": "y", "text": "two two three" })),
        ("3", json!({ "name": "x", "text": "two" })),
        ("4", json!({ "count": 1 })),
    ];
    let table = Table::new(&mappings, &json!({}), &docs);
    for (query, expected) in SCORES.map(|(query, expected)| (serde_json::from_str(query).unwrap(), expected))
    {
        let mut found = table.scored(&query);
        found.sort_unstable_by(|left, right| left.0.cmp(&right.0));
        let ids: Vec<_> = found.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, expected.iter().map(|(id, _)| *id).collect::<Vec<_>>(), "{query}");
        for ((_, score), (_, expected)) in found.iter().zip(expected) {
            assert!((score - expected).abs() < 1e-5, "{query}: {found:?}");
        }
    }
}

const SCORES: [(&str, &[(&str, f32)]); 15] = [
    (r#"{"match": {"text": "two"}}"#, &[("1", 0.13353139), ("2", 0.16096933), ("3", 0.16786805)]),
    (r#"{"match": {"text": "one two"}}"#, &[("1", 1.1143606), ("2", 0.16096933), ("3", 0.16786805)]),
    (
        r#"{"match": {"text": {"query": "three two", "boost": 2}}}"#,
        &[("1", 0.26706278), ("2", 1.9504851), ("3", 0.3357361)],
    ),
    (r#"{"match_phrase": {"text": "one two"}}"#, &[("1", 1.1143606)]),
    (r#"{"term": {"name": "x"}}"#, &[("1", 0.4700036), ("3", 0.4700036)]),
    (r#"{"terms": {"name": ["x", "y"]}}"#, &[("1", 1.0), ("2", 1.0), ("3", 1.0)]),
    (r#"{"range": {"count": {"gte": 0}}}"#, &[("1", 1.0), ("4", 1.0)]),
    (r#"{"exists": {"field": "text"}}"#, &[("1", 1.0), ("2", 1.0), ("3", 1.0)]),
    (
        r#"{"bool": {"must": [{"match": {"text": "two"}}], "filter": [{"term": {"name": "x"}}]}}"#,
        &[("1", 0.13353139), ("3", 0.16786805)],
    ),
    (
        r#"{"bool": {"must": [{"match_all": {}}, {"term": {"count": 1}}], "should": [{"match_all": {"boost": 3}}]}}"#,
        &[("1", 5.0), ("4", 5.0)],
    ),
    (r#"{"bool": {"filter": [{"term": {"count": 1}}]}}"#, &[("1", 0.0), ("4", 0.0)]),
    (
        r#"{"constant_score": {"filter": {"match": {"text": "two"}}, "boost": 1.5}}"#,
        &[("1", 1.5), ("2", 1.5), ("3", 1.5)],
    ),
    (
        r#"{"dis_max": {"queries": [{"match": {"text": "two"}}, {"match": {"text": "one"}}], "tie_breaker": 0.5}}"#,
        &[("1", 1.0475948), ("2", 0.16096933), ("3", 0.16786805)],
    ),
    (
        r#"{"boosting": {"positive": {"match": {"text": "two"}}, "negative": {"term": {"name": "x"}}, "negative_boost": 0.5}}"#,
        &[("1", 0.066765696), ("2", 0.16096933), ("3", 0.083934024)],
    ),
    (
        r#"{"multi_match": {"query": "two x", "fields": ["text^2", "name"]}}"#,
        &[("1", 0.26706278), ("2", 0.32193866), ("3", 0.3357361)],
    ),
];
