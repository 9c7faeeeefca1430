//! Mappings that are refused, with Elasticsearch's words where it refuses them too.

use serde_json::{Value, json};

use super::{read_mapping, schema};
use crate::schema::has_type;

fn refused(mappings: &Value) -> (String, String) {
    match read_mapping(mappings.clone()) {
        Ok(_) => panic!("not refused: {mappings}"),
        Err(refusal) => (refusal.error_type.to_owned(), refusal.reason),
    }
}

#[test]
fn what_elasticsearch_refuses_is_refused_in_its_words() {
    for (field, reason) in [
        (json!({ "type": "integer", "foo": 1 }), "unknown parameter [foo] on mapper [f] of type [integer]"),
        (
            json!({ "type": "wat" }),
            "The mapper type [wat] declared on field [f] does not exist. It might have been created within a future version or requires a plugin to be installed. Check the documentation.",
        ),
        (json!({ "type": "keyword", "ignore_above": -1 }), "[ignore_above] must be positive, got [-1]"),
        (json!({ "type": "keyword", "ignore_above": "x" }), "For input string: \"x\""),
        (
            json!({ "type": "object", "enabled": false, "foo": 1 }),
            "Mapping definition for [f] has unsupported parameters:  [foo : 1]",
        ),
        (json!({}), "No type specified for field [f]"),
        (json!({ "properties": 5 }), "properties must be a map type"),
        (
            json!({ "type": "integer", "fields": { "a": { "type": "object" } } }),
            "Type [object] cannot be used in multi field",
        ),
        (
            json!({ "type": "integer", "fields": { "a": { "type": "keyword", "fields": { "b": { "type": "keyword" } } } } }),
            "Encountered a multi-field [a] which itself contains a multi-field. Defining chained multi-fields is not supported.",
        ),
        (json!({ "type": "integer", "null_value": "abc" }), "For input string: \"abc\""),
        (
            json!({ "type": "integer", "coerce": "yes" }),
            "Failed to parse value [yes] as only [true] or [false] are allowed.",
        ),
        (
            json!({ "type": "text", "analyzer": "nope" }),
            "analyzer [nope] has not been configured in mappings",
        ),
        (json!({ "type": "keyword", "normalizer": "nope" }), "normalizer [nope] not found for field [f]"),
        (
            json!({ "type": "text", "doc_values": true }),
            "unknown parameter [doc_values] on mapper [f] of type [text]",
        ),
        (
            json!({ "type": "date", "null_value": "x" }),
            "Error parsing [null_value] on field [f]: failed to parse date field [x] with format [strict_date_optional_time||epoch_millis]",
        ),
        (
            json!({ "type": "ip", "null_value": "x" }),
            "Error parsing [null_value] on field [f]: 'x' is not an IP string literal.",
        ),
        (
            json!({ "type": "binary", "index": true }),
            "unknown parameter [index] on mapper [f] of type [binary]",
        ),
        (
            json!({ "type": "version", "index": false }),
            "unknown parameter [index] on mapper [f] of type [version]",
        ),
    ] {
        let wanted = ("mapper_parsing_exception".to_owned(), format!("Failed to parse mapping: {reason}"));
        assert_eq!(refused(&json!({ "properties": { "o": { "properties": { "f": field } } } })), wanted);
    }
    for (mappings, reason) in [
        (json!({ "foo": 1 }), "Root mapping definition has unsupported parameters:  [foo : 1]"),
        (json!({ "dynamic": "wat" }), "Could not convert [dynamic.dynamic] to boolean"),
        (json!({ "properties": { "": { "type": "long" } } }), "field name cannot be an empty string"),
        (json!({ "properties": { "a..b": { "type": "long" } } }), "field name cannot be an empty string"),
        (json!({ "properties": { " ": { "type": "long" } } }), "field name cannot contain only whitespaces"),
    ] {
        let wanted = ("mapper_parsing_exception".to_owned(), format!("Failed to parse mapping: {reason}"));
        assert_eq!(refused(&mappings), wanted);
    }
    let taken = refused(&json!({ "properties": { "_id": { "type": "long" } } }));
    assert_eq!(taken.1, "Field [_id] is defined more than once");
}

