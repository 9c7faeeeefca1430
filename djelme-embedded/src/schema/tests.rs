//! Mappings and documents, with what Elasticsearch 8.19 answered.

use serde_json::{Map, Value, json};
use tantivy::Index;

use super::{Envelope, Schema};
use crate::column::Column;

fn schema(mappings: Value) -> Schema {
    let Value::Object(mappings) = mappings else { panic!("{mappings}") };
    Schema::new(&mappings, &Map::new()).unwrap()
}

/// The values of a document's columns and texts.
fn values(schema: &Schema, path: &str, document: &str) -> Vec<Value> {
    let envelope = Envelope { index: "i", id: "1", seq_no: 0 };
    let index = Index::builder()
        .schema(schema.tantivy().clone())
        .tokenizers(schema.tokenizers())
        .create_in_ram()
        .unwrap();
    let mut writer = index.writer_with_num_threads::<tantivy::TantivyDocument>(1, 15_000_000).unwrap();
    writer.add_document(schema.document(document.as_bytes(), envelope).unwrap()).unwrap();
    writer.commit().unwrap();
    let searcher = index.reader().unwrap().searcher();
    let field = schema.field(path).unwrap();
    let segment = searcher.segment_reader(0);
    match Column::open(segment, &field).unwrap() {
        None => Vec::new(),
        Some(Column::I64(column)) => column.values_for_doc(0).map(Value::from).collect(),
        Some(Column::U64(column)) => column.values_for_doc(0).map(Value::from).collect(),
        Some(Column::F64(column)) => column.values_for_doc(0).map(Value::from).collect(),
        Some(Column::Str(column)) => {
            let ordinals: Vec<u64> = column.ordinals(0).collect();
            let mut found = Vec::new();
            column.terms(&ordinals, |term| found.push(field.decode_term(term).into())).unwrap();
            found
        }
    }
}

#[test]
fn a_document_becomes_columns() {
    let schema = schema(json!({ "dynamic": "strict", "properties": {
        "k": { "type": "keyword", "fields": { "t": { "type": "text" } } }, "n": { "type": "integer" },
        "o.d": { "type": "double" }, "at": { "type": "date" }, "ok": { "type": "boolean" },
        "labels": { "type": "flattened" }, "ip": { "type": "ip" }, "v": { "type": "version" },
    } }));
    let document = r#"{"k":["b","a","b"],"n":[5.7,"3"],"o":[{"d":1},{"d":0.5}],"at":"2020-01-01","ok":"true",
        "labels":{"env":"x","a":{"b":[1,"z"]}},"ip":"::1","v":["2.10.0","2.9.0"]}"#;
    let check =
        |path: &str, wanted: Value| assert_eq!(json!(values(&schema, path, document)), wanted, "{path}");
    check("k", json!(["a", "b"]));
    check("n", json!([3, 5]));
    check("o.d", json!([0.5, 1.0]));
    check("at", json!([1_577_836_800_000_i64]));
    check("ok", json!([1]));
    check("labels", json!(["1", "x", "z"]));
    check("labels.env", json!(["x"]));
    check("labels.a.b", json!(["1", "z"]));
    check("labels.none", json!([]));
    check("ip", json!(["::1"]));
    check("v", json!(["2.9.0", "2.10.0"]));
    check("_index", json!(["i"]));
}
