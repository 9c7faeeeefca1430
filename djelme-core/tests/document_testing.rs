//! The helper for users' tests: what a record writes and its mapping does not have.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod document_support;

use std::collections::BTreeMap;

use djelme_core::mapping::{FieldMapping, Property};
use djelme_core::record::RecordTime;
use djelme_core::testing::unmapped_keys;
use document_support::{Departure, FLIGHTS, field, record};
use serde::{Deserialize, Serialize};

/// A record whose inner values write what no derive has seen.
#[derive(Serialize, Deserialize)]
struct Loose {
    page: String,
    extra: Option<u8>,
    visitor: BTreeMap<String, String>,
    stops: Vec<BTreeMap<String, String>>,
    any: BTreeMap<String, String>,
    #[serde(flatten)]
    base: BTreeMap<String, u8>,
}

const NAME: &[Property] = &[field("name", "keyword")];
const BASE: &[Property] = &[field("count", "short")];

record!(
    Loose,
    Event,
    "Loose",
    FLIGHTS,
    &[
        field("page", "keyword"),
        Property::field("visitor", FieldMapping::new("object").properties(NAME)),
        Property::field("stops", FieldMapping::new("nested").properties(NAME)),
        field("any", "flattened"),
        Property::Base(BASE),
    ],
    |_| RecordTime::Now
);

fn map<V>(entries: impl IntoIterator<Item = (&'static str, V)>) -> BTreeMap<String, V> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[test]
fn a_sound_record_has_none() {
    assert_eq!(unmapped_keys(&Departure::example()), [""; 0]);
}

#[test]
fn every_level_is_looked_at_and_each_key_named_once() {
    let text = |text: &str| text.to_owned();
    let record = Loose {
        page: text("/"),
        extra: None,
        visitor: map([("name", text("Ada")), ("email", text("a@b.c"))]),
        stops: vec![map([("nam", text("x"))]), map([("nam", text("y")), ("name", text("z"))])],
        any: map([("thing", text("x"))]),
        base: map([("count", 1), ("timestamp", 2)]),
    };
    assert_eq!(unmapped_keys(&record), ["extra", "stops.nam", "timestamp", "visitor.email"]);
}
