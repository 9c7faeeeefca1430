//! `histogram`: one bucket for each interval of numbers.

use serde_json::{Map, Value, json};

use super::request::Request;
use super::{Aggregation, Buckets, Order};
use crate::error::Result;
use crate::field::Field;
use crate::field::kind::Numeric;

/// One bucket for each interval of numbers; made by [`histogram`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Histogram(Request);

/// One bucket for each interval of a field's values, from the first to the last with a document, empty ones in between
/// included. The interval is greater than 0.
pub fn histogram<T, K: Numeric, S>(
    name: impl Into<String>,
    field: Field<T, K, S>,
    interval: impl Into<f64>,
) -> Histogram {
    let (request, interval) = (Request::on_field("histogram", name, field), interval.into());
    if interval <= 0.0 {
        return Histogram(request.refuse(format!("the interval is {interval}, which is not greater than 0")));
    }
    Histogram(request.with_number("interval", interval))
}

impl Histogram {
    /// Begins each interval so much later, or earlier if negative.
    pub fn offset(self, by: impl Into<f64>) -> Self {
        Self(self.0.with_number("offset", by.into()))
    }

    /// Only buckets with at least so many documents; 0 unless told, so that empty ones come too.
    pub fn min_doc_count(self, documents: u64) -> Self {
        Self(self.0.with("min_doc_count", documents))
    }

    /// Empty buckets out to both these values too.
    pub fn extended_bounds(self, min: impl Into<f64>, max: impl Into<f64>) -> Self {
        Self(self.0.with_checked("extended_bounds", bounds(min.into(), max.into())))
    }

    /// No buckets of intervals that start before `min` or after `max`. Elasticsearch compares the starts without the
    /// [`offset`](Self::offset).
    pub fn hard_bounds(self, min: impl Into<f64>, max: impl Into<f64>) -> Self {
        Self(self.0.with_checked("hard_bounds", bounds(min.into(), max.into())))
    }

    /// The order of the buckets; from the first to the last unless told.
    pub fn order(self, order: Order) -> Self {
        Self(self.0.push("order", order.into_json()))
    }

    /// Counts documents without a value as if they had this one. Otherwise they are left out.
    pub fn missing(self, value: impl Into<f64>) -> Self {
        Self(self.0.with_number("missing", value.into()))
    }

    /// Computes this within each bucket.
    pub fn aggregate(self, aggregation: &(impl Aggregation + ?Sized)) -> Self {
        Self(self.0.aggregate(aggregation))
    }
}

fn bounds(min: f64, max: f64) -> Result<Value, String> {
    if min.is_finite() && max.is_finite() && min <= max {
        Ok(json!({ "min": min, "max": max }))
    } else {
        Err(format!("{min} to {max} are no bounds"))
    }
}

fn key(bucket: &Map<String, Value>) -> Option<f64> {
    bucket.get("key")?.as_f64()
}

/// Buckets by the number at which their interval starts.
impl Aggregation for Histogram {
    type Response = Buckets<f64>;

    fn name(&self) -> &str {
        self.0.name()
    }

    fn to_json(&self) -> Result<Value> {
        self.0.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<Buckets<f64>> {
        Buckets::read(answer, key)
    }
}
