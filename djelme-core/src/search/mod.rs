//! Searches: pure values until they are sent.

mod body;
mod range;
mod send;
mod sort;
mod source;
mod track;

use std::marker::PhantomData;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::aggregation::{Aggregation, Aggregations};
use crate::naming::Naming;
use crate::plan::IndexPlan;
use crate::query::Query;
use crate::record::Record;
use crate::time::TimeRange;

pub use sort::Sort;
use source::SourceFilter;
pub use track::TrackTotalHits;

/// A search over the records of one type: a pure value, nothing is sent before [`send`](Self::send).
///
/// [`Record::search`] makes one over every index of the type,
/// [`TimeseriesRecord::search_timeseries_range`](crate::record::TimeseriesRecord::search_timeseries_range) one over
/// the records of a range of time. [`body`](Self::body) and [`plan`](Self::plan) show what will be sent, and where.
///
/// ```
/// use djelme_core::record::TimeseriesRecord;
/// use djelme_core::{Result, aggregation};
/// use serde_json::json;
///
/// fn busiest<R: TimeseriesRecord>() -> Result<()> {
///     let busiest = aggregation::raw("busiest", json!({ "terms": { "field": "carrier" } }));
///     let body = R::search_timeseries_range((2013, 2), (2013, 4))?.aggregate(&busiest).size(0).body()?;
///     assert_eq!(body["aggs"], json!({ "busiest": { "terms": { "field": "carrier" } } }));
///     assert_eq!(body["size"], 0);
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a search does nothing until it is sent"]
pub struct Search<R> {
    range: Option<TimeRange>,
    filters: Vec<Query>,
    queries: Vec<Query>,
    aggregations: Aggregations,
    sort: Vec<Sort>,
    size: Option<u32>,
    from: Option<u32>,
    search_after: Option<Vec<Value>>,
    source: SourceFilter,
    track_total_hits: Option<TrackTotalHits>,
    timeout: Option<Duration>,
    raw: Map<String, Value>,
    allow_partial: bool,
    strict: bool,
    record: PhantomData<fn() -> R>,
}

impl<R> Search<R> {
    pub(crate) fn everything() -> Self {
        Self {
            range: None,
            filters: Vec::new(),
            queries: Vec::new(),
            aggregations: Aggregations::default(),
            sort: Vec::new(),
            size: None,
            from: None,
            search_after: None,
            source: SourceFilter::default(),
            track_total_hits: None,
            timeout: None,
            raw: Map::new(),
            allow_partial: false,
            strict: false,
            record: PhantomData,
        }
    }

    pub(crate) fn within(range: TimeRange) -> Self {
        Self { range: Some(range), ..Self::everything() }
    }

    /// Only documents that the query matches. Several filters must all match.
    pub fn filter(mut self, query: impl Into<Query>) -> Self {
        self.filters.push(query.into());
        self
    }

    /// Only documents that the query matches, and its score decides their order. Several queries must all match, and
    /// their scores add up.
    pub fn query(mut self, query: impl Into<Query>) -> Self {
        self.queries.push(query.into());
        self
    }

    /// Computes this over all documents that match. The same value reads the answer:
    /// [`SearchResponse::aggregation`](crate::response::SearchResponse::aggregation).
    pub fn aggregate(mut self, aggregation: &(impl Aggregation + ?Sized)) -> Self {
        self.aggregations.add(aggregation);
        self
    }

    /// Orders the hits by this, after the orders given before.
    pub fn sort(mut self, sort: impl Into<Sort>) -> Self {
        self.sort.push(sort.into());
        self
    }

    /// At most so many hits; Elasticsearch gives 10 unless told, and at most 10,000. 0 for the aggregations alone.
    pub fn size(mut self, hits: u32) -> Self {
        self.size = Some(hits);
        self
    }

    /// Leaves out so many hits at the start. To go through many hits, use [`search_after`](Self::search_after).
    pub fn from(mut self, hits: u32) -> Self {
        self.from = Some(hits);
        self
    }

    /// Only hits after the one with these sort values: those of [`Hit::sort_values`](crate::response::Hit::sort_values)
    /// of the last hit seen, under the same order. Of hits with equal values some may be left out at the border, so the
    /// order should tell every two documents apart.
    pub fn search_after(mut self, sort_values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.search_after = Some(sort_values.into_iter().map(Into::into).collect());
        self
    }

    /// Only these fields of each document, a star standing for any characters. A record decodes only if all fields that
    /// it requires are among them; [`Hit::source`](crate::response::Hit::source) has what is there.
    pub fn source_includes(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.source.includes.extend(fields.into_iter().map(Into::into));
        self
    }

    /// Every field of each document except these.
    pub fn source_excludes(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.source.excludes.extend(fields.into_iter().map(Into::into));
        self
    }

    /// No documents at all: indexes, ids and sort values only.
    pub fn without_source(mut self) -> Self {
        self.source.none = true;
        self
    }

    /// How far to count the matching documents: `true` for all, a number for at least so many, `false` for none.
    /// Elasticsearch counts to 10,000 unless told;
    /// [`SearchResponse::total`](crate::response::SearchResponse::total) says whether the number is exact.
    pub fn track_total_hits(mut self, count: impl Into<TrackTotalHits>) -> Self {
        self.track_total_hits = Some(count.into());
        self
    }

    /// How long the server may search. What it has found by then is an error,
    /// [`Error::SearchTimedOut`](crate::Error::SearchTimedOut), unless partial results are allowed.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Any other key of the request's body, such as `highlight` or `collapse`; see
    /// [`SearchResponse::raw`](crate::response::SearchResponse::raw) for its answer. A key that the search itself
    /// writes is refused when the body is built; queries, orders and aggregations have their own raw forms.
    pub fn raw(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.raw.insert(key.into(), value.into());
        self
    }

    /// Accepts an answer from which shards are missing, or that was cut off by the time limit. Without this both are
    /// errors.
    pub fn allow_partial_results(mut self) -> Self {
        self.allow_partial = true;
        self
    }

    /// Makes closed indexes within the range an error, [`Error::ClosedIndexes`](crate::Error::ClosedIndexes). Without
    /// this they are left out, and [`SearchResponse::closed_indexes`](crate::response::SearchResponse::closed_indexes)
    /// names them.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }
}

impl<R: Record> Search<R> {
    /// The indexes that the search opens under these names.
    #[must_use]
    pub fn plan(&self, naming: &Naming) -> IndexPlan {
        IndexPlan::new(naming, self.range)
    }
}
