//! `range`.

use std::ops::Bound;

use serde_json::Value;
use tantivy::query::{ConstScoreQuery, RangeQuery};
use tantivy::schema::Field;

use super::field::{Target, check_searchable, not_on, text_term};
use super::term::version_text;
use super::value::{self, Number};
use super::{Compiled, Compiler, nothing, numbers, shard_error};
use crate::date::{Zone, bound_text, parse_bound};
use crate::error::Refusal;
use crate::query::ast::{self, Range};
use crate::schema::{FieldType, Kind, NumberType, ip, version};

impl Compiler<'_> {
    pub(super) fn range(&self, range: &Range) -> Result<Compiled, Refusal> {
        let field = match self.target(&range.field)? {
            Target::Unmapped => return Ok(nothing()),
            Target::Id | Target::Index => return Err(not_on(&range.field, "range")),
            Target::SeqNo => {
                let Some((from, until)) = integer_interval(NumberType::Long, range)? else {
                    return Ok(nothing());
                };
                let number = |number: i128| u64::try_from(number).unwrap_or(0);
                return if until < 0 { Ok(nothing()) } else { self.seq_nos(number(from), number(until)) };
            }
            Target::Mapped(field) => field,
        };
        check_searchable(&field)?;
        if range.from.is_none() && range.until.is_none() {
            return self.exists(&field.path);
        }
        match &field.kind {
            Kind::Keyword | Kind::Text { .. } | Kind::Ip | Kind::Version | Kind::Flattened => {
                self.texts(&field, range)
            }
            Kind::Number(number_type) if number_type.is_float() => {
                let (from, until) =
                    (end(range.from.as_ref(), Number::double)?, end(range.until.as_ref(), Number::double)?);
                match value::float_interval(*number_type, from, until) {
                    Some((from, until)) => self.doubles(&field, from, until),
                    None => Ok(nothing()),
                }
            }
            Kind::Number(number_type) => self.integers(&field, *number_type, range),
            Kind::Boolean => {
                let read = |value: &Value| value::boolean(value).map(i64::from);
                self.longs(&field, end(range.from.as_ref(), read)?, end(range.until.as_ref(), read)?)
            }
            Kind::Date => self.dates(&field, range),
            Kind::Binary => Ok(nothing()),
        }
    }

    /// Fields of terms whose order is that of their bytes.
    fn texts(&self, field: &FieldType, range: &Range) -> Result<Compiled, Refusal> {
        let read = |value: &Value| match field.kind {
            Kind::Version => version::encode(version_text(value)?).map_err(shard_error),
            Kind::Ip => ip::parse(&value::text(value)).map(ip::encode).map_err(shard_error),
            Kind::Text { .. } => Ok(value::text(value)),
            _ => field.encode_term(&value::text(value)),
        };
        let (from, until) = (end(range.from.as_ref(), read)?, end(range.until.as_ref(), read)?);
        if field.flattened_key.is_some() && (from == Bound::Unbounded || until == Bound::Unbounded) {
            return Err(shard_error(
                "[range] queries on keyed [flattened] fields must include both an upper and a lower bound.",
            ));
        }
        let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
        Ok(self.text_interval(stored, as_text(&from), as_text(&until)))
    }

    /// Documents with a term between these.
    pub(super) fn text_interval(&self, stored: Field, from: Bound<&str>, until: Bound<&str>) -> Compiled {
        if is_empty(from, until) {
            return nothing();
        }
        let term = |text: &str| text_term(stored, text);
        Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(from.map(term), until.map(term))), 1.0))
    }

    fn integers(
        &self,
        field: &FieldType,
        number_type: NumberType,
        range: &Range,
    ) -> Result<Compiled, Refusal> {
        let Some((from, until)) = integer_interval(number_type, range)? else { return Ok(nothing()) };
        if number_type == NumberType::UnsignedLong {
            let number = |number: i128| u64::try_from(number).unwrap_or(u64::MAX);
            return self.unsigned(field, number(from), number(until));
        }
        let number = |number: i128| Bound::Included(i64::try_from(number).unwrap_or(i64::MAX));
        self.longs(field, number(from), number(until))
    }

    /// A bound that is rounded up takes in the whole of what it names, an excluded one leaves all of it out.
    fn dates(&self, field: &FieldType, range: &Range) -> Result<Compiled, Refusal> {
        let values = [range.from.as_ref(), range.until.as_ref()].map(|bound| bound.map(|bound| &bound.value));
        let format = numbers::date_format(field, range.format.as_deref(), values)?;
        let zone = match &range.time_zone {
            Some(zone) => Zone::parse(zone).ok_or_else(|| unknown_zone(zone))?,
            None => Zone::UTC,
        };
        let read = |value: &Value, last| parse_bound(&format, &bound_text(value), last, self.now, zone);
        let from = end(range.from.as_ref(), |value| {
            read(value, !range.from.as_ref().is_some_and(|it| it.included))
        })?;
        let until = end(range.until.as_ref(), |value| {
            read(value, range.until.as_ref().is_some_and(|it| it.included))
        })?;
        self.longs(field, from, until)
    }
}

