//! Queries: Elasticsearch's JSON, read strictly, then made into a tantivy query for each part of a search.
//!
//! [`parse`] reads a request into the types of [`ast`] and knows nothing of mappings; [`compile`] binds them to the
//! fields of one part, as Elasticsearch does on each shard.

mod ast;
mod compile;
mod minimum;
mod parse;
mod pattern;
mod place;
mod syntax;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tantivy_fst::Automaton as _;

pub(crate) use ast::Query;

use crate::error::Refusal;
use crate::store::Part;

impl Query {
    /// Reads a query. `place` is where it stands in the request, such as `query` or `aggs.late.filter`, for errors.
    pub(crate) fn parse(query: &Value, place: &str) -> Result<Self, Refusal> {
        parse::Reader::new().query(query, &place::Place::new(place))
    }

    /// The query for the documents of one part, its indexes not yet regarded.
    pub(crate) fn compile(
        &self,
        part: &Part,
        now: DateTime<Utc>,
    ) -> Result<Box<dyn tantivy::query::Query>, Refusal> {
        let query = compile::Compiler::new(part, now).query(self, true)?;
        // It is then joined with the indexes, where the score of a query for everything would be lost.
        Ok(if part.whole { query } else { compile::counted(query) })
    }

    /// The queries within this one, and itself, that have a `_name`: hits list the names of those that they match.
    pub(crate) fn named(&self) -> Vec<(&str, &Self)> {
        let mut named = Vec::new();
        self.each(&mut |query| named.extend(query.name.as_deref().map(|name| (name, query))));
        named
    }
}

/// Tells which terms a regular expression of Lucene fits.
pub(crate) fn regexp_matcher(pattern: &str) -> Result<impl Fn(&[u8]) -> bool + Send + use<>, Refusal> {
    let dfa = pattern::regexp(pattern, pattern::Flags::ALL, false)?;
    Ok(move |term: &[u8]| {
        let end = term.iter().fold(dfa.start(), |position, byte| dfa.accept(&position, *byte));
        dfa.is_match(&end)
    })
}
