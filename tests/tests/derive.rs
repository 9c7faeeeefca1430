//! What the derives say of a struct is what serde makes of it: every key that is written lies in the mapping, and
//! every record is read back, also with the fields that djelme adds. Generated code gives no warnings.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]
#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use djelme::mapping::{Property, properties_json};
use djelme::record::{Record, RecordTime};
use djelme::{EsField, EventRecord, Properties};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "tests")]
struct Everything {
    string: String,
    shared: Box<str>,
    letter: char,
    yes: bool,
    #[djelme(byte)]
    bytes: (i8, i8),
    #[serde(rename = "number")]
    small: i16,
    numbers: Vec<u32>,
    large: Option<u64>,
    ratio: f32,
    precise: f64,
    day: NaiveDate,
    local: DateTime<FixedOffset>,
    address: IpAddr,
    id: uuid::Uuid,
    rest: Value,
    counts: BTreeMap<String, i64>,
    cabin: Cabin,
    cabins: Option<Vec<Cabin>>,
    miles: Miles,
    #[djelme(nested)]
    legs: Vec<Leg>,
    #[djelme(object)]
    first: Option<Box<Leg>>,
    #[djelme(scaled_float(scaling_factor = 100))]
    price: f64,
    #[djelme(text(analyzer = "english", fields(raw = keyword(ignore_above = 256))))]
    remarks: String,
    #[djelme(flattened)]
    previous: Option<Box<Self>>,
    #[djelme(date(format = "epoch_second"))]
    #[serde(with = "chrono::serde::ts_seconds")]
    paid: DateTime<Utc>,
    #[serde(skip)]
    cache: Option<i128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    r#type: String,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, EsField)]
#[serde(rename_all = "kebab-case")]
enum Cabin {
    First,
    PremiumEconomy,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, EsField)]
