//! Time parts, the forms in which times are given, and cycles: the rows of the conformance cases by their names.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use djelme_core::time::{
    Cycle, Day, Hour, IntoTimeBound, Month, TimeDepth, TimeParts, TimeRange, Year, parse_duration,
};
use djelme_core::{Error, Result};
use proptest::prelude::*;

fn parts(given: &[u32]) -> TimeParts {
    TimeParts::new(given).unwrap()
}

fn utc(given: &str) -> DateTime<Utc> {
    given.parse().unwrap()
}

/// Python's `GregorianTime(depth).get_timeparts(given)`, with both padding and truncation.
fn resolved(depth: u8, given: impl IntoTimeBound) -> Vec<u32> {
    given.into_time_bound().unwrap().parts().resolve(depth, true, true).as_slice().to_vec()
}

fn reason<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result.unwrap_err() {
        Error::Time { reason, .. } | Error::Range { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn t1_serialize() {
    let at_most = |given: &[u32], max| parts(given).truncated(max).to_string();
    assert_eq!(at_most(&[3000, 9, 1, 0, 0, 0], 3), "3000.9.1");
    assert_eq!(at_most(&[], 3), "");
    assert_eq!(at_most(&[3000], 5), "3000");
    assert!(TimeParts::new(&[1; 8]).is_err());
}

#[test]
fn t2_parse() {
    let parse = |given| TimeParts::parse(given).unwrap();
    assert_eq!(parse("1999.12.7.9").truncated(2).as_slice(), [1999, 12]);
    assert_eq!(parse("100.200.").as_slice(), [100, 200]);
    assert_eq!(parse(""), TimeParts::EMPTY);
    assert_eq!(parse("."), TimeParts::EMPTY);
    assert_eq!(parse("1.2.3.4.5.6.7").len(), 7);
}

#[test]
fn t3_parse_is_strict() {
    for given in [
        "1..2",
        " 1. 2",
        "1_0.2",
        "\u{663}.\u{662}",
        "..",
        ".1",
        "1..",
        "+1",
        "-1",
        "1,2",
        "1.2.3.4.5.6.7.8",
        "4294967296",
        "x",
    ] {
        assert!(TimeParts::parse(given).is_err(), "{given}");
    }
}

#[test]
fn t4_padding() {
    let year = parts(&[3456]);
    assert_eq!(year.resolve(4, true, true).as_slice(), [3456, 1, 1, 0]);
    assert_eq!(year.resolve(4, false, true).as_slice(), [3456]);
    assert_eq!(year.at_depth(TimeDepth::Hour).as_slice(), [3456, 1, 1, 0]);
    assert!(resolved(0, (2020, 1)).is_empty());
    assert_eq!(resolved(6, NaiveDate::from_ymd_opt(3000, 9, 1).unwrap()), [3000, 9, 1, 0, 0, 0]);
}

#[test]
fn t5_truncation() {
    let second = parts(&[3456, 7, 8, 9, 10, 11]);
    assert_eq!(second.resolve(4, true, true).as_slice(), [3456, 7, 8, 9]);
    assert_eq!(second.resolve(4, true, false), second);
    assert_eq!(resolved(7, utc("2020-01-05T03:04:05.6789Z")), [2020, 1, 5, 3, 4, 5, 0]);
}

#[test]
fn t6_dotted_text() {
    assert_eq!(resolved(5, "3000.2.7.9"), [3000, 2, 7, 9, 0]);
    let given = "3000.2.7.9".into_time_bound().unwrap().parts();
    assert_eq!(given.resolve(5, false, true).as_slice(), [3000, 2, 7, 9]);
    assert_eq!(resolved(3, "3000.2.7.9"), [3000, 2, 7]);
    assert_eq!(resolved(3, "2020.01.05"), [2020, 1, 5]);
    assert_eq!(resolved(3, "2020.1.5.".to_owned()), [2020, 1, 5]);
}

#[test]
fn t7_zones_are_converted() {
    assert_eq!(resolved(4, "2020-01-05T03:00+05:00"), [2020, 1, 4, 22]);
    let given: DateTime<FixedOffset> = DateTime::parse_from_rfc3339("2020-01-05T03:00:00+05:00").unwrap();
    assert_eq!(resolved(4, given), [2020, 1, 4, 22]);
}

#[test]
fn t8_iso_text() {
    assert_eq!(resolved(4, "3456-07-08T09:10:11+00:00"), [3456, 7, 8, 9]);
    assert_eq!(resolved(4, "2020-01-05T03:00:00Z")[3], 3);
    assert_eq!(resolved(3, "20200101"), [2020, 1, 1]);
    assert_eq!(resolved(3, "2020-W05-1"), [2020, 1, 27]);
}

#[test]
fn t8_more_iso_text() {
    let expected = utc("2020-01-05T03:04:00Z");
    for given in [
        "2020-01-05T03:04Z",
        "2020-01-05 03:04:00z",
        "20200105T0304Z",
        "2020-01-05T04:04+01",
        "2020-01-04t22:34:00.0-0430",
    ] {
        assert_eq!(given.into_time_bound().unwrap().instant(), expected, "{given}");
    }
    assert_eq!("2020-W05".into_time_bound().unwrap().parts().as_slice(), [2020, 1, 27]);
    assert_eq!("2020W057".into_time_bound().unwrap().parts().as_slice(), [2020, 2, 2]);
    let fraction = "2020-01-05T03:04:05.123456789Z".into_time_bound().unwrap();
    assert_eq!(fraction.instant(), utc("2020-01-05T03:04:05.123456789Z"));
    assert_eq!(fraction.parts().to_string(), "2020.1.5.3.4.5");
}

#[test]
fn t9_months_are_times_and_impossible_dates_are_not() {
    assert_eq!(resolved(1, "2026-01"), [2026]);
    assert_eq!(resolved(2, "2026-01"), [2026, 1]);
    assert_eq!(reason("".into_time_bound()), "it is empty");
    assert_eq!(reason((2020, 13, 45).into_time_bound()), "the month 13 is not within 1 to 12");
    assert_eq!(reason("2020-02-30".into_time_bound()), "the month 2020.2 has no day 30");
}

#[test]
fn text_that_is_no_time() {
    let naive = reason("2026-01-05T03:00:00".into_time_bound());
    assert!(naive.contains("add `Z`"), "{naive}");
    for given in [
        ".",
        "2026-1",
        "2026-01-5",
        "202601",
        "2026-0105",
        "20260-105",
        "2026-01-05T",
        "2026-01-05TZ",
        "2026-01-05T24:00Z",
        "2026-01-05T03:00:60Z",
        "2026-01-05T03:00+24:00",
        "2026-01-05T03:00+01:60",
        "2026-01-05T03:00+",
        "2026-01-05T3:00Z",
        "2026-01-05T03:00:00.Z",
        "2026-01-05T03:00:00.1234567890Z",
        "2026-01-05T03:0000Z",
        "2026-01T03:00Z",
        "2026-01-05T03.5Z",
        "2026-W54-1",
        "2026-W05-8",
        "2026-W05-0",
        "2026-W051",
        "10000-01-01",
        "0000-01-01",
        "2026.0",
        "10000",
        "today",
        "2026\u{2010}01",
        " 2026",
        "\u{1F600}",
        "2026-01-05T03:00Z ",
        "2026-01-05T03:00ZZ",
        "-2026",
        "2026-",
        "2026-W05-",
    ] {
        assert!(given.into_time_bound().is_err(), "{given}");
    }
}

#[test]
fn years_and_leap_seconds_out_of_range_are_refused() {
    let year_10000 = utc("+10000-01-01T00:00:00Z");
    for instant in
        [year_10000, utc("0000-12-31T23:59:59Z"), utc("-0044-03-15T12:00:00Z"), utc("2016-12-31T23:59:60Z")]
    {
        assert!(TimeParts::of(instant).is_err(), "{instant}");
        assert!(instant.into_time_bound().is_err(), "{instant}");
    }
    assert!("9999-12-31T23:59:59-00:01".into_time_bound().is_err());
    assert_eq!(parts(&[9999]).span().unwrap().1, year_10000);
    assert!(parts(&[9999, 12, 31]).next().is_err());
    assert!(parts(&[2026, 1, 1, 0, 0, 60]).start().is_err());
    assert!(TimeParts::EMPTY.start().is_err());
    assert!(parts(&[u32::MAX; 7]).start().is_err());
}

#[test]
fn tuples_of_any_integers() {
    let date = NaiveDate::from_ymd_opt(2026, 2, 14).unwrap();
    use chrono::Datelike;
    assert_eq!((date.year(), date.month()).into_time_bound().unwrap().parts().as_slice(), [2026, 2]);
    assert_eq!((2026,).into_time_bound().unwrap().instant(), utc("2026-01-01T00:00:00Z"));
    assert_eq!(
        (2026_u32, 2_u32, 14_u32, 1, 2, 3).into_time_bound().unwrap().instant(),
        utc("2026-02-14T01:02:03Z")
    );
    assert!((2026, -2).into_time_bound().is_err());
    assert!((2026_u64, u64::MAX).into_time_bound().is_err());
}

#[test]
fn spans() {
    let span = |given: &str| {
        let (start, end) = TimeParts::parse(given).unwrap().span().unwrap();
        format!("{start:?} {end:?}")
    };
    assert_eq!(span("2024"), "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z");
    assert_eq!(span("2024.2"), "2024-02-01T00:00:00Z 2024-03-01T00:00:00Z");
    assert_eq!(span("2024.2.29"), "2024-02-29T00:00:00Z 2024-03-01T00:00:00Z");
    assert_eq!(span("2024.12.31.23"), "2024-12-31T23:00:00Z 2025-01-01T00:00:00Z");
    assert_eq!(span("2024.1.1.0.59"), "2024-01-01T00:59:00Z 2024-01-01T01:00:00Z");
    assert_eq!(span("2024.1.1.0.0.59"), "2024-01-01T00:00:59Z 2024-01-01T00:01:00Z");
    assert_eq!(span("2024.1.1.0.0.0.7"), "2024-01-01T00:00:00.000007Z 2024-01-01T00:00:00.000008Z");
    assert_eq!(parts(&[2024, 2, 29]).next().unwrap().to_string(), "2024.3.1");
    assert_eq!(parts(&[2024, 12]).next().unwrap().to_string(), "2025.1");
}

#[test]
fn m2_six_parts_of_an_event_and_short_parts_of_a_cycle() {
    assert_eq!(TimeParts::of(utc("2017-08-21T00:00:00Z")).unwrap().to_string(), "2017.8.21.0.0.0");
    assert_eq!(TimeParts::of(utc("2017-08-21T00:00:00.999Z")).unwrap().to_string(), "2017.8.21.0.0.0");
    assert_eq!(Cycle::<Month>::new((2000, 2)).unwrap().parts().to_string(), "2000.2");
}

#[test]
fn l1_trimmed_bounds() {
    let trimmed = |given: &str| TimeParts::parse(given).unwrap().trimmed().to_string();
    assert_eq!(trimmed("2026.1.1.0.0.0"), "2026");
    assert_eq!(trimmed("2026.2.1"), "2026.2");
    assert_eq!(trimmed("2026.1.5"), "2026.1.5");
    assert_eq!(trimmed("2026.1.1.0.30"), "2026.1.1.0.30");
    assert_eq!(trimmed(""), "");
}

#[test]
fn o1_order() {
    let ordered = ["", "2000", "2000.5.10", "2000.5.20.20.20", "2000.11", "2001"]
        .map(|given| TimeParts::parse(given).unwrap());
    assert!(ordered.is_sorted_by(|before, after| before < after));
    assert!(parts(&[2000]) < parts(&[2000, 0]));
    assert!(parts(&[2000, 0]) < parts(&[2000, 0, 0]));
    assert!(Cycle::<Month>::new((2026, 12)).unwrap() < Cycle::<Month>::new((2027, 1)).unwrap());
}

#[test]
fn text_as_bytes() {
    for given in ["", "7", "2026.11.30.23.59.59", "10.100.1000.10000.100000.4294967295.0"] {
        let mut out = b"_".to_vec();
        TimeParts::parse(given).unwrap().append_to(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), format!("_{given}"));
    }
}

#[test]
fn c1_forms_of_a_cycle() {
    let date = NaiveDate::from_ymd_opt(2000, 2, 9).unwrap();
    assert_eq!(Cycle::<Month>::new(date).unwrap().to_string(), "2000.2");
    for given in ["2000.2", "2000.02", "2000-02-15", "2000.2.15"] {
        assert_eq!(Cycle::<Month>::new(given).unwrap(), Cycle::new(date).unwrap(), "{given}");
    }
}

#[test]
fn c2_what_names_no_cycle() {
    assert_eq!(reason(Cycle::<Month>::new("2000")), "it names no month: give at least 2 time parts");
    assert_eq!(reason(Cycle::<Month>::new("")), "it is empty");
    assert_eq!(reason(Cycle::<Month>::new("2000.13")), "the month 13 is not within 1 to 12");
}

#[test]
fn cycles_follow_each_other() {
    let hour = Cycle::<Hour>::of(utc("2024-02-29T23:30:00Z")).unwrap();
    assert_eq!((hour.start(), hour.end()), (utc("2024-02-29T23:00:00Z"), utc("2024-03-01T00:00:00Z")));
    assert_eq!(hour.next().unwrap().to_string(), "2024.3.1.0");
    assert_eq!(hour.next().unwrap().previous(), Some(hour));
    let day = Cycle::<Day>::new((2024, 3, 1)).unwrap();
    assert_eq!(day.previous().unwrap().to_string(), "2024.2.29");
    assert_eq!(Cycle::<Year>::new((9999,)).unwrap().next(), None);
    assert_eq!(Cycle::<Year>::new((1,)).unwrap().previous(), None);
}

#[test]
fn cycles_of_a_range() {
    let texts = |cycles: &mut dyn Iterator<Item = String>| cycles.collect::<Vec<_>>().join(" ");
    let months = Cycle::<Month>::within((2025, 11), (2026, 2)).unwrap();
    assert_eq!((months.len(), months.size_hint()), (3, (3, Some(3))));
    assert_eq!(texts(&mut months.clone().map(|cycle| cycle.to_string())), "2025.11 2025.12 2026.1");
    assert_eq!(texts(&mut months.rev().map(|cycle| cycle.to_string())), "2026.1 2025.12 2025.11");
    // A cycle belongs to the range in which it starts, as a report is found in it.
    let days = Cycle::<Day>::within("2024-02-28T00:00:01Z", "2024-03-01T00:00:01Z").unwrap();
    assert_eq!(texts(&mut days.map(|cycle| cycle.to_string())), "2024.2.29 2024.3.1");
    assert_eq!(Cycle::<Year>::within((2024, 2), (2024, 12)).unwrap().len(), 0);
    assert_eq!(Cycle::<Hour>::within((1,), (9999,)).unwrap().len(), 87_640_656);
    let years: Vec<_> = Cycle::<Year>::within((1,), (9999, 12)).unwrap().collect();
    assert_eq!((years.len(), years[0].to_string(), years[9_998].next()), (9_999, "1".to_owned(), None));
    assert!(matches!(Cycle::<Month>::within((2026, 2), (2026, 1)), Err(Error::Range { .. })));
    assert!(matches!(Cycle::<Month>::within((2026, 2), (2026, 2)), Err(Error::Range { .. })));
    assert!(matches!(Cycle::<Month>::within((2026, 13), (2027,)), Err(Error::Time { .. })));
}

#[test]
fn each_cycle_of_a_range_follows_the_one_before() {
    fn check<D: djelme_core::time::CycleDepth>(from: &str, until: &str) {
        let cycles: Vec<_> = Cycle::<D>::within(from, until).unwrap().collect();
        assert!(cycles.len() > 30, "{}", cycles.len());
        for pair in cycles.windows(2) {
            assert_eq!((pair[0].next(), pair[1].previous()), (Some(pair[1]), Some(pair[0])));
        }
    }
    check::<Year>("1950", "2050");
    check::<Month>("1960", "1975");
    check::<Day>("1969-11", "1970-03");
    check::<Hour>("2024-02-27", "2024-03-02");
    check::<Hour>("1969-12-30", "1970-01-02");
}

#[test]
fn cycles_as_text_and_json() {
    let cycle: Cycle<Month> = "2026.2".parse().unwrap();
    assert_eq!(serde_json::to_string(&cycle).unwrap(), "\"2026.2\"");
    assert_eq!(serde_json::from_str::<Cycle<Month>>("\"2026.2\"").unwrap(), cycle);
    for given in ["2026", "2026.02", "2026.2.", "2026.2.1", "2026-02", "2026.13", ""] {
        assert!(given.parse::<Cycle<Month>>().is_err(), "{given}");
        assert!(serde_json::from_str::<Cycle<Month>>(&format!("\"{given}\"")).is_err(), "{given}");
    }
    assert!(serde_json::from_str::<Cycle<Year>>("2026").is_err());
}

#[test]
fn ranges() {
    let range = |from: &str, until: &str| TimeRange::new(from.into_time_bound()?, until.into_time_bound()?);
    assert!(reason(range("2026-02-02", "2026-02-01")).contains("reversed"));
    assert!(reason(range("2026-02", "2026.2.1.0")).contains("empty"));
    let february = range("2026-02", "2026-03").unwrap();
    assert!(february.contains(utc("2026-02-01T00:00:00Z")));
    assert!(february.contains(utc("2026-02-28T23:59:59.999999999Z")));
    assert!(!february.contains(utc("2026-03-01T00:00:00Z")));
    assert_eq!(february.from().parts().to_string(), "2026.2");
    assert_eq!(february.until().instant(), utc("2026-03-01T00:00:00Z"));
}

#[test]
fn depths() {
    assert_eq!(TimeDepth::ALL.map(TimeDepth::number), [1, 2, 3, 4]);
    for depth in TimeDepth::ALL {
        assert_eq!(depth.to_string().parse::<TimeDepth>().unwrap(), depth);
        assert_eq!(depth.number().to_string().parse::<TimeDepth>().unwrap(), depth);
        assert_eq!(TimeDepth::try_from(depth.number()).unwrap(), depth);
        assert_eq!(depth.finer().map_or(Some(depth), TimeDepth::coarser), Some(depth));
    }
    let message = reason("monthly".parse::<TimeDepth>());
    assert!(["year", "month", "day", "hour"].iter().all(|word| message.contains(word)), "{message}");
    assert!(
        TimeDepth::try_from(0).is_err()
            && TimeDepth::try_from(5).is_err()
            && "".parse::<TimeDepth>().is_err()
    );
}

#[test]
fn durations() {
    let parsed = |given| parse_duration(given).unwrap();
    assert_eq!(parsed("90d"), TimeDelta::days(90));
    assert_eq!(parsed("12h"), TimeDelta::hours(12));
    assert_eq!(parsed("30m"), TimeDelta::minutes(30));
    assert_eq!(parsed("45s"), TimeDelta::seconds(45));
    assert_eq!(parsed("2w"), TimeDelta::weeks(2));
    for given in [
        "",
        "d",
        "90",
        "90 d",
        "-90d",
        "+90d",
        "1.5h",
        "90days",
        "90D",
        "1d12h",
        "9\u{661}d",
        "99999999999999999999d",
        "9223372036854775807w",
    ] {
        assert!(parse_duration(given).is_err(), "{given}");
    }
}

/// Instants of all years that can be stored.
fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    let (first, last) = (utc("0001-01-01T00:00:00Z").timestamp(), utc("9999-12-31T23:59:59Z").timestamp());
    (first..=last, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

proptest! {
    #[test]
    fn order_of_time_parts_is_the_order_in_time(one in instants(), other in instants(), len in 1_usize..=6) {
        let parts = |instant| TimeParts::of(instant).unwrap().truncated(len);
        prop_assert!(one.cmp(&other) == parts(one).cmp(&parts(other)) || parts(one) == parts(other));
        prop_assert_eq!(parts(one) < parts(other), parts(one).start().unwrap() < parts(other).start().unwrap());
    }

    #[test]
    fn order_of_any_parts_is_that_of_slices(
        one in prop::collection::vec(0_u32..3, 0..=7), other in prop::collection::vec(0_u32..3, 0..=7),
    ) {
        prop_assert_eq!(parts(&one).cmp(&parts(&other)), one.cmp(&other));
        prop_assert_eq!(parts(&one) == parts(&other), one == other);
    }

    #[test]
    fn an_instant_lies_in_the_span_of_its_parts(instant in instants(), len in 1_usize..=6) {
        let parts = TimeParts::of(instant).unwrap().truncated(len);
        let (start, end) = parts.span().unwrap();
        prop_assert!(start <= instant && instant < end);
        prop_assert!(parts.next().is_err() || parts.next().unwrap().start().unwrap() == end);
        prop_assert_eq!(parts.trimmed().start().unwrap(), start);
    }

    #[test]
    fn parts_read_back(given in prop::collection::vec(any::<u32>(), 0..=7)) {
        let mut bytes = Vec::new();
        parts(&given).append_to(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(&text, &parts(&given).to_string());
        prop_assert_eq!(TimeParts::parse(&text).unwrap(), parts(&given));
        prop_assert_eq!(TimeParts::parse(&format!("{text}.")).unwrap(), parts(&given));
    }

    #[test]
    fn instants_read_back_as_text(
        seconds in 0..utc("9998-12-31T00:00:00Z").timestamp(), nanos in 0_u32..1_000_000_000,
        minutes in -1_439_i32..=1_439,
    ) {
        let instant = DateTime::from_timestamp(seconds, nanos).unwrap();
        let zone = FixedOffset::east_opt(minutes * 60).unwrap();
        let text = instant.with_timezone(&zone).to_rfc3339();
        prop_assert_eq!(text.into_time_bound().unwrap().instant(), instant);
    }

    #[test]
    fn nothing_given_panics(text in "[0-9TWZ.:+ -]{0,24}|\\PC*", numbers in prop::collection::vec(any::<u32>(), 0..=7)) {
        let _ = TimeParts::parse(&text);
        let _ = text.as_str().into_time_bound();
        let _ = text.parse::<Cycle<Hour>>();
        let _ = text.parse::<TimeDepth>();
        let _ = parse_duration(&text);
        for depth in 0..=u8::MAX {
            let _ = parts(&numbers).resolve(depth, true, true).span();
        }
        let _ = parts(&numbers).next();
    }
}
