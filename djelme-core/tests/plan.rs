//! Plans of ranges: the rows of the conformance cases by their names, and what holds for every range.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::plan::{IndexExpression, IndexPlan};
use djelme_core::time::{IntoTimeBound, TimeDepth, TimeParts, TimeRange};
use proptest::prelude::*;

fn named(prefix: &str, recordtype_name: &str, depth: Option<TimeDepth>) -> Naming {
    let source =
        NamingSource { prefix, app_label: "ap", recordtype_name, template: None, template_name: None, depth };
    Naming::new(source).unwrap()
}

fn at_depth(depth: u8) -> Naming {
    named("", "rt", Some(TimeDepth::try_from(depth).unwrap()))
}

fn range(from: impl IntoTimeBound, until: impl IntoTimeBound) -> TimeRange {
    TimeRange::new(from.into_time_bound().unwrap(), until.into_time_bound().unwrap()).unwrap()
}

fn plan(depth: u8, from: impl IntoTimeBound, until: impl IntoTimeBound) -> IndexPlan {
    IndexPlan::new(&at_depth(depth), Some(range(from, until)))
}

/// The wildcards without the stem, and the coarser names without it.
fn pieces(plan: &IndexPlan) -> (Vec<&str>, Vec<&str>) {
    let mut pieces = (Vec::new(), Vec::new());
    for expression in plan.expressions() {
        let short = expression.as_str().strip_prefix("ap_rt_").unwrap();
        match expression {
            IndexExpression::Within(_) => pieces.0.push(short.strip_suffix('*').unwrap()),
            IndexExpression::Exactly(_) => pieces.1.push(short),
        }
    }
    pieces
}

fn within(plan: &IndexPlan) -> String {
    pieces(plan).0.join(" ")
}

fn matches(plan: &IndexPlan, times: &[&str]) -> bool {
    times.iter().all(|time| plan.matches(&format!("ap_rt_{time}")))
}

#[test]
fn r1_one_span() {
    let year = plan(2, (5020, 2, 2), (5020, 12, 20));
    assert!(matches(&year, &["5020.2.", "5020.7.", "5020.12."]) && !matches(&year, &["5020.1."]));
    assert_eq!(within(&plan(2, (5020, 2, 2), (5020, 2, 20))), "5020.2.");
    assert_eq!(within(&plan(2, (5020, 2, 1), (5020, 3))), "5020.2.");
}

#[test]
fn r2_month_and_days() {
    let plan = plan(3, (5020, 2, 2), (5020, 3, 3));
    // Python reads all of February; the range needs its last 28 days, which do not fit into 24 expressions.
    assert_eq!(within(&plan), "5020.2. 5020.3.1. 5020.3.2.");
}

#[test]
fn r3_years() {
    assert_eq!(within(&plan(2, (1999,), (2002,))), "1999. 2000. 2001.");
    assert_eq!(within(&plan(3, (2020,), (2024,))), "2020. 2021. 2022. 2023.");
}

#[test]
fn r4_numbers_that_are_no_time_are_errors() {
    assert!((1999, 27, 17, 0, 3).into_time_bound().is_err());
    assert!((2002, 117, 17, 0, 3).into_time_bound().is_err());
}

#[test]
fn r5_across_borders() {
    let days = plan(3, "2020-05-28", "2020-06-01");
    assert_eq!(within(&days), "2020.5.28. 2020.5.29. 2020.5.30. 2020.5.31.");
    assert_eq!(within(&plan(3, "2020-12-31", "2021-01-01")), "2020.12.31.");
    assert_eq!(within(&plan(3, "2020-05-28", "2020-05-31")), "2020.5.28. 2020.5.29. 2020.5.30.");
}

#[test]
fn r6_the_period_of_the_end_is_read() {
    assert_eq!(within(&plan(2, (2020, 5, 5), (2020, 6, 12))), "2020.5. 2020.6.");
    assert_eq!(within(&plan(1, "2026-12-25", "2027-01-07")), "2026. 2027.");
}

