//! Hits: the found documents, read from the store and written as Elasticsearch writes them.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tantivy::TantivyDocument;
use tantivy::schema::{OwnedValue, Schema};
use tantivy::store::StoreReader;

use super::source::SourceFilter;
use super::top::{Found, Ranked};
use crate::error::Refusal;
use crate::schema::{ID, SOURCE};

/// What hits show.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) source: SourceFilter,
    pub(crate) id: bool,
    pub(crate) version: bool,
    pub(crate) scores: bool,
    pub(crate) sort_values: bool,
}

/// The value of `hits` in an answer.
#[derive(Debug, Serialize)]
pub(crate) struct Hits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<Total>,
    pub(super) max_score: Option<f32>,
    pub(super) hits: Vec<Hit>,
}

/// How many documents match.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Total {
    value: u64,
    relation: &'static str,
}

impl Total {
    pub(super) fn exactly(value: u64) -> Self {
        Self { value, relation: "eq" }
    }

    pub(super) fn at_least(value: u64) -> Self {
        Self { value, relation: "gte" }
    }
}

/// A hit, as it stands in the answer.
#[derive(Debug, Serialize)]
pub(crate) struct Hit {
    #[serde(rename = "_index")]
    index: String,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "_seq_no", skip_serializing_if = "Option::is_none")]
    seq_no: Option<u64>,
    #[serde(rename = "_primary_term", skip_serializing_if = "Option::is_none")]
    primary_term: Option<u64>,
    #[serde(rename = "_score")]
    score: Option<f32>,
    #[serde(rename = "_source", skip_serializing_if = "Option::is_none")]
    source: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<Vec<Value>>,
}

/// Reads found documents, which stand in the order of the answer.
pub(crate) fn read(ranked: &Ranked, found: &[Found], shown: &Shown) -> Result<Vec<Hit>, Refusal> {
    // Neighbours in the store lie in one compressed block, which is then unpacked once.
    let mut by_place: Vec<_> = (0..found.len()).collect();
    by_place.sort_unstable_by_key(|position| (found[*position].segment, found[*position].doc));
    let mut hits: Vec<_> = std::iter::repeat_with(|| None).take(found.len()).collect();
    let mut store: Option<(usize, StoreReader)> = None;
    for position in by_place {
        let found = &found[position];
        let reader = match &store {
            Some((segment, reader)) if *segment == found.segment => reader,
            _ => {
                let reader = ranked.segment(found).get_store_reader(1)?;
                &store.insert((found.segment, reader)).1
            }
        };
        let document: TantivyDocument = reader.get(found.doc)?;
        let schema = ranked.segment(found).schema();
        hits[position] = Some(hit(ranked, found, &document, schema, shown)?);
    }
    Ok(hits.into_iter().flatten().collect())
}

fn hit(
    ranked: &Ranked,
    found: &Found,
    document: &TantivyDocument,
    schema: &Schema,
    shown: &Shown,
) -> Result<Hit, Refusal> {
    let source = match shown.source {
        SourceFilter::Nothing => None,
        _ => filtered(stored(document, schema, SOURCE)?, &shown.source)?,
    };
    Ok(Hit {
        index: found.index.to_string(),
        id: if shown.id { Some(stored(document, schema, ID)?) } else { None },
        seq_no: shown.version.then_some(found.seq_no),
        primary_term: shown.version.then_some(1),
        score: shown.scores.then_some(found.score),
        source,
        sort: shown.sort_values.then(|| ranked.sort_values(found)),
    })
}

fn filtered(json: String, filter: &SourceFilter) -> Result<Option<Box<RawValue>>, Refusal> {
    let filtered = RawValue::from_string(json).and_then(|document| filter.apply(document));
    filtered.map_err(|error| Refusal::fault(format!("a stored document: {error}")))
}

/// A stored text of a document.
fn stored(document: &TantivyDocument, schema: &Schema, field: &str) -> Result<String, Refusal> {
    let damaged = || Refusal::fault(format!("a stored document has no [{field}]"));
    match document.get_first(schema.get_field(field)?).map(OwnedValue::from) {
        Some(OwnedValue::Str(text)) => Ok(text),
        Some(OwnedValue::Bytes(bytes)) => String::from_utf8(bytes).map_err(|_| damaged()),
        _ => Err(damaged()),
    }
}
