//! `buckets_path`: where a pipeline finds the numbers that it computes with.

use serde_json::{Map, Value};

use super::super::format::java_number;
use super::super::rows::key_text;
use crate::error::Refusal;

/// Names on the way down, such as `late>delay.avg`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BucketsPath {
    whole: String,
    names: Vec<String>,
    /// The value of the last one, such as `avg`, or the key of a bucket.
    value: Option<String>,
}

impl BucketsPath {
    pub(super) fn parse(whole: &str) -> Self {
        let mut names = Vec::new();
        let mut value = None;
        let elements: Vec<&str> = whole.split('>').collect();
        for (at, element) in elements.iter().enumerate() {
            let (name, key) = match element.strip_suffix(']').and_then(|inner| inner.split_once('[')) {
                Some((name, key)) => (name, Some(key.trim_matches(['\'', '"']).to_owned())),
                None => match element.rsplit_once('.') {
                    Some((name, key)) if at + 1 == elements.len() => (name, Some(key.to_owned())),
                    _ => (*element, None),
                },
            };
            names.push(name.to_owned());
            if at + 1 == elements.len() {
                value = key;
            } else if let Some(key) = key {
                // A bucket on the way.
                names.push(format!("[{key}]"));
            }
        }
        Self { whole: whole.to_owned(), names, value }
    }

    pub(super) fn whole(&self) -> &str {
        &self.whole
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names of aggregations on the way.
    pub(super) fn aggregations(&self) -> impl Iterator<Item = &str> {
        let special = |name: &&str| !name.starts_with('[') && !name.starts_with('_');
        self.names.iter().map(String::as_str).filter(special)
    }

    /// The first name, and what follows.
    pub(super) fn split(&self) -> (&str, Self) {
        let (first, rest) = match self.names.split_first() {
            Some((first, rest)) => (first.as_str(), rest.to_vec()),
            None => ("", Vec::new()),
        };
        let rest = match (rest.is_empty(), &self.value) {
            // The value of the aggregation itself, such as `_count` of all of its buckets.
            (true, Some(value)) => vec![value.clone()],
            _ => rest,
        };
        let value = if rest.is_empty() || rest.len() == 1 && self.names.len() == 1 {
            None
        } else {
            self.value.clone()
        };
        (first, Self { whole: self.whole.clone(), names: rest, value })
    }

    /// Whether a bucket lacks the aggregation, as the first one lacks a derivative.
    pub(super) fn is_absent(&self, bucket: &Map<String, Value>) -> bool {
        self.names.first().is_some_and(|name| !name.starts_with('_') && !bucket.contains_key(name))
    }

    /// The number in a bucket, and whether it is a count of documents; not a number if there is none.
    fn find(&self, bucket: &Map<String, Value>) -> Result<(f64, bool), Refusal> {
        let mut at = bucket;
        for (position, name) in self.names.iter().enumerate() {
            let last = position + 1 == self.names.len();
            match name.as_str() {
                "_count" if last => return Ok((number(at.get("doc_count")), true)),
                "_key" if last => return self.key(at),
                "_bucket_count" if last => return Ok((bucket_count(at), false)),
                name => {
                    at = match self.step(at, name)? {
                        Some(next) => next,
                        None => return Ok((f64::NAN, false)),
                    };
                }
            }
        }
        self.value_of(at)
    }

    /// Goes down to an aggregation, or to one of its buckets.
    fn step<'a>(
        &self,
        at: &'a Map<String, Value>,
        name: &str,
    ) -> Result<Option<&'a Map<String, Value>>, Refusal> {
        if let Some(key) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return Ok(match at.get("buckets") {
                Some(Value::Array(buckets)) => {
                    let mut maps = buckets.iter().filter_map(Value::as_object);
                    maps.find(|bucket| key_text(bucket) == key)
                }
                Some(Value::Object(buckets)) => buckets.get(key).and_then(Value::as_object),
                _ => None,
            });
        }
        match at.get(name) {
            Some(Value::Object(inner))
                if inner.contains_key("buckets") || inner.contains_key("doc_count") =>
            {
                Ok(Some(inner))
            }
            Some(Value::Object(inner)) => Ok(Some(inner)),
            _ => Err(self.wrong("null", name)),
        }
    }

    fn value_of(&self, answer: &Map<String, Value>) -> Result<(f64, bool), Refusal> {
        let name = self.names.last().map_or("", String::as_str);
        match self.value.as_deref() {
            Some("_count") if answer.contains_key("doc_count") => Ok((number(answer.get("doc_count")), true)),
            Some("_bucket_count") => Ok((bucket_count(answer), false)),
            None | Some("value") if answer.contains_key("value") => Ok((number(answer.get("value")), false)),
            Some(value) if answer.contains_key("values") => {
                let wanted = value.parse::<f64>().unwrap_or(f64::NAN);
                let found = match answer.get("values") {
                    Some(Value::Object(values)) => values.get(&java_number(wanted)),
                    Some(Value::Array(values)) => {
                        let has = |item: &&Value| number(item.get("key")).total_cmp(&wanted).is_eq();
                        values.iter().find(has).and_then(|item| item.get("value"))
                    }
                    _ => None,
                };
                found.map(|found| (number(Some(found)), false)).ok_or_else(|| self.wrong("null", name))
            }
            Some(value) => {
                let bounds = answer
                    .get("std_deviation_bounds")
                    .and_then(|bounds| bounds.get(value.strip_prefix("std_")?));
                let found = answer.get(value).or(bounds);
                let found = found.filter(|found| !found.is_object() && !found.is_array());
                found.map(|found| (number(Some(found)), false)).ok_or_else(|| self.wrong("null", name))
            }
            None => Err(self.wrong(if answer.contains_key("buckets") { "Object[]" } else { "Object" }, name)),
        }
    }

    fn key(&self, bucket: &Map<String, Value>) -> Result<(f64, bool), Refusal> {
        match bucket.get("key") {
            Some(Value::Number(key)) => Ok((key.as_f64().unwrap_or(f64::NAN), false)),
            _ => Err(self.wrong("String", "_key")),
        }
    }

    fn wrong(&self, what: &str, name: &str) -> Refusal {
        Refusal::illegal(format!(
            "buckets_path must reference either a number value or a single value numeric metric aggregation, got: \
             [{what}] at aggregation [{name}] in [{}]",
            self.whole
        ))
    }
}

