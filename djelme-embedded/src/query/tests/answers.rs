//! What Elasticsearch 8.19.8 answered to each of these queries: ids, or the type of its error. Where the answer here is
//! `unsupported_by_embedded`, Elasticsearch had another.

use serde_json::Value;

use super::Table;

#[track_caller]
fn check(set: &str) {
    let sets: Value = serde_json::from_str(include_str!("elasticsearch.json")).unwrap();
    let set = &sets[set];
    let docs: Vec<_> = set["docs"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, doc)| (set["index"].as_str().unwrap(), id.as_str(), doc.clone()))
        .collect();
    let table = Table::of_indexes(&set["mappings"], &serde_json::json!({ "index": set["settings"] }), &docs);
    let mut differences = Vec::new();
    for case in set["cases"].as_array().unwrap() {
        let (query, expected) = (&case[0], case[1].as_str().unwrap());
        let found = match table.ids(query) {
            Ok(ids) => ids.join(","),
            Err(refusal) => format!("{} {}", refusal.status, refusal.error_type),
        };
        if found != expected {
            differences.push(format!("{query}: expected `{expected}`, found `{found}`"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn queries_on_values_of_every_type() {
    check("values");
}

#[test]
fn queries_on_texts_and_query_strings() {
    check("texts");
}
