//! Handles: `f.carrier` in a query. A handle knows the field's path, its Rust type and its Elasticsearch type.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Bound, Deref, RangeBounds};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::kind::{DocValues, Exact, FullText, Kind, Long, Matchable, Prefix, Ranged};
use super::{FieldPath, QueryValue};
use crate::query::{self, Query};
use crate::search::Sort;

/// A field of the Rust type `T` and the Elasticsearch type `K`, with the sub-fields `S`.
///
/// The derives make one for each field: `Departure::fields().carrier`. Values in queries have the field's own Rust
/// type, or what stands for it: `15` for an `Option<i32>`, `"UA"` for a `String`.
///
/// On date fields an instant means that instant, to the millisecond, which is what Elasticsearch keeps; a date
/// without a time means its whole day: `f.timestamp.lte(day)` takes in the day's last event.
pub struct Field<T, K, S = ()> {
    path: FieldPath,
    sub_fields: S,
    of: PhantomData<fn() -> (T, K)>,
}

impl<T, K, S: Copy> Copy for Field<T, K, S> {}

impl<T, K, S: Copy> Clone for Field<T, K, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, K, S> fmt::Debug for Field<T, K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", self.path)
    }
}

/// The sub-fields: `f.title.raw`.
impl<T, K, S> Deref for Field<T, K, S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.sub_fields
    }
}

impl<T, K, S> Field<T, K, S> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(path: FieldPath, sub_fields: S) -> Self {
        Self { path, sub_fields, of: PhantomData }
    }

    /// The field's name in documents and requests, with dots: `user.name`.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.to_string()
    }

    /// Documents that have a value here.
    pub fn exists(&self) -> Query {
        Query::from(json!({ "exists": { "field": self.name() } }))
    }

    fn clause(&self, kind: &str, body: Result<Value, String>) -> Query {
        match body {
            Ok(body) => Query::from(json!({ kind: { self.name(): body } })),
            Err(problem) => Query::broken(format!("`{kind}` on `{}`: {problem}", self.name())),
        }
    }
}

/// Whether the value is a `u64` that no field of the kind `K` can hold. On a `long` field Elasticsearch refuses such a
/// bound, and such a term, though what is asked for is clear: every stored value is less.
fn is_beyond<K: Kind>(value: &Value) -> bool {
    K::NAME == Long::NAME && value.is_u64() && !value.is_i64()
}

/// A value of a query on a field of the kind `K`.
fn value<K: Kind>(value: impl Serialize) -> Result<Value, String> {
    let value = query::value(value)?;
    // `date` and `date_nanos`.
    Ok(if K::NAME.starts_with("date") { query::exact_instant(value) } else { value })
}

impl<T, K: Kind, S> Field<T, K, S> {
    /// Documents whose value is exactly this one; of a list, any of its values.
    pub fn eq<V>(&self, value: V) -> Query
    where
        K: Exact,
        V: QueryValue<<K as Exact>::Of<T>>,
    {
        match self::value::<K>(value) {
            Ok(value) if is_beyond::<K>(&value) => query::match_none(),
            value => self.clause("term", value.map(|value| json!({ "value": value }))),
        }
    }

    /// Documents whose value is one of these. No values: no documents.
    pub fn is_in<V>(&self, values: impl IntoIterator<Item = V>) -> Query
    where
        K: Exact,
        V: QueryValue<<K as Exact>::Of<T>>,
    {
        let values = values.into_iter().map(|value| self::value::<K>(value));
        let storable = values.filter(|value| !value.as_ref().is_ok_and(is_beyond::<K>));
        self.clause("terms", storable.collect())
    }

    fn bound(&self, bound: &str, value: impl Serialize) -> Query {
        self.clause("range", end::<K>(bound, value).map(|(bound, value)| json!({ bound: value })))
    }

    /// Documents whose value is this or greater.
    pub fn gte<V>(&self, value: V) -> Query
    where
        K: Ranged,
        V: QueryValue<<K as Ranged>::Of<T>>,
    {
        self.bound("gte", value)
    }

    /// Documents whose value is greater.
    pub fn gt<V>(&self, value: V) -> Query
    where
        K: Ranged,
        V: QueryValue<<K as Ranged>::Of<T>>,
    {
        self.bound("gt", value)
    }

    /// Documents whose value is this or less.
    pub fn lte<V>(&self, value: V) -> Query
    where
        K: Ranged,
        V: QueryValue<<K as Ranged>::Of<T>>,
    {
        self.bound("lte", value)
    }

    /// Documents whose value is less.
    pub fn lt<V>(&self, value: V) -> Query
    where
        K: Ranged,
        V: QueryValue<<K as Ranged>::Of<T>>,
    {
        self.bound("lt", value)
    }

    /// Documents whose value lies within the range: `f.distance.within(100..500)`. Of a list, one and the same value
    /// has to, which two filters with one bound each do not ask for.
    pub fn within<V>(&self, range: impl RangeBounds<V>) -> Query
    where
        K: Ranged,
        V: QueryValue<<K as Ranged>::Of<T>>,
    {
        let (from, until) = (range.start_bound(), range.end_bound());
        let body = [bound::<K, V>(from, "gte", "gt"), bound::<K, V>(until, "lte", "lt")]
            .into_iter()
            .filter_map(Result::transpose)
            .collect::<Result<Map<_, _>, _>>();
        self.clause("range", body.map(Value::Object))
    }

    /// Documents whose value begins so.
    pub fn prefix(&self, start: &str) -> Query
    where
        K: Prefix,
    {
        self.clause("prefix", Ok(json!({ "value": start })))
    }

