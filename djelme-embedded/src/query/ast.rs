//! Queries as they were read.

use serde_json::Value;

use super::minimum::MinimumShouldMatch;

/// A query as it was read, not yet bound to a mapping.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    /// `_name`.
    pub(super) name: Option<String>,
    pub(super) boost: f32,
    pub(super) clause: Clause,
}

/// What a query asks for.
#[derive(Debug, Clone)]
pub(super) enum Clause {
    MatchAll,
    MatchNone,
    Term(Term),
    Terms { field: String, values: Vec<Value> },
    Range(Range),
    Exists { field: String },
    Ids(Vec<String>),
    Bool(Bool),
    ConstantScore(Box<Query>),
    DisMax { queries: Vec<Query>, tie_breaker: f32 },
    Boosting { positive: Box<Query>, negative: Box<Query>, negative_boost: f32 },
}

/// `term`, and in the same shape `prefix`, `wildcard` and `regexp`.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) field: String,
    pub(super) value: Value,
    pub(super) case_insensitive: bool,
}

/// `range`.
#[derive(Debug, Clone)]
pub(super) struct Range {
    pub(super) field: String,
    pub(super) from: Option<Bound>,
    pub(super) until: Option<Bound>,
    pub(super) format: Option<String>,
    pub(super) time_zone: Option<String>,
    /// Whether `relation` was given, which only range fields know.
    pub(super) relation: Option<String>,
}

/// One end of a range.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) value: Value,
    pub(super) included: bool,
}

/// `bool`.
#[derive(Debug, Clone, Default)]
pub(super) struct Bool {
    pub(super) must: Vec<Query>,
    pub(super) filter: Vec<Query>,
    pub(super) should: Vec<Query>,
    pub(super) must_not: Vec<Query>,
    pub(super) minimum_should_match: Option<MinimumShouldMatch>,
    /// Whether clauses that only forbid let all other documents through.
    pub(super) adjust_pure_negative: bool,
}

impl Query {
    /// Visits the query and those within it.
    pub(super) fn each<'q>(&'q self, visit: &mut impl FnMut(&'q Self)) {
        visit(self);
        let mut inner: Vec<&Self> = Vec::new();
        match &self.clause {
            Clause::Bool(bool) => {
                inner.extend(bool.must.iter().chain(&bool.filter).chain(&bool.should).chain(&bool.must_not));
            }
            Clause::ConstantScore(query) => inner.push(query),
            Clause::DisMax { queries, .. } => inner.extend(queries),
            Clause::Boosting { positive, negative, .. } => inner.extend([&**positive, &**negative]),
            _ => {}
        }
        for query in inner {
            query.each(visit);
        }
    }
}
