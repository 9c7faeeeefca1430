//! Mappings and documents, with what Elasticsearch 8.19 answered.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tantivy::{Index, SegmentReader, TantivyDocument};

use super::{Envelope, FieldType, Kind, Schema, version};
use crate::column::Column;
use crate::error::Refusal;

mod mappings;

fn read_mapping(mappings: Value) -> Result<Schema, Refusal> {
    let Value::Object(mappings) = mappings else { panic!("{mappings}") };
    Schema::new(&mappings, &Map::new())
}

fn schema(mappings: Value) -> Schema {
    read_mapping(mappings).unwrap()
}

fn document(schema: &Schema, source: &str) -> Result<TantivyDocument, Refusal> {
    schema.document(source.as_bytes(), Envelope { index: "i", id: "1", seq_no: 0 })
}

/// All documents in one segment, in this order.
fn segment(schema: &Schema, documents: impl IntoIterator<Item = TantivyDocument>) -> SegmentReader {
    let index = Index::builder()
        .schema(schema.tantivy().clone())
        .tokenizers(schema.tokenizers())
        .create_in_ram()
        .unwrap();
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 50_000_000).unwrap();
    for document in documents {
        writer.add_document(document).unwrap();
    }
    writer.commit().unwrap();
    index.reader().unwrap().searcher().segment_reader(0).clone()
}

/// The values of a field, as `docvalue_fields` gives them.
fn values(segment: &SegmentReader, field: &FieldType, doc: u32) -> Vec<Value> {
    match Column::open(segment, field).unwrap() {
        None => Vec::new(),
        Some(Column::I64(column)) => {
            let show = |value: i64| match field.kind {
                Kind::Boolean => (value == 1).into(),
                Kind::Date => value.to_string().into(),
                _ => value.into(),
            };
            column.values_for_doc(doc).map(show).collect()
        }
        Some(Column::U64(column)) => column.values_for_doc(doc).map(Value::from).collect(),
        Some(Column::F64(column)) => column.values_for_doc(doc).map(Value::from).collect(),
        Some(Column::Str(column)) => {
            let ordinals: Vec<u64> = column.ordinals(doc).collect();
            let mut found = Vec::new();
            column.terms(&ordinals, |term| found.push(field.decode_term(term).into())).unwrap();
            found
        }
    }
}

/// Type, reason and cause of a refusal, as the server's answer has them.
fn parts(refusal: &Refusal) -> [String; 3] {
    let (reason, cause) = refusal.reason.split_once("; caused by: ").unwrap_or((&refusal.reason, ""));
    [refusal.error_type.to_owned(), reason.to_owned(), cause.to_owned()]
}

/// The cause without the place in the document that Elasticsearch may put before it.
fn without_place(cause: &str) -> &str {
    cause.strip_prefix('[').and_then(|rest| rest.split_once("] ")).map_or(cause, |(place, rest)| {
        if place.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') { rest } else { cause }
    })
}