    /// Documents whose value fits the pattern: `*` stands for any characters, `?` for one, `\` makes the next plain.
    pub fn wildcard(&self, pattern: &str) -> Query
    where
        K: Prefix,
    {
        self.clause("wildcard", Ok(json!({ "value": pattern })))
    }

    /// Documents that hold any word of the text (Elasticsearch's `match`).
    pub fn matching(&self, text: &str) -> Query
    where
        K: Matchable,
    {
        self.clause("match", Ok(json!({ "query": text })))
    }

    /// Documents that hold these words next to each other in this order.
    pub fn match_phrase(&self, text: &str) -> Query
    where
        K: FullText,
    {
        self.clause("match_phrase", Ok(json!({ "query": text })))
    }

    /// Sorts by this field, least first; documents without a value come last.
    pub fn asc(&self) -> Sort
    where
        K: DocValues,
    {
        Sort::by(self.name(), K::NAME, "asc")
    }

    /// Sorts by this field, greatest first; documents without a value come last.
    pub fn desc(&self) -> Sort
    where
        K: DocValues,
    {
        Sort::by(self.name(), K::NAME, "desc")
    }
}

/// One end of a range as an entry of the clause; `None` if it is open.
fn bound<K: Kind, V: Serialize>(
    bound: Bound<&V>,
    included: &str,
    excluded: &str,
) -> Result<Option<(String, Value)>, String> {
    let (name, bound) = match bound {
        Bound::Included(bound) => (included, bound),
        Bound::Excluded(bound) => (excluded, bound),
        Bound::Unbounded => return Ok(None),
    };
    end::<K>(name, bound).map(Some)
}

/// One end of a range. Beyond what the field can hold, a lower end lets nothing through and an upper one everything,
/// but as a bound that Elasticsearch takes.
fn end<K: Kind>(bound: &str, value: impl Serialize) -> Result<(String, Value), String> {
    let value = self::value::<K>(value)?;
    if !is_beyond::<K>(&value) {
        return Ok((bound.to_owned(), value));
    }
    let is_lower = matches!(bound, "gte" | "gt");
    Ok((if is_lower { "gt" } else { "lte" }.to_owned(), i64::MAX.into()))
}

/// A `nested` field: its inner fields are reached through it, and queries on them go through
/// [`matches`](Self::matches).
#[derive(Debug, Clone, Copy)]
pub struct Nested<F> {
    path: FieldPath,
    fields: F,
}

/// The inner fields: `f.items.sku`.
impl<F> Deref for Nested<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.fields
    }
}

impl<F> Nested<F> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(path: FieldPath, fields: F) -> Self {
        Self { path, fields }
    }

    /// The field's name in documents and requests.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.to_string()
    }

    /// Documents in which one and the same inner object fits the query.
    pub fn matches(&self, query: impl Into<Query>) -> Query {
        query.into().wrap(|query| json!({ "nested": { "path": self.name(), "query": query } }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::needless_pass_by_value)] // JSON in place, in the helpers of the tests

    use super::super::kind::UnsignedLong;
    use super::*;

    const BEYOND: u64 = i64::MAX.unsigned_abs() + 1;

    fn long() -> Field<u64, Long> {
        Field::new(FieldPath::ROOT.join("n"), ())
    }

    fn unsigned() -> Field<u64, UnsignedLong> {
        Field::new(FieldPath::ROOT.join("n"), ())
    }

    fn body(query: Query) -> Value {
        query.into_json().unwrap()
    }

    fn range(bounds: Value) -> Value {
        json!({ "range": { "n": bounds } })
    }

    #[test]
    fn a_lower_bound_that_no_long_reaches_lets_nothing_through() {
        let nothing = range(json!({ "gt": i64::MAX }));
        assert_eq!(body(long().gte(BEYOND)), nothing);
        assert_eq!(body(long().gt(u64::MAX)), nothing);
        assert_eq!(body(long().within(BEYOND..)), nothing);
        assert_eq!(body(long().gte(BEYOND - 1)), range(json!({ "gte": i64::MAX })));
    }

    #[test]
    fn an_upper_bound_that_no_long_reaches_lets_everything_through() {
        let everything = range(json!({ "lte": i64::MAX }));
        assert_eq!(body(long().lte(u64::MAX)), everything);
        assert_eq!(body(long().lt(BEYOND)), everything);
        assert_eq!(body(long().within(..BEYOND)), everything);
        assert_eq!(body(long().within(0..=u64::MAX)), range(json!({ "gte": 0, "lte": i64::MAX })));
        assert_eq!(body(long().lt(BEYOND - 1)), range(json!({ "lt": i64::MAX })));
    }

    #[test]
    fn terms_that_no_long_can_be_are_left_out() {
        assert_eq!(body(long().is_in([1, u64::MAX])), json!({ "terms": { "n": [1] } }));
        assert_eq!(body(long().is_in([BEYOND, u64::MAX])), json!({ "terms": { "n": [] } }));
        assert_eq!(body(long().eq(BEYOND)), json!({ "match_none": {} }));
        assert_eq!(body(long().eq(BEYOND - 1)), json!({ "term": { "n": { "value": i64::MAX } } }));
    }

    #[test]
    fn an_unsigned_long_holds_every_u64() {
        assert_eq!(body(unsigned().gte(BEYOND)), range(json!({ "gte": BEYOND })));
        assert_eq!(body(unsigned().lt(u64::MAX)), range(json!({ "lt": u64::MAX })));
        assert_eq!(body(unsigned().is_in([u64::MAX])), json!({ "terms": { "n": [u64::MAX] } }));
        assert_eq!(body(unsigned().eq(BEYOND)), json!({ "term": { "n": { "value": BEYOND } } }));
    }
}