fn number(value: Option<&Value>) -> f64 {
    match value {
        Some(Value::String(text)) => match text.as_str() {
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            _ => f64::NAN,
        },
        other => other.and_then(Value::as_f64).unwrap_or(f64::NAN),
    }
}

fn bucket_count(answer: &Map<String, Value>) -> f64 {
    match answer.get("buckets") {
        Some(Value::Array(buckets)) => buckets.len() as f64,
        Some(Value::Object(buckets)) => buckets.len() as f64,
        _ => f64::NAN,
    }
}

/// What stands for the value of a bucket that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GapPolicy {
    Skip,
    InsertZeros,
    KeepValues,
}

impl GapPolicy {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "skip" => Self::Skip,
            "insert_zeros" => Self::InsertZeros,
            "keep_values" => Self::KeepValues,
            _ => return None,
        })
    }

    /// The number of a bucket; not a number if it does not count.
    pub(super) fn resolve(self, path: &BucketsPath, bucket: &Map<String, Value>) -> Result<f64, Refusal> {
        if path.is_absent(bucket) {
            return Ok(f64::NAN);
        }
        let (value, is_count) = path.find(bucket)?;
        if is_count {
            return Ok(value);
        }
        let empty = bucket.get("doc_count").and_then(Value::as_u64) == Some(0);
        Ok(match self {
            Self::Skip if empty || !value.is_finite() => f64::NAN,
            Self::InsertZeros if empty || !value.is_finite() => 0.0,
            Self::KeepValues if !value.is_finite() => f64::NAN,
            _ => value,
        })
    }
}
