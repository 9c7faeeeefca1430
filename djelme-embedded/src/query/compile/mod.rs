//! Binding queries to the fields of one part.

mod compound;
mod exists;
mod field;
mod guard;
mod ids;
mod numbers;
mod pattern;
mod phrase;
mod query_string;
mod range;
mod statistics;
mod term;
mod text;
mod value;

use chrono::{DateTime, Utc};
use tantivy::query::{AllQuery, BoostQuery, ConstScoreQuery, EmptyQuery};

pub(super) use compound::counted;

use super::ast::{Clause, Query};
use crate::error::Refusal;
use crate::store::Part;

/// A query of tantivy.
pub(super) type Compiled = Box<dyn tantivy::query::Query>;

/// Makes queries for one part.
pub(super) struct Compiler<'a> {
    part: &'a Part,
    now: DateTime<Utc>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(part: &'a Part, now: DateTime<Utc>) -> Self {
        Self { part, now }
    }

    /// The query; `scored` unless its score is thrown away.
    pub(super) fn query(&self, query: &Query, scored: bool) -> Result<Compiled, Refusal> {
        let compiled = self.clause(&query.clause, scored)?;
        let boost = query.boost;
        #[expect(clippy::float_cmp, reason = "exactly the default")]
        let plain = boost == 1.0;
        Ok(if scored && !plain { Box::new(BoostQuery::new(compiled, boost)) } else { compiled })
    }

    fn clause(&self, clause: &Clause, scored: bool) -> Result<Compiled, Refusal> {
        match clause {
            Clause::MatchAll => Ok(all()),
            Clause::MatchNone => Ok(nothing()),
            Clause::Term(term) => self.term(term),
            Clause::Terms { field, values } => self.terms(field, values),
            Clause::Range(range) => self.range(range),
            Clause::Exists { field } => self.exists(field),
            Clause::Ids(ids) => self.ids(ids),
            Clause::Prefix(term) => self.prefix(term),
            Clause::Wildcard(term) => self.wildcard(term),
            Clause::Regexp { term, flags } => self.regexp(term, *flags),
            Clause::Fuzzy { field, text, fuzziness, fuzzy } => self.fuzzy(field, text, *fuzziness, fuzzy),
            Clause::Match { field, shape, text } => self.text(field, *shape, text),
            Clause::MultiMatch { multi, text } => self.multi_match(multi, text),
            Clause::QueryString(query) => self.query_string(query),
            Clause::Bool(bool) => self.bool(bool, scored),
            Clause::ConstantScore(filter) => Ok(constant(self.query(filter, false)?)),
            Clause::DisMax { queries, tie_breaker } => self.dis_max(queries, *tie_breaker, scored),
            Clause::Boosting { positive, negative, negative_boost } => {
                self.boosting(positive, negative, *negative_boost, scored)
            }
        }
    }
}

fn all() -> Compiled {
    Box::new(AllQuery)
}

fn nothing() -> Compiled {
    Box::new(EmptyQuery)
}

/// Scores 1 for every match, as Elasticsearch does wherever the number of terms does not count.
fn constant(query: Compiled) -> Compiled {
    if query.is::<AllQuery>() || query.is::<EmptyQuery>() {
        query
    } else {
        Box::new(ConstScoreQuery::new(query, 1.0))
    }
}

/// An error of a field's type, as Elasticsearch words it when it makes a query for a shard.
fn shard_error(reason: impl std::fmt::Display) -> Refusal {
    Refusal::new(400, "query_shard_exception", format!("failed to create query: {reason}"))
}
