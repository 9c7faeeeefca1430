//! Random queries.

use serde_json::{Value, json};

use super::Random;
use super::document::{DAYS, TEXTS, VERSIONS, WORDS};

/// A query whose clauses are at most so many levels deep.
pub(super) fn query(random: &mut Random, depth: usize) -> Value {
    if depth > 0 && random.once_in(2) {
        return compound(random, depth - 1);
    }
    match random.below(12) {
        0 | 1 => term(random),
        2 => terms(random),
        3..=5 => range(random),
        6 => json!({ "exists": { "field": field(random) } }),
        7 => pattern(random),
        8 | 9 => words(random),
        10 => {
            json!({ "ids": { "values": [random.between(1, 70).to_string(), random.between(1, 70).to_string()] } })
        }
        _ => random.one(&[json!({ "match_all": {} }), json!({ "match_none": {} })]),
    }
}

fn compound(random: &mut Random, depth: usize) -> Value {
    if random.once_in(8) {
        return json!({ "constant_score": { "filter": query(random, depth) } });
    }
    let mut bool_query = json!({});
    for occur in ["must", "filter", "should", "must_not"] {
        if random.once_in(2) {
            let clauses = (0..random.below(4)).map(|_| query(random, depth)).collect();
            bool_query[occur] = clauses;
        }
    }
    let minimum =
        random.one(&[json!(0), json!(1), json!(2), json!(-1), json!("50%"), json!("-30%"), json!("1<75%")]);
    random.sometimes(4, &mut bool_query, &[("minimum_should_match", minimum)]);
    json!({ "bool": bool_query })
}

fn field(random: &mut Random) -> &'static str {
    random.one(&[
        "uid", "k", "many", "i", "l", "d", "f", "h", "b", "day", "ip", "v", "t", "t.raw", "o", "o.x", "o.y",
        "fl", "fl.env", "never", "nowhere",
    ])
}

/// A field and a value that it may have.
fn value(random: &mut Random) -> (&'static str, Value) {
    match random.below(12) {
        0 => ("k", random.one(&WORDS).into()),
        1 => ("many", format!("m{}", random.below(40)).into()),
        2 => ("i", random.between(-5, 30).into()),
        3 => (
            "l",
            random.one(&[
                json!(0),
                json!(1),
                json!(9_007_199_254_740_993_i64),
                json!(i64::MAX),
                json!(i64::MIN),
            ]),
        ),
        4 => ("d", json!(random.between(-400, 4000) as f64 / 8.0)),
        5 => ("f", json!(random.between(0, 50) as f64 / 10.0)),
        6 => ("b", random.one(&[json!(true), json!("false")])),
        7 => ("day", random.one(&DAYS).into()),
        8 => ("ip", random.one(&["10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"]).into()),
        9 => ("v", random.one(&VERSIONS).into()),
        10 => ("o.y", random.one(&WORDS).into()),
        _ => ("fl.env", random.one(&WORDS).into()),
    }
}

fn term(random: &mut Random) -> Value {
    let (field, value) = value(random);
    if value.is_string() && matches!(field, "k" | "many" | "o.y") && random.once_in(5) {
        return json!({ "term": { field: { "value": value, "case_insensitive": true } } });
    }
    json!({ "term": { field: value } })
}

fn terms(random: &mut Random) -> Value {
    let (field, first) = value(random);
    let mut values = vec![first];
    for _ in 0..6 {
        let (other, value) = value(random);
        if other == field {
            values.push(value);
        }
    }
    json!({ "terms": { field: values } })
}

fn range(random: &mut Random) -> Value {
    let (field, make): (_, fn(&mut Random) -> Value) = match random.below(9) {
        0 => ("k", |random| random.one(&WORDS).into()),
        1 => ("i", |random| random.one(&[json!(-2), json!(0), json!(3.5), json!(20), json!("7")])),
        2 => ("l", |random| random.one(&[json!(0), json!(9_007_199_254_740_992_i64), json!(i64::MAX)])),
        3 => ("d", |random| json!(random.between(-400, 4000) as f64 / 8.0)),
        4 => ("f", |random| json!(random.between(0, 50) as f64 / 10.0)),
        5 => ("ip", |random| random.one(&["10.0.0.2", "::", "192.168.0.1"]).into()),
        6 => ("v", |random| random.one(&VERSIONS[..6]).into()),
        7 => ("o.x", |random| random.between(-3, 300).into()),
        _ => ("day", day_bound),
    };
    let mut bounds = json!({});
    if random.once_in(2) {
        bounds[random.one(&["gte", "gt"])] = make(random);
    }
    if random.once_in(2) {
        bounds[random.one(&["lte", "lt"])] = make(random);
    }
    if field == "day" {
        let zone = random.one(&["Europe/Berlin", "America/New_York", "+05:30"]);
        random.sometimes(3, &mut bounds, &[("time_zone", zone.into())]);
    }
    json!({ "range": { field: bounds } })
}

fn day_bound(random: &mut Random) -> Value {
    let day = random.one(&["2020-02-29", "2020-03-29", "2020-10-25", "2020-12-31"]);
    match random.below(6) {
        0 => random.one(&DAYS).into(),
        1 => "2020-03".into(),
        _ => format!("{day}{}", random.one(&["", "||/M", "||+1M/d", "||-1w", "||/w", "||+1y", "||+12h/h"]))
            .into(),
    }
}

fn pattern(random: &mut Random) -> Value {
    match random.below(3) {
        0 => {
            json!({ "prefix": { random.one(&["k", "many", "t", "fl.env"]): random.one(&["a", "m1", "qu", "é", ""]) } })
        }
        1 => {
            json!({ "wildcard": { random.one(&["k", "many", "t"]): random.one(&["*", "?", "a*", "m?", "*b*", "q*k", "??"]) } })
        }
        _ => {
            json!({ "regexp": { random.one(&["k", "many", "t"]): random.one(&["a.*", "m[1-3]+", "(a|b)c?", ".", "q.*k|fox"]) } })
        }
    }
}

fn words(random: &mut Random) -> Value {
    let text = random.one(&[
        "quick",
        "Quick fox",
        "lazy dog's",
        "brown dogs the",
        "istanbul",
        "日本",
        "",
        "3.14 fox_trot",
    ]);
    match random.below(4) {
        0 => json!({ "match": { "t": { "query": text, "operator": random.one(&["and", "or"]) } } }),
        1 => json!({ "match_phrase": { "t": random.one(&TEXTS) } }),
        2 => {
            json!({ "multi_match": { "query": text, "fields": random.one(&[json!(["t", "k"]), json!(["t", "t.raw"]), json!(["o.y", "t"])]) } })
        }
        _ => json!({ "match": { "t": text } }),
    }
}
