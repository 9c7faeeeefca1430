//! `term`, `terms` and `ids`.

use std::ops::Bound;

use serde_json::Value;
use tantivy::query::{ConstScoreQuery, TermQuery, TermSetQuery};
use tantivy::schema::{IndexRecordOption, Type};

use super::field::{Target, text_term};
use super::value::{self, Number};
use super::{Compiled, Compiler, constant, nothing, shard_error};
use crate::error::Refusal;
use crate::query::ast::Term;
use crate::schema::{self, FieldType, Kind, NumberType};

impl Compiler<'_> {
    pub(super) fn term(&self, term: &Term) -> Result<Compiled, Refusal> {
        match self.target(&term.field)? {
            Target::Unmapped => Ok(nothing()),
            Target::Id | Target::Index | Target::SeqNo if term.case_insensitive => {
                let what = format_args!("[case_insensitive] on [{}]", term.field);
                Err(Refusal::unsupported(what))
            }
            Target::Id => Ok(self.ids(&[id_text(&term.value)?])),
            Target::Index => Ok(self.indexes(&[value::text(&term.value)])),
            Target::SeqNo => self.integer(schema::SEQ_NO, NumberType::Long, &term.value),
            Target::Mapped(field) => self.term_on(&field, term),
        }
    }

    fn term_on(&self, field: &FieldType, term: &Term) -> Result<Compiled, Refusal> {
        match &field.kind {
            Kind::Keyword | Kind::Text { .. } if term.case_insensitive => {
                Err(Refusal::unsupported("[case_insensitive]"))
            }
            Kind::Keyword => self.word(&field.path, &value::text(&term.value), IndexRecordOption::Basic),
            Kind::Text { .. } => {
                self.word(&field.path, &value::text(&term.value), IndexRecordOption::WithFreqs)
            }
            Kind::Boolean => {
                let truth = Bound::Included(i64::from(value::boolean(&term.value)?));
                self.longs(&field.path, truth, truth)
            }
            _ if term.case_insensitive => {
                let reason = format!("[{}] field does not support case insensitive term queries", field.path);
                Err(Refusal::new(400, "query_shard_exception", reason))
            }
            Kind::Number(number_type) => self.number(&field.path, *number_type, &term.value),
            Kind::Date | Kind::Ip | Kind::Version | Kind::Flattened | Kind::Binary => {
                Err(Refusal::unsupported(format_args!("terms of [{}]", field.path)))
            }
        }
    }

    /// Documents with this term; scored by its rarity, and in text by how often it is there.
    fn word(&self, path: &str, text: &str, record: IndexRecordOption) -> Result<Compiled, Refusal> {
        let Some(field) = self.stored_text(path)? else { return Ok(nothing()) };
        Ok(Box::new(TermQuery::new(text_term(field, text), record)))
    }

    fn number(&self, path: &str, number_type: NumberType, value: &Value) -> Result<Compiled, Refusal> {
        match number_type {
            NumberType::Double
            | NumberType::Float
            | NumberType::HalfFloat
            | NumberType::ScaledFloat { .. } => {
                let number = Number::read(value)?.as_f64();
                let number = value::rounded(number_type, number);
                if number.is_nan() { Ok(nothing()) } else { self.doubles(path, number, number) }
            }
            _ => self.integer(path, number_type, value),
        }
    }

    /// No integer is a fraction or beyond its type: such a term matches nothing.
    fn integer(&self, path: &str, number_type: NumberType, value: &Value) -> Result<Compiled, Refusal> {
        let number = Number::read(value)?;
        if number_type == NumberType::UnsignedLong {
            let Some(number) = number.whole().and_then(|whole| u64::try_from(whole).ok()) else {
                return Ok(nothing());
            };
            return self.unsigned(path, number);
        }
        let Some(number) = number.whole().and_then(|whole| i64::try_from(whole).ok()) else {
            return Ok(nothing());
        };
        self.longs(path, Bound::Included(number), Bound::Included(number))
    }

    fn unsigned(&self, path: &str, number: u64) -> Result<Compiled, Refusal> {
        let Some(field) = self.stored(path, Type::U64)? else { return Ok(nothing()) };
        let term = Bound::Included(tantivy::Term::from_field_u64(field, number));
        Ok(Box::new(tantivy::query::RangeQuery::new(term.clone(), term)))
    }

    pub(super) fn terms(&self, name: &str, values: &[Value]) -> Result<Compiled, Refusal> {
        match self.target(name)? {
            Target::Unmapped => Ok(nothing()),
            Target::Id => Ok(self.ids(&values.iter().map(id_text).collect::<Result<Vec<_>, _>>()?)),
            Target::Index => Ok(self.indexes(&values.iter().map(value::text).collect::<Vec<_>>())),
            Target::SeqNo => Err(Refusal::unsupported("[terms] on [_seq_no]")),
            Target::Mapped(field) => self.terms_on(&field, values),
        }
    }

    fn terms_on(&self, field: &FieldType, values: &[Value]) -> Result<Compiled, Refusal> {
        if let Kind::Keyword | Kind::Text { .. } = &field.kind {
            let Some(stored) = self.stored_text(&field.path)? else { return Ok(nothing()) };
            let terms = values.iter().map(|value| text_term(stored, &value::text(value)));
            return Ok(constant(Box::new(TermSetQuery::new(terms))));
        }
        let one = |value: &Value| {
            let term = Term { field: field.path.clone(), value: value.clone(), case_insensitive: false };
            self.term_on(field, &term)
        };
        let terms = values.iter().map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(constant(Box::new(tantivy::query::BooleanQuery::union(terms))))
    }

    /// Documents with one of these ids.
    pub(super) fn ids(&self, ids: &[String]) -> Compiled {
        let Ok(field) = self.part.table.searcher.schema().get_field(schema::UID) else { return nothing() };
        let indexes = &self.part.indexes;
        let terms = ids.iter().flat_map(|id| indexes.iter().map(move |index| schema::uid(index, id)));
        let terms: Vec<_> = terms.map(|uid| text_term(field, &uid)).collect();
        if terms.is_empty() { nothing() } else { constant(Box::new(TermSetQuery::new(terms))) }
    }

    /// Documents of the indexes with these names, which may have wildcards. Whole indexes, so all or nothing if the
    /// part has one index only.
    fn indexes(&self, names: &[String]) -> Compiled {
        let wanted = |index: &&String| names.iter().any(|name| fits(name, index));
        let wanted: Vec<_> = self.part.indexes.iter().filter(wanted).collect();
        if wanted.is_empty() {
            return nothing();
        }
        if wanted.len() == self.part.indexes.len() {
            return super::all();
        }
        let Ok(field) = self.part.table.searcher.schema().get_field(schema::INDEX) else { return nothing() };
        let terms = wanted.into_iter().map(|index| text_term(field, index));
        Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 1.0))
    }
}

fn id_text(value: &Value) -> Result<String, Refusal> {
    let text = value::text(value);
    if text.is_empty() { Err(shard_error("Ids can't be empty")) } else { Ok(text) }
}

/// Whether a text fits a pattern of `*` for any characters.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}
