//! Answers of searches without what Elasticsearch does not promise, so that the rest can be compared as it is.
//!
//! - `took`, the counts of shards, the numbers in `_score` and `max_score` and what [`NOT_COMPARED`] names are left
//!   out; whether there is a score is kept, where there are hits.
//! - Hits whose sort values are equal have no order among each other: they are put in that of their ids. Where such a
//!   run of hits is cut by the page, only its length is kept, since which of them are on the page is left open.
//! - Hits sorted by score alone count as one such run.
//!
//! A request that sorts by the field `uid` last has no ties, and so none of this.

use serde_json::{Map, Value, json};

use crate::differences::NOT_COMPARED;

/// What of an answer is compared.
pub(crate) fn normal(mut answer: Value, body: &Value) -> Value {
    let total_order = sorts_by_uid(body);
    let cut_before =
        body.get("from").and_then(Value::as_u64).unwrap_or(0) > 0 || body.get("search_after").is_some();
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("took");
        answer.remove("status");
        answer.remove("num_reduce_phases");
        // Only some ways through Elasticsearch say so.
        if answer.get("terminated_early") == Some(&Value::Bool(false)) {
            answer.remove("terminated_early");
        }
        if let Some(shards) = answer.remove("_shards") {
            answer.insert("failed shards".to_owned(), shards.get("failed").cloned().unwrap_or_default());
        }
        if let Some(hits) = answer.get_mut("hits").and_then(Value::as_object_mut) {
            normal_hits(hits, total_order, cut_before);
        }
        if let Some(aggregations) = answer.get_mut("aggregations") {
            normal_within(aggregations);
        }
    }
    answer
}

fn sorts_by_uid(body: &Value) -> bool {
    let last = match body.get("sort") {
        Some(Value::Array(keys)) => keys.last(),
        other => other,
    };
    last.is_some_and(|key| key == "uid" || key.get("uid").is_some())
}

/// Finds the hits of `top_hits` aggregations, at any depth.
fn normal_within(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(hits) = map.get_mut("hits").and_then(Value::as_object_mut)
                && hits.get("hits").is_some_and(Value::is_array)
            {
                normal_hits(hits, false, false);
                return;
            }
            map.values_mut().for_each(normal_within);
        }
        Value::Array(values) => values.iter_mut().for_each(normal_within),
        _ => {}
    }
}

fn normal_hits(hits: &mut Map<String, Value>, total_order: bool, cut_before: bool) {
    if let Some(score) = hits.get_mut("max_score") {
        hide_number(score);
    }
    let total =
        hits.get("total").filter(|total| total["relation"] == "eq").and_then(|total| total["value"].as_u64());
    let Some(list) = hits.get_mut("hits").and_then(Value::as_array_mut) else { return };
    list.iter_mut().for_each(normal_hit);
    if list.is_empty() {
        // 0.0 where no shard had to look, else null.
        hits.remove("max_score");
        return;
    }
    if total_order {
        return;
    }
    let complete = total == Some(list.len() as u64);
    *list = in_runs(std::mem::take(list), complete, cut_before);
}

fn normal_hit(hit: &mut Value) {
    let Some(hit) = hit.as_object_mut() else { return };
    NOT_COMPARED.iter().for_each(|(key, _)| drop(hit.remove(*key)));
    let score = hit.get("_score").cloned().unwrap_or_default();
    if let Some(sort) = hit.get_mut("sort").and_then(Value::as_array_mut) {
        sort.iter_mut().filter(|key| score.is_number() && **key == score).for_each(hide_number);
    }
    if let Some(score) = hit.get_mut("_score") {
        hide_number(score);
    }
}

fn hide_number(value: &mut Value) {
    if value.is_number() {
        *value = "a number".into();
    }
}

/// Puts runs of hits that sort alike in the order of their ids, or counts them where the page may have cut them.
fn in_runs(hits: Vec<Value>, complete: bool, cut_before: bool) -> Vec<Value> {
    let mut runs: Vec<Vec<Value>> = Vec::new();
    for hit in hits {
        match runs.last_mut() {
            Some(run) if run[0].get("sort") == hit.get("sort") => run.push(hit),
            _ => runs.push(vec![hit]),
        }
    }
    let last = runs.len().saturating_sub(1);
    let mut list = Vec::new();
    for (number, mut run) in runs.into_iter().enumerate() {
        let cut = !complete && (number == last || (number == 0 && cut_before));
        if cut {
            list.push(json!({ "hits": run.len(), "sort": run[0].get("sort") }));
        } else {
            run.sort_by_cached_key(|hit| format!("{} {}", hit["_index"], hit["_id"]));
            list.append(&mut run);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(values: &[(&str, i64)], total: u64) -> Value {
        let hits: Vec<_> = values.iter().map(|(id, sort)| json!({ "_id": id, "sort": [sort] })).collect();
        json!({ "took": 1, "hits": { "total": { "value": total, "relation": "eq" }, "hits": hits } })
    }

    fn ids(answer: &Value) -> Vec<String> {
        let hits = answer["hits"]["hits"].as_array().unwrap();
        hits.iter()
            .map(|hit| hit["_id"].as_str().map_or_else(|| hit["hits"].to_string(), str::to_owned))
            .collect()
    }

    #[test]
    fn ties_are_in_the_order_of_ids() {
        let answer = hits(&[("b", 1), ("a", 1), ("c", 0)], 3);
        assert_eq!(ids(&normal(answer, &json!({}))), ["a", "b", "c"]);
    }

    #[test]
    fn a_run_that_the_page_cuts_is_counted() {
        let answer = hits(&[("c", 0), ("b", 1), ("a", 1)], 9);
        assert_eq!(ids(&normal(answer.clone(), &json!({}))), ["c", "2"]);
        assert_eq!(ids(&normal(answer.clone(), &json!({"from": 1}))), ["1", "2"]);
        assert_eq!(ids(&normal(answer, &json!({"sort": ["n", {"uid": "asc"}]}))), ["c", "b", "a"]);
    }

    #[test]
    fn scores_are_there_or_not() {
        let answer =
            json!({"hits": {"max_score": 1.5, "hits": [{"_id": "a", "_score": 1.5, "sort": [1.5]}]}});
        let answer = normal(answer, &json!({"sort": "uid"}));
        assert_eq!(answer["hits"]["max_score"], "a number");
        assert_eq!(answer["hits"]["hits"][0]["sort"], json!(["a number"]));
    }
}
