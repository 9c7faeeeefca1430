//! `term` and `terms`.

use std::ops::Bound;

use serde_json::Value;
use tantivy::query::{BooleanQuery, ConstScoreQuery, TermQuery, TermSetQuery};
use tantivy::schema::IndexRecordOption;

use super::field::{Target, check_searchable, text_term};
use super::value::{self, Number};
use super::{Compiled, Compiler, constant, nothing, numbers, shard_error};
use crate::date::{Zone, bound_text, instants};
use crate::error::Refusal;
use crate::query::ast::Term;
use crate::query::pattern;
use crate::schema::{self, FieldType, Kind, NumberType, ip, version};

impl Compiler<'_> {
    pub(super) fn term(&self, term: &Term) -> Result<Compiled, Refusal> {
        match self.target(&term.field)? {
            Target::Unmapped => Ok(nothing()),
            Target::Index if term.case_insensitive => {
                let pattern = pattern::text_of_any_case(&value::text(&term.value))?;
                Ok(self.indexes(|index| pattern.fits(index)))
            }
            Target::Id | Target::SeqNo if term.case_insensitive => {
                let what = format_args!("[case_insensitive] on [{}]", term.field);
                Err(Refusal::unsupported(what))
            }
            Target::Id => self.ids(&[id_text(&term.value)?]),
            Target::Index => Ok(self.named_indexes(&[value::text(&term.value)])),
            Target::SeqNo => {
                let number = Number::read(&term.value)?;
                if number.is_fractional() {
                    let reason = format_args!("Value [{}] has a decimal part", value::text(&term.value));
                    return Err(shard_error(reason));
                }
                let number = number.whole().and_then(|whole| u64::try_from(whole).ok());
                number.map_or_else(|| Ok(nothing()), |number| self.seq_nos(number, number))
            }
            Target::Mapped(field) if term.case_insensitive => self.term_of_any_case(&field, &term.value),
            Target::Mapped(field) => self.term_on(&field, &term.value),
        }
    }

    /// Documents with this value in a field.
    pub(super) fn term_on(&self, field: &FieldType, value: &Value) -> Result<Compiled, Refusal> {
        check_searchable(field)?;
        match &field.kind {
            Kind::Keyword | Kind::Flattened => {
                self.word(field, &field.encode_term(&value::text(value))?, IndexRecordOption::Basic)
            }
            Kind::Text { .. } => self.word(field, &value::text(value), IndexRecordOption::WithFreqs),
            Kind::Version => self.word(
                field,
                &version::encode(version_text(value)?).map_err(shard_error)?,
                IndexRecordOption::Basic,
            ),
            Kind::Ip => self.address(field, &value::text(value)),
            Kind::Boolean => {
                let truth = Bound::Included(i64::from(value::boolean(value)?));
                self.longs(field, truth, truth)
            }
            Kind::Date => {
                let format = numbers::date_format(field, None, [Some(value), None])?;
                let instants = instants(&format, &bound_text(value), self.now, Zone::UTC)?;
                self.longs(field, Bound::Included(*instants.start()), Bound::Included(*instants.end()))
            }
            Kind::Number(number_type) => self.number(field, *number_type, value),
            Kind::Binary => Ok(nothing()),
        }
    }

    /// Documents with this term; scored by its rarity, and in text by how often it is there.
    pub(super) fn word(
        &self,
        field: &FieldType,
        term: &str,
        record: IndexRecordOption,
    ) -> Result<Compiled, Refusal> {
        let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
        Ok(self.scored(field, Box::new(TermQuery::new(text_term(stored, term), record))))
    }

    fn term_of_any_case(&self, field: &FieldType, value: &Value) -> Result<Compiled, Refusal> {
        check_searchable(field)?;
        let text = value::text(value);
        match field.kind {
            Kind::Keyword | Kind::Text { .. } | Kind::Flattened => {
                let pattern = format!("{}{}", field.term_prefix(), field.normalize(&text));
                self.fitting(field, pattern::text_of_any_case(&pattern)?)
            }
            Kind::Version => self.fitting(field, pattern::text_of_any_case(version_text(value)?)?),
            Kind::Boolean => self.term_on(field, value),
            _ => {
                let FieldType { path, es_type, .. } = field;
                let reason = format!(
                    "[{path}] field which is of type [{es_type}], does not support case insensitive term queries"
                );
                Err(Refusal::new(400, "query_shard_exception", reason))
            }
        }
    }

    /// Documents with this address, or with one of this block.
    fn address(&self, field: &FieldType, text: &str) -> Result<Compiled, Refusal> {
        let Some(stored) = self.stored_text(field)? else {
            ip_error(text)?;
            return Ok(nothing());
        };
        if let Some((from, until)) = ip::parse_block(text) {
            let (from, until) = (ip::encode(from), ip::encode(until));
            return Ok(self.text_interval(stored, Bound::Included(&from), Bound::Included(&until)));
        }
        let address = ip::parse(text).map_err(shard_error)?;
        Ok(constant(Box::new(TermSetQuery::new([text_term(stored, &ip::encode(address))]))))
    }

    fn number(&self, field: &FieldType, number_type: NumberType, value: &Value) -> Result<Compiled, Refusal> {
        if number_type.is_float() {
            let number = value::rounded(number_type, Number::double(value)?);
            return if number.is_nan() { Ok(nothing()) } else { self.doubles(field, number, number) };
        }
        // No integer is a fraction or beyond its type: such a term matches nothing.
        let Some(whole) = Number::read(value)?.whole() else { return Ok(nothing()) };
        if number_type == NumberType::UnsignedLong {
            return u64::try_from(whole)
                .map_or_else(|_| Ok(nothing()), |whole| self.unsigned(field, whole, whole));
        }
        let Ok(whole) = i64::try_from(whole) else { return Ok(nothing()) };
        self.longs(field, Bound::Included(whole), Bound::Included(whole))
    }

    pub(super) fn terms(&self, name: &str, values: &[Value]) -> Result<Compiled, Refusal> {
        match self.target(name)? {
            Target::Unmapped => Ok(nothing()),
            Target::Id => self.ids(&values.iter().map(id_text).collect::<Result<Vec<_>, _>>()?),
            Target::Index => Ok(self.named_indexes(&values.iter().map(value::text).collect::<Vec<_>>())),
            Target::SeqNo => Err(Refusal::unsupported("[terms] on [_seq_no]")),
            Target::Mapped(field) => self.terms_on(&field, values),
        }
    }

    fn terms_on(&self, field: &FieldType, values: &[Value]) -> Result<Compiled, Refusal> {
        check_searchable(field)?;
        match &field.kind {
            Kind::Keyword | Kind::Text { .. } | Kind::Flattened | Kind::Version => {
                let terms = values.iter().map(|value| match field.kind {
                    Kind::Version => version::encode(version_text(value)?).map_err(shard_error),
                    Kind::Text { .. } => Ok(value::text(value)),
                    _ => field.encode_term(&value::text(value)),
                });
                let terms = terms.collect::<Result<Vec<_>, _>>()?;
                let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
                let terms = terms.iter().map(|term| text_term(stored, term));
                Ok(constant(Box::new(TermSetQuery::new(terms))))
            }
            Kind::Number(number_type) => self.number_set(field, *number_type, values),
            _ => {
                let terms =
                    values.iter().map(|value| self.term_on(field, value)).collect::<Result<Vec<_>, _>>()?;
                Ok(constant(Box::new(BooleanQuery::union(terms))))
            }
        }
    }

    fn named_indexes(&self, names: &[String]) -> Compiled {
        self.indexes(|index| names.iter().any(|name| schema::fits(name, index)))
    }

    /// All documents of the indexes that are wanted.
    pub(super) fn indexes(&self, wanted: impl Fn(&str) -> bool) -> Compiled {
        let wanted: Vec<_> = self.part.indexes.iter().filter(|index| wanted(index)).collect();
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

fn ip_error(text: &str) -> Result<(), Refusal> {
    if ip::parse_block(text).is_some() { Ok(()) } else { ip::parse(text).map(drop).map_err(shard_error) }
}

/// A version is text; Elasticsearch refuses numbers.
pub(super) fn version_text(value: &Value) -> Result<&str, Refusal> {
    value.as_str().ok_or_else(|| {
        let class = match value {
            Value::Bool(_) => "Boolean",
            Value::Number(number) if number.is_f64() => "Double",
            Value::Number(number) if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()) => {
                "Integer"
            }
            _ => "Long",
        };
        shard_error(format_args!("Illegal value type: class java.lang.{class}, value: {value}"))
    })
}
