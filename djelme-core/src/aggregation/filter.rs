//! `filter` and `filters`: buckets of the documents that match queries; `nested`: a bucket of inner objects.

use serde_json::{Map, Value};

use super::request::Request;
use super::{Aggregation, Bucket};
use crate::error::{Error, Result};
use crate::field::Nested;
use crate::query::Query;

/// One bucket, computed within; made by [`filter`] and [`nested`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct SingleBucket(Request);

/// One bucket of the documents that match the query.
pub fn filter(name: impl Into<String>, query: impl Into<Query>) -> SingleBucket {
    let request = Request::new("filter", name);
    SingleBucket(match query.into().into_json() {
        Ok(Value::Object(query)) => {
            query.into_iter().fold(request, |request, (kind, body)| request.with(&kind, body))
        }
        Ok(other) => request.refuse(format!("{other} is not a query")),
        Err(Error::Query(problem)) => request.refuse(problem),
        Err(other) => request.refuse(other.to_string()),
    })
}

/// One bucket of the inner objects of a `nested` field. Their fields can be aggregated within it only.
pub fn nested<F>(name: impl Into<String>, field: &Nested<F>) -> SingleBucket {
    SingleBucket(Request::new("nested", name).with("path", field.name()))
}

impl SingleBucket {
    /// Computes this within the bucket.
    pub fn aggregate(self, aggregation: &(impl Aggregation + ?Sized)) -> Self {
        Self(self.0.aggregate(aggregation))
    }
}

impl Aggregation for SingleBucket {
    type Response = Bucket<()>;

    fn name(&self) -> &str {
        self.0.name()
    }

    fn to_json(&self) -> Result<Value> {
        self.0.to_json()
    }

    fn decode(&self, answer: Option<&Value>) -> Result<Bucket<()>> {
        match answer {
            Some(answer) => Bucket::read(answer, |_| Some(())),
            None => Ok(Bucket::unfilled((), self.0.within().unanswered())),
        }
    }
}

/// One bucket for each query; made by [`filters`].
#[derive(Debug, Clone)]
#[must_use = "an aggregation does nothing until a search uses it"]
pub struct Filters {
    request: Request,
    queries: Vec<(String, Query)>,
    other: Option<String>,
}

/// One bucket for each query of [`bucket`](Filters::bucket); a document lies in all whose query it matches.
pub fn filters(name: impl Into<String>) -> Filters {
    Filters { request: Request::new("filters", name), queries: Vec::new(), other: None }
}

impl Filters {
    /// A bucket with this key, of the documents that match the query.
    pub fn bucket(mut self, key: impl Into<String>, query: impl Into<Query>) -> Self {
        self.queries.push((key.into(), query.into()));
        self
    }

    /// A bucket with this key, of the documents that match none of the queries.
    pub fn other_bucket(mut self, key: impl Into<String>) -> Self {
        self.other = Some(key.into());
        self
    }

    /// Computes this within each bucket.
    pub fn aggregate(mut self, aggregation: &(impl Aggregation + ?Sized)) -> Self {
        self.request = self.request.aggregate(aggregation);
        self
    }

    fn keys(&self) -> impl Iterator<Item = &String> {
        self.queries.iter().map(|(key, _)| key).chain(&self.other)
    }
}

/// The buckets of [`filters`], in the order in which they were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct FiltersAnswer(Vec<Bucket<String>>);

impl FiltersAnswer {
    /// The buckets; the one of the other documents comes last.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket<String>] {
        &self.0
    }

    /// The bucket with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Bucket<String>> {
        self.0.iter().find(|bucket| bucket.key() == key)
    }
}

impl IntoIterator for FiltersAnswer {
    type Item = Bucket<String>;
    type IntoIter = std::vec::IntoIter<Bucket<String>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Aggregation for Filters {
    type Response = FiltersAnswer;

    fn name(&self) -> &str {
        self.request.name()
    }

    fn to_json(&self) -> Result<Value> {
        let mut queries = Map::new();
        for (key, query) in &self.queries {
            let taken = queries.insert(key.clone(), query.clone().into_json()?).is_some();
            if taken || self.other.as_ref() == Some(key) {
                return Err(Error::Query(format!("two buckets have the key `{key}`")));
            }
        }
        if queries.is_empty() {
            return Err(Error::Query("`filters` needs at least one `.bucket(key, query)`".into()));
        }
        let request = self.request.clone().with("filters", queries);
        match &self.other {
            Some(key) => request.with("other_bucket_key", key.as_str()).to_json(),
            None => request.to_json(),
        }
    }

    fn decode(&self, answer: Option<&Value>) -> Result<FiltersAnswer> {
        let read = |key: &String| match answer {
            None => Ok(Bucket::unfilled(key.clone(), self.request.within().unanswered())),
            Some(answer) => {
                let bucket = answer.get("buckets").and_then(|buckets| buckets.get(key)).ok_or_else(|| {
                    Error::UnexpectedAnswer(format!("it has no bucket with the key `{key}`"))
                })?;
                Bucket::read(bucket, |_| Some(key.clone()))
            }
        };
        Ok(FiltersAnswer(self.keys().map(read).collect::<Result<_>>()?))
    }
}
