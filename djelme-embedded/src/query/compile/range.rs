//! `range`.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::RangeQuery;
use tantivy::schema::{Field, Type};

use super::field::{Target, not_on, text_term};
use super::value::{self, Number};
use super::{Compiled, Compiler, nothing};
use crate::error::Refusal;
use crate::query::ast::{self, Range};
use crate::schema::{FieldType, Kind, NumberType, SEQ_NO};

impl Compiler<'_> {
    pub(super) fn range(&self, range: &Range) -> Result<Compiled, Refusal> {
        match self.target(&range.field)? {
            Target::Unmapped => Ok(nothing()),
            Target::Id | Target::Index => Err(not_on(&range.field, "range")),
            Target::SeqNo => self.integers(SEQ_NO, NumberType::Long, range),
            Target::Mapped(_) if range.from.is_none() && range.until.is_none() => self.exists(&range.field),
            Target::Mapped(field) => self.range_on(&field, range),
        }
    }

    fn range_on(&self, field: &FieldType, range: &Range) -> Result<Compiled, Refusal> {
        match &field.kind {
            Kind::Keyword | Kind::Text { .. } => self.texts(field, range),
            Kind::Number(
                number_type @ (NumberType::Double
                | NumberType::Float
                | NumberType::HalfFloat
                | NumberType::ScaledFloat { .. }),
            ) => self.floats(&field.path, *number_type, range),
            Kind::Number(number_type) => self.integers(&field.path, *number_type, range),
            Kind::Boolean => {
                let read = |bound: &ast::Bound| Ok(i64::from(value::boolean(&bound.value)?));
                let (from, until) = (ends(range.from.as_ref(), read)?, ends(range.until.as_ref(), read)?);
                self.longs(&field.path, from, until)
            }
            Kind::Date | Kind::Ip | Kind::Version | Kind::Flattened | Kind::Binary => {
                Err(Refusal::unsupported(format_args!("ranges on [{}]", field.path)))
            }
        }
    }

    fn texts(&self, field: &FieldType, range: &Range) -> Result<Compiled, Refusal> {
        let Some(stored) = self.stored_text(&field.path)? else { return Ok(nothing()) };
        let read = |bound: &ast::Bound| Ok(text_term(stored, &value::text(&bound.value)));
        let (from, until) = (ends(range.from.as_ref(), read)?, ends(range.until.as_ref(), read)?);
        Ok(Box::new(RangeQuery::new(from, until)))
    }

    fn integers(&self, path: &str, number_type: NumberType, range: &Range) -> Result<Compiled, Refusal> {
        let limits = value::integer_limits(number_type);
        let read = |bound: &ast::Bound| integer_bound(number_type, bound);
        let from = range.from.as_ref().map(read).transpose()?;
        let until = range.until.as_ref().map(read).transpose()?;
        // Both ends included: a fraction lies between two integers.
        let from = match from {
            None => limits.0,
            Some((number, included)) => least(number, included),
        };
        let until = match until {
            None => limits.1,
            Some((number, included)) => greatest(number, included),
        };
        let (from, until) = (from.max(limits.0), until.min(limits.1));
        if from > until {
            return Ok(nothing());
        }
        if number_type == NumberType::UnsignedLong {
            let Some(field) = self.stored(path, Type::U64)? else { return Ok(nothing()) };
            let term = |number: i128| Term::from_field_u64(field, u64::try_from(number).unwrap_or(u64::MAX));
            return Ok(closed(term(from), term(until)));
        }
        let number = |number: i128| Bound::Included(i64::try_from(number).unwrap_or(i64::MAX));
        self.longs(path, number(from), number(until))
    }

    /// Documents whose whole numbers (booleans, instants) lie so.
    pub(super) fn longs(&self, path: &str, from: Bound<i64>, until: Bound<i64>) -> Result<Compiled, Refusal> {
        let Some(field) = self.stored(path, Type::I64)? else { return Ok(nothing()) };
        let term = |number| Term::from_field_i64(field, number);
        Ok(Box::new(RangeQuery::new(from.map(term), until.map(term))))
    }

    fn floats(&self, path: &str, number_type: NumberType, range: &Range) -> Result<Compiled, Refusal> {
        let read = |bound: &ast::Bound| Ok(Number::read(&bound.value)?.as_f64());
        let (from, until) = (ends(range.from.as_ref(), read)?, ends(range.until.as_ref(), read)?);
        let Some((from, until)) = value::float_interval(number_type, from, until) else {
            return Ok(nothing());
        };
        self.doubles(path, from, until)
    }

    /// Documents whose floating-point numbers lie so, both ends included.
    pub(super) fn doubles(&self, path: &str, from: f64, until: f64) -> Result<Compiled, Refusal> {
        let Some(field) = self.stored(path, Type::F64)? else { return Ok(nothing()) };
        // Zero of either sign is the same number, but not to the columns.
        let from = if from == 0.0 { -0.0 } else { from };
        let until = if until == 0.0 { 0.0 } else { until };
        Ok(closed(Term::from_field_f64(field, from), Term::from_field_f64(field, until)))
    }

    /// Documents that have one of these terms.
    pub(super) fn text_interval(field: Field, from: Bound<&str>, until: Bound<&str>) -> Compiled {
        let term = |text: &str| text_term(field, text);
        Box::new(RangeQuery::new(from.map(term), until.map(term)))
    }
}

fn closed(from: Term, until: Term) -> Compiled {
    Box::new(RangeQuery::new(Bound::Included(from), Bound::Included(until)))
}

/// An end of a range, read.
fn ends<T>(
    bound: Option<&ast::Bound>,
    read: impl Fn(&ast::Bound) -> Result<T, Refusal>,
) -> Result<Bound<T>, Refusal> {
    Ok(match bound {
        None => Bound::Unbounded,
        Some(bound) if bound.included => Bound::Included(read(bound)?),
        Some(bound) => Bound::Excluded(read(bound)?),
    })
}

/// A bound on integers, checked against what queries on the type take; an unsigned one is never too small or great.
fn integer_bound(number_type: NumberType, bound: &ast::Bound) -> Result<(Number, bool), Refusal> {
    let number = Number::read(&bound.value)?;
    let (least, greatest, name) = value::integer_limits(number_type);
    let outside = match number {
        Number::Whole(whole) => whole < least || whole > greatest,
        Number::Fraction(number) => !(number >= least as f64 && number <= greatest as f64),
    };
    if outside && (number_type != NumberType::UnsignedLong || number.as_f64().is_nan()) {
        return Err(value::out_of_range(&bound.value, name));
    }
    Ok((number, bound.included))
}

/// The least integer that a lower bound lets through.
fn least(number: Number, included: bool) -> i128 {
    match number {
        Number::Whole(whole) => whole + i128::from(!included),
        Number::Fraction(number) => number.ceil() as i128,
    }
}

/// The greatest integer that an upper bound lets through.
fn greatest(number: Number, included: bool) -> i128 {
    match number {
        Number::Whole(whole) => whole - i128::from(!included),
        Number::Fraction(number) => number.floor() as i128,
    }
}
