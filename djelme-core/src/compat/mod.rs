//! Record types whose data another program writes and reads as well.

use crate::mapping::{FieldMapping, Property};

/// The other program of a shared record type: `compat = ".."`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compat {
    /// The Python package django-elasticsearch-metrics, 2026.0.
    ///
    /// Mappings and settings are what the package makes of the same class, since its check takes nothing else: no
    /// `dynamic`, no `ignore_above` by default, no `_meta` in the mapping, and objects that name their type. Names, ids
    /// and documents are those of every type: the package reads them as its own.
    Python,
}

/// Whether the Python package maps every field as djelme does, inner objects included: none of them leaves its type to
/// a Rust type that has no exact like in Python.
#[doc(hidden)]
#[must_use]
pub const fn all_as_in_python(properties: &[Property]) -> bool {
    let mut at = 0;
    while at < properties.len() {
        let as_in_python = match &properties[at] {
            Property::Field { mapping, .. } => as_in_python(mapping),
            Property::Base(inner) => all_as_in_python(inner),
        };
        if !as_in_python {
            return false;
        }
        at += 1;
    }
    true
}

/// The same of one field.
#[doc(hidden)]
#[must_use]
pub const fn as_in_python(mapping: &FieldMapping) -> bool {
    !mapping.differs_in_python && all_as_in_python(mapping.properties)
}
