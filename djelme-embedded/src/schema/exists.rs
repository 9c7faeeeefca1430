//! Which documents have a value: asked of columns, and of the hidden field of names for fields without a column.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{ConstScoreQuery, EmptyQuery, ExistsQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::{FIELD_NAMES, FieldType, Kind, Schema};

impl Schema {
    /// The fields that a name means to `exists`: itself, those of the object, or those that fit a pattern with `*`.
    pub(crate) fn existing(&self, name: &str) -> Vec<FieldType> {
        if name.contains('*') {
            return self.fields().filter(|field| fits(name, &field.path)).cloned().collect();
        }
        if self.is_object(name) {
            let within = format!("{name}.");
            return self.fields().filter(|field| field.path.starts_with(&within)).cloned().collect();
        }
        self.field(name).into_iter().collect()
    }
}

impl FieldType {
    /// The documents of a table that have a value in the field.
    pub(crate) fn exists(&self, table: &tantivy::schema::Schema) -> Box<dyn Query> {
        let Some(handle) = self.handle(table) else { return Box::new(EmptyQuery) };
        if self.kind == Kind::Binary {
            return Box::new(EmptyQuery);
        }
        if self.flattened_key.is_some() {
            let (from, until) = self.key_bounds();
            let (from, until) = (Term::from_field_text(handle, &from), Term::from_field_text(handle, &until));
            let range = RangeQuery::new(Bound::Included(from), Bound::Excluded(until));
            return Box::new(ConstScoreQuery::new(Box::new(range), 1.0));
        }
        if self.kind.column_type().is_some() {
            return Box::new(ExistsQuery::new(self.path.clone(), false));
        }
        let Ok(names) = table.get_field(FIELD_NAMES) else { return Box::new(EmptyQuery) };
        let name = TermQuery::new(Term::from_field_text(names, &self.path), IndexRecordOption::Basic);
        Box::new(ConstScoreQuery::new(Box::new(name), 1.0))
    }

    /// Of a key within a flattened field: what its terms start from, and what comes after all of them.
    pub(crate) fn key_bounds(&self) -> (String, String) {
        let key = self.flattened_key.as_deref().unwrap_or_default();
        (format!("{key}\0"), format!("{key}\u{1}"))
    }
}

/// Whether a text fits a pattern in which `*` stands for any characters.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}
