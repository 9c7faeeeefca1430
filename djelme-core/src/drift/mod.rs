//! What differs between the code, the index template and the live indexes, and what that means.
//!
//! The code says what a type wants ([`Template::desired`](crate::template::Template::desired)). [`TemplateDrift`]
//! compares it with the server's template, which decides what new indexes get; [`IndexDrift`] with the mapping of an
//! index that exists. What Elasticsearch only spells otherwise is equal: `"2"` for 2, dotted settings for nested
//! ones, a parameter that is at its default and so left out.
//!
//! Whoever has more than this program asks for is a newer deployment, and is not in the way: more fields, more
//! settings. Nothing is ever taken away.

mod difference;
mod index;
mod mapping;
mod params;
mod settings;
mod template;
mod value;

pub use difference::{Difference, Effect, Part};
pub use index::IndexDrift;
pub use template::TemplateDrift;

use std::fmt;

/// How far a template or an index is from what the code wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DriftKind {
    /// As wanted.
    InSync,
    /// All that is wanted, and more: written for a newer program. It stays as it is.
    Newer,
    /// Something is missing and can be added in place, such as a new field.
    Additive,
    /// Something differs that can be changed in place: anything of a template, few parameters of an index.
    Changed,
    /// An index has a field that must be another one, and that only a new index can have: the type changed, or a
    /// parameter that is fixed once there are documents.
    NeedsReindex,
    /// A template differs and also has fields that the code does not know: which of the two is newer, nobody can
    /// tell. It stays as it is; delete it to have it written anew.
    Conflict,
    /// There is none.
    Missing,
    /// It belongs to another record type, or to somebody else.
    Foreign,
}

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InSync => "in sync",
            Self::Newer => "in sync, and has more than is asked for",
            Self::Additive => "lacks something that can be added",
            Self::Changed => "differs in what can be changed",
            Self::NeedsReindex => {
                "differs in what only a new index can have (an index keeps its old mapping until it expires or is \
                 reindexed; new periods get the new one)"
            }
            Self::Conflict => "differs, and has fields that this program does not know",
            Self::Missing => "missing",
            Self::Foreign => "belongs to somebody else",
        })
    }
}
