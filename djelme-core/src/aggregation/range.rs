//! `range` and `date_range`: one bucket for each range asked for.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Bound, RangeBounds};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::request::Request;
use super::{Aggregation, Buckets};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::field::kind::{DateKind, Numeric};
use crate::query::{milliseconds, next_millisecond};
use crate::time::IntoTimeBound;

/// One bucket for each range of values; made by [`range`] and [`date_range`]. `B` is the type of the ends.
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Ranges<B> {
    request: Request,
    bounds: PhantomData<fn() -> B>,
}

/// One bucket for each range of numbers that [`bucket`](Ranges::bucket) asks for; they may overlap.
///
/// ```
/// use djelme_core::aggregation::{Aggregation, range};
/// # use djelme_core::field::{Field, FieldPath, kind};
/// # let distance: Field<u32, kind::Long> = Field::new(FieldPath::ROOT.join("distance"), ());
/// let lengths = range("lengths", distance).bucket(..500.0).bucket(500.0..).named_bucket("all", ..);
/// # lengths.to_json()?;
/// # Ok::<(), djelme_core::Error>(())
/// ```
pub fn range<T, K: Numeric, S>(name: impl Into<String>, field: Field<T, K, S>) -> Ranges<f64> {
    Ranges { request: Request::on_field("range", name, field), bounds: PhantomData }
}

/// One bucket for each range of time that [`bucket`](Ranges::bucket) asks for; they may overlap. The ends are what a
/// search's range takes: `.bucket((2013, 2)..(2013, 4))`, in UTC and to the millisecond.
pub fn date_range<T, K: DateKind, S>(
    name: impl Into<String>,
    field: Field<T, K, S>,
) -> Ranges<DateTime<Utc>> {
    let request = Request::on_field("date_range", name, field);
    Ranges { request: request.with("format", "strict_date_optional_time"), bounds: PhantomData }
}

impl<B> Ranges<B> {
    /// Computes this within each bucket.
    pub fn aggregate(mut self, aggregation: &(impl Aggregation + ?Sized)) -> Self {
        self.request = self.request.aggregate(aggregation);
        self
    }

    fn add(mut self, key: Option<String>, from: Result<Option<Value>>, to: Result<Option<Value>>) -> Self {
        let mut bucket = Map::new();
        bucket.extend(key.map(|key| ("key".to_owned(), key.into())));
        for (name, bound) in [("from", from), ("to", to)] {
            match bound {
                Ok(bound) => bucket.extend(bound.map(|bound| (name.to_owned(), bound))),
                Err(Error::Query(problem)) => self.request = self.request.refuse(problem),
                Err(other) => self.request = self.request.refuse(other.to_string()),
            }
        }
        self.request = self.request.push("ranges", bucket.into());
        self
    }
}

/// The value of one end; the start belongs to a bucket and the end does not, as in `from..to`.
fn end<T: Clone>(
    bound: Bound<&T>,
    is_start: bool,
    read: impl FnOnce(T) -> Result<Value>,
) -> Result<Option<Value>> {
    match (bound, is_start) {
        (Bound::Unbounded, _) => Ok(None),
        (Bound::Included(bound), true) | (Bound::Excluded(bound), false) => read(bound.clone()).map(Some),
        _ => Err(Error::Query("a bucket includes its start and excludes its end: `from..to`".into())),
    }
}

fn number(value: f64) -> Result<Value> {
    if value.is_finite() {
        Ok(value.into())
    } else {
        Err(Error::Query(format!("{value} is no end of a range; leave it open instead")))
    }
}

impl Ranges<f64> {
    /// A bucket of the values within the range: `..10.0`, `10.0..20.0`, `20.0..`.
    pub fn bucket(self, range: impl RangeBounds<f64>) -> Self {
        self.add(None, end(range.start_bound(), true, number), end(range.end_bound(), false, number))
    }

    /// A bucket with a name of its own.
    pub fn named_bucket(self, name: impl Into<String>, range: impl RangeBounds<f64>) -> Self {
        let (from, to) = (end(range.start_bound(), true, number), end(range.end_bound(), false, number));
        self.add(Some(name.into()), from, to)
    }
}

fn first_instant(bound: impl IntoTimeBound) -> Result<Value> {
    Ok(milliseconds(bound.into_time_bound()?.instant()).into())
}

fn end_instant(bound: impl IntoTimeBound) -> Result<Value> {
    Ok(milliseconds(next_millisecond(bound.into_time_bound()?.instant())).into())
}

impl Ranges<DateTime<Utc>> {
    /// A bucket of the instants within the range: `..(2013, 2)`, `(2013, 2)..(2013, 4)`, `"2013-04-01"..`.
    pub fn bucket<T: IntoTimeBound + Clone>(self, range: impl RangeBounds<T>) -> Self {
        self.add(
            None,
            end(range.start_bound(), true, first_instant),
            end(range.end_bound(), false, end_instant),
        )
    }

    /// A bucket with a name of its own.
    pub fn named_bucket<T: IntoTimeBound + Clone>(
        self,
        name: impl Into<String>,
        range: impl RangeBounds<T>,
    ) -> Self {
        let from = end(range.start_bound(), true, first_instant);
        self.add(Some(name.into()), from, end(range.end_bound(), false, end_instant))
    }
}

/// The key of a range's bucket; displayed as its name.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeKey<B> {
    /// The name given, or one that Elasticsearch made of the ends, such as `*-10.0`.
    pub name: String,
    /// Where the range starts; `None` if it has no start.
    pub from: Option<B>,
    /// Where the range ends, itself not included; `None` if it has no end.
    pub to: Option<B>,
}

impl<B> fmt::Display for RangeKey<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

fn key<B>(bucket: &Map<String, Value>, read: impl Fn(f64) -> Option<B>) -> Option<RangeKey<B>> {
    let name = bucket.get("key")?.as_str()?.to_owned();
    let end = |key: &str| bucket.get(key).and_then(Value::as_f64).and_then(&read);
    Some(RangeKey { name, from: end("from"), to: end("to") })
}

/// The ends of ranges, as an answer gives them.
pub trait RangeEnd: Sized {
    /// Reads an end; dates are milliseconds since 1970.
    #[doc(hidden)]
    fn read(number: f64) -> Option<Self>;
}

impl RangeEnd for f64 {
    fn read(number: f64) -> Option<Self> {
        Some(number)
    }
}

impl RangeEnd for DateTime<Utc> {
    fn read(number: f64) -> Option<Self> {
        Self::from_timestamp_millis(number as i64)
    }
}

/// Buckets in the order of their starts. No buckets if no index lies within the range of the search.
impl<B: RangeEnd> Aggregation for Ranges<B> {
    type Response = Buckets<RangeKey<B>>;

    fn name(&self) -> &str {
        self.request.name()
    }

    fn to_json(&self) -> Result<Value> {
        if !self.request.has("ranges") {
            return Err(Error::Query(
                "an aggregation of ranges needs at least one `.bucket(from..to)`".into(),
            ));
        }
        self.request.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<Self::Response> {
        Buckets::read(answer, |bucket| key(bucket, B::read))
    }
}
