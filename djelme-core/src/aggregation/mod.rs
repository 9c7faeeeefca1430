//! Aggregations: each is a value that asks, and that reads its own typed answer.
//!
//! ```
//! use djelme_core::aggregation::{Aggregation, CalendarInterval, avg, date_histogram};
//! use djelme_core::field::{Field, FieldPath, kind};
//! use serde_json::json;
//!
//! // A record's derived handles: `let f = Departure::fields();`
//! let timestamp: Field<chrono::DateTime<chrono::Utc>, kind::Date> = Field::new(FieldPath::ROOT.join("timestamp"), ());
//! let delay: Field<i32, kind::Integer> = Field::new(FieldPath::ROOT.join("dep_delay"), ());
//!
//! let mean_delay = avg("mean_delay", delay);
//! let per_day = date_histogram("per_day", timestamp)
//!     .calendar_interval(CalendarInterval::Day)
//!     .time_zone("America/New_York")
//!     .aggregate(&mean_delay);
//! assert_eq!(
//!     per_day.to_json()?,
//!     json!({
//!         "date_histogram": {
//!             "field": "timestamp", "calendar_interval": "day", "time_zone": "America/New_York"
//!         },
//!         "aggs": { "mean_delay": { "avg": { "field": "dep_delay" } } }
//!     })
//! );
//!
//! // `found.aggregation(&per_day)?` calls this with the answer.
//! let answer = json!({ "buckets": [{ "key": 1359676800000_i64, "doc_count": 2, "mean_delay": { "value": 7.5 } }] });
//! for bucket in per_day.decode(Some(&answer))?.buckets() {
//!     assert_eq!(bucket.key().to_string(), "2013-02-01 00:00:00 UTC");
//!     assert_eq!(bucket.doc_count(), 2);
//!     assert_eq!(bucket.aggregation(&mean_delay)?, Some(7.5));
//! }
//! # Ok::<(), djelme_core::Error>(())
//! ```

mod bucket;
mod cardinality;
mod date_histogram;
mod filter;
mod histogram;
mod interval;
mod key;
mod metric;
mod order;
mod percentiles;
mod range;
mod raw;
mod request;
mod set;
mod terms;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

pub use bucket::{Bucket, Buckets};
pub use cardinality::{Cardinality, cardinality};
pub use date_histogram::{DateHistogram, date_histogram};
pub use filter::{Filters, FiltersAnswer, SingleBucket, filter, filters, nested};
pub use histogram::{Histogram, histogram};
pub use interval::CalendarInterval;
pub use key::Key;
pub use metric::{
    Extreme, Metric, MetricAnswer, NumberAnswer, Stats, avg, max, min, stats, sum, value_count,
};
pub use order::Order;
pub use percentiles::{Percentile, Percentiles, PercentilesAnswer, percentiles};
pub use range::{RangeEnd, RangeKey, Ranges, date_range, range};
pub use raw::{RawAggregation, raw};
pub(crate) use set::Aggregations;
pub use terms::{Terms, TermsAnswer, terms};

/// Asks for a summary of the matching documents, and reads the answer.
///
/// The functions of this module make them; each has a name, by which the answer is found, so that no two side by side
/// may have the same. [`raw`] takes any that Elasticsearch knows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregation",
    label = "not an aggregation",
    note = "use the functions of `djelme::aggregation`, such as `terms(\"carriers\", f.carrier)`; `raw(\"name\", json!({{..}}))` takes Elasticsearch's JSON"
)]
pub trait Aggregation {
    /// The answer.
    type Response;

    /// The name under which the answer comes.
    fn name(&self) -> &str;

    /// The aggregation as Elasticsearch takes it, without its name.
    ///
    /// # Errors
    /// [`Error::Query`] if it lacks something, or a value in it cannot be sent.
    fn to_json(&self) -> Result<Value>;

    /// Reads the answer. `None` if there is none because no index lies within the range; that reads as empty.
    ///
    /// # Errors
    /// [`Error::UnexpectedAnswer`] if it is not the answer to such an aggregation.
    fn decode(&self, answer: Option<&Value>) -> Result<Self::Response>;
}

/// Finds the aggregation's answer among others and reads it. `null` stands for "asked, but no index to search".
pub(crate) fn decode_from<A: Aggregation + ?Sized>(
    answers: &Map<String, Value>,
    aggregation: &A,
) -> Result<A::Response> {
    let name = aggregation.name();
    let answer = answers.get(name).ok_or_else(|| {
        Error::Query(format!("no aggregation `{name}` was asked for here; add it with `.aggregate(&..)`"))
    })?;
    let answer = if answer.is_null() { None } else { Some(answer) };
    aggregation.decode(answer).map_err(|error| match error {
        Error::UnexpectedAnswer(problem) => {
            Error::UnexpectedAnswer(format!("aggregation `{name}`: {problem}"))
        }
        other => other,
    })
}

/// The answers of a search for which no index was there to answer.
pub(crate) fn unanswered(body: &Value) -> Map<String, Value> {
    let asked = body.get("aggs").or_else(|| body.get("aggregations")).and_then(Value::as_object);
    asked.into_iter().flat_map(Map::keys).map(|name| (name.clone(), Value::Null)).collect()
}

/// Reads an answer of this shape.
fn read<T: DeserializeOwned>(answer: &Value) -> Result<T> {
    T::deserialize(answer).map_err(|error| Error::UnexpectedAnswer(error.to_string()))
}

/// `null` is what a number that is not finite becomes; no parameter takes it.
fn present(value: Value) -> Result<Value, String> {
    if value.is_null() { Err("the value is null or not a finite number".into()) } else { Ok(value) }
}
