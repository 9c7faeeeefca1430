//! Random aggregations.

use serde_json::{Value, json};

use super::Random;
use super::document::WORDS;
use super::query::query;

/// One to three aggregations, at most so many levels deep.
pub(super) fn aggregations(random: &mut Random, depth: usize) -> Value {
    let mut all = json!({});
    for number in 0..=random.below(3) {
        let name = format!("a{number}");
        all[name] = if depth > 1 && !random.once_in(3) { buckets(random, depth) } else { metric(random) };
    }
    if depth == 3 && random.once_in(10) {
        all["all"] = json!({ "global": {}, "aggs": aggregations(random, 1) });
    }
    if depth == 3 && random.once_in(6) {
        all["pages"] = composite(random);
    }
    all
}

fn number_field(random: &mut Random) -> &'static str {
    random.one(&["i", "d", "f", "h", "o.x", "never", "nowhere"])
}

fn metric(random: &mut Random) -> Value {
    let field = number_field(random);
    match random.below(10) {
        0 => {
            json!({ "cardinality": { "field": random.one(&["k", "many", "i", "d", "l", "b", "day", "ip", "v"]) } })
        }
        1 => json!({ "value_count": { "field": random.one(&["k", "i", "l", "b", "day", "ip", "v"]) } }),
        2 => {
            json!({ random.one(&["min", "max"]): { "field": random.one(&["i", "l", "d", "f", "b", "day"]) } })
        }
        3 => json!({ "stats": { "field": field } }),
        4 => json!({ "extended_stats": { "field": random.one(&["i", "d", "h", "o.x"]) } }),
        5 => json!({ "percentiles": { "field": field, "percents": [random.between(1, 99), 50, 99.9] } }),
        6 => top_hits(random),
        _ => {
            let mut metric = json!({ "field": field });
            random.sometimes(4, &mut metric, &[("missing", json!(7))]);
            json!({ random.one(&["avg", "sum", "min", "max"]): metric })
        }
    }
}

fn top_hits(random: &mut Random) -> Value {
    let sort = random.one(&[
        json!(["uid"]),
        json!([{ "i": "desc" }, "uid"]),
        json!([{ "day": "asc" }, { "uid": "desc" }]),
    ]);
    json!({ "top_hits": { "sort": sort, "size": random.between(1, 4), "_source": false } })
}

/// An aggregation into buckets, with others below it.
fn buckets(random: &mut Random, depth: usize) -> Value {
    let mut aggregation = match random.below(12) {
        0..=2 => return terms(random, depth),
        3..=5 => return date_histogram(random, depth),
        6 => json!({ "histogram": histogram(random) }),
        7 => json!({ "range": ranges(random) }),
        8 => {
            json!({ "date_range": { "field": "day", "ranges": [{ "to": "2020-03-01" }, { "from": "2020-02-29", "to": "2020-10-25||/M" }, { "from": "2020-11" }] } })
        }
        9 => json!({ "filter": query(random, 1) }),
        10 => filters(random),
        _ => {
            json!({ "missing": { "field": random.one(&["k", "i", "day", "never", "nowhere", "o.y", "fl.env"]) } })
        }
    };
    below(random, depth, &mut aggregation);
    aggregation
}

fn below(random: &mut Random, depth: usize, aggregation: &mut Value) {
    if random.once_in(2) {
        aggregation["aggs"] = aggregations(random, depth - 1);
    }
}

fn terms(random: &mut Random, depth: usize) -> Value {
    let field = random.one(&[
        "k", "many", "i", "l", "d", "f", "b", "day", "ip", "v", "t.raw", "o.x", "o.y", "fl.env", "never",
    ]);
    let mut terms = json!({ "field": field, "size": random.between(1, 30) });
    if random.once_in(3) {
        terms["order"] = random.one(&[
            json!({ "_key": "asc" }),
            json!({ "_key": "desc" }),
            json!({ "_count": "asc" }),
            json!([{ "_count": "desc" }, { "_key": "desc" }]),
        ]);
    }
    let minimum = random.between(0, 4);
    random.sometimes(4, &mut terms, &[("min_doc_count", minimum.into())]);
    match field {
        "k" | "o.y" => {
            let list = json!([random.one(&WORDS), "a", "b"]);
            let missing = random.one(&["none", "a"]);
            random.sometimes(
                6,
                &mut terms,
                &[("missing", missing.into()), ("include", list.clone()), ("exclude", list)],
            );
        }
        "many" => {
            random.sometimes(6, &mut terms, &[("include", json!("m[1-2].*")), ("exclude", json!("m.[0-4]"))]);
        }
        "i" => random.sometimes(6, &mut terms, &[("missing", json!(3)), ("exclude", json!([1, 2, 3]))]),
        _ => {}
    }
    let mut aggregation = json!({ "terms": terms });
    below(random, depth, &mut aggregation);
    if random.once_in(5) {
        aggregation["aggs"]["o"] = json!({ random.one(&["sum", "avg", "max", "value_count"]): { "field": random.one(&["i", "d"]) } });
        aggregation["terms"]["order"] = json!({ "o": random.one(&["asc", "desc"]) });
    }
    aggregation
}

