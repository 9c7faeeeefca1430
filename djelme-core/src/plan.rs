//! Which indexes a search opens: the plan of a time range.
//!
//! A plan never misses an index that can hold an instant of its range. That counts indexes of the type's own depth,
//! of finer ones (a wildcard takes in all that is below it) and of coarser ones, from a time when the type had
//! another depth: those are named one by one, down to the bare stem, and need not exist.
//!
//! What is read beyond the range is bounded. A plan has at most [`IndexPlan::MAX_EXPRESSIONS`] expressions, so a
//! range that starts or ends in the middle of things is rounded outwards where an exact cover would take more; of
//! all ways to round both ends to a year, month, day or hour, the one that reads least is taken. As long as the
//! range touches at most 23 calendar years, the rounding adds less than one and a quarter times the time of the
//! indexes that the range needs, and mostly far less: see [`explain`](IndexPlan::explain). A range that touches more
//! years may be planned as every index of the type. Either way the query itself filters by time; the plan only
//! decides what is opened.

mod cover;
mod explain;

use std::fmt;

use cover::{Cover, Piece};
use explain::Explain;

use crate::naming::Naming;
use crate::time::{TimeDepth, TimeRange};

/// One part of the index list of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IndexExpression {
    /// A name and a star at its end: every index within a time, such as `shop_pageview_2026.2.*`.
    Within(String),
    /// One index by its name, which need not exist.
    Exactly(String),
}

impl IndexExpression {
    /// The expression as Elasticsearch takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Within(text) | Self::Exactly(text) => text,
        }
    }

    /// Whether an index of that name is meant.
    #[must_use]
    pub fn matches(&self, index: &str) -> bool {
        match self {
            Self::Within(pattern) => pattern.strip_suffix('*').is_some_and(|start| index.starts_with(start)),
            Self::Exactly(name) => name == index,
        }
    }
}

impl fmt::Display for IndexExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a plan has the expressions that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// The type has one index.
    OneIndex,
    /// No range was given.
    NoRange,
    /// Even whole years are too many.
    TooManyYears,
    /// The range, rounded outwards to these depths where one is given.
    Range { depth: TimeDepth, from: Option<TimeDepth>, until: Option<TimeDepth> },
}

/// The indexes that a search opens, as few expressions.
///
/// ```
/// use djelme_core::naming::{Naming, NamingSource};
/// use djelme_core::plan::IndexPlan;
/// use djelme_core::time::{IntoTimeBound, TimeDepth, TimeRange};
///
/// let naming = Naming::new(NamingSource {
///     prefix: "",
///     app_label: "shop",
///     recordtype_name: "order",
///     template: None,
///     template_name: None,
///     depth: Some(TimeDepth::Month),
/// })?;
/// let range = TimeRange::new("2025-12-24".into_time_bound()?, "2026-01-07".into_time_bound()?)?;
/// let plan = IndexPlan::new(&naming, Some(range));
/// assert_eq!(plan.path(), "shop_order_2025.12.*,shop_order_2026.1.*,shop_order_,shop_order_2025.,shop_order_2026.");
/// # Ok::<(), djelme_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPlan {
    expressions: Vec<IndexExpression>,
    range: Option<TimeRange>,
    reason: Reason,
}

impl IndexPlan {
    /// The most expressions that a plan has. An exact cover of a range at hour depth can take more than a hundred.
    pub const MAX_EXPRESSIONS: usize = 24;

    /// Plans a search of the range, or of everything if there is none.
    #[must_use]
    pub fn new(naming: &Naming, range: Option<TimeRange>) -> Self {
        let everything = |reason| Self {
            expressions: vec![IndexExpression::Within(naming.pattern().to_owned())],
            range,
            reason,
        };
        let Some(depth) = naming.depth() else {
            let expressions = vec![IndexExpression::Exactly(naming.stem().to_owned())];
            return Self { expressions, range, reason: Reason::OneIndex };
        };
        let Some(bounds) = range else { return everything(Reason::NoRange) };
        let Some(cover) = Cover::of(&bounds, depth) else { return everything(Reason::TooManyYears) };
        let named = |piece: &Piece, end: &str| {
            let mut name = Vec::with_capacity(naming.stem().len() + "9999.12.31.23.*".len());
            name.extend_from_slice(naming.stem().as_bytes());
            if !piece.parts().is_empty() {
                piece.parts().append_to(&mut name);
                name.push(b'.');
            }
            name.extend_from_slice(end.as_bytes());
            // Numbers after the stem: always text.
            String::from_utf8(name).unwrap_or_default()
        };
        let pieces = cover.pieces.iter().map(|piece| IndexExpression::Within(named(piece, "*")));
        let coarser = cover.coarser.iter().map(|piece| IndexExpression::Exactly(named(piece, "")));
        let reason = Reason::Range { depth, from: cover.from_widened, until: cover.until_widened };
        Self { expressions: pieces.chain(coarser).collect(), range, reason }
    }

    /// The expressions: first the wildcards in the order of time, then the coarser names.
    #[must_use]
    pub fn expressions(&self) -> &[IndexExpression] {
        &self.expressions
    }

    /// The range that was planned for; `None` for all of time.
    #[must_use]
    pub fn range(&self) -> Option<TimeRange> {
        self.range
    }

    /// Whether the plan opens an index of that name.
    #[must_use]
    pub fn matches(&self, index: &str) -> bool {
        self.expressions.iter().any(|expression| expression.matches(index))
    }

    /// The expressions with commas between them, as they stand in the path of a request.
    #[must_use]
    pub fn path(&self) -> String {
        self.expressions.iter().map(IndexExpression::as_str).collect::<Vec<_>>().join(",")
    }

    /// Says for people which indexes the plan opens and why.
    #[must_use]
    pub fn explain(&self) -> impl fmt::Display + '_ {
        Explain { plan: self }
    }
}
