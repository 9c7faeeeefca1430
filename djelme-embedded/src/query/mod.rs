//! Queries: Elasticsearch's JSON, read strictly, then made into a tantivy query for each part of a search.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::error::Refusal;
use crate::store::Part;

/// A query as it was read, not yet bound to a mapping.
#[derive(Debug, Clone)]
pub(crate) struct Query;

impl Query {
    /// Reads a query. `place` is where it stands in the request, such as `query` or `aggs.late.filter`, for errors.
    pub(crate) fn parse(query: &Value, place: &str) -> Result<Self, Refusal> {
        let _ = query;
        Err(Refusal::unsupported(format_args!("queries [{place}]")))
    }

    /// The query for the documents of one part, its indexes not yet regarded.
    pub(crate) fn compile(
        &self,
        part: &Part,
        now: DateTime<Utc>,
    ) -> Result<Box<dyn tantivy::query::Query>, Refusal> {
        let _ = (part, now);
        Err(Refusal::unsupported("queries"))
    }
}