struct Miles(Option<u32>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct Leg {
    flight_number: u16,
    #[djelme(object)]
    carrier: Carrier,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
struct Carrier {
    name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[djelme(abstract, app_label = "tests", unique_together(customer))]
struct Common {
    customer: String,
    #[serde(rename = "timestamp")]
    at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
struct WithBase {
    #[djelme(base)]
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    carrier: Option<Carrier>,
    total: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "tests")]
struct Nothing {
    #[djelme(object)]
    nothing: Empty,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
struct Empty {}

/// One record for each rule of `rename_all`.
macro_rules! renamed {
    ($($name:ident $rule:literal)*) => { $(
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
        #[djelme(app_label = "tests")]
        #[serde(rename_all = $rule)]
        struct $name {
            tail_number: String,
            x: u8,
            r#match: bool,
            #[serde(rename = "keptAsItIs")]
            kept: bool,
        }

        impl $name {
            fn example() -> Self {
                Self { tail_number: "N14228".into(), x: 1, r#match: true, kept: true }
            }
        }
    )* };
}

renamed! {
    Lower "lowercase"
    Upper "UPPERCASE"
    Pascal "PascalCase"
    Camel "camelCase"
    Snake "snake_case"
    ScreamingSnake "SCREAMING_SNAKE_CASE"
    Kebab "kebab-case"
    ScreamingKebab "SCREAMING-KEBAB-CASE"
}

fn instant() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(16_000)
}

fn everything() -> Everything {
    let leg = Leg { flight_number: 1545, carrier: Carrier { name: "United".into() } };
    Everything {
        string: "a".into(),
        shared: "b".into(),
        letter: 'c',
        yes: true,
        bytes: (1, -1),
        small: -2,
        numbers: vec![1, 2],
        large: Some(3),
        ratio: 0.5,
        precise: 0.25,
        day: instant().date_naive(),
        local: instant().fixed_offset(),
        address: IpAddr::from([127, 0, 0, 1]),
        id: uuid::Uuid::nil(),
        rest: json!({"any": {"thing": 1}}),
        counts: BTreeMap::from([("a".to_owned(), 1)]),
        cabin: Cabin::First,
        cabins: Some(vec![Cabin::PremiumEconomy]),
        miles: Miles(Some(1400)),
        legs: vec![leg.clone()],
        first: Some(Box::new(leg)),
        price: 9.99,
        remarks: "window seat".into(),
        previous: None,
        paid: instant(),
        cache: None,
        missing: None,
        r#type: "ticket".into(),
        timestamp: instant(),
    }
}

/// Panics if the value has a key without a mapping.
fn assert_mapped(value: &Value, mapping: &Value, path: &str) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| assert_mapped(value, mapping, path)),
        Value::Object(entries) if mapping["type"] != "flattened" => {
            for (key, value) in entries {
                let inner = &mapping["properties"][key];
                assert!(inner.is_object(), "{path}{key} is not mapped: {mapping}");
                assert_mapped(value, inner, &format!("{path}{key}."));
            }
        }
        _ => {}
    }
}

/// What is written is mapped, and is read back with the envelope in it.
fn check<R: Record + PartialEq + std::fmt::Debug>(record: &R) -> Value {
    let mut written = serde_json::to_value(record).unwrap();
    let mapping = json!({ "properties": properties_json(R::PROPERTIES, None) });
    assert_mapped(&written, &mapping, "");
    for (name, _) in R::TYPE.envelope() {
        assert!(written.get(name).is_none(), "{name} is written twice");
        written[name] = json!("2013.10.22.0.0.0");
    }
    assert_eq!(*record, serde_json::from_value::<R>(written.clone()).unwrap());
    written
}

#[test]
fn every_key_that_is_written_is_mapped() {
    check(&everything());
    check(&Everything { previous: Some(Box::new(everything())), missing: Some("x".into()), ..everything() });
    check(&Nothing { nothing: Empty {} });
    check(&Lower::example());
    check(&Upper::example());
    check(&Pascal::example());
    check(&Camel::example());
    check(&Snake::example());
    check(&ScreamingSnake::example());
    check(&Kebab::example());
    check(&ScreamingKebab::example());
}

#[test]
fn every_mapped_field_of_a_full_record_is_written() {
    let full =
        Everything { previous: Some(Box::new(everything())), missing: Some("x".into()), ..everything() };
    let written = check(&full);
    let mapped: Map<String, Value> =
        properties_json(Everything::PROPERTIES, None).as_object().unwrap().clone();
    for name in mapped.keys() {
        assert!(written.get(name).is_some(), "{name} is mapped and not written");
    }
}

#[test]
fn a_base_and_a_flattened_struct_stand_in_the_record() {
    let common = Common { customer: "Ada".into(), at: instant() };
    let carrier = Some(Carrier { name: "United".into() });
    let record = WithBase { common, carrier, total: 1.5 };
    check(&record);
    assert_eq!(record.time(), RecordTime::At(instant()));
    let names: Vec<&str> = WithBase::TYPE.envelope().map(|(name, _)| name).collect();
    assert_eq!(names, ["timeseries_timeparts"]);
}

#[test]
fn mappings_are_those_of_the_attributes() {
    let mapping = properties_json(Everything::PROPERTIES, None);
    let text = json!({
        "type": "text",
        "analyzer": "english",
        "fields": {"raw": {"type": "keyword", "ignore_above": 256}},
    });
    assert_eq!(mapping["remarks"], text);
    assert_eq!(mapping["price"], json!({"type": "scaled_float", "scaling_factor": 100}));
    assert_eq!(mapping["paid"], json!({"type": "date", "format": "epoch_second"}));
    assert_eq!(mapping["legs"]["type"], "nested");
    assert_eq!(mapping["legs"]["properties"]["CARRIER"]["properties"]["name"]["type"], "keyword");
    assert_eq!(mapping["miles"]["type"], "long");
    assert!(mapping.get("cache").is_none());
    assert!(matches!(&WithBase::PROPERTIES[0], Property::Base(fields) if fields.len() == 2));
}

#[test]
fn records_are_registered() {
    let names: Vec<&str> = djelme::registry::record_types().iter().map(|known| known.name.as_ref()).collect();
    for name in ["Everything", "WithBase", "ScreamingKebab"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert_eq!(Everything::TYPE.rust_name, "derive::Everything");
}
