//! `bucket_sort`: another order of buckets, and fewer of them.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::super::params::{Params, malformed};
use super::path::{BucketsPath, GapPolicy};
use crate::error::Refusal;

/// What a request says.
#[derive(Debug, Clone)]
pub(super) struct BucketSort {
    /// Paths, and whether from the least.
    pub(super) keys: Vec<(BucketsPath, bool)>,
    from: usize,
    size: Option<usize>,
    gaps: GapPolicy,
}

/// What a bucket is sorted by.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    Number(f64),
    Text(String),
    Nothing,
}

impl BucketSort {
    pub(super) fn parse(params: &Params<'_>, gaps: GapPolicy) -> Result<Self, Refusal> {
        let keys = match params.value("sort") {
            None => Vec::new(),
            Some(Value::Array(keys)) => {
                keys.iter().map(|key| Self::key(params, key)).collect::<Result<Vec<_>, _>>()?
            }
            Some(other) => return Err(params.wrong_type("sort", other)),
        };
        let size = match params.integer("size")? {
            Some(size) if size <= 0 => {
                return Err(params.wrong("size", format_args!("[size] must be a positive integer: [{size}]")));
            }
            size => size.map(|size| size as usize),
        };
        let from = match params.integer("from")? {
            Some(from) if from < 0 => {
                return Err(
                    params.wrong("from", format_args!("[from] must be a non-negative integer: [{from}]"))
                );
            }
            from => from.map(|from| from as usize),
        };
        if keys.is_empty() && size.is_none() && from.is_none() {
            return Err(super::request::invalid(format_args!(
                "[{}] is configured to perform nothing. Please set either of [sort, size, from] to use bucket_sort",
                params.name
            )));
        }
        Ok(Self { keys, from: from.unwrap_or(0), size, gaps })
    }

    /// Reads `"path"`, `{"path": "desc"}` or `{"path": {"order": "desc"}}`.
    fn key(params: &Params<'_>, key: &Value) -> Result<(BucketsPath, bool), Refusal> {
        let (path, order) = match key {
            Value::String(path) => return Ok((BucketsPath::parse(path), true)),
            Value::Object(key) if key.len() == 1 => match key.iter().next() {
                Some((path, Value::Object(inner))) => {
                    let inner = Params::new("sort", params.name, inner);
                    let order = inner.text("order")?.unwrap_or("asc");
                    inner.finish()?;
                    (path, order)
                }
                Some((path, Value::String(order))) => (path, order.as_str()),
                Some((_, other)) => return Err(params.wrong_type("sort", other)),
                None => return Err(params.wrong_type("sort", &Value::Null)),
            },
            Value::Object(_) => return Err(params.wrong("sort", "one key for each object of the list")),
            other => return Err(params.wrong_type("sort", other)),
        };
        match order {
            "asc" => Ok((BucketsPath::parse(path), true)),
            "desc" => Ok((BucketsPath::parse(path), false)),
            other => Err(malformed(format!("Unknown SortOrder [{other}]"))),
        }
    }

    pub(super) fn apply(&self, buckets: &mut Vec<Map<String, Value>>) -> Result<(), Refusal> {
        let mut sorted = Vec::with_capacity(buckets.len());
        for bucket in std::mem::take(buckets) {
            let keys = self.keys.iter().map(|(path, _)| self.value(path, &bucket));
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            // Buckets without anything to be sorted by are gone.
            if self.keys.is_empty() || keys.iter().any(|key| *key != Key::Nothing) {
                sorted.push((keys, bucket));
            }
        }
        sorted.sort_by(|(one, _), (other, _)| self.compare(one, other));
        let kept = sorted.into_iter().skip(self.from).take(self.size.unwrap_or(usize::MAX));
        buckets.extend(kept.map(|(_, bucket)| bucket));
        Ok(())
    }

    fn value(&self, path: &BucketsPath, bucket: &Map<String, Value>) -> Result<Key, Refusal> {
        if path.whole() == "_key"
            && let Some(Value::String(key)) = bucket.get("key")
        {
            return Ok(Key::Text(key.clone()));
        }
        if path.whole() == "_key" {
            return Ok(Key::Number(bucket.get("key").and_then(Value::as_f64).unwrap_or(f64::NAN)));
        }
        let value = self.gaps.resolve(path, bucket)?;
        Ok(if value.is_nan() { Key::Nothing } else { Key::Number(value) })
    }

    fn compare(&self, one: &[Key], other: &[Key]) -> Ordering {
        for ((one, other), (_, ascending)) in one.iter().zip(other).zip(&self.keys) {
            let ordering = match (one, other) {
                (Key::Nothing, Key::Nothing) => Ordering::Equal,
                (Key::Nothing, _) => return Ordering::Greater,
                (_, Key::Nothing) => return Ordering::Less,
                (Key::Number(one), Key::Number(other)) => one.total_cmp(other),
                (Key::Text(one), Key::Text(other)) => one.cmp(other),
                (Key::Number(_), Key::Text(_)) => Ordering::Less,
                (Key::Text(_), Key::Number(_)) => Ordering::Greater,
            };
            let ordering = if *ascending { ordering } else { ordering.reverse() };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }
}
