//! Each expectation is what Elasticsearch 8.19 answered to the same request on the same documents.

use chrono::Utc;
use djelme_core::document::{BatchBuilder, WriteOp};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::outcome::ItemResponse;
use djelme_core::plan::IndexPlan;
use djelme_core::template::Template;
use serde_json::{Map, Value, json};

use super::{count, search};
use crate::error::Refusal;
use crate::store::Store;
use crate::{bulk, index, template};

/// The plan of all indexes whose names begin so.
fn plan(label: &str) -> IndexPlan {
    let source = NamingSource {
        prefix: "",
        app_label: label,
        recordtype_name: "t",
        template: None,
        template_name: None,
        depth: Some(djelme_core::time::TimeDepth::Year),
    };
    IndexPlan::new(&Naming::new(source).unwrap(), None)
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn put_template(store: &Store, name: &str, mappings: &Value) {
    let template = Template {
        name: name.into(),
        index_patterns: vec![format!("{name}_t_*")],
        priority: Some(500),
        composed_of: Vec::new(),
        settings: Map::new(),
        mappings: object(mappings),
        meta: Map::new(),
        more: Map::new(),
        more_about: Map::new(),
    };
    template::put(store, &template).unwrap();
}

fn write(store: &Store, documents: &[(&str, &str, &str)]) {
    let mut batch = BatchBuilder::default();
    for (index, id, source) in documents {
        let append = |text: &str, out: &mut Vec<u8>| {
            out.extend_from_slice(text.as_bytes());
            Ok::<_, ()>(())
        };
        batch.push(WriteOp::Index, id, |out| append(index, out), |out| append(source, out)).unwrap();
    }
    for answer in bulk::bulk(store, &batch.finish()).unwrap() {
        assert!(matches!(answer, ItemResponse::Created(_)), "{answer:?}");
    }
    index::refresh(store, "*").unwrap();
}

/// Four documents, and in an index that is mapped otherwise one.
fn store() -> Store {
    let store = Store::in_memory().unwrap();
    let properties = json!({
        "k": { "type": "keyword" }, "l": { "type": "long" }, "i": { "type": "integer" }, "sh": { "type": "short" },
        "u": { "type": "unsigned_long" }, "d": { "type": "double" }, "f": { "type": "float" },
        "hf": { "type": "half_float" }, "b": { "type": "boolean" }, "t": { "type": "date" },
        "tf": { "type": "date", "format": "yyyy-MM-dd" }, "ip": { "type": "ip" }, "v": { "type": "version" },
        "fl": { "type": "flattened" }, "x": { "type": "text", "fields": { "raw": { "type": "keyword" } } },
        "o": { "properties": { "p": { "type": "long" }, "q": { "type": "keyword" } } },
        "n": { "type": "long", "doc_values": false }
    });
    put_template(&store, "a", &json!({ "dynamic": "strict", "properties": properties }));
    put_template(
        &store,
        "b",
        &json!({ "properties": { "z": { "type": "long" }, "l": { "type": "keyword" } } }),
    );
    write(
        &store,
        &[
            (
                "a_t_2020.",
                "1",
                r#"{"k":"a","l":5,"i":1,"sh":1,"u":18446744073709551615,"d":1.5,"f":1.1,"hf":1.1,"b":true,"t":"2020-01-01T00:00:00Z","tf":"2020-01-01","ip":"10.0.0.2","v":"1.10.0","fl":{"a":"x","b":{"c":1}},"x":"Hello World","o":{"p":1,"q":"z"}}"#,
            ),
            (
                "a_t_2020.",
                "2",
                r#"{"k":["b","é","A"],"l":[7,-3],"i":[4,1,9,100],"sh":2,"u":7,"d":[2.5,-1e300,3],"f":2,"hf":2,"b":[true,false],"t":["2021-01-01","1969-12-31T23:59:59.999Z"],"ip":["::1","9.0.0.1"],"v":"1.9.0","fl":{"a":"y"},"x":"foo","o":[{"p":2},{"p":3,"q":"y"}]}"#,
            ),
        ],
    );
    // In a segment of its own.
    write(
        &store,
        &[
            ("a_t_2020.", "3", "{}"),
            (
                "a_t_2020.",
                "4",
                r#"{"k":"","l":0,"d":-0.0,"f":0,"b":false,"t":0,"u":0,"i":0,"ip":"0.0.0.0","v":"0.0.1"}"#,
            ),
            ("b_t_2020.", "1", r#"{"z":1,"l":"q"}"#),
        ],
    );
    store
}

fn ask(store: &Store, label: &str, body: &Value) -> Result<Value, Refusal> {
    let answer = search(&store.snapshot(), &plan(label), body, Utc::now())?;
    Ok(serde_json::from_slice(&serde_json::to_vec(&answer).unwrap()).unwrap())
}

/// The ids and sort values of the hits, as one text.
fn told(answer: &Value) -> String {
    let hits = answer["hits"]["hits"].as_array().unwrap().iter();
    let told = hits.map(|hit| match hit.get("sort") {
        Some(sort) => format!("{}{sort}", hit["_id"].as_str().unwrap()),
        None => hit["_id"].as_str().unwrap().to_owned(),
    });
    told.collect::<Vec<_>>().join(" ")
}

fn refused(store: &Store, label: &str, body: &Value) -> (String, String) {
    match ask(store, label, body) {
        Err(refusal) => (refusal.error_type.to_owned(), refusal.reason),
        Ok(answer) => panic!("{body} was answered: {answer}"),
    }
}

#[test]
fn every_kind_of_field_sorts() {
    let store = store();
    const MAX: &str = "9223372036854775807";
    const MIN: &str = "-9223372036854775808";
    for (field, ascending, descending) in [
        ("l", format!("2[-3] 4[0] 1[5] 3[{MAX}]"), format!("2[7] 1[5] 4[0] 3[{MIN}]")),
        ("i", "4[0] 1[1] 2[1] 3[2147483647]".into(), "2[100] 1[1] 4[0] 3[-2147483648]".into()),
        (
            "sh",
            "1[1] 2[2] 3[2147483647] 4[2147483647]".into(),
            "2[2] 1[1] 3[-2147483648] 4[-2147483648]".into(),
        ),
        (
            "d",
            r#"2[-1e+300] 4[-0.0] 1[1.5] 3["Infinity"]"#.into(),
            r#"2[3.0] 1[1.5] 4[-0.0] 3["-Infinity"]"#.into(),
        ),
        (
            "f",
            r#"4[0.0] 1[1.1] 2[2.0] 3["Infinity"]"#.into(),
            r#"2[2.0] 1[1.1] 4[0.0] 3["-Infinity"]"#.into(),
        ),
        (
            "hf",
            r#"1[1.0996094] 2[2.0] 3["Infinity"] 4["Infinity"]"#.into(),
            r#"2[2.0] 1[1.0996094] 3["-Infinity"] 4["-Infinity"]"#.into(),
        ),
        ("b", format!("2[0] 4[0] 1[1] 3[{MAX}]"), format!("1[1] 2[1] 4[0] 3[{MIN}]")),
        (
            "t",
            format!("2[-1] 4[0] 1[1577836800000] 3[{MAX}]"),
            format!("2[1609459200000] 1[1577836800000] 4[0] 3[{MIN}]"),
        ),
        (
            "ip",
            r#"2["::1"] 4["0.0.0.0"] 1["10.0.0.2"] 3[null]"#.into(),
            r#"1["10.0.0.2"] 2["9.0.0.1"] 4["0.0.0.0"] 3[null]"#.into(),
        ),
        (
            "v",
            r#"4["0.0.1"] 2["1.9.0"] 1["1.10.0"] 3[null]"#.into(),
            r#"1["1.10.0"] 2["1.9.0"] 4["0.0.1"] 3[null]"#.into(),
        ),
        ("fl", r#"1["1"] 2["y"] 3[null] 4[null]"#.into(), r#"2["y"] 1["x"] 3[null] 4[null]"#.into()),
        ("fl.a", r#"1["x"] 2["y"] 3[null] 4[null]"#.into(), r#"2["y"] 1["x"] 3[null] 4[null]"#.into()),
        ("fl.b.c", r#"1["1"] 2[null] 3[null] 4[null]"#.into(), r#"1["1"] 2[null] 3[null] 4[null]"#.into()),
        ("k", r#"4[""] 2["A"] 1["a"] 3[null]"#.into(), r#"2["é"] 1["a"] 4[""] 3[null]"#.into()),
        (
            "x.raw",
            r#"1["Hello World"] 2["foo"] 3[null] 4[null]"#.into(),
            r#"2["foo"] 1["Hello World"] 3[null] 4[null]"#.into(),
        ),
        ("o.p", format!("1[1] 2[2] 3[{MAX}] 4[{MAX}]"), format!("2[3] 1[1] 3[{MIN}] 4[{MIN}]")),
        ("_seq_no", "1[0] 2[1] 3[2] 4[3]".into(), "4[3] 3[2] 2[1] 1[0]".into()),
        ("_doc", "1[0] 2[1] 3[2] 4[3]".into(), "4[3] 3[2] 2[1] 1[0]".into()),
        ("_score", "1[1.0] 2[1.0] 3[1.0] 4[1.0]".into(), "1 2 3 4".into()),
        // Not asked: the server has no unsigned_long. Its missing values are the ends of its range.
        (
            "u",
            "4[0] 2[7] 1[18446744073709551615] 3[18446744073709551615]".into(),
            "1[18446744073709551615] 2[7] 3[0] 4[0]".into(),
        ),
    ] {
        let answer = ask(&store, "a", &json!({ "sort": [{ field: "asc" }] })).unwrap();
        assert_eq!(told(&answer), ascending, "{field}");
        let answer = ask(&store, "a", &json!({ "sort": [{ field: { "order": "desc" } }] })).unwrap();
        assert_eq!(told(&answer), descending, "{field} descending");
        // The same one hit at a time: what a segment knows of the one before must not change anything.
        let firsts = ask(&store, "a", &json!({ "sort": [{ field: "asc" }], "size": 2 })).unwrap();
        assert!(ascending.starts_with(&told(&firsts)), "{field}: {}", told(&firsts));
    }
}

#[test]
fn options_of_sorts() {
    let store = store();
    for (sort, expected) in [
        (json!("l"), "2[-3] 4[0] 1[5] 3[9223372036854775807]"),
        (json!({ "l": { "order": "desc", "mode": "min" } }), "1[5] 4[0] 2[-3] 3[-9223372036854775808]"),
        (json!([{ "l": { "missing": "_first" } }]), "3[-9223372036854775808] 2[-3] 4[0] 1[5]"),
        (json!([{ "l": { "missing": "_first", "order": "desc" } }]), "3[9223372036854775807] 2[7] 1[5] 4[0]"),
        (json!([{ "l": { "missing": 1 } }]), "2[-3] 4[0] 3[1] 1[5]"),
        (json!([{ "l": { "missing": "1" } }]), "2[-3] 4[0] 3[1] 1[5]"),
        (json!([{ "l": { "missing": 1.5 } }]), "2[-3] 4[0] 3[1] 1[5]"),
        (json!([{ "l": { "missing": null } }]), "2[-3] 4[0] 1[5] 3[9223372036854775807]"),
        (json!([{ "d": { "missing": "_first" } }]), r#"3["-Infinity"] 2[-1e+300] 4[-0.0] 1[1.5]"#),
        (json!([{ "d": { "missing": 1.25 } }]), "2[-1e+300] 4[-0.0] 3[1.25] 1[1.5]"),
        (json!([{ "f": { "missing": 1.2 } }]), "4[0.0] 1[1.1] 3[1.2] 2[2.0]"),
        (json!([{ "k": { "missing": "_first" } }]), r#"3[null] 4[""] 2["A"] 1["a"]"#),
        (json!([{ "k": { "missing": "_first", "order": "desc" } }]), r#"3[null] 2["é"] 1["a"] 4[""]"#),
        (json!([{ "k": { "missing": "aa" } }]), r#"4[""] 2["A"] 1["a"] 3["aa"]"#),
        (json!([{ "k": { "missing": 5 } }]), r#"4[""] 3["5"] 2["A"] 1["a"]"#),
        (json!([{ "v": { "missing": "1.9.5" } }]), r#"4["0.0.1"] 2["1.9.0"] 3["1.9.5"] 1["1.10.0"]"#),
        (json!([{ "i": { "mode": "sum" } }]), "4[0] 1[1] 2[114] 3[2147483647]"),
        (json!([{ "i": { "mode": "avg" } }]), "4[0] 1[1] 2[29] 3[2147483647]"),
        (json!([{ "i": { "mode": "median" } }]), "4[0] 1[1] 2[7] 3[2147483647]"),
        (json!([{ "d": { "mode": "sum" } }]), r#"2[-1e+300] 4[0.0] 1[1.5] 3["Infinity"]"#),
        (json!([{ "d": { "mode": "median" } }]), r#"4[-0.0] 1[1.5] 2[2.5] 3["Infinity"]"#),
        (json!([{ "t": { "mode": "avg" } }]), "4[0] 2[804729600000] 1[1577836800000] 3[9223372036854775807]"),
        (json!([{ "k": { "mode": "max" } }]), r#"4[""] 1["a"] 2["é"] 3[null]"#),
        (
            json!([{ "t": { "format": "yyyy-MM-dd" } }]),
            r#"2["1969-12-31"] 4["1970-01-01"] 1["2020-01-01"] 3["+292278994-08-17"]"#,
        ),
        (
            json!([{ "t": { "format": "strict_date_optional_time", "order": "desc" } }]),
            r#"2["2021-01-01T00:00:00.000Z"] 1["2020-01-01T00:00:00.000Z"] 4["1970-01-01T00:00:00.000Z"] 3["-292275055-05-16T16:47:04.192Z"]"#,
        ),
        (
            json!([{ "zz": { "unmapped_type": "integer" } }]),
            "1[2147483647] 2[2147483647] 3[2147483647] 4[2147483647]",
        ),
        (json!([{ "zz": { "unmapped_type": "keyword" } }]), "1[null] 2[null] 3[null] 4[null]"),
        (json!([{ "zz": { "unmapped_type": "long", "missing": 4 } }]), "1[4] 2[4] 3[4] 4[4]"),
        (
            json!([{ "o": { "unmapped_type": "float" } }]),
            r#"1["Infinity"] 2["Infinity"] 3["Infinity"] 4["Infinity"]"#,
        ),
        (json!([{ "l": { "numeric_type": "double" } }]), r#"2[-3.0] 4[0.0] 1[5.0] 3["Infinity"]"#),
        (
            json!([{ "d": { "numeric_type": "long" } }]),
            "2[-9223372036854775808] 4[0] 1[1] 3[9223372036854775807]",
        ),
        (json!(["_score", "l"]), "2[1.0,-3] 4[1.0,0] 1[1.0,5] 3[1.0,9223372036854775807]"),
        (
            json!([{ "l": { "mode": "median" } }, "l"]),
            "4[0,0] 2[2,-3] 1[5,5] 3[9223372036854775807,9223372036854775807]",
        ),
        (json!([]), "1 2 3 4"),
        (json!(["_index"]), r#"1["a_t_2020."] 2["a_t_2020."] 3["a_t_2020."] 4["a_t_2020."]"#),
    ] {
        let answer = ask(&store, "a", &json!({ "sort": sort }));
        assert_eq!(answer.map(|answer| told(&answer)), Ok(expected.to_owned()), "{sort}");
    }
}

#[test]
fn search_after_goes_on() {
    let store = store();
    for (sort, after, expected) in [
        (json!(["l"]), json!([0]), "1[5] 3[9223372036854775807]"),
        (json!(["l"]), json!(["0"]), "1[5] 3[9223372036854775807]"),
        (json!(["l"]), json!([0.5]), "1[5] 3[9223372036854775807]"),
        (json!(["l"]), json!([1e300]), ""),
        (json!(["k"]), json!([0]), r#"2["A"] 1["a"] 3[null]"#),
        (json!(["k"]), json!(["a"]), "3[null]"),
        (json!([{ "k": "desc" }]), json!(["aa"]), r#"1["a"] 4[""] 3[null]"#),
        (json!(["k"]), json!([null]), ""),
        (json!([{ "k": { "missing": "_first" } }]), json!([null]), r#"4[""] 2["A"] 1["a"]"#),
        (json!(["d"]), json!(["Infinity"]), ""),
        (json!(["d"]), json!([1]), r#"1[1.5] 3["Infinity"]"#),
        (json!(["f"]), json!([1.1]), r#"2[2.0] 3["Infinity"]"#),
        (json!(["hf"]), json!([1.0996094]), r#"2[2.0] 3["Infinity"] 4["Infinity"]"#),
        (json!(["t"]), json!(["2020-01-01"]), "3[9223372036854775807]"),
        (json!(["t"]), json!([0]), "1[1577836800000] 3[9223372036854775807]"),
        (json!([{ "t": { "format": "yyyy-MM-dd" } }]), json!(["2020-01-01"]), r#"3["+292278994-08-17"]"#),
        (json!(["b"]), json!(["false"]), "1[1] 3[9223372036854775807]"),
        (json!(["ip"]), json!(["9.9.9.9"]), r#"1["10.0.0.2"] 3[null]"#),
        (json!(["v"]), json!(["1.9.0"]), r#"1["1.10.0"] 3[null]"#),
        (json!(["_doc"]), json!([1]), "3[2] 4[3]"),
        (json!(["fl.a"]), json!(["x"]), r#"2["y"] 3[null] 4[null]"#),
        (json!(["_score", "l"]), json!([1.0, 0]), "1[1.0,5] 3[1.0,9223372036854775807]"),
    ] {
        let answer = ask(&store, "a", &json!({ "sort": sort, "search_after": after }));
        assert_eq!(answer.map(|answer| told(&answer)), Ok(expected.to_owned()), "{sort} {after}");
    }
    // Page by page, as programs go.
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let mut body = json!({ "size": 1, "sort": [{ "b": "desc" }, { "_seq_no": "asc" }] });
        if let Some(after) = after.take() {
            body["search_after"] = after;
        }
        let answer = ask(&store, "a", &body).unwrap();
        let Some(hit) = answer["hits"]["hits"].get(0).cloned() else { break };
        seen.push(hit["_id"].as_str().unwrap().to_owned());
        after = Some(hit["sort"].clone());
    }
    assert_eq!(seen, ["1", "2", "4", "3"]);
}

#[test]
fn several_indexes() {
    let store = store();
    put_template(&store, "c", &json!({ "properties": { "z": { "type": "integer" } } }));
    write(&store, &[("c_t_2020.", "c", r#"{"z":7}"#), ("c_t_2021.", "d", r#"{"z":7}"#)]);
    let answer = ask(&store, "c", &json!({ "sort": [{ "z": "desc" }], "track_scores": true })).unwrap();
    assert_eq!(told(&answer), "c[7] d[7]");
    assert_eq!(answer["_shards"], json!({ "total": 2, "successful": 2, "skipped": 0, "failed": 0 }));
    assert_eq!(answer["hits"]["max_score"], 1.0);
    assert_eq!(count(&store.snapshot(), &plan("c"), &json!({}), Utc::now()), Ok(2));
    // Nothing there is no error, whatever is asked.
    let answer = ask(&store, "nothing", &json!({ "sort": ["zz"] })).unwrap();
    assert_eq!(
        answer["hits"],
        json!({ "total": { "value": 0, "relation": "eq" }, "max_score": 0.0, "hits": [] })
    );
    assert_eq!(answer["_shards"]["total"], 0);
}

#[test]
fn hits_show_what_was_asked_for() {
    let store = store();
    let first = |body: Value| ask(&store, "b", &body).unwrap()["hits"]["hits"][0].clone();
    let whole = json!({ "_index": "b_t_2020.", "_id": "1", "_score": 1.0, "_source": { "z": 1, "l": "q" } });
    assert_eq!(first(json!({})), whole);
    assert_eq!(
        first(json!({ "seq_no_primary_term": true, "_source": false })),
        json!({ "_index": "b_t_2020.", "_id": "1", "_seq_no": 0, "_primary_term": 1, "_score": 1.0 })
    );
    assert_eq!(first(json!({ "stored_fields": "_none_" })), json!({ "_index": "b_t_2020.", "_score": 1.0 }));
    assert_eq!(
        first(json!({ "stored_fields": [] })),
        json!({ "_index": "b_t_2020.", "_id": "1", "_score": 1.0 })
    );
    assert_eq!(
        first(json!({ "sort": ["z"], "_source": "z" })),
        json!({ "_index": "b_t_2020.", "_id": "1", "_score": null, "_source": { "z": 1 }, "sort": [1] })
    );
}

#[test]
fn totals_are_counted_as_far_as_asked() {
    let store = store();
    let exact = |value: u64| json!({ "value": value, "relation": "eq" });
    let least = |value: u64| json!({ "value": value, "relation": "gte" });
    for (track, size, total) in [
        (json!(true), 10, exact(4)),
        (json!(4), 10, exact(4)),
        (json!(3), 10, least(3)),
        (json!(0), 0, least(0)),
        (json!("2"), 0, least(2)),
        (json!(false), 10, Value::Null),
        (json!(-1), 0, Value::Null),
    ] {
        let answer = ask(&store, "a", &json!({ "track_total_hits": track, "size": size })).unwrap();
        assert_eq!(answer["hits"].get("total").cloned().unwrap_or_default(), total, "{track}");
    }
    let body = json!({ "post_filter": { "term": { "k": "a" } }, "size": 0 });
    assert_eq!(ask(&store, "a", &body).unwrap()["hits"]["total"], exact(1));
    assert_eq!(ask(&store, "a", &json!({ "min_score": 1.1 })).unwrap()["hits"]["total"], exact(0));
    assert_eq!(ask(&store, "a", &json!({ "min_score": 1.0, "size": 0 })).unwrap()["hits"]["total"], exact(4));
    let answer = ask(&store, "a", &json!({ "from": 3, "size": 2 })).unwrap();
    assert_eq!((told(&answer).as_str(), &answer["hits"]["max_score"]), ("4", &json!(1.0)));
}

/// Asks for what Elasticsearch refuses: bodies, with the type and the reason of the error.
fn all_refused<const N: usize>(cases: [(Value, &str, &str); N]) {
    let store = store();
    for (body, error_type, reason) in cases {
        let told = refused(&store, "a", &body);
        assert_eq!((told.0.as_str(), told.1.as_str()), (error_type, reason), "{body}");
    }
}

/// The same for what its shards refuse.
fn all_refused_by_shards<const N: usize>(cases: [(Value, &str); N]) {
    let store = store();
    for (body, reason) in cases {
        let reason = format!("all shards failed; caused by: {reason}");
        let expected = ("search_phase_execution_exception".to_owned(), reason);
        assert_eq!(refused(&store, "a", &body), expected, "{body}");
        // Without an index there is no shard to refuse anything.
        assert!(ask(&store, "nothing", &body).is_ok(), "{body}");
    }
}

#[test]
fn wrong_bodies_are_refused_in_elasticsearchs_words() {
    all_refused([
        (json!([]), "parsing_exception", "Expected [START_OBJECT] but found [START_ARRAY]"),
        (json!({ "foo": {} }), "parsing_exception", "Unknown key for a START_OBJECT in [foo]."),
        (json!({ "size": null }), "parsing_exception", "Unknown key for a VALUE_NULL in [size]."),
        (
            json!({ "size": -1 }),
            "illegal_argument_exception",
            "[size] parameter cannot be negative, found [-1]",
        ),
        (
            json!({ "from": -1 }),
            "illegal_argument_exception",
            "[from] parameter cannot be negative but was [-1]",
        ),
        (json!({ "size": "x" }), "number_format_exception", "For input string: \"x\""),
        (
            json!({ "track_total_hits": -2 }),
            "illegal_argument_exception",
            "[track_total_hits] parameter must be positive or equals to -1, got -2",
        ),
        (
            json!({ "track_scores": "x" }),
            "illegal_argument_exception",
            "Failed to parse value [x] as only [true] or [false] are allowed.",
        ),
    ]);
}

#[test]
fn wrong_parts_are_refused() {
    all_refused([
        (
            json!({ "timeout": "5" }),
            "illegal_argument_exception",
            "failed to parse setting [timeout] with value [5] as a time value: unit is missing or unrecognized",
        ),
        (
            json!({ "timeout": "-5s" }),
            "illegal_argument_exception",
            "failed to parse setting [timeout] with value [-5s] as a time value: negative durations are not supported",
        ),
        (
            json!({ "timeout": "1.5s" }),
            "illegal_argument_exception",
            "failed to parse [1.5s], fractional time values are not supported",
        ),
        (
            json!({ "search_after": [0], "sort": ["l"], "from": 1 }),
            "action_request_validation_exception",
            "Validation Failed: 1: [from] parameter must be set to 0 when [search_after] is used;",
        ),
        (
            json!({ "stored_fields": ["_none_", "k"] }),
            "illegal_argument_exception",
            "cannot combine _none_ with other fields",
        ),
        (
            json!({ "highlight": {} }),
            "unsupported_by_embedded",
            "the embedded engine does not support [highlight] in the body of a search",
        ),
        (
            json!({ "sort": [5] }),
            "illegal_argument_exception",
            "malformed sort format, within the sort array, an object, or an actual string are allowed",
        ),
        (
            json!({ "sort": [{ "l": { "foo": 1 } }] }),
            "x_content_parse_exception",
            "[field_sort] unknown field [foo]",
        ),
        (
            json!({ "sort": [{ "_score": { "mode": "min" } }] }),
            "x_content_parse_exception",
            "[_score] unknown field [mode]",
        ),
    ]);
}

#[test]
fn wrong_pages_are_refused_by_shards() {
    all_refused_by_shards([
        (
            json!({ "from": 10_000 }),
            "Result window is too large, from + size must be less than or equal to: [10000] but was [10010]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.",
        ),
        (json!({ "search_after": [1] }), "Sort must contain at least one field."),
        (json!({ "search_after": [0, 1], "sort": ["l"] }), "search_after has 2 value(s) but sort has 1."),
        (
            json!({ "search_after": ["x"], "sort": ["l"] }),
            "Failed to parse search_after value for field [l].",
        ),
        (json!({ "search_after": ["xx"], "sort": ["ip"] }), "'xx' is not an IP string literal."),
    ]);
}

#[test]
fn wrong_sorts_are_refused_by_shards() {
    all_refused_by_shards([
        (json!({ "sort": ["zz"] }), "No mapping found for [zz] in order to sort on"),
        (json!({ "sort": ["zz"], "size": 0 }), "No mapping found for [zz] in order to sort on"),
        (json!({ "sort": ["o"] }), "No mapping found for [o] in order to sort on"),
        (
            json!({ "sort": ["n"] }),
            "Can't load fielddata on [n] because fielddata is unsupported on fields of type [long]. Use doc values instead.",
        ),
        (
            json!({ "sort": ["x"] }),
            "Fielddata is disabled on [x] in [a_t_2020.]. Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [x] in order to load field data by uninverting the inverted index. Note that this can use significant memory.",
        ),
        (json!({ "sort": [{ "l": { "missing": "abc" } }] }), "For input string: \"abc\""),
        (
            json!({ "sort": [{ "k": { "mode": "sum" } }] }),
            "we only support AVG, MEDIAN and SUM on number based fields",
        ),
        (
            json!({ "sort": [{ "k": { "format": "x" } }] }),
            "Field [k] of type [keyword] does not support custom formats",
        ),
        (json!({ "sort": [{ "l": { "format": "0" } }] }), "require a date_time formatter; got [decimal]"),
        (
            json!({ "sort": [{ "k": { "numeric_type": "long" } }] }),
            "[numeric_type] option cannot be set on a non-numeric field, got keyword",
        ),
        (json!({ "sort": [{ "zz": { "unmapped_type": "nope" } }] }), "No mapper found for type [nope]"),
    ]);
}

#[test]
fn what_changes_nothing_is_taken() {
    let store = store();
    for body in [
        json!({ "timeout": "1nanos" }),
        json!({ "timeout": -1 }),
        json!({ "timeout": " 10 S " }),
        json!({ "aggs": {} }),
        json!({ "explain": false }),
        json!({ "terminate_after": 0 }),
    ] {
        assert!(ask(&store, "a", &body).is_ok(), "{body}");
    }
}
