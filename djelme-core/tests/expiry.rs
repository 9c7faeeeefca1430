//! Expiration of whole indexes: the rows of the conformance cases by their names, and that it is never early.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::expiry::{Expiry, expired};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::time::{TimeDepth, TimeParts};
use proptest::prelude::*;

fn named(depth: Option<TimeDepth>) -> Naming {
    let source = NamingSource {
        prefix: "",
        app_label: "x",
        recordtype_name: "day",
        template: None,
        template_name: None,
        depth,
    };
    Naming::new(source).unwrap()
}

fn ninety_days(depth: TimeDepth, times: &[&str]) -> Expiry {
    let now: DateTime<Utc> = "2016-08-21T00:00:00Z".parse().unwrap();
    let indexes: Vec<String> = times.iter().map(|time| format!("x_day_{time}")).collect();
    expired(&named(Some(depth)), now, TimeDelta::days(90), indexes.iter().map(String::as_str))
}

fn times(expiry: &Expiry) -> Vec<&str> {
    expiry.expired.iter().map(|span| span.index.strip_prefix("x_day_").unwrap()).collect()
}

#[test]
fn e1_months() {
    let expiry = ninety_days(
        TimeDepth::Month,
        &[
            "1999.1.", "2015.1.", "2015.12.", "2016.1.", "2016.2.", "2016.3.", "2016.4.", "2016.5.",
            "2016.6.", "2016.7.", "2016.8.",
        ],
    );
    assert_eq!(
        times(&expiry),
        ["1999.1.", "2015.1.", "2015.12.", "2016.1.", "2016.2.", "2016.3.", "2016.4."]
    );
    assert_eq!(expiry.kept, ["x_day_2016.5.", "x_day_2016.6.", "x_day_2016.7.", "x_day_2016.8."]);
    assert_eq!(expiry.expired[6].end.to_string(), "2016-05-01 00:00:00 UTC");
}

#[test]
fn e1_oldest_first_by_time_and_not_by_text() {
    let expiry = ninety_days(TimeDepth::Month, &["2015.12.", "2015.10.", "2015.", "2015.2.", "2015.1."]);
    assert_eq!(times(&expiry), ["2015.1.", "2015.", "2015.2.", "2015.10.", "2015.12."]);
    let expiry = ninety_days(TimeDepth::Month, &["2016.10.", "2016.9.", ""]);
    assert_eq!(expiry.kept, ["x_day_", "x_day_2016.9.", "x_day_2016.10."]);
}

#[test]
fn e2_l11_whole_spans() {
    let expiry =
        ninety_days(TimeDepth::Day, &["2016.5.", "2016.5.22.", "2016.5.23.", "2016.10.1.", "", "2016."]);
    assert_eq!(times(&expiry), ["2016.5.22."]);
    assert_eq!(
        expiry.kept,
        ["x_day_", "x_day_2016.", "x_day_2016.5.", "x_day_2016.5.23.", "x_day_2016.10.1."]
    );
    assert!(expiry.foreign.is_empty());
}

#[test]
fn e3_foreign_names_are_listed_and_left_alone() {
    let expiry = ninety_days(
        TimeDepth::Day,
        &["reindexed", "2016.5.1._copy", "2016.5.1.-shrink", "2016.05.01.", "2016.5.1"],
    );
    assert!(expiry.expired.is_empty() && expiry.kept.is_empty());
    assert_eq!(expiry.foreign.len(), 5);
}

#[test]
fn e3_without_expiration_nothing_expires() {
    let expiry = expired(
        &named(Some(TimeDepth::Day)),
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000),
        None,
        ["x_day_1999.1.1.", "x_day_"],
    );
    assert!(expiry.expired.is_empty());
    assert_eq!(expiry.kept, ["x_day_", "x_day_1999.1.1."]);
    let one = expired(
        &named(None),
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000),
        TimeDelta::days(1),
        ["x_day"],
    );
    assert_eq!(one.kept, ["x_day"]);
}

#[test]
fn expirations_beyond_reason() {
    let naming = named(Some(TimeDepth::Year));
    let now: DateTime<Utc> = "2016-08-21T00:00:00Z".parse().unwrap();
    assert!(expired(&naming, now, TimeDelta::MAX, ["x_day_1."]).expired.is_empty());
    assert!(expired(&naming, now, TimeDelta::MIN, ["x_day_2016."]).expired.is_empty());
    assert_eq!(expired(&naming, now, TimeDelta::zero(), ["x_day_2015."]).expired.len(), 1);
}

proptest! {
    #[test]
    fn never_early(now in 0_i64..8_000_000_000, age in 0_i64..400_000_000, after in 0_i64..400_000_000, depth in 0_usize..4) {
        let (now, after) = (DateTime::from_timestamp(now, 0).unwrap(), TimeDelta::seconds(after));
        let recorded = now - TimeDelta::seconds(age);
        let naming = named(Some(TimeDepth::ALL[depth]));
        let index = naming.index_name(TimeParts::of(recorded).unwrap()).unwrap();
        let expiry = expired(&naming, now, after, [index.as_str()]);
        let (_, end) = naming.parse(&index).unwrap().span().unwrap();
        prop_assert_eq!(expiry.expired.len() == 1, end + after <= now);
        // What an expired index holds was recorded longer ago than the expiration.
        prop_assert!(expiry.expired.is_empty() || recorded + after < now);
    }

    #[test]
    fn names_of_any_kind_do_no_harm(name in "(x_day_)?[0-9._a-z*-]{0,20}|\\PC*") {
        let now = "2016-08-21T00:00:00Z".parse().unwrap();
        let expiry = expired(&named(Some(TimeDepth::Day)), now, TimeDelta::zero(), [name.as_str()]);
        prop_assert_eq!(expiry.expired.len() + expiry.kept.len() + expiry.foreign.len(), 1);
        prop_assert!(expiry.expired.iter().all(|span| span.end <= now));
    }
}
