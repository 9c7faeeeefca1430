//! Mappings: what Elasticsearch is told of each field, as constants that the derives write.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::compat::Compat;
use crate::json_const::{self, JsonConst};

/// Longer keywords are stored but not indexed, so that one long value cannot make Elasticsearch refuse its
/// document: a term may have 32,766 bytes, and a character of UTF-8 up to four.
pub const KEYWORD_IGNORE_ABOVE: i64 = 8191;

/// The mapping of one field: its Elasticsearch type and parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldMapping {
    /// Elasticsearch's name of the type, such as `keyword`.
    pub es_type: &'static str,
    /// Mapping parameters, such as `ignore_above`.
    pub params: &'static [(&'static str, JsonConst)],
    /// Multi-fields: the same value indexed in other ways.
    pub fields: &'static [(&'static str, Self)],
    /// The inner fields of an `object` or `nested` field.
    pub properties: &'static [Property],
    /// Whether only the Rust type says what this is, and the Python package maps the like of it otherwise: `i64` is a
    /// `long`, and Python's `int` an `integer`. A type with `compat = "python"` has to name the type of such a field.
    pub differs_in_python: bool,
}

impl FieldMapping {
    /// A field of this type, without parameters.
    #[must_use]
    pub const fn new(es_type: &'static str) -> Self {
        Self { es_type, params: &[], fields: &[], properties: &[], differs_in_python: false }
    }

    /// The same with these parameters in place of the former.
    #[must_use]
    pub const fn params(self, params: &'static [(&'static str, JsonConst)]) -> Self {
        Self { params, ..self }
    }

    /// The same with these multi-fields.
    #[must_use]
    pub const fn fields(self, fields: &'static [(&'static str, Self)]) -> Self {
        Self { fields, ..self }
    }

    /// The same with these inner fields.
    #[must_use]
    pub const fn properties(self, properties: &'static [Property]) -> Self {
        Self { properties, ..self }
    }

    /// The same, marked as [`differs_in_python`](Self::differs_in_python).
    #[doc(hidden)]
    #[must_use]
    pub const fn differs_in_python(self) -> Self {
        Self { differs_in_python: true, ..self }
    }

    /// The field's mapping as Elasticsearch takes it, in a type that is shared with `compat`. A `keyword` gets
    /// [`KEYWORD_IGNORE_ABOVE`] unless it or `compat` says otherwise.
    #[must_use]
    pub fn to_json(&self, compat: Option<Compat>) -> Value {
        let mut mapping = json_const::object(self.params);
        let is_object = self.es_type == "object";
        // Elasticsearch writes objects without their type, Python with it.
        if !is_object || compat == Some(Compat::Python) {
            mapping.insert("type".into(), self.es_type.into());
        }
        if let Some(limit) = default_ignore_above(self.es_type, compat) {
            mapping.entry("ignore_above").or_insert_with(|| limit.into());
        }
        if is_object || self.es_type == "nested" {
            mapping.insert("properties".into(), properties_json(self.properties, compat));
        }
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(|(name, field)| ((*name).to_owned(), field.to_json(compat)));
            mapping.insert("fields".into(), Value::Object(fields.collect()));
        }
        Value::Object(mapping)
    }
}

/// The `ignore_above` of a field that names none.
pub(crate) fn default_ignore_above(es_type: &str, compat: Option<Compat>) -> Option<i64> {
    (es_type == "keyword" && compat != Some(Compat::Python)).then_some(KEYWORD_IGNORE_ABOVE)
}

/// One entry of a struct's properties.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// A field of its own.
    Field {
        /// The name in documents, as serde writes it.
        name: Cow<'static, str>,
        /// Its mapping.
        mapping: FieldMapping,
    },
    /// The fields of a flattened base, as if they stood here.
    Base(&'static [Self]),
}

impl Property {
    /// A field of a derived struct.
    #[must_use]
    pub const fn field(name: &'static str, mapping: FieldMapping) -> Self {
        Self::Field { name: Cow::Borrowed(name), mapping }
    }
}

/// The greatest of the depths.
#[doc(hidden)]
#[must_use]
pub const fn deepest(depths: &[usize]) -> usize {
    let mut deepest = 0;
    let mut at = 0;
    while at < depths.len() {
        if depths[at] > deepest {
            deepest = depths[at];
        }
        at += 1;
    }
    deepest
}

/// Whether all fields, those of bases included, have different names.
#[doc(hidden)]
#[must_use]
pub const fn names_differ(properties: &[Property]) -> bool {
    all_once(properties, properties)
}

const fn all_once(part: &[Property], whole: &[Property]) -> bool {
    let mut at = 0;
    while at < part.len() {
        let once = match &part[at] {
            Property::Field { name: Cow::Borrowed(name), .. } => count(whole, name) == 1,
            Property::Field { name: Cow::Owned(_), .. } => true,
            Property::Base(inner) => all_once(inner, whole),
        };
        if !once {
            return false;
        }
        at += 1;
    }
    true
}

/// How many fields, those of bases included, have this name.
#[doc(hidden)]
#[must_use]
pub const fn count(properties: &[Property], wanted: &str) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < properties.len() {
        count += match &properties[at] {
            Property::Field { name: Cow::Borrowed(name), .. } => {
                equal(name.as_bytes(), wanted.as_bytes()) as usize
            }
            Property::Field { name: Cow::Owned(_), .. } => 0,
            Property::Base(inner) => self::count(inner, wanted),
        };
        at += 1;
    }
    count
}

/// Whether there are no such names, or this is one of them.
#[doc(hidden)]
#[must_use]
pub const fn names_or_none(names: Option<&'static [&'static str]>, wanted: &str) -> bool {
    let Some(names) = names else { return true };
    let mut at = 0;
    while at < names.len() {
        if equal(names[at].as_bytes(), wanted.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// Calls `visit` with every field, those of bases included, in the order of declaration.
pub(crate) fn each_field<'a>(properties: &'a [Property], visit: &mut impl FnMut(&'a str, &'a FieldMapping)) {
    for property in properties {
        match property {
            Property::Field { name, mapping } => visit(name, mapping),
            Property::Base(inner) => each_field(inner, visit),
        }
    }
}

/// The `properties` object of a mapping.
#[must_use]
pub fn properties_json(properties: &[Property], compat: Option<Compat>) -> Value {
    let mut json = Map::new();
    each_field(properties, &mut |name, mapping| {
        json.insert(name.to_owned(), mapping.to_json(compat));
    });
    json!(json)
}