#[test]
fn r7_an_end_within_a_day_or_hour() {
    assert_eq!(within(&plan(3, "2050-05-05", (2050, 5, 8, 10))), "2050.5.5. 2050.5.6. 2050.5.7. 2050.5.8.");
    let hours = plan(4, (2020, 5, 5, 22), (2020, 5, 6, 0, 30));
    assert_eq!(within(&hours), "2020.5.5.22. 2020.5.5.23. 2020.5.6.0.");
    let one_nanosecond = plan(4, "2020-05-05T22:00Z", "2020-05-05T23:00:00.000000001Z");
    assert_eq!(within(&one_nanosecond), "2020.5.5.22. 2020.5.5.23.");
}

#[test]
fn r8_reversed_is_an_error_and_partial_months_count() {
    let bound = |given: (i32, i32, i32)| given.into_time_bound().unwrap();
    assert!(TimeRange::new(bound((2020, 5, 5)), bound((2020, 5, 1))).is_err());
    assert_eq!(within(&plan(2, (5020, 2, 2), (5020, 3, 20))), "5020.2. 5020.3.");
}

#[test]
fn r9_coarser_names() {
    let plan = plan(3, "2050-05-05", "2050-05-08");
    assert_eq!(
        plan.path(),
        "ap_rt_2050.5.5.*,ap_rt_2050.5.6.*,ap_rt_2050.5.7.*,ap_rt_,ap_rt_2050.,ap_rt_2050.5."
    );
    assert!(matches(&plan, &["", "2050.", "2050.5.", "2050.5.7.", "2050.5.7.23."]));
    assert!(
        !matches(&plan, &["2051."]) && !matches(&plan, &["2050.5.8."]) && !matches(&plan, &["2050.5.50."])
    );
    let prefixed = named("blag-", "rt", Some(TimeDepth::Month));
    let plan = IndexPlan::new(&prefixed, Some(range("2050-05-05", "2050-05-08")));
    assert_eq!(plan.path(), "blag-ap_rt_2050.5.*,blag-ap_rt_,blag-ap_rt_2050.");
}

#[test]
fn r10_bounds_keep_their_parts() {
    let day = range((1234, 5, 6, 2), (1234, 5, 7));
    assert_eq!(
        (day.from().parts().to_string(), day.until().parts().to_string()),
        ("1234.5.6.2".into(), "1234.5.7".into())
    );
    assert_eq!(within(&IndexPlan::new(&at_depth(3), Some(day))), "1234.5.6.");
    let year = range((2000, 2), (2001,));
    assert_eq!(
        (year.from().parts().to_string(), year.until().parts().to_string()),
        ("2000.2".into(), "2001".into())
    );
    assert_eq!(within(&IndexPlan::new(&at_depth(1), Some(year))), "2000.");
}

#[test]
fn o2_a_wildcard_takes_in_what_is_finer_and_no_other_month() {
    let january = plan(2, (2020, 1), (2020, 2));
    assert!(matches(&january, &["2020.1.", "2020.1.31."]));
    assert!(!matches(&january, &["2020.10."]));
}

#[test]
fn everything_and_one_index() {
    let naming = at_depth(3);
    assert_eq!(IndexPlan::new(&naming, None).path(), "ap_rt_*");
    let one = named("", "rt", None);
    for range in [None, Some(range((2020,), (2021,)))] {
        let plan = IndexPlan::new(&one, range);
        assert_eq!(plan.expressions(), [IndexExpression::Exactly("ap_rt".to_owned())]);
        assert!(plan.matches("ap_rt") && !plan.matches("ap_rt_2020."));
        assert_eq!(plan.range(), range);
    }
}

#[test]
fn years_up_to_23_and_beyond() {
    assert_eq!(plan(4, (2000,), (2023,)).expressions().len(), IndexPlan::MAX_EXPRESSIONS);
    assert_eq!(within(&plan(4, "2000-12-31T23:30:00Z", "2022-01-01T00:30:00Z")).split(' ').count(), 23);
    assert_eq!(plan(4, (2000,), (2024,)).path(), "ap_rt_*");
    assert_eq!(plan(1, (1,), (9999, 12, 31, 23, 59, 59)).path(), "ap_rt_*");
    assert_eq!(within(&plan(3, (9999, 12, 31), (9999, 12, 31, 23, 59, 59))), "9999.12.31.");
}

