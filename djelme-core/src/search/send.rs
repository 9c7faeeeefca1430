//! Sending a search.

use super::Search;
use crate::backend::SearchRequest;
use crate::error::{Error, Result};
use crate::plan::IndexPlan;
use crate::record::Record;
use crate::response::SearchResponse;
use crate::router::{Route, Router};

impl<R: Record> Search<R> {
    /// Sends the search to where the records of its type lie. Indexes that do not exist yet hold nothing: a range
    /// without any index has an empty answer.
    ///
    /// # Errors
    /// Those of [`body`](Self::body), before anything is sent; [`Error::PartialResult`] and [`Error::SearchTimedOut`]
    /// if the answer covers only a part of the data, unless
    /// [`allow_partial_results`](Self::allow_partial_results); [`Error::ClosedIndexes`] under
    /// [`strict`](Self::strict); and the backend's own.
    pub async fn send(&self, via: &(impl Router + ?Sized)) -> Result<SearchResponse<R>> {
        let body = self.body()?;
        let route = via.route(&R::type_ref())?;
        let plan = self.plan(&route.naming);
        let closed = self.closed_indexes(via, &route, &plan).await?;
        let request = SearchRequest { plan: &plan, body: &body, allow_partial: self.allow_partial };
        // Elasticsearch 8 and 9 refuse a search that ran out of time with different errors of the whole request. An
        // answer that says so can be told from an overloaded server, and is refused here.
        let limited = body.get("timeout").is_some();
        let sent = SearchRequest { allow_partial: self.allow_partial || limited, ..request };
        let answer = route.backend.search(sent).await?;
        SearchResponse::read(answer, &request, closed)
    }

    /// How many records match: exact, and without reading any of them. Only what a record must match counts; order,
    /// size, aggregations and the like do not change the number. Closed indexes are left out; only
    /// [`strict`](Self::strict) tells.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn count(&self, via: &(impl Router + ?Sized)) -> Result<u64> {
        let body = self.count_body()?;
        let route = via.route(&R::type_ref())?;
        let plan = self.plan(&route.naming);
        if self.strict {
            self.closed_indexes(via, &route, &plan).await?;
        }
        let request = SearchRequest { plan: &plan, body: &body, allow_partial: self.allow_partial };
        route.backend.count(request).await
    }

    async fn closed_indexes(
        &self,
        via: &(impl Router + ?Sized),
        route: &Route,
        plan: &IndexPlan,
    ) -> Result<Vec<String>> {
        let closed = via.closed_indexes(route, plan).await?;
        if self.strict && !closed.is_empty() {
            return Err(Error::ClosedIndexes(closed));
        }
        Ok(closed)
    }
}
