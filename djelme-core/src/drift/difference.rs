//! One difference, as a line that a person can read.

use std::fmt;

use serde_json::Value;

/// The part of a template that differs; of an index, only the mapping is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The index patterns.
    Patterns,
    /// The priority.
    Priority,
    /// The index settings.
    Settings,
    /// The mapping.
    Mappings,
}

/// What can be done about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// There is more than the code wants; nothing is to be done.
    Extra,
    /// It is missing, and can be added in place.
    Lacking,
    /// It can be changed in place.
    Changeable,
    /// It cannot be changed in an index that exists.
    Fixed,
}

/// Something that is not as the code wants it.
///
/// ```
/// use djelme_core::drift::{Difference, Effect, Part};
///
/// let difference = Difference {
///     part: Part::Mappings,
///     path: "properties.carrier.type".into(),
///     wanted: Some("keyword".into()),
///     found: Some("text".into()),
///     effect: Effect::Fixed,
/// };
/// assert_eq!(difference.to_string(), "mappings.properties.carrier.type: wanted keyword, found text");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The part of the template.
    pub part: Part,
    /// The path within the part, with dots; empty if it is the part itself.
    pub path: String,
    /// What the code wants; `None` if it does not ask for anything here.
    pub wanted: Option<Value>,
    /// What is there; `None` if there is nothing.
    pub found: Option<Value>,
    /// What can be done about it.
    pub effect: Effect,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Patterns => "patterns",
            Self::Priority => "priority",
            Self::Settings => "settings",
            Self::Mappings => "mappings",
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.path.is_empty() { "" } else { "." };
        write!(f, "{}{dot}{}: ", self.part, self.path)?;
        match (&self.wanted, &self.found) {
            (Some(wanted), Some(found)) => write!(f, "wanted {}, found {}", Plain(wanted), Plain(found)),
            (Some(wanted), None) => write!(f, "wanted {}, found nothing", Plain(wanted)),
            (None, Some(found)) => write!(f, "not asked for, found {}", Plain(found)),
            (None, None) => f.write_str("differs"),
        }
    }
}

/// A value as JSON, but a string without its quotes.
struct Plain<'a>(&'a Value);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(text) => f.write_str(text),
            other => write!(f, "{other}"),
        }
    }
}
