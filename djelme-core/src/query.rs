//! Queries: Elasticsearch's own JSON, built by typed handles or given as it is.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// A query, as Elasticsearch takes it. Field handles make them (`f.carrier.eq("UA")`), the functions of this module
/// combine them, and any JSON query is one.
///
/// A value that cannot be sent (a number that is not finite) is remembered and reported when the search is built;
/// nothing is left out in silence.
///
/// ```
/// use djelme_core::query::{Query, bool_query, ids};
/// use serde_json::json;
///
/// let fuzzy = Query::from(json!({ "fuzzy": { "carrier": { "value": "UO" } } }));
/// let query = Query::from(bool_query().should(fuzzy).should(ids(["a", "b"])));
/// assert_eq!(
///     query.into_json()?,
///     json!({ "bool": { "should": [
///         { "fuzzy": { "carrier": { "value": "UO" } } },
///         { "ids": { "values": ["a", "b"] } },
///     ] } })
/// );
/// # Ok::<(), djelme_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a query does nothing until a search uses it"]
pub struct Query(Result<Value, String>);

impl From<Value> for Query {
    fn from(json: Value) -> Self {
        Self(Ok(json))
    }
}

impl Query {
    pub(crate) fn broken(problem: String) -> Self {
        Self(Err(problem))
    }

    pub(crate) fn wrap(self, wrap: impl FnOnce(Value) -> Value) -> Self {
        Self(self.0.map(wrap))
    }

    /// The query as JSON.
    ///
    /// # Errors
    /// [`Error::Query`] if a value in it cannot be sent.
    pub fn into_json(self) -> Result<Value> {
        self.0.map_err(Error::Query)
    }
}

/// A value of a query as JSON. `null` is what `serde_json` makes of NaN and the infinities, and no query has it.
pub(crate) fn value(value: impl Serialize) -> Result<Value, String> {
    match serde_json::to_value(value) {
        Ok(Value::Null) => Err("the value is null or not a finite number".into()),
        Ok(value) => Ok(value),
        Err(error) => Err(error.to_string()),
    }
}

/// The value of a query on a date field. Elasticsearch takes `12:00:00Z` for that whole second wherever it rounds up
/// (`lte`, `gt` and `term`), but an instant means itself, so it is given with its milliseconds.
pub(crate) fn exact_instant(value: Value) -> Value {
    let Some(text) = value.as_str() else { return value };
    match DateTime::parse_from_rfc3339(text) {
        Ok(instant) if instant.timestamp_subsec_nanos() == 0 => milliseconds(instant.to_utc()).into(),
        // Its fraction is there already; a date without a time stands for the whole day.
        _ => value,
    }
}

/// The instant with three digits after the second.
pub(crate) fn milliseconds(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The first whole millisecond that is not before the instant: what an excluded end becomes on a field that keeps
/// milliseconds, so that nothing before the end is left out.
pub(crate) fn next_millisecond(instant: DateTime<Utc>) -> DateTime<Utc> {
    let beyond = i64::from(instant.timestamp_subsec_nanos() % 1_000_000);
    if beyond == 0 { instant } else { instant + TimeDelta::nanoseconds(1_000_000 - beyond) }
}

/// Every document.
pub fn match_all() -> Query {
    Query::from(json!({ "match_all": {} }))
}

/// No document.
pub(crate) fn match_none() -> Query {
    Query::from(json!({ "match_none": {} }))
}

/// The documents with these ids. No ids: no documents.
pub fn ids<I: Into<String>>(ids: impl IntoIterator<Item = I>) -> Query {
    let ids: Vec<String> = ids.into_iter().map(Into::into).collect();
    Query::from(json!({ "ids": { "values": ids } }))
}

/// Documents that the query does not match.
pub fn not(query: impl Into<Query>) -> Query {
    bool_query().must_not(query).into()
}

/// A query of clauses that must, should or must not match.
pub fn bool_query() -> BoolQuery {
    BoolQuery::default()
}

/// Elasticsearch's `bool` query; made by [`bool_query`].
#[derive(Debug, Clone, Default)]
#[must_use = "a query does nothing until a search uses it"]
pub struct BoolQuery {
    must: Vec<Query>,
    filter: Vec<Query>,
    should: Vec<Query>,
    must_not: Vec<Query>,
    minimum_should_match: Option<u32>,
}

impl BoolQuery {
    /// The clause must match, and counts for the score.
    pub fn must(mut self, query: impl Into<Query>) -> Self {
        self.must.push(query.into());
        self
    }

    /// The clause must match; the score does not change.
    pub fn filter(mut self, query: impl Into<Query>) -> Self {
        self.filter.push(query.into());
        self
    }

    /// The clause may match. Where there is neither `must` nor `filter`, at least one such clause has to.
    pub fn should(mut self, query: impl Into<Query>) -> Self {
        self.should.push(query.into());
        self
    }

    /// The clause must not match.
    pub fn must_not(mut self, query: impl Into<Query>) -> Self {
        self.must_not.push(query.into());
        self
    }

    /// How many `should` clauses have to match.
    pub fn minimum_should_match(mut self, clauses: u32) -> Self {
        self.minimum_should_match = Some(clauses);
        self
    }
}

impl From<BoolQuery> for Query {
    fn from(query: BoolQuery) -> Self {
        let groups = [
            ("must", query.must),
            ("filter", query.filter),
            ("should", query.should),
            ("must_not", query.must_not),
        ];
        let mut body = Map::new();
        for (name, clauses) in groups {
            if clauses.is_empty() {
                continue;
            }
            match clauses.into_iter().map(|clause| clause.0).collect::<Result<Value, String>>() {
                Ok(clauses) => body.insert(name.into(), clauses),
                Err(problem) => return Self::broken(problem),
            };
        }
        if let Some(clauses) = query.minimum_should_match {
            body.insert("minimum_should_match".into(), clauses.into());
        }
        Self::from(json!({ "bool": body }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_not_finite_breaks_the_whole_query() {
        let broken = Query(value(f64::NAN));
        let query = Query::from(bool_query().must(match_all()).must_not(bool_query().should(broken)));
        assert!(query.into_json().unwrap_err().to_string().contains("finite"));
    }

    #[test]
    fn empty_lists_match_nothing_and_are_not_left_out() {
        assert_eq!(ids::<String>([]).into_json().unwrap(), json!({"ids": {"values": []}}));
    }

    #[test]
    fn bool_query_keeps_every_clause() {
        let query = bool_query().must(match_all()).should(ids(["a"])).minimum_should_match(1);
        let json = Query::from(query).into_json().unwrap();
        assert_eq!(
            json,
            json!({"bool": {"must": [{"match_all": {}}], "should": [{"ids": {"values": ["a"]}}], "minimum_should_match": 1}})
        );
        let json = not(match_all()).into_json().unwrap();
        assert_eq!(json, json!({"bool": {"must_not": [{"match_all": {}}]}}));
    }
}
