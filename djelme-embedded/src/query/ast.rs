//! Queries as they were read.

use serde_json::Value;

use super::minimum::MinimumShouldMatch;
use super::pattern::Flags;
use super::syntax::Node;

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
    Prefix(Term),
    Wildcard(Term),
    Regexp { term: Term, flags: Flags },
    Fuzzy { field: String, text: String, fuzziness: Fuzziness, fuzzy: Fuzzy },
    Match { field: String, shape: Shape, text: Box<Text> },
    MultiMatch { multi: Box<MultiMatch>, text: Box<Text> },
    QueryString(Box<QueryString>),
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

/// How the words of an analyzed text must be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `match`.
    Words,
    /// `match_phrase`.
    Phrase,
    /// `match_phrase_prefix`.
    PhrasePrefix,
    /// `match_bool_prefix`.
    BoolPrefix,
}

/// A text to be analyzed, and what is to be done with its words.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) query: Value,
    pub(super) analyzer: Option<String>,
    /// Whether all words must be there, not just one.
    pub(super) all: bool,
    pub(super) minimum: Option<MinimumShouldMatch>,
    pub(super) fuzziness: Option<Fuzziness>,
    pub(super) fuzzy: Fuzzy,
    /// Whether a value that the field cannot have matches nothing, where it would be an error. Unless given, it does
    /// where every field is searched.
    pub(super) lenient: Option<bool>,
    /// Whether everything matches if the analyzer leaves no words.
    pub(super) zero_terms_all: bool,
    pub(super) slop: u32,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            query: Value::Null,
            analyzer: None,
            all: false,
            minimum: None,
            fuzziness: None,
            fuzzy: Fuzzy::default(),
            lenient: None,
            zero_terms_all: false,
            slop: 0,
        }
    }
}

/// How far terms may be from the one that is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fuzziness {
    Edits(u8),
    /// None for terms shorter than `low`, one for terms shorter than `high`, two otherwise.
    Auto {
        low: u32,
        high: u32,
    },
}

impl Fuzziness {
    /// `AUTO`.
    pub(super) const DEFAULT: Self = Self::Auto { low: 3, high: 6 };

    pub(super) fn edits(self, term: &str) -> u8 {
        match self {
            Self::Edits(edits) => edits,
            Self::Auto { low, high } => {
                let length = term.chars().count() as u32;
                u8::from(length >= low) + u8::from(length >= high)
            }
        }
    }
}

/// Which terms near another are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fuzzy {
    /// How many characters at the beginning must be the same.
    pub(super) prefix_length: u32,
    pub(super) max_expansions: u32,
    /// Whether two neighbours changing places are one edit.
    pub(super) transpositions: bool,
}

impl Default for Fuzzy {
    fn default() -> Self {
        Self { prefix_length: 0, max_expansions: 50, transpositions: true }
    }
}

/// The fields of a `multi_match`, and how their scores are put together.
#[derive(Debug, Clone)]
pub(super) struct MultiMatch {
    /// Names, which may have wildcards, with their weights. None: every field.
    pub(super) fields: Vec<(String, f32)>,
    pub(super) shape: Shape,
    /// Whether the scores of all fields are added.
    pub(super) most: bool,
    pub(super) tie_breaker: Option<f32>,
}

/// `query_string` and `simple_query_string`.
#[derive(Debug, Clone)]
pub(super) struct QueryString {
    /// Which of the two.
    pub(super) simple: bool,
    pub(super) node: Option<Node>,
    /// Names, which may have wildcards, with their weights. None: every field.
    pub(super) fields: Vec<(String, f32)>,
    pub(super) text: Text,
    pub(super) time_zone: Option<String>,
    pub(super) tie_breaker: f32,
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
