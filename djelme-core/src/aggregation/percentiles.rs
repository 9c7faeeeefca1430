//! `percentiles`: the values below which so many percent of all lie.

use serde::Deserialize;
use serde_json::Value;

use super::request::Request;
use super::{Aggregation, read};
use crate::error::Result;
use crate::field::Field;
use crate::field::kind::Numeric;

/// The values below which so many percent of all lie; made by [`percentiles`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Percentiles(Request);

/// The values of a field below which 1, 5, 25, 50, 75, 95 and 99 percent of all lie, or as many as
/// [`percents`](Percentiles::percents) says. Elasticsearch estimates them, best near both ends.
pub fn percentiles<T, K: Numeric, S>(name: impl Into<String>, field: Field<T, K, S>) -> Percentiles {
    Percentiles(Request::on_field("percentiles", name, field).with("keyed", false))
}

impl Percentiles {
    /// Of which percentages, each from 0 to 100.
    pub fn percents(self, percents: impl IntoIterator<Item = impl Into<f64>>) -> Self {
        let percents: Vec<f64> = percents.into_iter().map(Into::into).collect();
        Self(match percents.iter().find(|percent| !(0.0..=100.0).contains(*percent)) {
            Some(percent) => self.0.refuse(format!("{percent} is not from 0 to 100 percent")),
            None if percents.is_empty() => self.0.refuse("`percents` is empty".into()),
            None => self.0.with("percents", percents),
        })
    }

    /// Counts documents without a value as if they had this one. Otherwise they are left out.
    pub fn missing(self, value: impl Into<f64>) -> Self {
        Self(self.0.with_number("missing", value.into()))
    }
}

/// The answer of [`percentiles`].
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct PercentilesAnswer {
    values: Vec<Percentile>,
}

/// One of the values asked for.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Percentile {
    /// The percentage.
    #[serde(rename = "key")]
    pub percent: f64,
    /// The value below which so many percent of all lie; `None` if there are no values.
    pub value: Option<f64>,
}

impl PercentilesAnswer {
    /// All of them, in the order of the percentages; none if no index lies within the range.
    #[must_use]
    pub fn values(&self) -> &[Percentile] {
        &self.values
    }

    /// The value at one of the percentages asked for; `None` if there are no values, or it was not asked for.
    #[must_use]
    pub fn at(&self, percent: f64) -> Option<f64> {
        self.values.iter().find(|value| value.percent == percent)?.value
    }
}

impl Aggregation for Percentiles {
    type Response = PercentilesAnswer;

    fn name(&self) -> &str {
        self.0.name()
    }

    fn to_json(&self) -> Result<Value> {
        self.0.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<PercentilesAnswer> {
        answer.map_or(Ok(PercentilesAnswer::default()), read)
    }
}
