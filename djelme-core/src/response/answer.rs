//! Elasticsearch's answer to a search, as it stands in the JSON.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Total;
use crate::error::{Error, Result};

#[derive(Deserialize)]
pub(super) struct Answer<'a> {
    #[serde(default)]
    pub(super) took: u64,
    #[serde(default)]
    pub(super) timed_out: bool,
    #[serde(rename = "_shards")]
    pub(super) shards: Shards,
    #[serde(borrow)]
    pub(super) hits: Hits<'a>,
    pub(super) aggregations: Option<Map<String, Value>>,
}

impl<'a> Answer<'a> {
    pub(super) fn read(answer: &'a [u8]) -> Result<Self> {
        serde_json::from_slice(answer)
            .map_err(|error| Error::UnexpectedAnswer(format!("this is not the answer to a search: {error}")))
    }

    /// Refuses an answer from a part of the data.
    pub(super) fn check_complete(&self) -> Result<()> {
        if self.shards.failed > 0 {
            let reason = self.shards.failures.first().map_or_else(|| "no reason given".to_owned(), reason);
            return Err(Error::PartialResult {
                failed: self.shards.failed,
                total: self.shards.total,
                reason,
            });
        }
        if self.timed_out {
            return Err(Error::SearchTimedOut);
        }
        Ok(())
    }
}

/// Why a shard failed, in the server's words.
fn reason(failure: &Value) -> String {
    let text = |key: &str| failure.pointer(key).and_then(Value::as_str);
    match (text("/index"), text("/reason/reason")) {
        (Some(index), Some(reason)) => format!("{index}: {reason}"),
        _ => failure.to_string(),
    }
}

#[derive(Deserialize)]
pub(super) struct Shards {
    pub(super) total: u64,
    pub(super) failed: u64,
    #[serde(default)]
    pub(super) failures: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Hits<'a> {
    pub(super) total: Option<HitsTotal>,
    pub(super) max_score: Option<f64>,
    #[serde(borrow)]
    pub(super) hits: Vec<RawHit<'a>>,
}

#[derive(Deserialize)]
pub(super) struct HitsTotal {
    value: u64,
    relation: Relation,
}

#[derive(Deserialize)]
enum Relation {
    #[serde(rename = "eq")]
    Exact,
    #[serde(rename = "gte")]
    AtLeast,
}

impl From<HitsTotal> for Total {
    fn from(total: HitsTotal) -> Self {
        Self { value: total.value, exact: matches!(total.relation, Relation::Exact) }
    }
}

#[derive(Deserialize)]
pub(super) struct RawHit<'a> {
    #[serde(rename = "_index")]
    pub(super) index: String,
    #[serde(rename = "_id")]
    pub(super) id: String,
    #[serde(rename = "_score")]
    pub(super) score: Option<f64>,
    #[serde(rename = "_seq_no")]
    pub(super) seq_no: Option<u64>,
    #[serde(rename = "_primary_term")]
    pub(super) primary_term: Option<u64>,
    #[serde(rename = "_source", borrow)]
    pub(super) source: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) sort: Vec<Value>,
}
