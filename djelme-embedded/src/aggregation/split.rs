//! Sending documents on into buckets: what all aggregations with keys have in common.

use serde_json::{Map, Value};

use super::block::{Block, Loaded};
use super::buckets::Buckets;
use super::level::Level;
use super::source::Segment;
use crate::error::Refusal;

/// A key that stands for no bucket.
pub(super) const NO_KEY: u64 = u64::MAX;

/// The answer of an aggregation with these buckets: a list, or an object by the names that `name` gives them.
pub(super) fn shown(
    buckets: Vec<Map<String, Value>>,
    name: Option<impl Fn(&mut Map<String, Value>) -> String>,
) -> Map<String, Value> {
    let buckets = match name {
        Some(name) => {
            let named = buckets.into_iter().map(|mut bucket| (name(&mut bucket), Value::Object(bucket)));
            Value::Object(named.collect())
        }
        None => buckets.into_iter().map(Value::Object).collect(),
    };
    Map::from_iter([("buckets".to_owned(), buckets)])
}

/// Takes the key out of a bucket, as its name.
pub(super) fn take_key(bucket: &mut Map<String, Value>) -> String {
    match bucket.remove("key") {
        Some(Value::String(key)) => key,
        _ => String::new(),
    }
}

/// Buckets with the aggregations within them.
pub(super) struct Split {
    pub(super) buckets: Buckets,
    pub(super) below: Level,
    parents: Vec<u32>,
    docs: Vec<u32>,
    keys: Vec<u64>,
    numbers: Vec<u32>,
}

impl Split {
    pub(super) fn new(below: Level) -> Self {
        Self {
            buckets: Buckets::default(),
            below,
            parents: Vec::new(),
            docs: Vec::new(),
            keys: Vec::new(),
            numbers: Vec::new(),
        }
    }

    pub(super) fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.below.start(segment)
    }

    /// Puts documents into the buckets of their keys, each key of a document once. The keys of a document must ascend;
    /// `some_are_none` tells that some may be [`NO_KEY`].
    pub(super) fn collect(
        &mut self,
        block: Block<'_>,
        keys: &Loaded<u64>,
        some_are_none: bool,
    ) -> Result<(), Refusal> {
        if keys.dense() && !some_are_none {
            self.buckets.count(block.buckets, &keys.values, &mut self.numbers)?;
            return self.send(block.docs);
        }
        self.parents.clear();
        self.keys.clear();
        let mut docs = std::mem::take(&mut self.docs);
        docs.clear();
        if keys.dense() {
            for ((key, parent), doc) in keys.values.iter().zip(block.buckets).zip(block.docs) {
                if *key != NO_KEY {
                    self.keys.push(*key);
                    self.parents.push(*parent);
                    docs.push(*doc);
                }
            }
        } else {
            let mut last = None;
            for (key, position) in keys.values.iter().zip(keys.positions()) {
                let this = Some((*position, *key));
                if (some_are_none && *key == NO_KEY) || last == this {
                    continue;
                }
                last = this;
                self.keys.push(*key);
                self.parents.push(block.buckets[*position as usize]);
                docs.push(block.docs[*position as usize]);
            }
        }
        let counted = self.buckets.count(&self.parents, &self.keys, &mut self.numbers);
        let sent = counted.and_then(|()| self.send(&docs));
        self.docs = docs;
        sent
    }

    fn send(&mut self, docs: &[u32]) -> Result<(), Refusal> {
        if self.below.is_empty() || docs.is_empty() {
            return Ok(());
        }
        let bucket_count = self.buckets.len();
        self.below.collect(Block { docs, buckets: &self.numbers, bucket_count })
    }

    pub(super) fn seal(&mut self) -> Result<(), Refusal> {
        self.buckets.seal();
        self.below.seal()
    }
}
