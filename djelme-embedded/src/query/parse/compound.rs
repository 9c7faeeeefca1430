//! Queries made of queries.

use serde_json::{Map, Value};

use super::{Common, Reader};
use crate::error::{Refusal, token};
use crate::query::ast::{Bool, Clause, Query};
use crate::query::minimum::MinimumShouldMatch;
use crate::query::place::{self, Place, content, parsing, unknown_key};

impl Reader {
    pub(super) fn bool(self, body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
        let mut common = Common::default();
        let mut bool = Bool { adjust_pure_negative: true, ..Bool::default() };
        for (key, value) in body {
            let at = place.key(key);
            match key.as_str() {
                "must" => bool.must = self.clauses(value, &at)?,
                "filter" => bool.filter = self.clauses(value, &at)?,
                "should" => bool.should = self.clauses(value, &at)?,
                "must_not" | "mustNot" => bool.must_not.extend(self.clauses(value, &at)?),
                "minimum_should_match" => bool.minimum_should_match = MinimumShouldMatch::parse(value, &at)?,
                "adjust_pure_negative" => bool.adjust_pure_negative = place::boolean(value, &at)?,
                _ if common.take(key, value, place)? => {}
                _ => return Err(content(place, format_args!("[bool] unknown field [{key}]"))),
            }
        }
        Ok(common.of(Clause::Bool(bool)))
    }

    /// One query or a list of them; `null` is none.
    fn clauses(self, value: &Value, place: &Place<'_>) -> Result<Vec<Query>, Refusal> {
        match value {
            Value::Null => Ok(Vec::new()),
            Value::Object(_) => Ok(vec![self.query(value, place)?]),
            Value::Array(queries) => {
                let read = |(index, query)| self.query(query, &place.item(index));
                queries.iter().enumerate().map(read).collect()
            }
            _ => Err(content(place, format_args!("[bool] doesn't support values of type: {}", token(value)))),
        }
    }

    pub(super) fn constant_score(
        self,
        body: &Map<String, Value>,
        place: &Place<'_>,
    ) -> Result<Query, Refusal> {
        let (mut common, mut filter) = (Common::default(), None);
        for (key, value) in body {
            match key.as_str() {
                "filter" if value.is_array() => {
                    return Err(parsing(&place.key(key), "unexpected token [START_ARRAY]"));
                }
                "filter" => filter = Some(self.query(value, &place.key(key))?),
                _ if common.take(key, value, place)? => {}
                _ => return Err(unknown_key(place, "constant_score", key)),
            }
        }
        let filter = filter.ok_or_else(|| parsing(place, "[constant_score] requires a 'filter' element"))?;
        Ok(common.of(Clause::ConstantScore(Box::new(filter))))
    }

    pub(super) fn dis_max(self, body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
        let (mut common, mut queries, mut tie_breaker) = (Common::default(), Vec::new(), 0.0);
        for (key, value) in body {
            let at = place.key(key);
            match key.as_str() {
                "queries" => queries = self.clauses(value, &at)?,
                "tie_breaker" => tie_breaker = place::float(value, &at)?,
                _ if common.take(key, value, place)? => {}
                _ => return Err(unknown_key(place, "dis_max", key)),
            }
        }
        if queries.is_empty() {
            return Err(parsing(place, "[dis_max] requires 'queries' field with at least one clause"));
        }
        Ok(common.of(Clause::DisMax { queries, tie_breaker }))
    }

    pub(super) fn boosting(self, body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
        let (mut common, mut positive, mut negative, mut negative_boost) =
            (Common::default(), None, None, None);
        for (key, value) in body {
            let at = place.key(key);
            match key.as_str() {
                "positive" => positive = Some(Box::new(self.query(value, &at)?)),
                "negative" => negative = Some(Box::new(self.query(value, &at)?)),
                "negative_boost" => negative_boost = Some(place::float(value, &at)?),
                _ if common.take(key, value, place)? => {}
                _ => return Err(unknown_key(place, "boosting", key)),
            }
        }
        let lacks = |key| parsing(place, format_args!("[boosting] query requires '{key}' to be set"));
        let negative_boost = negative_boost.filter(|boost| *boost >= 0.0).ok_or_else(|| {
            parsing(place, "[boosting] query requires 'negative_boost' to be set to be a positive value'")
        })?;
        Ok(common.of(Clause::Boosting {
            positive: positive.ok_or_else(|| lacks("positive' query"))?,
            negative: negative.ok_or_else(|| lacks("negative' query"))?,
            negative_boost,
        }))
    }
}