/// The cases of `facts.json`: a document, and what became of it.
#[test]
fn documents_become_what_elasticsearch_makes_of_them() {
    let facts: Value = serde_json::from_str(include_str!("facts.json")).unwrap();
    let schema = schema(facts["mappings"].clone());
    let cases = facts["cases"].as_array().unwrap();
    assert!(cases.len() > 750);
    let mut stored = Vec::new();
    let mut differences = Vec::new();
    for case in cases {
        let source = case[0].as_str().unwrap();
        match (document(&schema, source), &case[1]) {
            (Ok(document), Value::Object(_)) => stored.push((case, document)),
            (Err(refusal), Value::Array(wanted)) => {
                let wanted: Vec<&str> = wanted.iter().map(|part| part.as_str().unwrap()).collect();
                let found = parts(&refusal);
                let caused = wanted[2].is_empty() || wanted[1].contains("failed to parse:");
                if found[..2] != wanted[..2] || !(caused || found[2] == without_place(wanted[2])) {
                    differences.push(format!("{source}\n  found {found:?}\n  wanted {wanted:?}"));
                }
            }
            (Ok(_), wanted) => differences.push(format!("{source} is not refused: {wanted}")),
            (Err(refusal), _) => differences.push(format!("{source}: {refusal}")),
        }
    }
    let segment = segment(&schema, stored.iter().map(|(_, document)| document.clone()));
    for (doc, (case, _)) in stored.iter().enumerate() {
        let mut found = BTreeMap::new();
        for field in schema.fields().filter(|field| field.path != "nx") {
            let values = values(&segment, field, doc as u32);
            if !values.is_empty() {
                found.insert(field.path.clone(), Value::from(values));
            }
        }
        let ignored = values(&segment, &schema.field("_ignored").unwrap(), doc as u32);
        if json!(found) != case[1] || json!(ignored) != case[2] {
            differences.push(format!("{case}\n  found {found:?}, ignored {ignored:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn versions_are_in_elasticsearchs_order() {
    let ordered: Vec<String> = serde_json::from_str(include_str!("versions.json")).unwrap();
    let terms: Vec<String> = ordered.iter().map(|text| version::encode(text).unwrap()).collect();
    for (at, pair) in terms.windows(2).enumerate() {
        assert!(pair[0] < pair[1], "{} < {}", ordered[at], ordered[at + 1]);
    }
    for (text, term) in ordered.iter().zip(&terms) {
        assert_eq!(&version::decode(term), text);
    }
}

#[test]
fn flattened_fields_have_a_column_for_each_key() {
    let schema = schema(json!({ "dynamic": "strict", "properties": {
        "labels": { "type": "flattened", "ignore_above": 3, "depth_limit": 2 },
        "none": { "type": "flattened", "null_value": "N" },
    } }));
    let source = r#"{"labels":{"env":["x","x",1.50],"a":{"b":[true,[null,"long text"]]},"a.c":"z"},
        "labels.dotted":"d","none":[{"k":null},{"k":"v"}]}"#;
    let segment = segment(&schema, [document(&schema, source).unwrap()]);
    let check = |path: &str, wanted: Value| {
        assert_eq!(json!(values(&segment, &schema.field(path).unwrap(), 0)), wanted, "{path}");
    };
    check("labels", json!(["d", "x", "z"]));
    check("labels.env", json!(["x"]));
    check("labels.a.b", json!([]));
    check("labels.a.c", json!(["z"]));
    check("labels.dotted", json!(["d"]));
    check("labels.e", json!([]));
    check("none.k", json!(["N", "v"]));
    let deep = document(&schema, r#"{"labels":{"a":{"b":{"c":1}}}}"#).unwrap_err();
    let wanted = "The provided [flattened] field [labels] exceeds the maximum depth limit of [2].";
    assert_eq!(parts(&deep)[2], wanted);
    let text = document(&schema, r#"{"labels":"x"}"#).unwrap_err();
    assert_eq!(
        parts(&text)[2],
        "Failed to parse object: expecting token of type [START_OBJECT] but found [VALUE_STRING]"
    );
}

#[test]
fn types_that_the_test_server_lacks() {
    let schema = schema(json!({ "dynamic": "strict", "properties": {
        "u": { "type": "unsigned_long" }, "s": { "type": "scaled_float", "scaling_factor": 100 },
        "w": { "type": "wildcard", "ignore_above": 4 }, "c": { "type": "constant_keyword", "value": "web" },
    } }));
    let source = r#"{"u":[18446744073709551615,"5",0],"s":[1.005,"2.349",-0.125],"w":["abcd","abcde"]}"#;
    let segment = segment(&schema, [document(&schema, source).unwrap()]);
    let check = |path: &str, wanted: Value| {
        assert_eq!(json!(values(&segment, &schema.field(path).unwrap(), 0)), wanted, "{path}");
    };
    check("u", json!([0, 5, u64::MAX]));
    check("s", json!([-0.12, 1.0, 2.35]));
    check("w", json!(["abcd"]));
    check("c", json!(["web"]));
    check("_ignored", json!(["w"]));
    let refused = |source: &str| parts(&document(&schema, source).unwrap_err())[2].clone();
    assert_eq!(refused(r#"{"u":-1}"#), "Value [-1] is out of range for unsigned long.");
    assert_eq!(refused(r#"{"s":1e400}"#), "[scaled_float] supports only finite values, but got [Infinity]");
    assert_eq!(
        refused(r#"{"c":"api"}"#),
        "[constant_keyword] field [c] only accepts values that are equal to the value defined in the mappings [web], \
         but got [api]"
    );
    assert!(document(&schema, r#"{"c":["web",null]}"#).is_ok());
}

#[test]
fn a_duplicate_key_is_refused_wherever_it_stands() {
    let schema = schema(json!({ "dynamic": "strict", "properties": {
        "n": { "type": "long" }, "o": { "properties": { "a": { "type": "long" } } },
        "off": { "type": "object", "enabled": false }, "f": { "type": "flattened" },
    } }));
    for (source, at) in [
        (r#"{"n":1,"n":2}"#, "[1:8] failed to parse: Duplicate field 'n'"),
        (r#"{"o":[{"a":1},{"a":1,"a":2}]}"#, "[1:22] failed to parse: Duplicate field 'a'"),
        (r#"{"o.a":1,"o.a":2}"#, "[1:10] failed to parse: Duplicate field 'o.a'"),
        (r#"{"off":{"x":1,"x":2}}"#, "[1:15] failed to parse: Duplicate field 'x'"),
        (r#"{"f":{"x":1,"x":2}}"#, "[1:13] failed to parse: Duplicate field 'x'"),
    ] {
        assert_eq!(document(&schema, source).unwrap_err().reason, at, "{source}");
    }
    assert!(document(&schema, r#"{"o":[{"a":1},{"a":1}],"o.a":2}"#).is_ok());
}

#[test]
fn a_field_without_a_mapping_is_named_where_nothing_is_strict() {
    let open = schema(json!({ "properties": { "o": { "properties": { "a": { "type": "long" } } } } }));
    assert!(document(&open, r#"{"o":{"a":1}}"#).is_ok());
    assert_eq!(
        document(&open, r#"{"o":{"b":1}}"#).unwrap_err().reason,
        "the embedded engine does not support the field [o.b] of a document, which its mapping does not have: the \
         engine maps no field by itself"
    );
}

#[test]
fn malformed_json_is_refused_with_its_place() {
    let schema = schema(json!({ "dynamic": "strict", "properties": { "k": { "type": "keyword" } } }));
    for source in [
        "",
        "{",
        r#"{"k""#,
        r#"{"k":}"#,
        r#"{"k":1,}"#,
        r#"{"k":01}"#,
        r#"{"k":1.}"#,
        r#"{"k":"\x"}"#,
        "{\"k\":\"\t\"}",
    ] {
        let refusal = document(&schema, source).unwrap_err();
        assert_eq!(refusal.error_type, "document_parsing_exception", "{source}");
        assert!(refusal.reason.starts_with("[1:"), "{source}: {refusal}");
    }
    assert_eq!(document(&schema, "{} {}").unwrap_err().error_type, "illegal_argument_exception");
    assert!(schema.document(b"{\"k\":\"\xff\"}", Envelope { index: "i", id: "1", seq_no: 0 }).is_err());
    let deep = format!("{{\"k\":{}{}}}", "[".repeat(2000), "]".repeat(2000));
    assert!(document(&schema, &deep).unwrap_err().reason.contains("deeper than 1000 levels"));
}

#[test]
fn several_texts_of_a_field_are_a_hundred_positions_apart() {
    let schema = schema(json!({ "properties": { "t": { "type": "text" } } }));
    let document = document(&schema, r#"{"t":["a b","c"]}"#).unwrap();
    let segment = segment(&schema, [document]);
    let handle = schema.field("t").unwrap().handle(schema.tantivy()).unwrap();
    let inverted = segment.inverted_index(handle).unwrap();
    let mut positions = Vec::new();
    for term in ["a", "b", "c"] {
        use tantivy::postings::Postings;
        let term = tantivy::Term::from_field_text(handle, term);
        let option = tantivy::schema::IndexRecordOption::WithFreqsAndPositions;
        let mut found = Vec::new();
        inverted.read_postings(&term, option).unwrap().unwrap().positions(&mut found);
        positions.extend(found);
    }
    assert_eq!(positions, [0, 1, 102]);
}

#[test]
fn any_json_is_read_or_refused_as_serde_reads_it() {
    use proptest::prelude::*;

    let schema = schema(json!({ "dynamic": false, "properties": {} }));
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"b\"",
        "\"\\u00e9\\n\"",
        "1",
        "-0",
        "0.5",
        "1e5",
        "true",
        "null",
        " ",
        "1.",
        "-",
        "\"",
        "é",
        "\\",
        "\"\\ud83d\\ude00\"",
    ]);
    proptest!(|(pieces in prop::collection::vec(piece, 0..12))| {
        let text = format!("{{{}}}", pieces.concat());
        // Serde takes an object with a key twice.
        let ours = document(&schema, &text);
        let duplicate = ours.as_ref().is_err_and(|refusal| refusal.reason.contains("Duplicate field"));
        let named = ours.as_ref().is_err_and(|refusal| refusal.reason.contains("ield name cannot"));
        if !duplicate && !named {
            prop_assert_eq!(ours.is_ok(), serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
        }
    });
    proptest!(|(text in any::<String>())| { let _ = document(&schema, &text); });
}