/// A time zone that there is not.
pub(in crate::query) fn unknown_zone(zone: &str) -> Refusal {
    Refusal::illegal(format!("java.time.zone.ZoneRulesException: Unknown time-zone ID: {zone}"))
}

fn as_text(bound: &Bound<String>) -> Bound<&str> {
    bound.as_ref().map(String::as_str)
}

/// Whether no text lies between these.
fn is_empty(from: Bound<&str>, until: Bound<&str>) -> bool {
    match (from, until) {
        (Bound::Included(from), Bound::Included(until)) => from > until,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(until) | Bound::Excluded(until)) => {
            from >= until
        }
        _ => false,
    }
}

/// An end of a range, read.
fn end<T>(
    bound: Option<&ast::Bound>,
    read: impl Fn(&Value) -> Result<T, Refusal>,
) -> Result<Bound<T>, Refusal> {
    Ok(match bound {
        None => Bound::Unbounded,
        Some(bound) if bound.included => Bound::Included(read(&bound.value)?),
        Some(bound) => Bound::Excluded(read(&bound.value)?),
    })
}

/// The least and the greatest integer that a range lets through; `None` if there is none.
fn integer_interval(number_type: NumberType, range: &Range) -> Result<Option<(i128, i128)>, Refusal> {
    let (least, greatest, _) = value::integer_limits(number_type);
    let from = match &range.from {
        None => least,
        Some(bound) => match integer_bound(number_type, &bound.value)? {
            Number::Whole(whole) => whole + i128::from(!bound.included),
            Number::Fraction(number) => number.ceil() as i128,
        },
    };
    let until = match &range.until {
        None => greatest,
        Some(bound) => match integer_bound(number_type, &bound.value)? {
            Number::Whole(whole) => whole - i128::from(!bound.included),
            Number::Fraction(number) => number.floor() as i128,
        },
    };
    let (from, until) = (from.max(least), until.min(greatest));
    Ok((from <= until).then_some((from, until)))
}

/// A bound on integers, checked against what queries on the type take; one on `unsigned_long` is never too great.
fn integer_bound(number_type: NumberType, value: &Value) -> Result<Number, Refusal> {
    let number = Number::read(value)?;
    let (least, greatest, name) = value::integer_limits(number_type);
    let inside = match number {
        Number::Whole(whole) => (least..=greatest).contains(&whole),
        Number::Fraction(number) => number >= least as f64 && number <= greatest as f64,
    };
    if inside || (number_type == NumberType::UnsignedLong && !number.as_f64().is_nan()) {
        Ok(number)
    } else {
        Err(value::out_of_range(value, name))
    }
}
