//! Aggregations that compute one number.

use std::marker::PhantomData;

use serde::Deserialize;
use serde_json::Value;

use super::request::Request;
use super::{Aggregation, read};
use crate::error::Result;
use crate::field::Field;
use crate::field::kind::Numeric;

/// The average value.
#[derive(Debug, Clone, Copy)]
pub enum Avg {}

/// An aggregation of the values of one field into one number: `M` says which.
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Metric<M> {
    request: Request,
    of: PhantomData<fn() -> M>,
}

/// The average of a field's values.
pub fn avg<T, K: Numeric, S>(name: impl Into<String>, field: Field<T, K, S>) -> Metric<Avg> {
    Metric { request: Request::on_field("avg", name, field.name()), of: PhantomData }
}

#[derive(Deserialize)]
struct Answer {
    value: Option<f64>,
}

/// `None` if no document has a value.
impl Aggregation for Metric<Avg> {
    type Response = Option<f64>;

    fn name(&self) -> &str {
        self.request.name()
    }

    fn to_json(&self) -> Result<Value> {
        self.request.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<Option<f64>> {
        let answer: Option<Answer> = answer.map(read).transpose()?;
        Ok(answer.and_then(|answer| answer.value))
    }
}
