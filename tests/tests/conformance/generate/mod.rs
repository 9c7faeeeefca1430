//! Requests made up from a seed: random documents, and random queries, orders and aggregations over them.
//!
//! One round is one topic of documents and requests. Its seed makes all of it, so a failure is repeated with
//! `DJELME_CONFORMANCE_SEED`; what fails is made smaller and printed as a topic that can be saved under `topics/`.

mod aggregation;
mod document;
mod query;
mod shrink;

use serde_json::{Map, Value, json};

use crate::topic::Topic;

pub(crate) use shrink::Shrink;

/// Documents of one round.
const DOCUMENTS: usize = 70;

/// Random choices, all from one seed.
#[derive(Debug)]
pub(crate) struct Random {
    numbers: fastrand::Rng,
}

impl Random {
    fn new(seed: u64) -> Self {
        Self { numbers: fastrand::Rng::with_seed(seed) }
    }

    /// A number below this one.
    fn below(&mut self, end: usize) -> usize {
        self.numbers.usize(..end)
    }

    /// A number from this one to that one.
    fn between(&mut self, from: i64, to: i64) -> i64 {
        self.numbers.i64(from..=to)
    }

    /// One of several.
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Some of these entries of an object, each once in so many times.
    fn sometimes(&mut self, times: usize, into: &mut Value, entries: &[(&str, Value)]) {
        for (key, value) in entries {
            if self.once_in(times) {
                into[*key] = value.clone();
            }
        }
    }
}

/// The documents and requests of one seed.
pub(crate) fn topic(seed: u64, searches: usize) -> Topic {
    let mut random = Random::new(seed);
    let documents = (0..DOCUMENTS).map(|number| document::document(&mut random, number)).collect();
    let searches =
        (0..searches).map(|number| (format!("seed {seed}, {number}"), search(&mut random))).collect();
    Topic {
        name: "generated".to_owned(),
        mappings: crate::topic::strict(document::fields()),
        settings: Map::new(),
        documents,
        steps: Vec::new(),
        written: Map::new(),
        searches,
    }
}

/// One request.
fn search(random: &mut Random) -> Value {
    let mut body = json!({ "_source": false });
    if !random.once_in(4) {
        body["query"] = query::query(random, 3);
    }
    if random.once_in(3) {
        body["size"] = 0.into();
    } else {
        body["sort"] = sort(random);
        body["size"] = random.between(0, 20).into();
        let from = random.between(0, 10);
        let filter = query::query(random, 1);
        random.sometimes(6, &mut body, &[("from", from.into()), ("post_filter", filter)]);
    }
    let track = random.one(&[json!(true), json!(false), json!(5), json!(1000)]);
    random.sometimes(4, &mut body, &[("track_total_hits", track)]);
    if !random.once_in(4) {
        body["aggs"] = aggregation::aggregations(random, 3);
    }
    body
}

/// An order without ties.
fn sort(random: &mut Random) -> Value {
    let mut keys = Vec::new();
    for _ in 0..random.below(3) {
        let (field, missing) = random.one(&[
            ("k", json!("b")),
            ("many", json!("_last")),
            ("i", json!(3)),
            ("l", json!("_first")),
            ("d", json!(0.25)),
            ("f", json!("_last")),
            ("b", json!("_first")),
            ("day", json!("_last")),
            ("ip", json!("_first")),
            ("v", json!("_last")),
            ("o.x", json!(-1)),
        ]);
        let mut key = json!({ "order": random.one(&["asc", "desc"]) });
        let missing = random.one(&[missing, json!("_first"), json!("_last")]);
        random.sometimes(3, &mut key, &[("missing", missing)]);
        let mode = random.one(&["min", "max"]);
        random.sometimes(4, &mut key, &[("mode", mode.into())]);
        keys.push(json!({ field: key }));
    }
    keys.push(random.one(&[json!("uid"), json!({ "uid": "desc" })]));
    keys.into()
}
