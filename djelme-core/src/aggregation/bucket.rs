//! Buckets: documents that have something in common.

use serde_json::{Map, Value};

use super::{Aggregation, decode_from};
use crate::error::{Error, Result};

/// Documents that have something in common: a term, a day, a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket<K> {
    key: K,
    doc_count: u64,
    rest: Map<String, Value>,
}

impl<K> Bucket<K> {
    /// What the documents have in common.
    #[must_use]
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The key as Elasticsearch writes it, where it writes it in two ways: dates in the format of the aggregation or of
    /// the field.
    #[must_use]
    pub fn key_as_string(&self) -> Option<&str> {
        self.rest.get("key_as_string").and_then(Value::as_str)
    }

    /// How many documents these are.
    #[must_use]
    pub fn doc_count(&self) -> u64 {
        self.doc_count
    }

    /// The answer to an aggregation within this bucket; the value that asked also reads it.
    ///
    /// # Errors
    /// [`Error::Query`] if there is no aggregation of that name here, [`Error::UnexpectedAnswer`] if the answer under
    /// the name is of another kind.
    pub fn aggregation<A: Aggregation + ?Sized>(&self, aggregation: &A) -> Result<A::Response> {
        decode_from(&self.rest, aggregation)
    }

    /// A bucket that no index was there to fill, with what was asked about it.
    pub(super) fn unfilled(key: K, asked: Map<String, Value>) -> Self {
        Self { key, doc_count: 0, rest: asked }
    }

    /// Reads a bucket; `read_key` gets all of it.
    pub(super) fn read(
        bucket: &Value,
        read_key: impl FnOnce(&Map<String, Value>) -> Option<K>,
    ) -> Result<Self> {
        let read = || {
            let rest = bucket.as_object()?;
            let doc_count = rest.get("doc_count")?.as_u64()?;
            Some(Self { key: read_key(rest)?, doc_count, rest: rest.clone() })
        };
        read().ok_or_else(|| {
            Error::UnexpectedAnswer(format!("this is not a bucket of the kind asked for: {bucket}"))
        })
    }
}

/// The buckets of an answer, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Buckets<K>(Vec<Bucket<K>>);

impl<K> Buckets<K> {
    /// The buckets.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket<K>] {
        &self.0
    }

    /// Reads the array `buckets` of an answer; no answer has none.
    pub(super) fn read(
        answer: Option<&Value>,
        read_key: impl Fn(&Map<String, Value>) -> Option<K>,
    ) -> Result<Self> {
        let Some(answer) = answer else { return Ok(Self(Vec::new())) };
        let buckets = answer
            .get("buckets")
            .and_then(Value::as_array)
            .ok_or_else(|| Error::UnexpectedAnswer("it has no list of buckets".into()))?;
        Ok(Self(buckets.iter().map(|bucket| Bucket::read(bucket, &read_key)).collect::<Result<_>>()?))
    }
}

impl<K> IntoIterator for Buckets<K> {
    type Item = Bucket<K>;
    type IntoIter = std::vec::IntoIter<Bucket<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K> IntoIterator for &'a Buckets<K> {
    type Item = &'a Bucket<K>;
    type IntoIter = std::slice::Iter<'a, Bucket<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
