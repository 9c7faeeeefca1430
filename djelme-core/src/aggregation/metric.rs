//! Aggregations that compute numbers from the values of one field.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::request::Request;
use super::{Aggregation, read};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::field::kind::{DocValues, Numeric, NumericOrDate};

/// What a metric answers. Not for implementing: each metric has its own.
pub trait MetricAnswer: Sized {
    /// Reads the answer; `None` if there was no index to search.
    #[doc(hidden)]
    fn read(answer: Option<&Value>) -> Result<Self>;
}

/// An aggregation of a field's values that answers with an `A`; made by [`avg`], [`sum`], [`value_count`], [`stats`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Metric<A> {
    request: Request,
    answer: PhantomData<fn() -> A>,
}

impl<A> Metric<A> {
    fn new<T, K, S>(kind: &'static str, name: impl Into<String>, field: Field<T, K, S>) -> Self {
        Self { request: Request::on_field(kind, name, field), answer: PhantomData }
    }
}

/// The average of a field's values; `None` if there are none.
pub fn avg<T, K: Numeric, S>(name: impl Into<String>, field: Field<T, K, S>) -> Metric<Option<f64>> {
    Metric::new("avg", name, field)
}

/// The sum of a field's values; 0 if there are none.
pub fn sum<T, K: Numeric, S>(name: impl Into<String>, field: Field<T, K, S>) -> Metric<f64> {
    Metric::new("sum", name, field)
}

/// Count, least, greatest, average and sum of a field's values.
pub fn stats<T, K: Numeric, S>(name: impl Into<String>, field: Field<T, K, S>) -> Metric<Stats> {
    Metric::new("stats", name, field)
}

/// How many values a field has: lists count with each of their values.
pub fn value_count<T, K: DocValues, S>(name: impl Into<String>, field: Field<T, K, S>) -> Metric<u64> {
    Metric::new("value_count", name, field)
}

/// Metrics of numbers; [`value_count`] has nothing to put in the place of a value.
impl<A: NumberAnswer> Metric<A> {
    /// Counts documents without a value as if they had this one. Otherwise they are left out.
    pub fn missing(mut self, value: impl Into<f64>) -> Self {
        self.request = self.request.with_number("missing", value.into());
        self
    }
}

/// The answer of a metric of numbers.
pub trait NumberAnswer: MetricAnswer {}

impl NumberAnswer for Option<f64> {}
impl NumberAnswer for f64 {}
impl NumberAnswer for Stats {}

impl<A: MetricAnswer> Aggregation for Metric<A> {
    type Response = A;

    fn name(&self) -> &str {
        self.request.name()
    }

    fn to_json(&self) -> Result<Value> {
        self.request.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<A> {
        A::read(answer)
    }
}

/// The number of an answer with one number; `null` is one without values.
fn number<T: DeserializeOwned>(answer: &Value) -> Result<T> {
    let value = answer.get("value").ok_or_else(|| Error::UnexpectedAnswer("it has no value".into()))?;
    read(value)
}

impl MetricAnswer for Option<f64> {
    fn read(answer: Option<&Value>) -> Result<Self> {
        answer.map_or(Ok(None), number)
    }
}

impl MetricAnswer for f64 {
    fn read(answer: Option<&Value>) -> Result<Self> {
        answer.map_or(Ok(0.0), number)
    }
}

impl MetricAnswer for u64 {
    fn read(answer: Option<&Value>) -> Result<Self> {
        answer.map_or(Ok(0), number)
    }
}

/// The answer of [`stats`].
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct Stats {
    /// How many values there are.
    pub count: u64,
    /// The least; `None` without values.
    pub min: Option<f64>,
    /// The greatest; `None` without values.
    pub max: Option<f64>,
    /// The average; `None` without values.
    pub avg: Option<f64>,
    /// The sum; 0 without values.
    pub sum: f64,
}

impl MetricAnswer for Stats {
    fn read(answer: Option<&Value>) -> Result<Self> {
        answer.map_or(Ok(Self::default()), read)
    }
}

/// The least or greatest value of a field; made by [`min`] and [`max`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Extreme<K> {
    request: Request,
    kind: PhantomData<fn() -> K>,
}

/// The least of a field's values: a number, of dates an instant; `None` if there are none. Numbers beyond 2^53 are
/// rounded.
pub fn min<T, K: NumericOrDate, S>(name: impl Into<String>, field: Field<T, K, S>) -> Extreme<K> {
    Extreme { request: Request::on_field("min", name, field), kind: PhantomData }
}

/// The greatest of a field's values: a number, of dates an instant; `None` if there are none. Numbers beyond 2^53 are
/// rounded.
pub fn max<T, K: NumericOrDate, S>(name: impl Into<String>, field: Field<T, K, S>) -> Extreme<K> {
    Extreme { request: Request::on_field("max", name, field), kind: PhantomData }
}

impl<K: Numeric> Extreme<K> {
    /// Counts documents without a value as if they had this one. Otherwise they are left out.
    pub fn missing(mut self, value: impl Into<f64>) -> Self {
        self.request = self.request.with_number("missing", value.into());
        self
    }
}

impl<K: NumericOrDate> Aggregation for Extreme<K> {
    type Response = Option<K::Value>;

    fn name(&self) -> &str {
        self.request.name()
    }

    fn to_json(&self) -> Result<Value> {
        self.request.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<Self::Response> {
        Ok(Option::<f64>::read(answer)?.and_then(K::value))
    }
}
