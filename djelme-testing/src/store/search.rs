//! The small part of Elasticsearch's searches that tests of writers need; everything else is refused by name.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use djelme_core::outcome::Rejection;
use serde_json::{Map, Value, json};

use super::contents::Contents;
use super::index::{Document, Index};
use super::matches;
use crate::script::refusal::refusal;

/// Keys of a body that change nothing here.
const WITHOUT_EFFECT: [&str; 4] = ["timeout", "track_scores", "track_total_hits", "_source"];

/// What Elasticsearch returns where no size is given.
const DEFAULT_SIZE: u64 = 10;

/// A document that matches, with its values to sort by.
struct Hit<'a> {
    index: &'a Index,
    id: &'a str,
    document: &'a Document,
    source: Value,
    sort: Vec<Value>,
}

/// The answer to a search over the open indexes that match one of the expressions.
pub(crate) fn search(contents: &Contents, expressions: &[&str], body: &Value) -> Result<String, Rejection> {
    let body = body.as_object().ok_or_else(|| unsupported("a body that is no object"))?;
    let known = ["query", "size", "from", "sort", "search_after", "seq_no_primary_term"];
    if let Some(key) =
        body.keys().find(|key| !known.contains(&key.as_str()) && !WITHOUT_EFFECT.contains(&key.as_str()))
    {
        return Err(unsupported(&format!("the key `{key}` of a search")));
    }
    let order = order(body.get("sort"))?;
    let mut hits = matching(contents, expressions, body.get("query"))?;
    for hit in &mut hits {
        hit.sort = order.iter().map(|(field, _)| sort_value(field, hit)).collect();
    }
    hits.sort_by(|left, right| compare_all(&left.sort, &right.sort, &order));
    let total = hits.len();
    if let Some(after) = body.get("search_after").and_then(Value::as_array) {
        hits.retain(|hit| compare_all(&hit.sort, after, &order) == Ordering::Greater);
    }
    let number = |key: &str, default: u64| {
        usize::try_from(body.get(key).and_then(Value::as_u64).unwrap_or(default)).unwrap_or(usize::MAX)
    };
    let numbered = body.get("seq_no_primary_term").is_some_and(|wanted| wanted == true);
    let shown = hits.iter().skip(number("from", 0)).take(number("size", DEFAULT_SIZE));
    let hits: Vec<_> = shown.map(|hit| hit_json(hit, !order.is_empty(), numbered)).collect();
    let shards = open(contents, expressions).count();
    let shards = json!({ "total": shards, "successful": shards, "skipped": 0, "failed": 0 });
    Ok(format!(
        "{{\"took\":0,\"timed_out\":false,\"_shards\":{shards},\"hits\":{{\"total\":{{\"value\":{total},\
         \"relation\":\"eq\"}},\"max_score\":null,\"hits\":[{}]}}}}",
        hits.join(",")
    ))
}

/// How many documents match.
pub(crate) fn count(contents: &Contents, expressions: &[&str], body: &Value) -> Result<u64, Rejection> {
    matching(contents, expressions, body.get("query")).map(|hits| hits.len() as u64)
}

/// How many open indexes match, each of them one shard.
pub(crate) fn open<'a>(contents: &'a Contents, expressions: &'a [&str]) -> impl Iterator<Item = &'a Index> {
    let named = |index: &&Index| {
        !index.closed && expressions.iter().any(|expression| matches(expression, &index.name))
    };
    contents.indexes.values().filter(named)
}

fn matching<'a>(
    contents: &'a Contents,
    expressions: &'a [&str],
    query: Option<&Value>,
) -> Result<Vec<Hit<'a>>, Rejection> {
    let mut hits = Vec::new();
    for index in open(contents, expressions) {
        for (id, document) in &index.documents {
            let source = serde_json::from_slice(&document.source).unwrap_or_default();
            let hit = Hit { index, id, document, source, sort: Vec::new() };
            if query.map_or(Ok(true), |query| holds(query, &hit))? {
                hits.push(hit);
            }
        }
    }
    // A query that nothing is there for must still be one that is understood.
    if let Some(query) = query {
        check(query)?;
    }
    Ok(hits)
}

fn hit_json(hit: &Hit<'_>, sorted: bool, numbered: bool) -> String {
    let mut json = json!({
        "_index": hit.index.name,
        "_id": hit.id,
        "_score": if sorted { Value::Null } else { 1.0.into() },
    });
    if numbered {
        json["_seq_no"] = hit.document.place.seq_no.into();
        json["_primary_term"] = hit.document.place.primary_term.into();
    }
    if sorted {
        json["sort"] = hit.sort.clone().into();
    }
    with(&json, "_source", &String::from_utf8_lossy(&hit.document.source))
}

/// The text of an object with one more key, whose value is taken byte for byte.
pub(crate) fn with(object: &Value, key: &str, value: &str) -> String {
    let mut text = object.to_string();
    text.pop();
    text + &format!(",\"{key}\":{value}}}")
}

fn unsupported(what: &str) -> Rejection {
    refusal(400, "parsing_exception", &format!("{what} is not supported by the store of djelme-testing"))
}

/// The one key of an object and its value.
fn single(value: &Value) -> Result<(&str, &Value), Rejection> {
    let entry = value.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next());
    entry.map(|(key, value)| (key.as_str(), value)).ok_or_else(|| unsupported(&format!("`{value}`")))
}