#[test]
fn what_the_engine_has_not_is_refused_with_the_path() {
    for (field, what) in [
        (json!({ "type": "nested" }), "the type [nested] of field [o.f]"),
        (json!({ "type": "geo_point" }), "the type [geo_point] of field [o.f]"),
        (json!({ "type": "date_nanos" }), "the type [date_nanos] of field [o.f]"),
        (json!({ "type": "text", "fielddata": true }), "[fielddata] of field [o.f]"),
        (json!({ "type": "text", "analyzer": "french" }), "the analyzer [french]"),
        (json!({ "type": "date", "format": "weekyear" }), "the date format [weekyear] of field [o.f]"),
        (json!({ "type": "constant_keyword" }), "field [o.f] of type [constant_keyword] without a [value]"),
        (json!({ "type": "keyword", "script": "x" }), "[script: \"x\"] of field [o.f] of type [keyword]"),
        (
            json!({ "type": "keyword", "copy_to": "x" }),
            "[copy_to] of field [o.f] to [x], which is not mapped",
        ),
        (
            json!({ "dynamic": true, "properties": {} }),
            "`dynamic: true` of [o.f]: the engine maps no field by itself",
        ),
    ] {
        let mappings =
            json!({ "dynamic": "strict", "properties": { "o": { "properties": { "f": field } } } });
        let wanted = format!("the embedded engine does not support {what}");
        assert_eq!(refused(&mappings), ("unsupported_by_embedded".to_owned(), wanted));
    }
    for mappings in [
        json!({ "_source": { "enabled": false } }),
        json!({ "dynamic": true }),
        json!({ "dynamic_templates": [{ "x": {} }] }),
        json!({ "runtime": { "x": { "type": "long" } } }),
        json!({ "_routing": { "required": true } }),
    ] {
        assert_eq!(refused(&mappings).0, "unsupported_by_embedded");
    }
}

#[test]
fn objects_can_be_written_with_dots_and_in_parts() {
    let schema = schema(
        json!({ "dynamic": "strict", "_meta": { "x": 1 }, "date_detection": false, "properties": {
        "a.b": { "type": "long" }, "a": { "properties": { "c.d": { "type": "keyword", "fields": { "t": { "type": "text" } } } } },
    } }),
    );
    let paths: Vec<&str> = schema.fields().map(|field| field.path.as_str()).collect();
    assert_eq!(paths, ["a.b", "a.c.d", "a.c.d.t"]);
    assert!(schema.is_object("a") && schema.is_object("a.c") && !schema.is_object("a.b"));
    assert!(schema.field("a").is_none() && schema.field("a.c.d.t").is_some());
}

#[test]
fn mappings_are_at_most_twenty_objects_deep() {
    let nested = |depth: usize| {
        let mut field = json!({ "type": "long" });
        for _ in 0..depth {
            field = json!({ "properties": { "o": field } });
        }
        field
    };
    assert!(read_mapping(nested(20)).is_ok());
    assert!(
        refused(&nested(21))
            .1
            .starts_with("Limit of mapping depth [20] has been exceeded due to object field [o.")
    );
    assert!(read_mapping(json!({ "properties": { "a.".repeat(5000) + "b": { "type": "long" } } })).is_err());
}

#[test]
fn names_with_a_star_fit_fields() {
    let schema = schema(json!({ "properties": { "abc": { "type": "long" }, "abd.x": { "type": "long" } } }));
    let paths = |name: &str| schema.existing(name).into_iter().map(|field| field.path).collect::<Vec<_>>();
    assert_eq!(paths("*"), ["abc", "abd.x"]);
    assert_eq!(paths("ab*x"), ["abd.x"]);
    assert_eq!(paths("a*c"), ["abc"]);
    assert_eq!(paths("abd"), ["abd.x"]);
    assert_eq!(paths("*b*c*"), ["abc"]);
    assert!(paths("b*").is_empty());
}

#[test]
fn the_types_are_listed() {
    for name in ["keyword", "text", "object", "flattened", "binary", "unsigned_long"] {
        assert!(has_type(name), "{name}");
    }
    for name in ["nested", "geo_point", "date_nanos", "wat"] {
        assert!(!has_type(name), "{name}");
    }
}
