//! Which indexes of a type are past their time and may be deleted.
//!
//! An index expires as a whole, when the end of its own span, by the parts in its own name, is at least the type's
//! expiration before now. An index of coarser depth than the type has now ends later than its name begins, and is
//! kept until then.

use chrono::{DateTime, TimeDelta, Utc};

use crate::naming::Naming;

/// An index and the span of time that its name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSpan {
    /// The name of the index.
    pub index: String,
    /// The first instant of its span.
    pub start: DateTime<Utc>,
    /// The first instant after its span.
    pub end: DateTime<Utc>,
}

/// The indexes of a type, by whether they may be deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expiry {
    /// Past their time, the oldest first.
    pub expired: Vec<IndexSpan>,
    /// Within their time, the oldest first; before them those whose name has no time, which never expire (the bare
    /// stem, the one index of a simple record).
    pub kept: Vec<String>,
    /// Not names that the type writes, though its pattern matches them: never deleted.
    pub foreign: Vec<String>,
}

/// Sorts the indexes of a type by whether they have expired. A type without expiration (`None`) has none that have.
///
/// An expiration below zero counts as zero: nothing expires before its own end.
#[must_use]
pub fn expired<'a>(
    naming: &Naming,
    now: DateTime<Utc>,
    expires_after: impl Into<Option<TimeDelta>>,
    indexes: impl IntoIterator<Item = &'a str>,
) -> Expiry {
    let expires_after = expires_after.into().map(|after| after.max(TimeDelta::zero()));
    let cutoff = expires_after.and_then(|after| now.checked_sub_signed(after));
    let mut expired = Vec::new();
    let mut kept = Vec::new();
    let mut foreign = Vec::new();
    for index in indexes {
        let name = index.to_owned();
        match naming.parse(index).map(|parts| parts.span().ok()) {
            Ok(Some((start, end))) if cutoff.is_some_and(|cutoff| end <= cutoff) => {
                expired.push(IndexSpan { index: name, start, end });
            }
            Ok(span) => kept.push((span, name)),
            Err(_) => foreign.push(name),
        }
    }
    expired.sort_by_key(|span| (span.start, span.end));
    kept.sort();
    Expiry { expired, kept: kept.into_iter().map(|(_, name)| name).collect(), foreign }
}
