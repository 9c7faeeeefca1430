//! Names, time parts, ids and session ids: the same of 5,000 random inputs each.

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, Timelike as _, Utc};
use djelme::identity::OpaqueKey;
use djelme::naming::{Naming, NamingSource};
use djelme::time::{IntoTimeBound as _, TimeDepth, TimeParts};
use djelme::usage::{Visitor, opaque_sessionhour_id};
use djelme_tests::server::prefix;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::compare::{Case, Expected, compare, seed};
use crate::python::Python;

/// How many inputs of each kind.
const INPUTS: usize = 5_000;

fn compared(of: &str, case: impl Fn(&mut Rng) -> Case, ours: impl Fn(&Value) -> Result<Value, String>) {
    let seed = seed();
    let mut rng = Rng::with_seed(seed);
    let cases: Vec<Case> = (0..INPUTS).map(|_| case(&mut rng)).collect();
    compare(&Python::start(&prefix("names")), of, seed, &cases, ours);
}

fn text(rng: &mut Rng, letters: &str, lengths: std::ops::Range<usize>) -> String {
    let letters: Vec<char> = letters.chars().collect();
    (0..rng.usize(lengths)).map(|_| letters[rng.usize(..letters.len())]).collect()
}

fn instant(rng: &mut Rng) -> DateTime<Utc> {
    let (first, last) = ("0001-01-02T00:00:00Z", "9999-12-30T00:00:00Z");
    let second = |text: &str| text.parse::<DateTime<Utc>>().unwrap().timestamp();
    let micros = if rng.bool() { 0 } else { rng.u32(..1_000_000) };
    DateTime::from_timestamp(rng.i64(second(first)..second(last)), micros * 1_000).unwrap()
}

/// A zone that is whole hours away from UTC.
fn zone(rng: &mut Rng) -> FixedOffset {
    let hours = rng.i32(1..15) * if rng.bool() { 1 } else { -1 };
    FixedOffset::east_opt(hours * 3_600).unwrap()
}

fn refused<T>(result: djelme::Result<T>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn argument<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_default()
}

fn index_name(rng: &mut Rng) -> Case {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789____";
    let (app, name) = (text(rng, LETTERS, 0..9) + "a", text(rng, LETTERS, 0..20) + "r");
    let at = instant(rng);
    let mut parts = vec![at.year().unsigned_abs(), at.month(), at.day(), at.hour(), at.minute(), at.second()];
    parts.truncate(rng.usize(1..7));
    let mut input = json!({
        "app": app, "name": name, "parts": parts, "depth": rng.u8(1..5),
        "prefix": rng.choice(["", "dev-", "x_", "a.b_"]),
    });
    let expected = match rng.u8(..40) {
        0 => {
            input["prefix"] = rng.choice(["P-", "_x", "-", "a b_", "a/"]).into();
            Expected::WeRefuse("N2 a prefix that Elasticsearch refuses")
        }
        1 => {
            input["app"] = rng.choice(["my-app", "m.app", "\u{e9}t\u{e9}", "a b"]).into();
            Expected::WeRefuse("N2 a label that divides names otherwise")
        }
        2 => {
            input["parts"] =
                rng.choice([json!([2020, 13]), json!([2020, 2, 30]), json!([2021, 0, 1])]).unwrap();
            input["depth"] = 3.into();
            Expected::WeRefuse("T9 no such day")
        }
        3 => {
            input["parts"] = json!([]);
            Expected::WeRefuse("T9 no time parts")
        }
        _ => Expected::Same,
    };
    Case { input, expected }
}

fn depth(input: &Value) -> TimeDepth {
    let depth = input["depth"].as_u64().unwrap();
    *TimeDepth::ALL.iter().find(|known| u64::from(known.number()) == depth).unwrap()
}

/// The name of an index, the wildcard of the time, the name of the template, and the time in the index's name.
#[test]
fn names_are_the_packages() {
    compared("index_name", index_name, |input| {
        let parts: Vec<u32> = serde_json::from_value(input["parts"].clone()).unwrap();
        let parts = refused(TimeParts::new(&parts))?;
        let naming = refused(Naming::new(NamingSource {
            prefix: argument(input, "prefix"),
            app_label: argument(input, "app"),
            recordtype_name: argument(input, "name"),
            template: None,
            template_name: None,
            depth: Some(depth(input)),
        }))?;
        let index = refused(naming.index_name(parts))?;
        let parsed = refused(naming.parse(&index))?;
        Ok(json!([index, naming.wildcard(&parts), naming.template_name(), parsed.as_slice()]))
    });
}

fn time_text(rng: &mut Rng) -> Case {
    let at = instant(rng);
    let (y, m, d) = (at.year(), at.month(), at.day());
    let (text, expected) = match rng.u8(..24) {
        0..5 => (dotted(rng, at), Expected::Same),
        5..8 => (at.format("%Y-%m-%d").to_string(), Expected::Same),
        8..12 => (at.to_rfc3339(), Expected::Same),
        12..16 => (at.with_timezone(&zone(rng)).to_rfc3339(), Expected::Same),
        16 => (at.format("%Y-%m-%dT%H:%M:%SZ").to_string(), Expected::Same),
        17 => (at.format("%Y-%m-%d %H:%M%:z").to_string(), Expected::Same),
        18 => (at.format("%G-W%V-%u").to_string(), Expected::Same),
        19 => (at.format("%Y%m%d").to_string(), Expected::Same),
        20 => (at.format("%Y-%m").to_string(), Expected::PythonRefuses("T9 a month, \"2026-01\"")),
        21 => (
            rng.choice([
                format!("{y}..{m}"),
                format!(" {y}. {m}"),
                format!("{y}.1_0"),
                format!("{y}.\u{663}"),
            ])
            .unwrap(),
            Expected::WeRefuse("T3 numbers that are written otherwise"),
        ),
        22 => (
            rng.choice([format!("{y}.13"), format!("{y}.2.30.1"), format!("{y}.{m}.{d}.24"), String::new()])
                .unwrap(),
            Expected::WeRefuse("T9 no such day"),
        ),
        _ => (at.format("%Y-%m-%dT%H:%M:%S").to_string(), Expected::WeRefuse("B2 a time without a zone")),
    };
    let input = json!({
        "given": text, "depth": rng.u8(1..8), "pad": rng.bool(), "truncate": rng.bool(),
    });
    Case { input, expected }
}

