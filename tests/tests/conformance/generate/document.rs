//! Random documents.

use serde_json::{Map, Value, json};

use super::Random;

/// Few values, so that there are ties.
pub(super) const WORDS: [&str; 12] = ["a", "b", "c", "B", "", "é", "e\u{301}", "🦀", "İ", "ab", "abc", "a b"];
/// Dates around leap days and daylight saving.
pub(super) const DAYS: [&str; 14] = [
    "2020-02-28T23:59:59.999Z",
    "2020-02-29",
    "2020-02-29T12:30:00Z",
    "2020-03-01",
    "2020-03-08T06:30:00Z",
    "2020-03-08T07:30:00Z",
    "2020-03-29T00:30:00Z",
    "2020-03-29T01:30:00Z",
    "2020-10-25T00:30:00Z",
    "2020-10-25T01:30:00Z",
    "2020-11-01T05:30:00Z",
    "2020-11-01T06:30:00Z",
    "2020-12-31T23:59:59Z",
    "2021-01-01",
];
const ADDRESSES: [&str; 6] = ["10.0.0.1", "10.0.0.2", "10.1.0.1", "192.168.0.1", "::1", "2001:db8::1"];
pub(super) const VERSIONS: [&str; 8] =
    ["1.0.0", "1.0.0-rc1", "1.10.0", "1.9.0", "2.0.0", "2.0.0+b", "not one", "10.0.0"];
pub(super) const TEXTS: [&str; 8] = [
    "the quick brown fox",
    "Quick brown dogs",
    "lazy dog's bone",
    "fox",
    "",
    "quick-quick fox_trot 3.14",
    "Straße in İstanbul",
    "日本語 テスト",
];

/// The fields that the documents have.
pub(super) fn fields() -> Map<String, Value> {
    let fields = json!({
        "uid": "keyword", "k": "keyword", "many": "keyword", "i": "integer", "l": "long", "d": "double", "f": "float",
        "h": "half_float", "b": "boolean", "day": "date", "ip": "ip", "v": "version",
        "t": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 20}}},
        "o": {"properties": {"x": {"type": "short"}, "y": {"type": "keyword"}}}, "fl": "flattened", "never": "long",
    });
    fields.as_object().cloned().unwrap_or_default()
}

/// What makes a value of a field.
type Make = fn(&mut Random) -> Value;

/// The document of this number.
pub(super) fn document(random: &mut Random, number: usize) -> Value {
    let mut document = json!({ "uid": format!("{number:03}") });
    let makers: [(&str, Make); 13] = [
        ("k", |random| random.one(&WORDS).into()),
        ("many", |random| format!("m{}", random.below(40)).into()),
        ("i", |random| random.between(-5, 30).into()),
        ("l", long),
        // Sums of these are exact in whatever order.
        ("d", |random| json!(random.between(-400, 4000) as f64 / 8.0)),
        ("f", |random| json!(random.between(0, 50) as f64 / 10.0)),
        ("h", |random| json!(random.between(-8, 40) as f64 / 4.0)),
        ("b", |random| random.one(&[json!(true), json!(false), json!("true"), json!("false")])),
        ("day", |random| random.one(&DAYS).into()),
        ("ip", |random| random.one(&ADDRESSES).into()),
        ("v", |random| random.one(&VERSIONS).into()),
        ("t", |random| random.one(&TEXTS).into()),
        ("fl", |random| json!({ "env": random.one(&WORDS), "n": random.below(12) })),
    ];
    for (field, make) in makers {
        if let Some(value) = value(random, make) {
            document[field] = value;
        }
    }
    if !random.once_in(3) {
        let list = (0..random.below(3))
            .map(|_| json!({ "x": random.between(-3, 300), "y": random.one(&WORDS) }))
            .collect();
        document["o"] = list;
    }
    document
}

/// Numbers beyond what a double holds, too.
fn long(random: &mut Random) -> Value {
    let near = random.between(-2, 2);
    let far = random.one(&[0, 9_007_199_254_740_992, -9_007_199_254_740_992, i64::MAX, i64::MIN]);
    far.saturating_add(near).into()
}

/// A value, several, none, or null.
fn value(random: &mut Random, make: Make) -> Option<Value> {
    Some(match random.below(12) {
        0 | 1 => return None,
        2 => Value::Null,
        3 => json!([]),
        4 | 5 => (0..=random.below(4)).map(|_| make(random)).collect(),
        6 => json!([make(random), null]),
        _ => make(random),
    })
}
