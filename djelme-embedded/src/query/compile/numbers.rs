//! Numbers, booleans and dates, which are in columns.

use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use serde_json::Value;
use tantivy::columnar::{Column, DynamicColumn, HasAssociatedColumnType};
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{BooleanQuery, RangeQuery};
use tantivy::schema::Type;
use tantivy::{DocId, SegmentReader, Term};

use super::value::{self, Number};
use super::{Compiled, Compiler, constant, nothing};
use crate::date::DateFormat;
use crate::error::Refusal;
use crate::schema::{self, FieldType, NumberType};

/// From so many numbers on, a column is read once for all of them.
const MANY: usize = 8;

impl Compiler<'_> {
    /// Documents whose whole numbers (booleans, instants) lie so.
    pub(super) fn longs(
        &self,
        field: &FieldType,
        from: Bound<i64>,
        until: Bound<i64>,
    ) -> Result<Compiled, Refusal> {
        let Some(stored) = self.stored(field, Type::I64)? else { return Ok(nothing()) };
        let term = |number| Term::from_field_i64(stored, number);
        Ok(constant(Box::new(RangeQuery::new(from.map(term), until.map(term)))))
    }

    /// Documents whose numbers without a sign lie so, both ends included.
    pub(super) fn unsigned(&self, field: &FieldType, from: u64, until: u64) -> Result<Compiled, Refusal> {
        let Some(stored) = self.stored(field, Type::U64)? else { return Ok(nothing()) };
        Ok(closed(Term::from_field_u64(stored, from), Term::from_field_u64(stored, until)))
    }

    /// Documents whose floating-point numbers lie so, both ends included.
    pub(super) fn doubles(&self, field: &FieldType, from: f64, until: f64) -> Result<Compiled, Refusal> {
        let Some(stored) = self.stored(field, Type::F64)? else { return Ok(nothing()) };
        Ok(closed(Term::from_field_f64(stored, from), Term::from_field_f64(stored, until)))
    }

    pub(super) fn seq_nos(&self, from: u64, until: u64) -> Result<Compiled, Refusal> {
        match self.part.schema.field(schema::SEQ_NO) {
            Some(field) => self.unsigned(&field, from, until),
            None => Ok(nothing()),
        }
    }

    /// Documents with one of these numbers. What no integer is, is left out; what is beyond the type is an error, as
    /// in Elasticsearch.
    pub(super) fn number_set(
        &self,
        field: &FieldType,
        number_type: NumberType,
        values: &[Value],
    ) -> Result<Compiled, Refusal> {
        if number_type.is_float() {
            let numbers = values.iter().map(|value| Ok(value::rounded(number_type, Number::double(value)?)));
            let mut numbers = numbers.collect::<Result<Vec<f64>, Refusal>>()?;
            numbers.retain(|number| !number.is_nan());
            if numbers.len() < MANY {
                let each = numbers.into_iter().map(|number| self.doubles(field, number, number));
                return union(each.collect::<Result<_, _>>()?);
            }
            if self.stored(field, Type::F64)?.is_none() {
                return Ok(nothing());
            }
            // Zeros with and without a sign are two numbers, as in Elasticsearch.
            numbers.sort_unstable_by(f64::total_cmp);
            let one_of = move |number: f64| numbers.binary_search_by(|it| it.total_cmp(&number)).is_ok();
            return Ok(column_query(field.path.clone(), one_of));
        }
        let mut wholes = Vec::with_capacity(values.len());
        let (least, greatest, name) = value::integer_limits(number_type);
        for value in values {
            let number = Number::read(value)?;
            if number.is_fractional() {
                continue;
            }
            match number.whole().filter(|whole| (least..=greatest).contains(whole)) {
                Some(whole) => wholes.push(whole),
                None if number_type == NumberType::UnsignedLong => {}
                None => return Err(value::out_of_range(value, name)),
            }
        }
        if number_type == NumberType::UnsignedLong {
            let numbers = wholes.into_iter().filter_map(|whole| u64::try_from(whole).ok()).collect();
            return self.unsigned_set(field, numbers);
        }
        self.long_set(field, wholes.into_iter().filter_map(|whole| i64::try_from(whole).ok()).collect())
    }

    fn long_set(&self, field: &FieldType, mut numbers: Vec<i64>) -> Result<Compiled, Refusal> {
        if numbers.len() < MANY {
            let one = |number| self.longs(field, Bound::Included(number), Bound::Included(number));
            return union(numbers.into_iter().map(one).collect::<Result<_, _>>()?);
        }
        if self.stored(field, Type::I64)?.is_none() {
            return Ok(nothing());
        }
        numbers.sort_unstable();
        Ok(column_query(field.path.clone(), move |number: i64| numbers.binary_search(&number).is_ok()))
    }

    fn unsigned_set(&self, field: &FieldType, mut numbers: Vec<u64>) -> Result<Compiled, Refusal> {
        if numbers.len() < MANY {
            let one = |number| self.unsigned(field, number, number);
            return union(numbers.into_iter().map(one).collect::<Result<_, _>>()?);
        }
        if self.stored(field, Type::U64)?.is_none() {
            return Ok(nothing());
        }
        numbers.sort_unstable();
        Ok(column_query(field.path.clone(), move |number: u64| numbers.binary_search(&number).is_ok()))
    }
}

fn union(mut queries: Vec<Compiled>) -> Result<Compiled, Refusal> {
    Ok(match queries.len() {
        0 => nothing(),
        1 => queries.pop().unwrap_or_else(nothing),
        _ => constant(Box::new(BooleanQuery::union(queries))),
    })
}

/// Documents of which a value in this column is wanted.
fn column_query<T>(path: String, wanted: impl Fn(T) -> bool + Send + Sync + 'static) -> Compiled
where
    T: PartialOrd + Copy + fmt::Debug + Send + Sync + HasAssociatedColumnType + 'static,
    DynamicColumn: Into<Option<Column<T>>>,
{
    let wanted = Arc::new(wanted);
    let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
        let column = segment.fast_fields().column_opt::<T>(&path)?;
        let wanted = Arc::clone(&wanted);
        Ok(move |doc: DocId| {
            column.as_ref().is_some_and(|column| column.values_for_doc(doc).any(|value| wanted(value)))
        })
    });
    Box::new(DocPredicateQuery::from(predicate))
}

fn closed(from: Term, until: Term) -> Compiled {
    constant(Box::new(RangeQuery::new(Bound::Included(from), Bound::Included(until))))
}

/// The format that the values of a query on a date are read by: the query's own; milliseconds since 1970 if one of
/// them is a number; the field's.
pub(super) fn date_format(
    field: &FieldType,
    format: Option<&str>,
    values: [Option<&Value>; 2],
) -> Result<Arc<DateFormat>, Refusal> {
    Ok(match format {
        Some(format) => Arc::new(DateFormat::new(format)?),
        None if values.into_iter().flatten().any(Value::is_number) => {
            Arc::new(DateFormat::new("epoch_millis")?)
        }
        None => Arc::clone(&field.format),
    })
}