fn dotted(rng: &mut Rng, at: DateTime<Utc>) -> String {
    let parts = [at.year().unsigned_abs(), at.month(), at.day(), at.hour(), at.minute(), at.second()];
    let width = if rng.bool() { 2 } else { 0 };
    let parts: Vec<_> = parts[..rng.usize(1..7)].iter().map(|part| format!("{part:0width$}")).collect();
    parts.join(".") + if rng.bool() { "." } else { "" }
}

#[test]
fn time_parts_are_the_packages() {
    compared("timeparts", time_text, |input| {
        let bound = refused(argument(input, "given").into_time_bound())?;
        let depth = u8::try_from(input["depth"].as_u64().unwrap()).unwrap();
        let flag = |name: &str| input[name].as_bool().unwrap();
        Ok(bound.parts().resolve(depth, flag("pad"), flag("truncate")).to_string().into())
    });
}

/// Letters of every length in UTF-8, and those that JSON escapes.
const LETTERS: &str = "abcXYZ019 _-./:\"\\\n\t\u{7f}\u{e9}\u{df}\u{4e2d}\u{1f600}";

fn key_part(rng: &mut Rng) -> Value {
    match rng.u8(..8) {
        0..3 => json!({ "str": text(rng, LETTERS, 0..12) }),
        3 => json!({ "int": rng.i64(..) }),
        4 => json!({ "float": float(rng) }),
        5 => json!({ "bool": rng.bool() }),
        6 => json!({ "date": instant(rng).date_naive().to_string() }),
        _ => json!({ "instant": instant(rng).to_rfc3339() }),
    }
}

fn float(rng: &mut Rng) -> f64 {
    match rng.u8(..3) {
        0 => rng.f64(),
        1 => f64::from(rng.i32(-1_000..1_000)),
        _ => loop {
            let any = f64::from_bits(rng.u64(..));
            if any.is_finite() {
                break any;
            }
        },
    }
}

fn key(rng: &mut Rng) -> Case {
    let mut parts: Vec<Value> = (0..rng.usize(1..6)).map(|_| key_part(rng)).collect();
    let expected = match rng.u8(..40) {
        0 => {
            parts.push(json!({ "none": null }));
            Expected::WeRefuse("K7 a missing part hashes like the text \"None\"")
        }
        1 => {
            parts.push(json!({ "instant": instant(rng).with_timezone(&zone(rng)).to_rfc3339() }));
            Expected::Differs("S4 one instant in two zones makes two keys")
        }
        2 => {
            parts.clear();
            Expected::Same
        }
        _ => Expected::Same,
    };
    Case { input: json!({ "parts": parts }), expected }
}

#[test]
fn ids_are_the_packages() {
    compared("key", key, |input| {
        let mut key = OpaqueKey::new();
        for part in input["parts"].as_array().unwrap() {
            let (kind, value) = part.as_object().unwrap().iter().next().unwrap();
            let text = value.as_str().unwrap_or_default();
            match kind.as_str() {
                "str" => key.part("part", &text),
                "int" => key.part("part", &value.as_i64().unwrap()),
                "float" => key.part("part", &value.as_f64().unwrap()),
                "bool" => key.part("part", &value.as_bool().unwrap()),
                "date" => key.part("part", &text.parse::<NaiveDate>().unwrap()),
                "instant" => key.part("part", &DateTime::parse_from_rfc3339(text).unwrap()),
                _ => key.part("part", &None::<String>),
            }
        }
        refused(key.finish()).map(Value::from)
    });
}

fn session(rng: &mut Rng) -> Case {
    let mut visitor = json!({ "timestamp": instant(rng).to_rfc3339() });
    let given = |rng: &mut Rng| text(rng, LETTERS, 0..12) + "x";
    let names: &[&str] = match rng.u8(..8) {
        0 => &["user_id"],
        1 => &["client_session_id"],
        2 | 3 => &["request_host", "request_useragent"],
        4 => &["user_id", "client_session_id", "request_host"],
        5 => &["client_session_id", "request_host", "request_useragent"],
        6 => &["request_host"],
        _ => &["request_useragent"],
    };
    for name in names {
        visitor[*name] = given(rng).into();
    }
    let expected = match rng.u8(..20) {
        0 if names.len() > 1 || names[0].ends_with("_id") => {
            visitor["timestamp"] = instant(rng).with_timezone(&zone(rng)).to_rfc3339().into();
            Expected::Differs("S4 the hour of another zone")
        }
        _ => Expected::Same,
    };
    Case { input: visitor, expected }
}

#[test]
fn session_ids_are_the_packages() {
    compared("session", session, |input| {
        let given = |name: &str| input[name].as_str();
        let visitor = Visitor::new()
            .user_id(given("user_id"))
            .client_session_id(given("client_session_id"))
            .client_ip(given("request_host"))
            .user_agent(given("request_useragent"));
        let at = DateTime::parse_from_rfc3339(argument(input, "timestamp")).unwrap();
        refused(opaque_sessionhour_id(&visitor, at.to_utc())).map(Value::from)
    });
}
