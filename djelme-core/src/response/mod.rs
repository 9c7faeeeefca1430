//! Answers to searches.

mod answer;
mod decode;
mod hit;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::aggregation::{self, Aggregation};
use crate::backend::SearchRequest;
use crate::error::{Error, Result};
use crate::record::Record;
use answer::Answer;

pub use hit::Hit;

/// How many documents match a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// The number counted.
    pub value: u64,
    /// Whether that is all; otherwise there are at least so many.
    pub exact: bool,
}

/// The answer to a search: hits of the record type `R`, and aggregations.
///
/// Hits keep the bytes of their documents and decode them when asked, so that one old document that no longer decodes
/// is an error of that hit alone.
#[derive(Debug, Clone)]
pub struct SearchResponse<R> {
    answer: Bytes,
    took: u64,
    timed_out: bool,
    failed_shards: u64,
    total: Total,
    max_score: Option<f64>,
    hits: Vec<Hit<R>>,
    aggregations: Map<String, Value>,
    closed_indexes: Vec<String>,
}

impl<R: Record> SearchResponse<R> {
    /// Reads Elasticsearch's answer to the request, with the closed indexes that it left out.
    ///
    /// # Errors
    /// [`Error::UnexpectedAnswer`] if it is not the answer to a search; [`Error::PartialResult`] and
    /// [`Error::SearchTimedOut`] if it covers only a part of the data and the request does not allow that.
    pub fn read(answer: Bytes, request: &SearchRequest<'_>, closed_indexes: Vec<String>) -> Result<Self> {
        let read = Answer::read(&answer)?;
        if !request.allow_partial {
            read.check_complete()?;
        }
        let hits: Vec<_> = read.hits.hits.into_iter().map(|hit| Hit::read(hit, &answer)).collect();
        let found = hits.len() as u64;
        Ok(Self {
            took: read.took,
            timed_out: read.timed_out,
            failed_shards: read.shards.failed,
            total: read.hits.total.map_or(Total { value: found, exact: false }, Into::into),
            max_score: read.hits.max_score,
            hits,
            aggregations: read.aggregations.unwrap_or_else(|| aggregation::unanswered(request.body)),
            closed_indexes,
            answer,
        })
    }

    /// The records found, in the order of the search. Each decodes by itself.
    pub fn records(&self) -> impl Iterator<Item = Result<R>> {
        self.hits.iter().map(Hit::record)
    }
}

impl<R> SearchResponse<R> {
    /// The hits: the records with their index, id, version, score and sort values.
    #[must_use]
    pub fn hits(&self) -> &[Hit<R>] {
        &self.hits
    }

    /// The hits, to keep.
    #[must_use]
    pub fn into_hits(self) -> Vec<Hit<R>> {
        self.hits
    }

    /// How many documents match, and whether that number is exact. Uncounted (`track_total_hits(false)`), it is the
    /// number of hits here.
    #[must_use]
    pub fn total(&self) -> Total {
        self.total
    }

    /// The answer to an aggregation of the search; the value that asked also reads it.
    ///
    /// # Errors
    /// [`Error::Query`] if the search had no aggregation of that name, [`Error::UnexpectedAnswer`] if the answer under
    /// the name is of another kind.
    pub fn aggregation<A: Aggregation + ?Sized>(&self, aggregation: &A) -> Result<A::Response> {
        aggregation::decode_from(&self.aggregations, aggregation)
    }

    /// The best score; `None` if nothing was scored.
    #[must_use]
    pub fn max_score(&self) -> Option<f64> {
        self.max_score
    }

    /// How long the server took, in milliseconds.
    #[must_use]
    pub fn took(&self) -> u64 {
        self.took
    }

    /// The closed indexes that lie within the range, and whose records are therefore missing here.
    #[must_use]
    pub fn closed_indexes(&self) -> &[String] {
        &self.closed_indexes
    }

    /// Whether shards failed or the time ran out, so that records may be missing; only under
    /// [`allow_partial_results`](crate::search::Search::allow_partial_results), otherwise that is an error.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.timed_out || self.failed_shards > 0
    }

    /// The whole answer, as the server gave it.
    ///
    /// # Errors
    /// None in practice: what is no JSON was refused before.
    pub fn raw(&self) -> Result<Value> {
        serde_json::from_slice(&self.answer).map_err(|error| Error::UnexpectedAnswer(error.to_string()))
    }
}
