//! `date_histogram`: one bucket for each hour, day, month, ..

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::interval::{CalendarInterval, fixed, shift};
use super::request::Request;
use super::{Aggregation, Buckets, Order};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::field::kind::DateKind;
use crate::query::next_millisecond;
use crate::time::IntoTimeBound;

/// One bucket for each interval of time; made by [`date_histogram`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct DateHistogram(Request);

/// One bucket for each interval of time, from the first to the last with a document, empty ones in between included.
/// The interval must be given: [`calendar_interval`](DateHistogram::calendar_interval) or
/// [`fixed_interval`](DateHistogram::fixed_interval).
pub fn date_histogram<T, K: DateKind, S>(name: impl Into<String>, field: Field<T, K, S>) -> DateHistogram {
    DateHistogram(Request::on_field("date_histogram", name, field))
}

impl DateHistogram {
    /// An interval of the calendar, in place of any other.
    pub fn calendar_interval(self, interval: CalendarInterval) -> Self {
        Self(self.0.without("fixed_interval").with("calendar_interval", interval.as_str()))
    }

    /// An interval of always the same length, of whole milliseconds, in place of any other.
    pub fn fixed_interval(self, interval: Duration) -> Self {
        let value = fixed(interval).map(Value::from);
        let value = value.ok_or_else(|| format!("{interval:?} is not one or more whole milliseconds"));
        Self(self.0.without("calendar_interval").with_checked("fixed_interval", value))
    }

    /// The time zone whose midnights and months count: `"America/New_York"` or `"+05:30"`. UTC unless told.
    pub fn time_zone(self, zone: impl Into<String>) -> Self {
        Self(self.0.with("time_zone", zone.into()))
    }

    /// Begins each interval so much later, or earlier if negative: days from six to six o'clock.
    pub fn offset(self, by: TimeDelta) -> Self {
        let value = shift(by).map(Value::from);
        Self(self.0.with_checked("offset", value.ok_or_else(|| format!("{by} is not of whole milliseconds"))))
    }

    /// Only buckets with at least so many documents; 0 unless told, so that empty ones come too.
    pub fn min_doc_count(self, documents: u64) -> Self {
        Self(self.0.with("min_doc_count", documents))
    }

    /// Empty buckets for every interval from `from` until `until` too, the end not included: a chart then has all of its
    /// days. The ends are what a search's range takes.
    pub fn extended_bounds(self, from: impl IntoTimeBound, until: impl IntoTimeBound) -> Self {
        // Elasticsearch includes the interval of `max`.
        Self(self.0.with_checked("extended_bounds", bounds(from, until, 1)))
    }

    /// No buckets before the interval that `from` lies in, nor from the interval that `until` lies in on.
    pub fn hard_bounds(self, from: impl IntoTimeBound, until: impl IntoTimeBound) -> Self {
        Self(self.0.with_checked("hard_bounds", bounds(from, until, 0)))
    }

    /// Counts documents without a value as if they had this one. Otherwise they are left out.
    pub fn missing(self, instant: DateTime<Utc>) -> Self {
        Self(self.0.with("missing", instant.timestamp_millis()))
    }

    /// The order of the buckets; from the first to the last unless told.
    pub fn order(self, order: Order) -> Self {
        Self(self.0.push("order", order.into_json()))
    }

    /// The format of [`Bucket::key_as_string`](super::Bucket::key_as_string), such as `"yyyy-MM-dd"`.
    pub fn format(self, format: impl Into<String>) -> Self {
        Self(self.0.with("format", format.into()))
    }

    /// Computes this within each bucket.
    pub fn aggregate(self, aggregation: &(impl Aggregation + ?Sized)) -> Self {
        Self(self.0.aggregate(aggregation))
    }
}

/// Both ends in milliseconds, which are read whatever the format of the keys; `less` is taken from the second.
fn bounds(from: impl IntoTimeBound, until: impl IntoTimeBound, less: i64) -> Result<Value, String> {
    let ends =
        || -> Result<_> { Ok((from.into_time_bound()?.instant(), until.into_time_bound()?.instant())) };
    let (from, until) = ends().map_err(|error| error.to_string())?;
    if until <= from {
        return Err(format!("{until} is not after {from}"));
    }
    let until = next_millisecond(until).timestamp_millis() - less;
    Ok(json!({ "min": from.timestamp_millis(), "max": until }))
}

fn key(bucket: &Map<String, Value>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(bucket.get("key")?.as_i64()?)
}

/// Buckets by the instant at which their interval starts.
impl Aggregation for DateHistogram {
    type Response = Buckets<DateTime<Utc>>;

    fn name(&self) -> &str {
        self.0.name()
    }

    fn to_json(&self) -> Result<Value> {
        let json = self.0.to_json()?;
        if !self.0.has("calendar_interval") && !self.0.has("fixed_interval") {
            return Err(Error::Query(
                "a date histogram needs an interval: `.calendar_interval(CalendarInterval::Day)` or `.fixed_interval(..)`"
                    .into(),
            ));
        }
        Ok(json)
    }

    fn decode(&self, answer: Option<&Value>) -> Result<Self::Response> {
        Buckets::read(answer, key)
    }
}
