//! The fields of a record type's documents, prepared once so that encoding only compares names.

use super::place::{Place, Segment};
use crate::JsonConst;
use crate::compat::Compat;
use crate::mapping::{self, FieldMapping, Property};
use crate::record_type::TypeRef;

/// What documents of one record type consist of: the record's own fields and those of the envelope.
#[derive(Debug, Clone)]
pub struct DocumentFields {
    record_type: TypeRef,
    /// The record's own fields, in the order of declaration, which is the order in which serde writes them.
    own: Vec<OwnField>,
    envelope: Vec<&'static str>,
    /// Strings up to this many bytes are indexed whole, whatever field they are in.
    always_indexed: usize,
}

/// A field of the record.
#[derive(Debug, Clone)]
pub(super) struct OwnField {
    pub(super) name: Box<str>,
    /// What stands before its value in a document: a comma, the name as JSON, a colon.
    pub(super) key: Box<[u8]>,
}

/// What lies at a place of a document, by the mapping.
pub(super) enum Mapped<'a> {
    /// An object with fields of its own: the document, or an `object` or `nested` field.
    Object(&'a [Property]),
    /// A field that holds values, or anything below a field such as `flattened`.
    Field(&'a FieldMapping),
}

impl DocumentFields {
    /// The fields of this record type.
    #[must_use]
    pub fn new(record_type: TypeRef) -> Self {
        let mut own = Vec::new();
        let mut always_indexed = usize::MAX;
        mapping::each_field(&record_type.properties, &mut |name, mapping| {
            let key = format!(",{}:", serde_json::Value::from(name));
            own.push(OwnField { name: name.into(), key: key.into_bytes().into() });
            always_indexed = always_indexed.min(least_limit(mapping, record_type.options.compat));
        });
        let envelope = record_type.envelope().map(|(name, _)| name).collect();
        Self { record_type, own, envelope, always_indexed }
    }

    /// The record type.
    #[must_use]
    pub fn record_type(&self) -> &TypeRef {
        &self.record_type
    }

    /// The names of the envelope's fields, in the order in which they end the document.
    #[must_use]
    pub fn envelope(&self) -> &[&'static str] {
        &self.envelope
    }

    /// Whether the mapping has a field of this path, which counts what lies below a field of values as its own.
    pub(super) fn has_path(&self, path: &str) -> bool {
        let mut properties: &[Property] = &self.record_type.properties;
        for (depth, name) in path.split('.').enumerate() {
            if depth == 0 && self.envelope.contains(&name) {
                return true;
            }
            match find(properties, &Segment::Name(name)) {
                Some(FieldMapping { es_type: "object" | "nested", properties: inner, .. }) => {
                    properties = inner;
                }
                found => return found.is_some(),
            }
        }
        true
    }

    pub(super) fn own(&self) -> &[OwnField] {
        &self.own
    }

    pub(super) fn always_indexed(&self) -> usize {
        self.always_indexed
    }

    /// The most UTF-16 units that a value of this field may have to be indexed; `None` if there is no such limit.
    pub(super) fn ignore_above(&self, mapping: &FieldMapping) -> Option<usize> {
        ignore_above(mapping, self.record_type.options.compat)
    }

    /// What the mapping says of a place; `None` where it says nothing and the server will refuse the key.
    pub(super) fn mapped(&self, place: &Place<'_>) -> Option<Mapped<'_>> {
        let Some((above, segment)) = place.split() else {
            return Some(Mapped::Object(&self.record_type.properties));
        };
        match self.mapped(above)? {
            Mapped::Object(properties) => find(properties, segment).map(|mapping| match mapping.es_type {
                "object" | "nested" => Mapped::Object(mapping.properties),
                _ => Mapped::Field(mapping),
            }),
            below => Some(below),
        }
    }
}

fn find<'a>(properties: &'a [Property], segment: &Segment<'_>) -> Option<&'a FieldMapping> {
    let mut found = None;
    mapping::each_field(properties, &mut |name, mapping| {
        if found.is_none() && segment.is(name) {
            found = Some(mapping);
        }
    });
    found
}

fn ignore_above(mapping: &FieldMapping, compat: Option<Compat>) -> Option<usize> {
    let given = mapping.params.iter().find_map(|(name, value)| match value {
        JsonConst::Int(limit) if *name == "ignore_above" => usize::try_from(*limit).ok(),
        _ => None,
    });
    given.or_else(|| usize::try_from(mapping::default_ignore_above(mapping.es_type, compat)?).ok())
}

/// The least limit of a field, its multi-fields and its inner fields.
fn least_limit(mapping: &FieldMapping, compat: Option<Compat>) -> usize {
    let mut least = ignore_above(mapping, compat).unwrap_or(usize::MAX);
    for (_, field) in mapping.fields {
        least = least.min(least_limit(field, compat));
    }
    mapping::each_field(mapping.properties, &mut |_, inner| least = least.min(least_limit(inner, compat)));
    least
}
