//! Each expectation is what Elasticsearch 8.19 answered.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::SourceFilter;

fn filtered(document: &Value, filter: &Value) -> Value {
    let document = RawValue::from_string(document.to_string()).unwrap();
    let left = SourceFilter::parse(filter).unwrap().apply(document).unwrap();
    left.map_or(Value::Null, |left| serde_json::from_str(left.get()).unwrap())
}

fn nested() -> Value {
    json!({
        "a": 1, "ab": { "c": 2, "d": { "e": 3, "f": [1, 2] }, "g": [] },
        "list": [{ "x": 1, "y": 2 }, { "x": 3 }, { "y": 4 }, 5, [{ "x": 6 }], null],
        "e": {}, "n": null, "dot.ted": 7, "dot": { "x": 8 }, "o": { "p": { "q": 1 } }, "a.b.c": { "d": 1 }
    })
}

#[test]
fn includes_are_paths() {
    for (include, left) in [
        ("a", json!({ "a": 1, "a.b.c": { "d": 1 } })),
        ("ab.c", json!({ "ab": { "c": 2 } })),
        ("ab.*", json!({ "ab": { "c": 2, "d": { "e": 3, "f": [1, 2] }, "g": [] } })),
        ("ab.d.*f", json!({ "ab": { "d": { "f": [1, 2] } } })),
        ("ab.*.e", json!({ "ab": { "d": { "e": 3 } } })),
        ("list.x", json!({ "list": [{ "x": 1 }, { "x": 3 }, [{ "x": 6 }]] })),
        ("list.*", json!({ "list": [{ "x": 1, "y": 2 }, { "x": 3 }, { "y": 4 }, [{ "x": 6 }]] })),
        ("list.x.z", json!({})),
        ("e", json!({ "e": {} })),
        ("e.x", json!({})),
        ("n", json!({ "n": null })),
        ("dot.ted", json!({ "dot.ted": 7 })),
        ("dot.*", json!({ "dot.ted": 7, "dot": { "x": 8 } })),
        ("*.x", json!({ "list": [{ "x": 1 }, { "x": 3 }, [{ "x": 6 }]], "dot": { "x": 8 } })),
        ("**.x", json!({ "list": [{ "x": 1 }, { "x": 3 }, [{ "x": 6 }]], "dot": { "x": 8 } })),
        ("*c", json!({})),
        ("o*q", json!({})),
        ("o.**", json!({ "o": { "p": { "q": 1 } } })),
        ("a.b", json!({ "a.b.c": { "d": 1 } })),
        ("a.b.c.d", json!({ "a.b.c": { "d": 1 } })),
        ("a.*", json!({ "a.b.c": { "d": 1 } })),
        (" e ", json!({ "e": {} })),
        ("ab.", json!({})),
        ("", json!({})),
        (".", json!({})),
    ] {
        assert_eq!(filtered(&nested(), &json!(include)), left, "{include}");
    }
    assert_eq!(filtered(&nested(), &json!(["e", "ab.c"])), json!({ "ab": { "c": 2 }, "e": {} }));
    assert_eq!(filtered(&nested(), &json!("**")), nested());
}

#[test]
fn excludes_without_a_star_are_paths_and_take_what_becomes_empty() {
    let document = json!({
        "e": {}, "g": [], "x": 1, "arr": [1, { "x": 2 }, [], {}, [{}], null], "o": { "x": 1, "p": {} },
        "list": [{ "x": 1, "y": 2 }, { "x": 3 }, [{ "x": 6 }], 5], "q": { "r": { "s": 1 } }
    });
    for (exclude, key, left) in [
        (json!("e.x"), "e", json!({})),
        (json!("g.x"), "g", json!([])),
        (json!("arr.x"), "arr", json!([1, [], {}, [{}], null])),
        (json!("o.x"), "o", json!({ "p": {} })),
        (json!(["o.p", "o.x"]), "o", Value::Null),
        (json!("list.x"), "list", json!([{ "y": 2 }, 5])),
        (json!("q.r.s"), "q", Value::Null),
        (json!(" x "), "x", Value::Null),
    ] {
        let filtered = filtered(&document, &json!({ "excludes": exclude }));
        assert_eq!(filtered.get(key).unwrap_or(&Value::Null), &left, "{exclude}");
    }
}

