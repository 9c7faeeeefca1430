//! The body of a search request.

use serde_json::{Map, Value, json};

use super::{Search, range};
use crate::error::{Error, Result};
use crate::query::Query;
use crate::record::Record;

impl<R: Record> Search<R> {
    /// The body of the request, as Elasticsearch takes it.
    ///
    /// # Errors
    /// [`Error::Query`] if a value in it cannot be sent, an aggregation lacks what it needs or two have one name, a raw
    /// key is one that the search writes itself, or `search_after` does not fit the order.
    pub fn body(&self) -> Result<Value> {
        let mut body = self.paging()?;
        if let Some(query) = self.query_json()? {
            body.insert("query".into(), query);
        }
        if let Some(aggregations) = self.aggregations.to_json()? {
            body.insert("aggs".into(), aggregations);
        }
        if let Some(source) = self.source.to_json() {
            body.insert("_source".into(), source);
        }
        if let Some(count) = self.track_total_hits {
            body.insert("track_total_hits".into(), count.to_json());
        }
        if let Some(timeout) = self.timeout {
            // Not 0, which is no limit.
            body.insert("timeout".into(), format!("{}ms", timeout.as_millis().max(1)).into());
        }
        for (key, value) in &self.raw {
            let taken = match key.as_str() {
                "query" => true,
                "aggs" | "aggregations" => ["aggs", "aggregations"].iter().any(|key| body.contains_key(*key)),
                key => body.contains_key(key),
            };
            if taken {
                return Err(Error::Query(format!(
                    "the raw key `{key}` is one that the search writes itself; give `query`, `filter`, `sort` and `aggregate` their raw forms instead"
                )));
            }
            body.insert(key.clone(), value.clone());
        }
        // For writing a found record back to where it was found, unchanged in between.
        body.entry("seq_no_primary_term").or_insert(true.into());
        Ok(Value::Object(body))
    }

    /// The body of a count: the query alone.
    pub(super) fn count_body(&self) -> Result<Value> {
        Ok(match self.query_json()? {
            Some(query) => json!({ "query": query }),
            None => json!({}),
        })
    }

    /// Everything that must match; `None` if everything does.
    fn query_json(&self) -> Result<Option<Value>> {
        let range = match &self.range {
            Some(range) => range::filter(R::TYPE, range)?,
            None => None,
        };
        let filters = range.map(Ok).into_iter().chain(all_json(&self.filters)).collect::<Result<Vec<_>>>()?;
        let queries = all_json(&self.queries).collect::<Result<Vec<_>>>()?;
        let mut clauses = Map::new();
        if !filters.is_empty() {
            clauses.insert("filter".into(), filters.into());
        }
        if !queries.is_empty() {
            clauses.insert("must".into(), queries.into());
        }
        Ok((!clauses.is_empty()).then(|| json!({ "bool": clauses })))
    }

    /// Which of the matching documents are hits, and in what order.
    fn paging(&self) -> Result<Map<String, Value>> {
        let mut body = Map::new();
        if let Some(size) = self.size {
            body.insert("size".into(), size.into());
        }
        if let Some(from) = self.from {
            body.insert("from".into(), from.into());
        }
        if !self.sort.is_empty() {
            body.insert("sort".into(), self.sort.iter().map(|sort| sort.clone().into_json()).collect());
        }
        if let Some(values) = &self.search_after {
            if values.len() != self.sort.len() {
                let (values, sort) = (values.len(), self.sort.len());
                return Err(Error::Query(format!(
                    "`search_after` has {values} values for an order of {sort} keys; give the sort values of a hit found under the same order"
                )));
            }
            if self.from.is_some_and(|from| from > 0) {
                return Err(Error::Query("`from` and `search_after` exclude each other".into()));
            }
            body.insert("search_after".into(), values.clone().into());
        }
        Ok(body)
    }
}

fn all_json(queries: &[Query]) -> impl Iterator<Item = Result<Value>> {
    queries.iter().map(|query| query.clone().into_json())
}