fn check(query: &Value) -> Result<(), Rejection> {
    let (kind, body) = single(query)?;
    match kind {
        "match_all" | "match_none" | "ids" | "exists" | "term" | "terms" | "range" => Ok(()),
        "bool" => {
            let clauses = body.as_object().into_iter().flatten();
            clauses
                .filter(|(key, _)| key.as_str() != "minimum_should_match")
                .try_for_each(|(_, queries)| each(queries).iter().try_for_each(|query| check(query)))
        }
        other => Err(unsupported(&format!("the query `{other}`"))),
    }
}

fn each(queries: &Value) -> Vec<&Value> {
    queries.as_array().map_or_else(|| vec![queries], |all| all.iter().collect())
}

fn holds(query: &Value, hit: &Hit<'_>) -> Result<bool, Rejection> {
    let (kind, body) = single(query)?;
    let field_of =
        |body: &Value| single(body).map(|(field, value)| (values(&hit.source, field), value.clone()));
    Ok(match kind {
        "match_all" => true,
        "match_none" => false,
        "ids" => body["values"].as_array().is_some_and(|ids| ids.iter().any(|id| id == hit.id)),
        "exists" => !values(&hit.source, body["field"].as_str().unwrap_or_default()).is_empty(),
        "term" => {
            let (found, value) = field_of(body)?;
            let value = value.get("value").unwrap_or(&value);
            found.iter().any(|found| compare(found, value) == Ordering::Equal)
        }
        "terms" => {
            let (found, wanted) = field_of(body)?;
            each(&wanted)
                .iter()
                .any(|value| found.iter().any(|found| compare(found, value) == Ordering::Equal))
        }
        "range" => {
            let (found, bounds) = field_of(body)?;
            let bounds = bounds.as_object().cloned().unwrap_or_default();
            found.iter().any(|found| within(found, &bounds))
        }
        "bool" => all_clauses(body, hit)?,
        other => return Err(unsupported(&format!("the query `{other}`"))),
    })
}

fn all_clauses(body: &Value, hit: &Hit<'_>) -> Result<bool, Rejection> {
    let clauses = |key: &str| body.get(key).map(each).unwrap_or_default();
    let count = |queries: &[&Value]| {
        queries
            .iter()
            .map(|query| holds(query, hit))
            .collect::<Result<Vec<_>, _>>()
            .map(|held| held.into_iter().filter(|held| *held).count() as u64)
    };
    let required = [clauses("must"), clauses("filter")].concat();
    let (should, must_not) = (clauses("should"), clauses("must_not"));
    let least = match body.get("minimum_should_match").and_then(Value::as_u64) {
        Some(least) => least,
        None => u64::from(required.is_empty() && !should.is_empty()),
    };
    Ok(count(&required)? == required.len() as u64 && count(&must_not)? == 0 && count(&should)? >= least)
}

fn within(value: &Value, bounds: &Map<String, Value>) -> bool {
    bounds.iter().all(|(key, bound)| match (key.as_str(), compare(value, bound)) {
        ("gte", order) => order != Ordering::Less,
        ("gt", order) => order == Ordering::Greater,
        ("lte", order) => order != Ordering::Greater,
        ("lt", order) => order == Ordering::Less,
        _ => true,
    })
}

/// The values of a field, whose name leads down by its dots.
fn values(source: &Value, field: &str) -> Vec<Value> {
    match source {
        Value::Array(list) => list.iter().flat_map(|item| values(item, field)).collect(),
        Value::Object(object) => match (object.get(field), field.split_once('.')) {
            (Some(found), _) => each(found).into_iter().filter(|value| !value.is_null()).cloned().collect(),
            (None, Some((first, rest))) => {
                object.get(first).map(|inner| values(inner, rest)).unwrap_or_default()
            }
            (None, None) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn order(sort: Option<&Value>) -> Result<Vec<(String, bool)>, Rejection> {
    let one = |sort: &Value| match sort {
        Value::String(field) => Ok((field.clone(), false)),
        sort => {
            let (field, how) = single(sort)?;
            let way = how.get("order").unwrap_or(how);
            Ok((field.to_owned(), way == "desc"))
        }
    };
    sort.map(each).unwrap_or_default().into_iter().map(one).collect()
}

fn sort_value(field: &str, hit: &Hit<'_>) -> Value {
    match field {
        "_id" => hit.id.into(),
        "_index" => hit.index.name.clone().into(),
        "_seq_no" => hit.document.place.seq_no.into(),
        field => values(&hit.source, field).into_iter().next().unwrap_or_default(),
    }
}

fn compare_all(left: &[Value], right: &[Value], order: &[(String, bool)]) -> Ordering {
    let pairs = left.iter().zip(right).zip(order);
    pairs.fold(Ordering::Equal, |so_far, ((left, right), (_, descending))| {
        // What has no value comes last, whatever the order.
        let missing = left.is_null().cmp(&right.is_null());
        let compared = if *descending { compare(right, left) } else { compare(left, right) };
        so_far.then(missing).then(compared)
    })
}

/// Numbers, times and texts, each among themselves; times also as milliseconds.
fn compare(left: &Value, right: &Value) -> Ordering {
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
        return left.cmp(&right);
    }
    if let (Some(left), Some(right)) = (left.as_f64(), right.as_f64()) {
        return left.total_cmp(&right);
    }
    if let (Some(left), Some(right)) = (time(left), time(right)) {
        return left.cmp(&right);
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text(left).cmp(&text(right))
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()),
        value => DateTime::from_timestamp_millis(value.as_i64()?),
    }
}
