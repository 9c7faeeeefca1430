//! The text of `query_string` and `simple_query_string`, read into a tree that no mapping has been asked about yet.

mod classic;
mod simple;
#[cfg(test)]
mod tests;
mod token;

use crate::query::ast::Fuzziness;

pub(super) use classic::parse as parse_classic;
pub(super) use simple::{Operators, parse as parse_simple};

/// What one piece of the text asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Words, together with their neighbours that no operator parts from them.
    Words {
        field: Option<String>,
        text: String,
    },
    Phrase {
        field: Option<String>,
        text: String,
        slop: Option<u32>,
    },
    Prefix {
        field: Option<String>,
        start: String,
    },
    Wildcard {
        field: Option<String>,
        pattern: String,
    },
    Regexp {
        field: Option<String>,
        pattern: String,
    },
    Fuzzy {
        field: Option<String>,
        text: String,
        fuzziness: Fuzziness,
    },
    Range {
        field: Option<String>,
        from: Option<(String, bool)>,
        until: Option<(String, bool)>,
    },
    /// Clauses in their order.
    Clauses(Vec<Clause>),
    Boost(Box<Node>, f32),
    /// All of these, or any, as the simple syntax joins them.
    Joined {
        all: bool,
        nodes: Vec<Node>,
    },
    /// Everything else.
    Without(Box<Node>),
    All,
}

/// A clause, and the operators before it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clause {
    pub(super) conjunction: Conjunction,
    pub(super) modifier: Modifier,
    pub(super) node: Node,
    /// Whether these are several words in a row, which count as a clause each.
    pub(super) words: bool,
}

/// How a clause is joined to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conjunction {
    None,
    And,
    Or,
}

/// What stands before a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modifier {
    None,
    Must,
    Not,
}

/// Why a text does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    Malformed,
    /// Elasticsearch reads it, this engine does not.
    Unsupported(&'static str),
}