#[test]
fn explanations() {
    let explain = |plan: IndexPlan| plan.explain().to_string();
    assert_eq!(
        explain(plan(2, "2026-05-05", "2026-05-08")),
        "2026.5.5 until 2026.5.8: exact to the month\n  ap_rt_2026.5.*\n  ap_rt_ (of coarser depth, if there is one)\n  \
         ap_rt_2026. (of coarser depth, if there is one)\n"
    );
    let widened = explain(plan(4, (2026, 1, 31, 7), (2026, 12, 30, 22)));
    assert!(widened.contains("the start rounded down to the day, the end rounded up to the "), "{widened}");
    assert!(widened.contains("more than 24 expressions"), "{widened}");
    assert!(explain(plan(4, (1,), (2000,))).contains("even in whole years"));
    assert!(explain(IndexPlan::new(&at_depth(1), None)).contains("no range"));
    assert!(explain(IndexPlan::new(&named("", "rt", None), None)).contains("one index"));
}

/// Instants of the years 1900 to 2100 and lengths from a nanosecond to decades, the short ones as likely as the long.
fn ranges() -> impl Strategy<Value = (DateTime<Utc>, DateTime<Utc>)> {
    let from = (-2_208_988_800_i64..4_102_444_800, prop_oneof![Just(0), 0_u32..1_000_000_000], 0_usize..6);
    (from, 0_u32..60, any::<u64>()).prop_map(|((seconds, nanos, aligned), magnitude, random)| {
        let from = DateTime::from_timestamp(seconds, nanos).unwrap();
        let aligned_from = TimeParts::of(from).unwrap().truncated(aligned);
        let from = aligned_from.start().unwrap_or(from);
        let length = 1 + random % (1 << magnitude);
        (from, from + TimeDelta::nanoseconds(i64::try_from(length).unwrap()))
    })
}

/// The hours that the wildcards of a plan cover and those that the range needs at this depth.
fn hours(plan: &IndexPlan, naming: &Naming, from: DateTime<Utc>, until: DateTime<Utc>) -> (i64, i64) {
    let covered = plan.expressions().iter().filter_map(|expression| match expression {
        IndexExpression::Within(pattern) => {
            naming.parse(pattern.strip_suffix('*').unwrap()).unwrap().span().ok()
        }
        IndexExpression::Exactly(_) => None,
    });
    let covered = covered.map(|(start, end)| (end - start).num_hours()).sum();
    let at_depth =
        |instant| TimeParts::of(instant).unwrap().at_depth(naming.depth().unwrap()).span().unwrap();
    let needed = at_depth(until - TimeDelta::nanoseconds(1)).1 - at_depth(from).0;
    (covered, needed.num_hours())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2_000)))]

    #[test]
    fn every_index_that_can_hold_an_instant_of_the_range_is_opened(
        (from, until) in ranges(), depth in 1_u8..=4, inside in prop::collection::vec(0.0..1.0, 8),
    ) {
        let plan = plan(depth, from, until);
        let length = (until - from).num_nanoseconds().unwrap();
        let inside = inside.into_iter().map(|share: f64| from + TimeDelta::nanoseconds((length as f64 * share) as i64));
        for instant in inside.chain([from, until - TimeDelta::nanoseconds(1)]).filter(|instant| *instant < until) {
            let parts = TimeParts::of(instant).unwrap();
            for live_depth in TimeDepth::ALL {
                let index = named("", "rt", Some(live_depth)).index_name(parts).unwrap();
                prop_assert!(plan.matches(&index), "{} misses {index}", plan.explain());
            }
            prop_assert!(plan.matches("ap_rt_"));
        }
    }

    #[test]
    fn no_plan_is_long_and_none_reads_far_too_much((from, until) in ranges(), depth in 1_u8..=4) {
        let (naming, plan) = (at_depth(depth), plan(depth, from, until));
        prop_assert!(plan.expressions().len() <= IndexPlan::MAX_EXPRESSIONS);
        let years = (until - TimeDelta::nanoseconds(1)).format("%Y").to_string().parse::<i32>().unwrap()
            - from.format("%Y").to_string().parse::<i32>().unwrap() + 1;
        if plan.path() == "ap_rt_*" {
            prop_assert!(years > 23);
        } else {
            let (covered, needed) = hours(&plan, &naming, from, until);
            prop_assert!(covered >= needed);
            prop_assert!((covered - needed) * 4 < needed * 5, "{}", plan.explain());
            prop_assert_eq!(covered == needed, plan.explain().to_string().contains("exact to the"));
        }
    }
}