fn date_histogram(random: &mut Random, depth: usize) -> Value {
    let mut histogram = json!({ "field": "day" });
    let (kind, interval, short) = random.one(&[
        ("calendar_interval", "month", false),
        ("calendar_interval", "quarter", false),
        ("calendar_interval", "year", false),
        ("calendar_interval", "1w", false),
        ("calendar_interval", "day", true),
        ("calendar_interval", "hour", true),
        ("fixed_interval", "30d", false),
        ("fixed_interval", "7d", false),
        ("fixed_interval", "12h", true),
        ("fixed_interval", "90m", true),
    ]);
    histogram[kind] = interval.into();
    if short {
        histogram["min_doc_count"] = 1.into();
    }
    let zone = random.one(&["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "+03:00"]);
    let offset = random.one(&["+6h", "-1d", "90m"]);
    let order = random.one(&[json!({ "_key": "desc" }), json!({ "_count": "asc" })]);
    let bounds = json!({ "min": "2020-01-15", "max": "2021-02-01" });
    // Over a year, so that no interval makes them empty when they are rounded: Elasticsearch 8 fails at that.
    let within = json!({ "min": "2020-03-01", "max": "2021-06-01" });
    random.sometimes(3, &mut histogram, &[("time_zone", zone.into())]);
    random.sometimes(
        6,
        &mut histogram,
        &[("offset", offset.into()), ("order", order), ("missing", json!("2020-06-15"))],
    );
    random.sometimes(8, &mut histogram, &[("keyed", json!(true)), ("format", json!("yyyy-MM-dd"))]);
    if !short {
        let (key, value) = random.one(&[("extended_bounds", bounds), ("hard_bounds", within)]);
        random.sometimes(4, &mut histogram, &[(key, value)]);
    }
    let plain = histogram.get("min_doc_count").is_none() && histogram.get("order").is_none();
    let mut aggregation = json!({ "date_histogram": histogram });
    below(random, depth, &mut aggregation);
    if plain && random.once_in(4) {
        aggregation["aggs"]["s"] = json!({ "sum": { "field": "d" } });
        aggregation["aggs"]["p"] = random.one(&[
            json!({ "cumulative_sum": { "buckets_path": "s" } }),
            json!({ "cumulative_sum": { "buckets_path": "_count" } }),
            json!({ "derivative": { "buckets_path": "s" } }),
            json!({ "bucket_sort": { "sort": [{ "s": "desc" }], "size": 3 } }),
        ]);
    }
    aggregation
}

fn histogram(random: &mut Random) -> Value {
    let (field, interval) = random.one(&[
        ("i", json!(5)),
        ("i", json!(2.5)),
        ("d", json!(100)),
        ("f", json!(0.5)),
        ("o.x", json!(50)),
    ]);
    let mut histogram = json!({ "field": field, "interval": interval });
    let minimum = random.between(0, 2);
    random.sometimes(
        4,
        &mut histogram,
        &[("min_doc_count", minimum.into()), ("offset", json!(1)), ("missing", json!(4))],
    );
    random.sometimes(
        6,
        &mut histogram,
        &[
            ("keyed", json!(true)),
            ("extended_bounds", json!({ "min": -10, "max": 40 })),
            ("order", json!({ "_count": "desc" })),
        ],
    );
    histogram
}

fn ranges(random: &mut Random) -> Value {
    let mut ranges = json!({ "field": random.one(&["i", "d", "f", "o.x"]), "ranges": [{ "to": 0.3 }, { "from": 0.3, "to": 10 }, { "from": 5 }, { "key": "all", "from": -1000 }] });
    random.sometimes(4, &mut ranges, &[("keyed", json!(true)), ("missing", json!(1))]);
    ranges
}

fn filters(random: &mut Random) -> Value {
    if random.once_in(3) {
        return json!({ "filters": { "filters": [query(random, 1), query(random, 1)] } });
    }
    let mut filters = json!({ "filters": { "x": query(random, 1), "y": query(random, 0) } });
    random.sometimes(2, &mut filters, &[("other_bucket", json!(true))]);
    json!({ "filters": filters })
}

fn composite(random: &mut Random) -> Value {
    let sources = [
        json!({ "k": { "terms": { "field": "k", "missing_bucket": true } } }),
        json!({ "i": { "terms": { "field": "i", "order": "desc" } } }),
        json!({ "b": { "terms": { "field": "b", "missing_bucket": true, "order": "desc" } } }),
        json!({ "d": { "histogram": { "field": "d", "interval": 50 } } }),
        json!({ "v": { "terms": { "field": "v" } } }),
        json!({ "day": { "date_histogram": { "field": "day", "calendar_interval": "month", "time_zone": "Europe/Berlin" } } }),
    ];
    // Dates are never the first: under a range of them, Elasticsearch leaves out what else a document has.
    let first = random.below(sources.len() - 1);
    let second = (first + 1 + random.below(sources.len() - 1)) % sources.len();
    let mut chosen = vec![sources[first].clone()];
    if random.once_in(2) {
        chosen.push(sources[second].clone());
    }
    let mut aggregation = json!({ "composite": { "size": random.between(1, 40), "sources": chosen } });
    if random.once_in(3) {
        aggregation["aggs"] = json!({ "m": metric(random) });
    }
    aggregation
}
