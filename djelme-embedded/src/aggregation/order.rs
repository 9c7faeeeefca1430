//! The order of buckets: by count, by key, or by an aggregation within them.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::level::Level;
use super::params::{Params, malformed};
use crate::error::Refusal;

/// Where a number stands below a bucket: `late>delay.avg`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    whole: String,
    /// Names that are still to be followed.
    names: Vec<String>,
    /// The value of the last one, such as `avg`.
    pub(super) value: Option<String>,
}

impl Path {
    pub(super) fn parse(whole: &str) -> Self {
        let mut names: Vec<String> = whole.split('>').map(str::to_owned).collect();
        let mut value = None;
        if let Some(last) = names.last_mut() {
            let cut = match last.strip_suffix(']').and_then(|rest| rest.rfind('[').map(|at| (rest, at))) {
                Some((rest, at)) => Some((rest[..at].to_owned(), rest[at + 1..].to_owned())),
                None => last.rsplit_once('.').map(|(name, value)| (name.to_owned(), value.to_owned())),
            };
            if let Some((name, wanted)) = cut {
                *last = name;
                value = Some(wanted);
            }
        }
        Self { whole: whole.to_owned(), names, value }
    }

    /// The first name, and what follows.
    pub(super) fn split(&self) -> (&str, Self) {
        let (first, rest) = match self.names.split_first() {
            Some((first, rest)) => (first.as_str(), rest.to_vec()),
            None => ("", Vec::new()),
        };
        (first, Self { whole: self.whole.clone(), names: rest, value: self.value.clone() })
    }

    /// Whether no name is left to follow.
    pub(super) fn at_end(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn invalid(&self, why: impl fmt::Display) -> Refusal {
        Refusal::illegal(format!("Invalid aggregation order path [{}]. {why}", self.whole))
    }
}

/// What buckets are ordered by.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum By {
    Count,
    Key,
    Path(Path),
}

/// An order of buckets: the first of these that tells two apart decides.
#[derive(Debug, Clone)]
pub(super) struct Order(Vec<(By, bool)>);

impl Order {
    /// Most documents first, then by key.
    pub(super) fn largest_first() -> Self {
        Self(vec![(By::Count, false), (By::Key, true)])
    }

    pub(super) fn by_key() -> Self {
        Self(vec![(By::Key, true)])
    }

    /// Reads the parameter `order`.
    pub(super) fn parse<'a>(params: &Params<'a>) -> Result<Option<Self>, Refusal> {
        let mut order = Vec::new();
        match params.value("order") {
            None => return Ok(None),
            Some(Value::Array(items)) if items.is_empty() => {
                return Err(params.wrong("order", "the list is empty"));
            }
            Some(Value::Array(items)) => {
                for item in items {
                    Self::parse_one(params, item, &mut order)?;
                }
            }
            Some(item) => Self::parse_one(params, item, &mut order)?,
        }
        if !order.iter().any(|(by, _)| *by == By::Key) {
            order.push((By::Key, true));
        }
        Ok(Some(Self(order)))
    }

    fn parse_one(params: &Params<'_>, item: &Value, order: &mut Vec<(By, bool)>) -> Result<(), Refusal> {
        let Value::Object(item) = item else { return Err(params.wrong_type("order", item)) };
        if item.is_empty() {
            return Err(params.wrong("order", "Must specify at least one field for [order]"));
        }
        // Of several keys, Elasticsearch takes the last one: that of the greatest name, as JSON values keep objects.
        let mut last = None;
        for (by, direction) in item {
            let ascending = match direction.as_str().map(str::to_ascii_lowercase).as_deref() {
                Some("asc") => true,
                Some("desc") => false,
                _ => return Err(malformed(format!("Unknown order direction [{direction}]"))),
            };
            let by = match by.as_str() {
                "_count" => By::Count,
                "_key" => By::Key,
                path => By::Path(Path::parse(path)),
            };
            last = Some((by, ascending));
        }
        order.extend(last);
        Ok(())
    }

    pub(super) fn check(&self, below: &Level) -> Result<(), Refusal> {
        self.paths().try_for_each(|path| below.check_path(path))
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().filter_map(|(by, _)| if let By::Path(path) = by { Some(path) } else { None })
    }

    /// Compares two buckets; `numbers` are those of [`paths`](Self::paths).
    pub(super) fn compare(
        &self,
        counts: (u64, u64),
        numbers: (&[f64], &[f64]),
        keys: impl Fn() -> Ordering,
    ) -> Ordering {
        self.compare_by(counts, numbers, keys, |one, other, ascending| {
            let ordering = compare_numbers(one, other);
            if ascending { ordering } else { ordering.reverse() }
        })
    }

    /// The same as shards of Elasticsearch compare: what is no number is the last in either direction.
    pub(super) fn compare_in_shard(
        &self,
        counts: (u64, u64),
        numbers: (&[f64], &[f64]),
        keys: impl Fn() -> Ordering,
    ) -> Ordering {
        self.compare_by(counts, numbers, keys, |one, other, ascending| {
            let ordering = compare_numbers(one, other);
            if ascending || one.is_nan() || other.is_nan() { ordering } else { ordering.reverse() }
        })
    }

    fn compare_by(
        &self,
        counts: (u64, u64),
        numbers: (&[f64], &[f64]),
        keys: impl Fn() -> Ordering,
        compare: impl Fn(f64, f64, bool) -> Ordering,
    ) -> Ordering {
        let mut path = 0;
        for (by, ascending) in &self.0 {
            let ordering = match by {
                By::Count => counts.0.cmp(&counts.1),
                By::Key => keys(),
                By::Path(_) => {
                    path += 1;
                    match compare(numbers.0[path - 1], numbers.1[path - 1], *ascending) {
                        Ordering::Equal => continue,
                        ordering => return ordering,
                    }
                }
            };
            let ordering = if *ascending { ordering } else { ordering.reverse() };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }

    /// Whether keys come before all else, in either direction.
    pub(super) fn is_of_keys(&self) -> bool {
        matches!(self.0.first(), Some((By::Key, _)))
    }

    /// Whether the largest buckets come before all else.
    pub(super) fn is_largest_first(&self) -> bool {
        matches!(self.0.first(), Some((By::Count, false)))
    }

    /// Whether this is the plain order of keys, from the least.
    pub(super) fn is_by_key(&self) -> bool {
        matches!(self.0.first(), Some((By::Key, true)))
    }
}

/// As Java compares: what is no number is the greatest of all.
pub(super) fn compare_numbers(one: f64, other: f64) -> Ordering {
    match (one.is_nan(), other.is_nan()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => one.total_cmp(&other),
    }
}
