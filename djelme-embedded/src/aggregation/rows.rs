//! The buckets of a histogram on their way into the answer.

use serde_json::{Map, Value};

use super::bounds::Ends;
use super::format::java_number;
use super::level::Answering;
use super::order::Order;
use super::params::Params;
use super::split::{Split, shown};
use crate::error::Refusal;

/// A bucket of the answer; without a number, no document fell into it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Where it stands.
    pub(super) at: i64,
    pub(super) bucket: Option<u32>,
    pub(super) count: u64,
}

/// What a request says about the buckets of a histogram.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) min_doc_count: u64,
    pub(super) keyed: bool,
    pub(super) order: Order,
}

impl Wanted {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        let min_doc_count = match params.integer("min_doc_count")? {
            Some(count) if count < 0 => {
                let name = params.name;
                let why =
                    format!("[minDocCount] must be greater than or equal to 0. Found [{count}] in [{name}]");
                return Err(params.wrong("min_doc_count", why));
            }
            count => count.unwrap_or(0).unsigned_abs(),
        };
        Ok(Self {
            min_doc_count,
            keyed: params.boolean("keyed")?.unwrap_or(false),
            order: Order::parse(params)?.unwrap_or_else(Order::by_key),
        })
    }
}

/// The places that buckets can have.
pub(super) struct Places<N> {
    /// The first and the last one that must be there.
    pub(super) extended: Ends<i64>,
    /// How far neighbours are apart, if that is always the same.
    pub(super) length: Option<i64>,
    /// The place after one.
    pub(super) next: N,
}

/// The buckets within one above, in the order of the answer.
pub(super) fn rows(
    split: &Split,
    parent: Option<u32>,
    at: impl Fn(u64) -> i64,
    wanted: &Wanted,
    places: &Places<impl Fn(i64) -> i64>,
    answering: &Answering,
) -> Result<Vec<Row>, Refusal> {
    let buckets = &split.buckets;
    let row = |bucket: &u32| Row {
        at: at(buckets.key(*bucket)),
        bucket: Some(*bucket),
        count: buckets.counts[*bucket as usize],
    };
    let mut rows: Vec<Row> = buckets.within(parent).iter().map(row).collect();
    rows.sort_unstable_by_key(|row| row.at);
    if wanted.min_doc_count == 0 {
        rows = fill(rows, places, answering)?;
    } else {
        rows.retain(|row| row.count >= wanted.min_doc_count);
    }
    answering.add_buckets(rows.len())?;
    if !wanted.order.is_by_key() {
        sort(split, &wanted.order, &mut rows);
    }
    Ok(rows)
}

/// Adds the empty buckets between the others, and those of the extended bounds.
fn fill(
    rows: Vec<Row>,
    places: &Places<impl Fn(i64) -> i64>,
    answering: &Answering,
) -> Result<Vec<Row>, Refusal> {
    let (min, max) = places.extended;
    let mut filled = Vec::with_capacity(rows.len());
    let empty = |filled: &mut Vec<Row>, from: i64, until: i64| {
        if let (Some(length), true) = (places.length, from < until) {
            // Before anything is made.
            let more = until.abs_diff(from) / length.unsigned_abs();
            answering
                .check_buckets(filled.len().saturating_add(usize::try_from(more).unwrap_or(usize::MAX)))?;
        }
        let mut at = from;
        while at < until {
            filled.push(Row { at, bucket: None, count: 0 });
            answering.check_buckets(filled.len())?;
            at = (places.next)(at);
        }
        Ok::<_, Refusal>(())
    };
    match (rows.first(), min, max) {
        (Some(first), Some(min), _) => empty(&mut filled, min, first.at)?,
        (None, Some(min), Some(max)) => empty(&mut filled, min, max.saturating_add(1))?,
        _ => {}
    }
    let mut last = None;
    for row in rows {
        if let Some(last) = last {
            empty(&mut filled, (places.next)(last), row.at)?;
        }
        last = Some(row.at);
        filled.push(row);
    }
    if let (Some(last), Some(max)) = (last, max) {
        empty(&mut filled, (places.next)(last), max.saturating_add(1))?;
    }
    Ok(filled)
}

fn sort(split: &Split, order: &Order, rows: &mut Vec<Row>) {
    let numbers = |row: Row| -> Vec<f64> {
        order.paths().map(|path| split.below.number(row.bucket.unwrap_or(u32::MAX), path)).collect()
    };
    let mut keyed: Vec<(Vec<f64>, Row)> = rows.iter().map(|row| (numbers(*row), *row)).collect();
    keyed.sort_by(|(one_numbers, one), (other_numbers, other)| {
        order.compare((one.count, other.count), (one_numbers, other_numbers), || one.at.cmp(&other.at))
    });
    rows.clear();
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}

/// The answer of a histogram; `key` writes the key of a bucket.
pub(super) fn answer(
    split: &Split,
    rows: Vec<Row>,
    keyed: bool,
    key: impl Fn(i64) -> (Value, Option<String>),
    answering: &Answering,
) -> Result<Map<String, Value>, Refusal> {
    let mut buckets = Vec::with_capacity(rows.len());
    for row in rows {
        let mut bucket = Map::new();
        let (key, text) = key(row.at);
        bucket.insert("key".into(), key);
        bucket.extend(text.map(|text| ("key_as_string".to_owned(), text.into())));
        bucket.insert("doc_count".into(), row.count.into());
        split.below.answer(row.bucket, &mut bucket, answering)?;
        buckets.push(bucket);
    }
    split.below.pipe(&mut buckets)?;
    Ok(shown(buckets, keyed.then_some(|bucket: &mut Map<String, Value>| key_text(bucket))))
}

/// The key of a bucket as text.
pub(super) fn key_text(bucket: &Map<String, Value>) -> String {
    match bucket.get("key_as_string").or(bucket.get("key")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) if number.is_f64() => java_number(number.as_f64().unwrap_or_default()),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
