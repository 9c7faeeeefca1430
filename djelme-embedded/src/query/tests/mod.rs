//! Tests of queries on small tables in memory.

#![allow(clippy::needless_pass_by_value)] // JSON in place, in the helpers of the tests

mod answers;
mod facts;
mod random;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::schema::Value as _;
use tantivy::{DocAddress, Index, TantivyDocument};

use super::Query;
use crate::error::Refusal;
use crate::schema::{Envelope, ID, Schema};
use crate::store::{Part, TableView};

/// A table of one index, or of several that are mapped alike.
struct Table {
    part: Part,
    now: DateTime<Utc>,
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

impl Table {
    fn new(mappings: &Value, settings: &Value, docs: &[(&str, Value)]) -> Self {
        let docs: Vec<_> = docs.iter().map(|(id, doc)| ("app_index", *id, doc.clone())).collect();
        Self::of_indexes(mappings, settings, &docs)
    }

    fn of_indexes(mappings: &Value, settings: &Value, docs: &[(&str, &str, Value)]) -> Self {
        let schema = Arc::new(Schema::new(&object(mappings), &object(settings)).unwrap());
        let mut index = Index::create_in_ram(schema.tantivy().clone());
        index.set_tokenizers(schema.tokenizers());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for (seq_no, (index, id, doc)) in docs.iter().enumerate() {
            let envelope = Envelope { index, id, seq_no: seq_no as u64 };
            let source = serde_json::to_vec(doc).unwrap();
            writer.add_document(schema.document(&source, envelope).unwrap()).unwrap();
            // Several segments.
            if seq_no % 7 == 2 {
                writer.commit().unwrap();
            }
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let mut indexes: Vec<String> = docs.iter().map(|(index, ..)| (*index).to_owned()).collect();
        indexes.dedup();
        let table = TableView { searcher };
        let now = DateTime::parse_from_rfc3339("2020-05-20T13:14:15.016Z").unwrap().to_utc();
        Self { part: Part { schema, table, indexes, whole: true }, now }
    }

    fn ids(&self, query: &Value) -> Result<Vec<String>, Refusal> {
        let query = Query::parse(query, "query")?.compile(&self.part, self.now)?;
        let searcher = &self.part.table.searcher;
        let id = searcher.schema().get_field(ID).unwrap();
        let mut ids = BTreeSet::new();
        for address in searcher.search(&*query, &DocSetCollector).unwrap() {
            let doc: TantivyDocument = searcher.doc(address).unwrap();
            ids.insert(doc.get_first(id).unwrap().as_str().unwrap().to_owned());
        }
        Ok(ids.into_iter().collect())
    }

    /// The ids that match, with commas between.
    fn found(&self, query: Value) -> String {
        match self.ids(&query) {
            Ok(ids) => ids.join(","),
            Err(refusal) => format!("{} {}: {}", refusal.status, refusal.error_type, refusal.reason),
        }
    }

    /// The best matches with their scores, the best one first.
    fn scored(&self, query: &Value) -> Vec<(String, f32)> {
        let query = Query::parse(query, "query").unwrap().compile(&self.part, self.now).unwrap();
        let searcher = &self.part.table.searcher;
        let id = searcher.schema().get_field(ID).unwrap();
        let found = searcher.search(&*query, &TopDocs::with_limit(1000).order_by_score()).unwrap();
        let with_id = |(score, address): (f32, DocAddress)| {
            let doc: TantivyDocument = searcher.doc(address).unwrap();
            (doc.get_first(id).unwrap().as_str().unwrap().to_owned(), score)
        };
        found.into_iter().map(with_id).collect()
    }
}
