//! However a server spells what it was given: it stays in sync.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod document_support;

use djelme_core::drift::{DriftKind, IndexDrift, TemplateDrift};
use djelme_core::record::Record;
use djelme_core::template::Template;
use document_support::{View, naming};
use proptest::collection::btree_map;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// A field of some type with some parameters.
fn field() -> impl Strategy<Value = Value> {
    let scalar = select(vec![
        json!({"type": "keyword", "ignore_above": 8191}),
        json!({"type": "keyword", "index": false, "null_value": "none"}),
        json!({"type": "text", "analyzer": "english", "norms": false}),
        json!({"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 256}}}),
        json!({"type": "long", "coerce": false, "null_value": 7}),
        json!({"type": "double", "meta": {"unit": "ms"}}),
        json!({"type": "date", "format": "epoch_millis"}),
        json!({"type": "version"}),
        json!({"type": "flattened", "depth_limit": 5}),
    ]);
    scalar.prop_recursive(3, 12, 3, |inner| {
        let properties = btree_map("[a-z]{1,6}", inner, 1..4).prop_map(Object::from_iter);
        (properties, any::<bool>()).prop_map(|(properties, nested)| {
            if nested {
                json!({"type": "nested", "properties": properties})
            } else {
                json!({"properties": properties})
            }
        })
    })
}

/// Settings by their names below `index`.
fn settings() -> impl Strategy<Value = Object> {
    let value = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        "[a-z0-9]{1,8}".prop_map(Value::from),
        proptest::collection::vec("[a-z]{1,4}", 1..3).prop_map(Value::from),
    ];
    btree_map("[a-z]{1,4}(\\.[a-z]{5,6}){0,2}", value, 0..6).prop_map(Object::from_iter)
}

/// A parameter as the server writes it: what is at its default is left out or spelled out, numbers are strings.
fn respell(value: &Value, choices: &mut impl FnMut() -> bool) -> Value {
    match value {
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), respell(value, choices))).collect()
        }
        Value::Array(list) => match list.as_slice() {
            [only] if choices() => respell(only, choices),
            _ => list.iter().map(|item| respell(item, choices)).collect(),
        },
        Value::Bool(_) | Value::Number(_) if choices() => value.to_string().into(),
        other => other.clone(),
    }
}

fn with_defaults(field: &mut Value, choices: &mut impl FnMut() -> bool) {
    let Some(object) = field.as_object_mut() else { return };
    let es_type = object.get("type").and_then(Value::as_str).unwrap_or("object").to_owned();
    let mut add = |param: &str, value: Value| {
        if !object.contains_key(param) && choices() {
            object.insert(param.to_owned(), value);
        }
    };
    match es_type.as_str() {
        "object" => add("type", json!("object")),
        "keyword" => add("eager_global_ordinals", json!(false)),
        "long" | "double" => {
            add("coerce", json!(true));
            add("ignore_malformed", json!(false));
        }
        "date" => add("format", json!("strict_date_optional_time||epoch_millis")),
        "text" => add("similarity", json!("BM25")),
        _ => {}
    }
    if !matches!(es_type.as_str(), "object" | "nested" | "flattened" | "version") {
        add("store", json!("false"));
    }
    for inner in ["properties", "fields"] {
        if let Some(fields) = object.get_mut(inner).and_then(Value::as_object_mut) {
            fields.iter_mut().for_each(|(_, field)| with_defaults(field, choices));
        }
    }
}

/// Dotted names below one another, now and then.
fn nest(flat: &Object, choices: &mut impl FnMut() -> bool) -> Object {
    let mut nested = Object::new();
    for (name, value) in flat {
        let free = name.split_once('.').filter(|(first, _)| !flat.contains_key(*first));
        match free {
            Some((first, rest)) if choices() => {
                if let Value::Object(inner) = nested.entry(first).or_insert_with(|| json!({})) {
                    inner.insert(rest.to_owned(), value.clone());
                }
            }
            _ => drop(nested.insert(name.clone(), value.clone())),
        }
    }
    nested
}

proptest! {
    #[test]
    fn a_templates_other_spelling_is_in_sync(
        properties in btree_map("[a-z]{1,6}", field(), 0..5),
        settings in settings(),
        bits in proptest::collection::vec(any::<bool>(), 64),
    ) {
        let mut bits = bits.iter().cycle();
        let mut choices = move || *bits.next().unwrap();
        let mut desired = Template::desired(View::TYPE, &naming(View::TYPE));
        desired.mappings.insert("properties".into(), Object::from_iter(properties).into());
        desired.settings = Object::from_iter([("index".to_owned(), settings.clone().into())]);

        let mut found = desired.clone();
        let mut properties = respell(&desired.mappings["properties"], &mut choices);
        properties.as_object_mut().unwrap().iter_mut().for_each(|(_, field)| with_defaults(field, &mut choices));
        found.mappings.insert("properties".into(), properties);
        let respelled = respell(&Value::Object(nest(&settings, &mut choices)), &mut choices);
        found.settings = if choices() {
            Object::from_iter([("index".to_owned(), respelled)])
        } else {
            respelled.as_object().unwrap().iter().map(|(key, value)| (format!("index.{key}"), value.clone())).collect()
        };

        let drift = TemplateDrift::new(&desired, Some(&found));
        prop_assert_eq!(drift.kind(), DriftKind::InSync, "{}", drift);
        let index = IndexDrift::new(&desired, "flights_view_2026.2.".into(), &found.mappings.clone().into());
        prop_assert_eq!(index.kind(), DriftKind::InSync, "{}", index);
        // And so is what a set-up would write over it.
        prop_assert_eq!(TemplateDrift::new(&desired, Some(&desired.over(&found))).kind(), DriftKind::InSync);
    }

    #[test]
    fn an_index_with_the_additions_lacks_nothing(
        wanted in btree_map("[a-d]", field(), 0..5),
        found in btree_map("[a-d]", field(), 0..5),
    ) {
        let mut desired = Template::desired(View::TYPE, &naming(View::TYPE));
        desired.mappings.insert("properties".into(), Object::from_iter(wanted).into());
        let found = json!({"dynamic": "strict", "properties": Object::from_iter(found)});
        let before = IndexDrift::new(&desired, "i".into(), &found);
        let mut merged = found.clone();
        if let Some(additions) = before.additions() {
            merge(&mut merged, &additions);
        }
        let after = IndexDrift::new(&desired, "i".into(), &merged);
        prop_assert_eq!(after.additions(), None);
        let unmendable = |drift: &IndexDrift| drift.unmendable().map(ToString::to_string).collect::<Vec<_>>();
        prop_assert_eq!(unmendable(&before), unmendable(&after));
    }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
