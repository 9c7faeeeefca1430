//! One document that a search found.

use std::marker::PhantomData;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::Value;

use super::answer::RawHit;
use super::decode;
use crate::backend::{DocumentVersion, StoredDocument};
use crate::error::{Error, Result};
use crate::record::Record;
use crate::time::IntoTimeBound;

/// One document that a search found: where it lies, and its record when asked.
#[derive(Debug, Clone)]
pub struct Hit<R> {
    index: String,
    id: String,
    version: Option<DocumentVersion>,
    score: Option<f64>,
    sort_values: Vec<Value>,
    source: Option<Bytes>,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Hit<R> {
    /// The record.
    ///
    /// # Errors
    /// [`Error::Decode`] if the document does not decode as the record type, or the search left out its fields.
    pub fn record(&self) -> Result<R> {
        let decoded = match &self.source {
            Some(source) => decode::record(source),
            None => Err(serde_json::Error::custom("the search asked for no source")),
        };
        decoded.map_err(|source| Error::Decode { index: self.index.clone(), id: self.id.clone(), source })
    }
}

impl<R> Hit<R> {
    pub(super) fn read(hit: RawHit<'_>, answer: &Bytes) -> Self {
        let version = match (hit.seq_no, hit.primary_term) {
            (Some(seq_no), Some(primary_term)) => Some(DocumentVersion { seq_no, primary_term }),
            _ => None,
        };
        Self {
            index: hit.index,
            id: hit.id,
            version,
            score: hit.score,
            sort_values: hit.sort,
            source: hit.source.map(|source| answer.slice_ref(source.get().as_bytes())),
            record: PhantomData,
        }
    }

    /// The index it lies in; written back or deleted, it goes there.
    #[must_use]
    pub fn index(&self) -> &str {
        &self.index
    }

    /// Its id, unique within its index.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version that was found, for a write or a deletion that must not overtake another; `None` only if the search
    /// turned it off.
    #[must_use]
    pub fn version(&self) -> Option<DocumentVersion> {
        self.version
    }

    /// Its score; `None` under an order that needs none.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        self.score
    }

    /// Its place in the order of the search: what [`search_after`](crate::search::Search::search_after) takes.
    #[must_use]
    pub fn sort_values(&self) -> &[Value] {
        &self.sort_values
    }

    /// Its document, byte for byte as it was written; `None` if the search left it out.
    #[must_use]
    pub fn source(&self) -> Option<&Bytes> {
        self.source.as_ref()
    }

    /// When the event happened: the document's `timestamp`. `None` if it has none, or one that is no time.
    #[must_use]
    pub fn timestamp(&self) -> Option<DateTime<Utc>> {
        #[derive(Deserialize)]
        struct Timed {
            timestamp: Value,
        }
        let timed: Timed = serde_json::from_slice(self.source.as_ref()?).ok()?;
        match timed.timestamp {
            Value::String(text) => Some(text.into_time_bound().ok()?.instant()),
            Value::Number(milliseconds) => DateTime::from_timestamp_millis(milliseconds.as_i64()?),
            _ => None,
        }
    }
}

/// A document got by its id is a hit without a score or an order.
impl<R> From<StoredDocument> for Hit<R> {
    fn from(stored: StoredDocument) -> Self {
        Self {
            index: stored.index,
            id: stored.id,
            version: Some(stored.version),
            score: None,
            sort_values: Vec::new(),
            source: Some(stored.source),
            record: PhantomData,
        }
    }
}
