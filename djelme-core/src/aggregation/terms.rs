//! `terms`: one bucket for each value of a field.

use serde::Deserialize;
use serde_json::Value;

use super::request::Request;
use super::{Aggregation, Bucket, Buckets, Key, Order, present, read};
use crate::error::Result;
use crate::field::Field;
use crate::field::kind::DocValues;

/// One bucket for each value of a field, those with the most documents first; made by [`terms`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Terms(Request);

/// One bucket for each value of a field, those with the most documents first; the ten largest unless
/// [`size`](Terms::size) says otherwise.
pub fn terms<T, K: DocValues, S>(name: impl Into<String>, field: Field<T, K, S>) -> Terms {
    Terms(Request::on_field("terms", name, field))
}

impl Terms {
    /// At most so many buckets. [`TermsAnswer::sum_other_doc_count`] tells what they leave out.
    pub fn size(self, buckets: u32) -> Self {
        Self(self.0.with("size", buckets))
    }

    /// The order of the buckets, after the orders given before.
    pub fn order(self, order: Order) -> Self {
        Self(self.0.push("order", order.into_json()))
    }

    /// Only buckets with at least so many documents. With 0, values that only documents outside of the search have
    /// come as empty buckets.
    pub fn min_doc_count(self, documents: u64) -> Self {
        Self(self.0.with("min_doc_count", documents))
    }

    /// Counts documents without a value as if they had this one. Otherwise they are left out.
    pub fn missing(self, value: impl Into<Value>) -> Self {
        Self(self.0.with_checked("missing", present(value.into())))
    }

    /// Only these values.
    pub fn include(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        Self(self.0.with_checked("include", values.into_iter().map(|value| present(value.into())).collect()))
    }

    /// Only values that fit the regular expression, in Lucene's syntax; for string fields.
    pub fn include_matching(self, regex: &str) -> Self {
        Self(self.0.with("include", regex))
    }

    /// No such values.
    pub fn exclude(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        Self(self.0.with_checked("exclude", values.into_iter().map(|value| present(value.into())).collect()))
    }

    /// No values that fit the regular expression, in Lucene's syntax; for string fields.
    pub fn exclude_matching(self, regex: &str) -> Self {
        Self(self.0.with("exclude", regex))
    }

    /// How many buckets each shard hands in; more make the counts of a `size` below the number of values more exact.
    pub fn shard_size(self, buckets: u32) -> Self {
        Self(self.0.with("shard_size", buckets))
    }

    /// Computes this within each bucket.
    pub fn aggregate(self, aggregation: &(impl Aggregation + ?Sized)) -> Self {
        Self(self.0.aggregate(aggregation))
    }
}

/// The buckets of a [`terms`] aggregation, and what they leave out.
#[derive(Debug, Clone, PartialEq)]
pub struct TermsAnswer {
    buckets: Buckets<Key>,
    counts: Counts,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
struct Counts {
    #[serde(default)]
    sum_other_doc_count: u64,
    doc_count_error_upper_bound: Option<i64>,
}

impl TermsAnswer {
    /// The buckets.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket<Key>] {
        self.buckets.buckets()
    }

    /// How many documents lie in buckets beyond `size`.
    #[must_use]
    pub fn sum_other_doc_count(&self) -> u64 {
        self.counts.sum_other_doc_count
    }

    /// By how much a count here may be too low at most, because shards hand in their own largest buckets only. `None`
    /// where no such bound is known.
    #[must_use]
    pub fn doc_count_error_upper_bound(&self) -> Option<u64> {
        // Elasticsearch says -1 where it does not know, such as under an order by a metric.
        self.counts.doc_count_error_upper_bound.and_then(|bound| u64::try_from(bound).ok())
    }
}

impl IntoIterator for TermsAnswer {
    type Item = Bucket<Key>;
    type IntoIter = std::vec::IntoIter<Bucket<Key>>;

    fn into_iter(self) -> Self::IntoIter {
        self.buckets.into_iter()
    }
}

impl Aggregation for Terms {
    type Response = TermsAnswer;

    fn name(&self) -> &str {
        self.0.name()
    }

    fn to_json(&self) -> Result<Value> {
        self.0.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<TermsAnswer> {
        let counts = match answer {
            Some(answer) => read(answer)?,
            None => Counts { sum_other_doc_count: 0, doc_count_error_upper_bound: Some(0) },
        };
        Ok(TermsAnswer { buckets: Buckets::read(answer, Key::read)?, counts })
    }
}
