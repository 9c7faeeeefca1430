//! Ids of sessions: rows S of the conformance cases, and answers of the Python package.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use std::collections::HashSet;

use chrono::{DateTime, TimeZone, Utc};
use djelme_core::Error;
use djelme_core::identity::opaque_key;
use djelme_core::usage::{SessionKey, Visitor, keyed_sessionhour_id, opaque_sessionhour_id};
use proptest::prelude::*;
use serde::Deserialize;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn key() -> SessionKey {
    SessionKey::new(std::array::from_fn(|place| place as u8))
}

fn user(id: &str) -> Visitor<'_> {
    Visitor::new().user_id(id)
}

fn client(id: &str) -> Visitor<'_> {
    Visitor::new().client_session_id(id)
}

fn agent<'a>(ip: &'a str, user_agent: &'a str) -> Visitor<'a> {
    Visitor::new().client_ip(ip).user_agent(user_agent)
}

fn keyed(visitor: &Visitor<'_>) -> Result<String, Error> {
    keyed_sessionhour_id(&key(), visitor, at("2026-02-03T04:05:06Z"))
}

fn reason(answer: Result<String, Error>) -> String {
    match answer {
        Err(Error::Record { field, reason, .. }) => {
            assert_eq!(field, "sessionhour_id");
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn s1_the_hour_has_no_leading_zero() {
    let id = opaque_sessionhour_id(&client("foo"), at("1234-05-06T07:59:59Z")).unwrap();
    assert!(id.starts_with("1@QI3OZ^p=B_"), "{id}");
    assert_eq!(id, opaque_key(["foo", "1234-05-06", "7"]).unwrap());
}

#[test]
fn s2_the_values_of_the_packages_own_tests() {
    let noon = at("1234-05-06T12:50:36Z");
    for (visitor, id) in [
        (client("foo"), "R26L*vmd?|G}S5AZ}ONXq>^B*T-!TLCE`uboEXF-LpK8Hysi$nUve^2aG~PTWiX<6BDv}wQtowotKSdV"),
        (user("blah"), "vToyLf@So{-(dZ*?<`d{f{|w+2j^OaNw{yYKEJ6}q4#288|8^lai=Hy@F-c?19rafSrA{mb&$z*p6AQ>"),
        (
            user("blah").client_session_id("feh"),
            "vToyLf@So{-(dZ*?<`d{f{|w+2j^OaNw{yYKEJ6}q4#288|8^lai=Hy@F-c?19rafSrA{mb&$z*p6AQ>",
        ),
        (
            agent("999.999.999.999", "hehe"),
            "Q^-x^v~@WQRHrWsbbji+pNmz)1`sp3SywCJ4n`W_aoY0tfbL6byxqUpw#DXoqU3>DtZC*^D@qjc7EmO=",
        ),
    ] {
        assert_eq!(opaque_sessionhour_id(&visitor, noon).unwrap(), id);
    }
}

#[test]
fn s3_the_user_counts_before_the_client_and_the_client_before_its_address() {
    let all = agent("192.0.2.7", "Mozilla").client_session_id("c").user_id("u");
    let of_client = agent("192.0.2.7", "Mozilla").client_session_id("c");
    assert_eq!(keyed(&all).unwrap(), keyed(&user("u")).unwrap());
    assert_eq!(keyed(&of_client).unwrap(), keyed(&client("c")).unwrap());
    assert_eq!(keyed(&all.user_id(None)).unwrap(), keyed(&client("c")).unwrap());
}

#[test]
fn s3_a_user_and_a_client_of_one_name_are_two() {
    let ids: HashSet<_> =
        [user("foo"), client("foo"), agent("f", "oo"), agent("fo", "o"), agent("foo", "foo")]
            .iter()
            .map(|visitor| keyed(visitor).unwrap())
            .collect();
    assert_eq!(ids.len(), 5);
    let noon = at("2026-02-03T12:00:00Z");
    let of = |visitor| opaque_sessionhour_id(visitor, noon).unwrap();
    assert_eq!(of(&user("foo")), of(&client("foo")), "as in the package");
}

#[test]
fn s3_too_little_is_an_error_that_says_what_is_missing() {
    for (visitor, expected) in [
        (Visitor::new(), "nothing is known of the visitor: give a user id"),
        (Visitor::new().client_ip("192.0.2.7"), "needs the user agent"),
        (agent("192.0.2.7", " "), "needs the user agent"),
        (Visitor::new().user_agent("Mozilla"), "needs the client's IP address"),
    ] {
        assert!(reason(keyed(&visitor)).contains(expected), "{visitor:?}");
    }
    for visitor in [Visitor::new(), Visitor::new().client_ip("192.0.2.7"), user("").client_session_id("")] {
        reason(opaque_sessionhour_id(&visitor, at("2026-02-03T12:00:00Z")));
    }
}

#[test]
fn a_blank_id_is_an_error_and_is_not_left_out() {
    let fall_back = agent("192.0.2.7", "Mozilla");
    for blank in ["", " ", "\t\n"] {
        assert!(reason(keyed(&fall_back.user_id(blank))).contains("user id of the visitor is blank"));
        assert!(reason(keyed(&fall_back.client_session_id(blank))).contains("client session id"));
        assert!(reason(keyed(&Visitor::of_session(blank))).contains("session id is blank"));
    }
}

#[test]
fn an_address_with_a_port_is_an_error() {
    for address in ["192.0.2.7:51234", "[2001:db8::7]:51234"] {
        assert!(reason(keyed(&agent(address, "Mozilla"))).contains("port"), "{address}");
    }
    for address in ["192.0.2.7", "2001:db8::7", "gateway.example.org"] {
        keyed(&agent(address, "Mozilla")).unwrap();
    }
}

#[test]
fn s4_the_hour_is_one_of_utc() {
    let zoned = DateTime::parse_from_rfc3339("2026-02-03T12:00:00+05:00").unwrap().to_utc();
    let id = opaque_sessionhour_id(&user("u"), zoned).unwrap();
    assert_eq!(id, opaque_key(["u", "2026-02-03", "7"]).unwrap());
    let of = |text| keyed_sessionhour_id(&key(), &user("u"), at(text)).unwrap();
    assert_eq!(of("2026-02-03T12:00:00+05:30"), of("2026-02-03T06:59:59Z"));
    assert_ne!(of("2026-02-03T12:00:00+05:30"), of("2026-02-03T07:00:00Z"));
    assert_ne!(of("1969-12-31T23:59:59Z"), of("1970-01-01T00:00:00Z"));
}

#[test]
fn another_key_makes_another_id() {
    let noon = at("2026-02-03T12:00:00Z");
    let of = |byte| keyed_sessionhour_id(&SessionKey::new([byte; 32]), &user("u"), noon).unwrap();
    assert_ne!(of(1), of(2));
    assert_eq!(of(1), of(1));
    assert_eq!(of(1).len(), 22);
}

#[test]
fn a_session_that_has_an_id_keeps_it() {
    let given = Visitor::of_session("R26L*vmd?|G}").user_id("u");
    assert_eq!(keyed(&given).unwrap(), "R26L*vmd?|G}");
    assert_eq!(opaque_sessionhour_id(&given, at("2026-02-03T04:05:06Z")).unwrap(), "R26L*vmd?|G}");
}

#[test]
fn no_output_has_the_visitor_or_the_key() {
    let visitor = agent("192.0.2.7:1", "Mozilla/5.0").client_session_id("cookie").user_id("ada");
    let shown = format!("{visitor:?} {visitor:#?} {:?}", key());
    for secret in ["192.0.2.7", "Mozilla", "cookie", "ada", "[0, 1", "00010203"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("user_id, client_session_id, client_ip, user_agent"), "{shown}");
    for visitor in [
        visitor.user_id(None).client_session_id(None),
        user("\u{a0}\t"),
        Visitor::new().client_ip("192.0.2.7"),
    ] {
        let error = format!("{0} {0:?}", keyed(&visitor).unwrap_err());
        assert!(
            !error.contains("192.0.2.7") && !error.contains("Mozilla") && !error.contains('\u{a0}'),
            "{error}"
        );
    }
}

/// Made with the Python package; `keyed` with Python's `hashlib.blake2b(key=.., person=..)`.
#[derive(Deserialize)]
struct Row {
    at: String,
    user_id: Option<String>,
    client_session_id: Option<String>,
    request_host: Option<String>,
    request_useragent: Option<String>,
    id: Option<String>,
    keyed: Option<String>,
}

#[test]
fn ids_are_those_of_python() {
    let rows = include_str!("data/sessionhour_ids.jsonl").lines();
    let mut with_ids = 0;
    for line in rows {
        let row: Row = serde_json::from_str(line).unwrap();
        let visitor = Visitor::new()
            .user_id(row.user_id.as_deref())
            .client_session_id(row.client_session_id.as_deref())
            .client_ip(row.request_host.as_deref())
            .user_agent(row.request_useragent.as_deref());
        assert_eq!(opaque_sessionhour_id(&visitor, at(&row.at)).ok(), row.id, "{line}");
        assert_eq!(keyed_sessionhour_id(&key(), &visitor, at(&row.at)).ok(), row.keyed, "{line}");
        with_ids += usize::from(row.id.is_some());
    }
    assert!(with_ids > 50);
}

proptest! {
    #[test]
    fn every_identity_and_hour_has_an_id_of_its_own(
        one in "[a-c]{1,3}", other in "[a-c]{1,3}", hours in 0_i64..3, more in 0_i64..3,
    ) {
        let time = |hours: i64| Utc.timestamp_opt(hours * 3_600 + 1_800, 0).unwrap();
        let visitors = |text| [user(text), client(text), agent(text, "a"), agent("a", text)];
        for (place, first) in visitors(&one).iter().enumerate() {
            for (there, second) in visitors(&other).iter().enumerate() {
                let same = hours == more
                    && (place == there && one == other || place + there == 5 && one == "a" && other == "a");
                let of = |visitor, hours| keyed_sessionhour_id(&key(), visitor, time(hours)).unwrap();
                prop_assert_eq!(of(first, hours) == of(second, more), same);
            }
        }
    }
}