#[test]
fn excludes_with_a_star_are_patterns_over_whole_paths() {
    let document = json!({
        "e": {}, "x": 1, "arr": [1, { "x": 2 }, [], {}, [{}], null], "o": { "x": 1, "p": {} },
        "a.b": { "c.d": 1 }, "a": { "b.c": 2, "b": { "c": 3 } }
    });
    for (exclude, key, left) in [
        (json!(["arr.x", "zz*"]), "arr", json!([1, null])),
        (json!(["zz*"]), "arr", json!([1, { "x": 2 }, [], {}, [{}], null])),
        (json!("o.*"), "o", json!({})),
        (json!(["*.x", "*.p"]), "o", json!({})),
        (json!("ar*.x"), "arr", json!([1, null])),
        (json!(["a.b.c", "z*"]), "a", json!({ "b": {} })),
        (json!(["a.b.c", "z*"]), "a.b", json!({})),
        (json!("a.*.d"), "a", json!({ "b.c": 2, "b": { "c": 3 } })),
        (json!("a.*.d"), "a.b", json!({})),
        (json!(["x", "z*"]), "x", Value::Null),
        (json!(["e.x", "z*"]), "e", json!({})),
    ] {
        let filtered = filtered(&document, &json!({ "excludes": exclude }));
        assert_eq!(filtered.get(key).unwrap_or(&Value::Null), &left, "{exclude} {key}");
    }
    for (include, left) in [
        ("*x", json!({ "arr": [{ "x": 2 }], "x": 1, "o": { "x": 1 } })),
        ("arr", json!({ "arr": [1, { "x": 2 }, [], {}, [{}], null] })),
        ("o.p", json!({ "o": { "p": {} } })),
        ("e.x", json!({})),
        ("o.", json!({})),
        ("**.x", json!({ "arr": [{ "x": 2 }], "o": { "x": 1 } })),
    ] {
        let filter = json!({ "includes": include, "excludes": "zz*" });
        assert_eq!(filtered(&document, &filter), left, "{include}");
    }
}

#[test]
fn includes_and_excludes_together() {
    for (includes, excludes, left) in [
        ("ab", "ab.c", json!({ "ab": { "d": { "e": 3, "f": [1, 2] }, "g": [] } })),
        ("ab.*", "ab.d.e", json!({ "ab": { "c": 2, "d": { "f": [1, 2] }, "g": [] } })),
        ("ab.d", "ab", json!({})),
        ("list", "list.x", json!({ "list": [{ "y": 2 }, { "y": 4 }, 5, null] })),
        ("o", "o.p.q", json!({})),
        ("ab.d", "*.e", json!({ "ab": { "d": { "f": [1, 2] } } })),
        ("o.p.q", "o*", json!({})),
        ("a*", "*b*", json!({ "a": 1 })),
    ] {
        let filter = json!({ "includes": includes, "excludes": excludes });
        assert_eq!(filtered(&nested(), &filter), left, "{filter}");
    }
}

#[test]
fn what_is_kept_whole_keeps_its_bytes() {
    let text = r#"{ "b" : 1.0,  "a":1e3, "c":{"d":"\u00e9","x":18446744073709551616,"y":0.10}}"#;
    let document = || RawValue::from_string(text.to_owned()).unwrap();
    let whole = SourceFilter::parse(&json!([])).unwrap().apply(document()).unwrap().unwrap();
    assert_eq!(whole.get(), text);
    let part = SourceFilter::parse(&json!("c")).unwrap().apply(document()).unwrap().unwrap();
    assert_eq!(part.get(), r#"{"c":{"d":"\u00e9","x":18446744073709551616,"y":0.10}}"#);
}

#[test]
fn wrong_filters_are_refused() {
    for (filter, reason) in [
        (json!(null), "Unknown key for a VALUE_NULL in [_source]."),
        (
            json!(5),
            "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [VALUE_NUMBER]",
        ),
        (json!({ "foo": 1 }), "Unknown key for a VALUE_NUMBER in [foo]."),
        (json!({ "includes": [5] }), "Unknown key for a VALUE_NUMBER in [includes]."),
        (json!({ "includes": null }), "Unknown key for a VALUE_NULL in [includes]."),
    ] {
        assert_eq!(SourceFilter::parse(&filter).unwrap_err().reason, reason, "{filter}");
    }
}
