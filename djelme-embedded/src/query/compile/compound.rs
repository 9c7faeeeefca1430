//! Queries made of queries.

use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur};

use super::guard::Guarded;
use super::{Compiled, Compiler, all, nothing};
use crate::error::Refusal;
use crate::query::ast::{Bool, Query};

impl Compiler<'_> {
    pub(super) fn bool(&self, bool: &Bool, scored: bool) -> Result<Compiled, Refusal> {
        let compile = |queries: &[Query], scored| {
            queries.iter().map(|query| self.query(query, scored)).collect::<Result<Vec<_>, _>>()
        };
        // Every clause is made, so that a wrong one is an error even where another already decides.
        let must = compile(&bool.must, scored)?;
        let filter = compile(&bool.filter, false)?;
        let should = compile(&bool.should, scored)?;
        let must_not = compile(&bool.must_not, false)?;
        if must.is_empty() && filter.is_empty() && should.is_empty() && must_not.is_empty() {
            return Ok(all());
        }
        let minimum = match &bool.minimum_should_match {
            Some(minimum) => minimum.of(should.len())?,
            None => 0,
        };
        let pure_negative = must.is_empty() && filter.is_empty() && should.is_empty();
        if pure_negative && !bool.adjust_pure_negative {
            return Ok(nothing());
        }
        // Elasticsearch then forgets the minimum.
        let minimum = if pure_negative { 0 } else { minimum };
        // Without a clause that must match, one that should has to.
        let optional_only = must.is_empty() && filter.is_empty() && !should.is_empty();
        let minimum = if optional_only { minimum.max(1) } else { minimum };
        Ok(Clauses { must, filter, should, must_not, minimum, scored }.combine())
    }

    pub(super) fn dis_max(
        &self,
        queries: &[Query],
        tie_breaker: f32,
        scored: bool,
    ) -> Result<Compiled, Refusal> {
        let queries = queries.iter().map(|query| self.query(query, scored)).collect::<Result<Vec<_>, _>>()?;
        Ok(super::text::best(queries, tie_breaker))
    }

    /// What the positive query matches. Those that the negative one matches too score less.
    pub(super) fn boosting(
        &self,
        positive: &Query,
        negative: &Query,
        negative_boost: f32,
        scored: bool,
    ) -> Result<Compiled, Refusal> {
        let lesser = self.query(positive, scored)?;
        let greater = self.query(positive, scored)?;
        let (within, without) = (self.query(negative, false)?, self.query(negative, false)?);
        if !scored {
            return Ok(greater);
        }
        let lesser = Box::new(tantivy::query::BoostQuery::new(lesser, negative_boost));
        Ok(Box::new(BooleanQuery::new(vec![
            (Occur::Should, intersection(lesser, within)),
            (Occur::Should, difference(greater, without)),
        ])))
    }
}

/// The first query's documents and scores, where the second one matches too.
fn intersection(query: Compiled, within: Compiled) -> Compiled {
    Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, unscored(within))]))
}

/// The first query's documents and scores, where the second one does not match.
fn difference(query: Compiled, without: Compiled) -> Compiled {
    Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::MustNot, guarded(without))]))
}

/// A query for everything within others. Tantivy would take it out of them, and its score with it.
pub(in crate::query) fn counted(query: Compiled) -> Compiled {
    if query.is::<AllQuery>() { Box::new(ConstScoreQuery::new(query, 1.0)) } else { query }
}

fn guarded(query: Compiled) -> Compiled {
    Box::new(Guarded(query))
}

fn unscored(query: Compiled) -> Compiled {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// The clauses of a `bool`, made.
pub(super) struct Clauses {
    must: Vec<Compiled>,
    filter: Vec<Compiled>,
    should: Vec<Compiled>,
    must_not: Vec<Compiled>,
    minimum: usize,
    scored: bool,
}

impl Clauses {
    /// Clauses of one list, of which so many of those that should match have to; at least one if no clause must.
    pub(super) fn of(clauses: Vec<(Occur, Compiled)>, minimum: usize) -> Self {
        let (filter, scored) = (Vec::new(), true);
        let (mut must, mut should, mut must_not) = (Vec::new(), Vec::new(), Vec::new());
        for (occur, query) in clauses {
            match occur {
                Occur::Must => must.push(query),
                Occur::Should => should.push(query),
                Occur::MustNot => must_not.push(query),
            }
        }
        let minimum = if must.is_empty() && !should.is_empty() { minimum.max(1) } else { minimum };
        Self { must, filter, should, must_not, minimum, scored }
    }

    pub(super) fn combine(mut self) -> Compiled {
        let empty = |query: &Compiled| query.is::<EmptyQuery>();
        let every = |query: &Compiled| query.is::<AllQuery>();
        if self.must.iter().chain(&self.filter).any(empty) || self.must_not.iter().any(every) {
            return nothing();
        }
        self.must_not.retain(|query| !empty(query));
        self.should.retain(|query| !empty(query));
        if self.minimum > self.should.len() {
            return nothing();
        }
        if !self.scored {
            // What scores would be made of is not looked at.
            self.filter.append(&mut self.must);
            if self.minimum == 0 {
                self.should.clear();
            }
        }
        self.filter.retain(|query| !every(query));
        if self.must.is_empty() && self.filter.is_empty() && self.minimum == 0 {
            self.filter.push(all());
        }
        self.finish()
    }

    fn finish(mut self) -> Compiled {
        let alone =
            self.must.len() + self.filter.len() == 1 && self.should.is_empty() && self.must_not.is_empty();
        if alone
            && !self.scored
            && let Some(query) = self.filter.pop()
        {
            return query;
        }
        let filter = self.filter.into_iter().map(|query| if self.scored { unscored(query) } else { query });
        let must = self.must.into_iter().map(counted);
        let clauses = must.chain(filter).map(|query| (Occur::Must, query));
        let should = self.should.into_iter().map(|query| (Occur::Should, counted(query)));
        let must_not = self.must_not.into_iter().map(|query| (Occur::MustNot, guarded(query)));
        let clauses = clauses.chain(should).chain(must_not).collect();
        Box::new(BooleanQuery::with_minimum_required_clauses(clauses, self.minimum))
    }
}
