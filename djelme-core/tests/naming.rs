//! Names of indexes and templates: the rows of the conformance cases by their names.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use djelme_core::Error;
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::time::{IntoTimeBound, TimeDepth, TimeParts};
use proptest::prelude::*;

const SOURCE: NamingSource<'static> = NamingSource {
    prefix: "",
    app_label: "a",
    recordtype_name: "rt",
    template: None,
    template_name: None,
    depth: Some(TimeDepth::Day),
};

fn named(prefix: &str, app_label: &str, recordtype_name: &str, depth: u8) -> Naming {
    let depth = Some(TimeDepth::try_from(depth).unwrap());
    Naming::new(NamingSource { prefix, app_label, recordtype_name, depth, ..SOURCE }).unwrap()
}

fn name(naming: &Naming, time: impl IntoTimeBound) -> String {
    naming.index_name(time.into_time_bound().unwrap().parts()).unwrap()
}

fn problem(source: NamingSource<'_>) -> String {
    match Naming::new(source) {
        Err(Error::Definition { problem, .. }) => problem,
        other => panic!("{source:?}: {other:?}"),
    }
}

#[test]
fn n1_parts_are_cleaned() {
    let naming = named("", "My_App", "Page_View", 3);
    assert_eq!(name(&naming, (2020, 2, 3)), "myapp_pageview_2020.2.3.");
    assert_eq!(naming.template_name(), "myapp_pageview__template");
    assert_eq!(naming.pattern(), "myapp_pageview_*");
    for (app_label, recordtype_name) in
        [("my-app", "rt"), ("a", "page view"), ("\u{e9}", "rt"), ("a", "\u{212a}"), ("", "rt"), ("a", "_")]
    {
        problem(NamingSource { app_label, recordtype_name, ..SOURCE });
    }
}

#[test]
fn n2_the_prefix_is_copied_and_checked() {
    assert_eq!(name(&named("p-", "My_App", "Page_View", 3), (2020, 2, 3)), "p-myapp_pageview_2020.2.3.");
    let with = |prefix| problem(NamingSource { prefix, ..SOURCE });
    assert!(with("P-").contains("upper-case letter 'P'"));
    assert!(with("\u{1c5}").contains("lower case"), "title case, which is no upper case, is refused as well");
    for prefix in ["-p", "_p", "+p"] {
        assert!(with(prefix).contains("must not start with"));
    }
    for prefix in ["a b", "a*", "a,b", "a/", "a\\", "a?", "a\"", "a<", "a>", "a|", "a#", "a:", "a\0", "a\n"] {
        assert!(with(prefix).contains("prefix"), "{prefix}");
    }
    assert!(with(&"p".repeat(255)).contains("at most 255"));
}

#[test]
fn n2_255_bytes_with_the_longest_time() {
    // "a_rt_" and "9999.12.31." take 16 bytes.
    let (fits, too_long) = ("p".repeat(239), "p".repeat(240));
    let naming = named(&fits, "a", "rt", 3);
    assert_eq!(name(&naming, (9999, 12, 31)).len(), 255);
    assert!(problem(NamingSource { prefix: &too_long, ..SOURCE }).contains("256 bytes"));
    assert_eq!(name(&named(&"p".repeat(236), "a", "rt", 4), (9999, 12, 31, 23)).len(), 255);
    assert_eq!(name(&named(&"p".repeat(245), "a", "rt", 1), (9999,)).len(), 255);
    problem(NamingSource { prefix: &"\u{e9}".repeat(120), ..SOURCE });
}

#[test]
fn n3_padding_in_names_and_wildcards() {
    let year = TimeParts::parse("2020").unwrap();
    assert_eq!(named("", "a", "rt", 3).index_name(year).unwrap(), "a_rt_2020.1.1.");
    assert_eq!(named("", "a", "rt", 3).wildcard(&year), "a_rt_2020.*");
    assert_eq!(named("", "a", "rt", 2).wildcard(&TimeParts::EMPTY), "a_rt_*");
    assert_eq!(named("", "a", "rt", 2).stem(), "a_rt_");
    assert!(named("", "a", "rt", 2).index_name(TimeParts::EMPTY).is_err());
    assert!(named("", "a", "rt", 2).index_name(TimeParts::parse("2020.13").unwrap()).is_err());
}

#[test]
fn n4_event_names() {
    let stamp = "2020-02-14T00:00:00Z";
    assert_eq!(name(&named("", "dummy8app", "Dummy8Event", 3), stamp), "dummy8app_dummy8event_2020.2.14.");
    assert_eq!(
        name(&named("dummy8evenz", "dummy8app", "eventlog", 2), stamp),
        "dummy8evenzdummy8app_eventlog_2020.2."
    );
    assert_eq!(name(&named("", "dummy8app", "happen", 2), stamp), "dummy8app_happen_2020.2.");
}

#[test]
fn n5_cyclic_and_simple_names() {
    let report = named("blarg_", "dummy8app", "ThingHappeningsReport", 1);
    assert_eq!(name(&report, "1999.3.15"), "blarg_dummy8app_thinghappeningsreport_1999.");
    let simple = simple("", "dummy8app", "SimpleKV");
    assert_eq!(simple.index_name(TimeParts::EMPTY).unwrap(), "dummy8app_simplekv");
    assert_eq!((simple.pattern(), simple.stem()), ("dummy8app_simplekv", "dummy8app_simplekv"));
    assert_eq!(simple.wildcard(&TimeParts::parse("2020").unwrap()), "dummy8app_simplekv");
    assert_eq!(simple.template_name(), "dummy8app_simplekv__template");
    assert_eq!(simple.parse("dummy8app_simplekv").unwrap(), TimeParts::EMPTY);
    assert!(simple.parse("dummy8app_simplekv2").is_err());
    let mut out = Vec::new();
    simple.append_index_name(TimeParts::EMPTY, &mut out);
    assert_eq!(out, b"dummy8app_simplekv");
}

fn simple(prefix: &str, app_label: &str, recordtype_name: &str) -> Naming {
    Naming::new(NamingSource { prefix, app_label, recordtype_name, depth: None, ..SOURCE }).unwrap()
}

#[test]
fn n5_simple_names_keep_their_delimiters() {
    assert_eq!(simple("", "My_App", "Simple_KV").stem(), "my_app_simple_kv");
    // Python leaves a prefix out that the name starts with by chance, and loses the separation that it is for.
    assert_eq!(simple("my", "myapp", "kv").stem(), "mymyapp_kv");
}

#[test]
fn n6_default_depth_and_wildcards() {
    let stamp = TimeParts::parse("2020.2.14.0.1.2").unwrap();
    assert_eq!(
        named("", "dummy8app", "dummy8event", 4).index_name(stamp).unwrap(),
        "dummy8app_dummy8event_2020.2.14.0."
    );
    assert_eq!(named("", "dummy8app", "happen", 2).wildcard(&stamp), "dummy8app_happen_2020.2.*");
}

#[test]
fn n7_parse() {
    let naming = named("prefix", "myapp", "myrecord", 3);
    assert_eq!(naming.parse("prefixmyapp_myrecord_2000.12.2.").unwrap().as_slice(), [2000, 12, 2]);
    assert!(naming.parse("myapp_myrecord_2000.12.2.").is_err());
    let naming = named("", "myapp", "rt", 3);
    assert!(naming.parse("my_app_rt_2020.1.").is_err());
    assert!(naming.parse("myapp_rt").is_err());
    assert_eq!(naming.parse("myapp_rt_").unwrap(), TimeParts::EMPTY);
}

#[test]
fn n7_parse_takes_any_depth_and_only_own_spellings() {
    let naming = named("", "myapp", "rt", 2);
    for time in ["2020.", "2020.2.", "2020.2.29.", "2020.2.29.23."] {
        let index = format!("myapp_rt_{time}");
        assert_eq!(format!("{}.", naming.parse(&index).unwrap()), time);
    }
    for time in [
        "2020",
        "2020.2",
        "2020.02.",
        "02020.",
        "2020.13.",
        "2021.2.29.",
        "0.",
        "2020.2.29.23.5.",
        ".",
        "2020..",
        "reindexed",
        "2020.1.1._copy",
    ] {
        assert!(matches!(naming.parse(&format!("myapp_rt_{time}")), Err(Error::IndexName { .. })), "{time}");
    }
}

#[test]
fn n8_templates() {
    let happen = named("", "dummy8app", "happen", 2);
    assert_eq!(
        (happen.template_name(), happen.pattern()),
        ("dummy8app_happen__template", "dummy8app_happen_*")
    );
    let report = named("blarg_", "dummy8app", "thinghappeningsreport", 1);
    assert_eq!(report.template_name(), "blarg_dummy8app_thinghappeningsreport__template");
}

#[test]
fn n8_own_templates() {
    let own = NamingSource {
        template: Some("old.views_*"),
        template_name: Some("old-views"),
        prefix: "t1-",
        ..SOURCE
    };
    let naming = Naming::new(own).unwrap();
    assert_eq!(naming.pattern(), "t1-old.views_*");
    assert_eq!(naming.template_name(), "t1-old-views");
    assert_eq!(name(&naming, (2020, 2, 3)), "t1-old.views_2020.2.3.");
    assert_eq!(naming.parse("t1-old.views_2020.2.3.").unwrap().as_slice(), [2020, 2, 3]);
    for template in ["views", "views*", "_*", "*", "a_*_*", "Views_*", "-views_*", "my views_*", ""] {
        problem(NamingSource { template: Some(template), ..SOURCE });
    }
    for template_name in ["", "_x", "X", "a*b", "a,b", "a b"] {
        problem(NamingSource { template_name: Some(template_name), ..SOURCE });
    }
    problem(NamingSource { template: Some("views_*"), depth: None, ..SOURCE });
}

#[test]
fn l2_own_names_parse_whatever_the_label_looks_like() {
    let naming = named("t_", "My_App", "Page_View", 3);
    let index = name(&naming, (2020, 2, 3));
    assert_eq!(naming.parse(&index).unwrap().as_slice(), [2020, 2, 3]);
}

#[test]
fn names_as_bytes() {
    for depth in 1..=4 {
        let naming = named("p-", "my_app", "rt", depth);
        let instant = TimeParts::parse("2020.12.31.23.59.59").unwrap();
        let mut out = b"{".to_vec();
        naming.append_index_name(instant, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), format!("{{{}", naming.index_name(instant).unwrap()));
    }
}

#[test]
fn overlaps() {
    let own = |template| Naming::new(NamingSource { template: Some(template), ..SOURCE }).unwrap();
    let (foo, bar) = (named("", "app", "foo", 3), named("", "app", "bar", 3));
    assert!(foo.overlaps(&foo) && !foo.overlaps(&bar));
    assert!(named("", "my_app", "rt", 1).overlaps(&named("", "myapp", "rt", 3)));
    assert!(own("app_foo_old_*").overlaps(&foo) && foo.overlaps(&own("app_foo_old_*")));
    assert!(!foo.overlaps(&named("p-", "app", "foo", 3)));
    let inside = simple("", "app", "foo_bar");
    assert!(inside.overlaps(&foo) && foo.overlaps(&inside) && inside.overlaps(&inside));
    let beside = simple("", "app", "foo");
    assert!(!beside.overlaps(&foo) && !foo.overlaps(&beside) && !beside.overlaps(&inside));
}

proptest! {
    #[test]
    fn names_read_back(
        prefix in "([a-z0-9.][a-z0-9._+-]{0,8})?", app_label in "[A-Za-z0-9_]{0,8}[A-Za-z0-9]", rt in "[A-Za-z0-9_]{0,8}[a-z0-9]",
        depth in 1_u8..=4, year in 1_u32..=9999, rest in (1_u32..=12, 1_u32..=28, 0_u32..24, 0_u32..60),
    ) {
        let naming = named(&prefix, &app_label, &rt, depth);
        let time = TimeParts::new(&[year, rest.0, rest.1, rest.2, rest.3]).unwrap();
        let index = naming.index_name(time).unwrap();
        let parsed = naming.parse(&index).unwrap();
        prop_assert_eq!(parsed, time.truncated(usize::from(depth)));
        prop_assert_eq!(naming.index_name(parsed).unwrap(), index.clone());
        prop_assert!(index.starts_with(naming.pattern().strip_suffix('*').unwrap()));
    }

    #[test]
    fn a_name_that_parses_is_one_that_is_written(name in "a_rt_[0-9.]{0,16}|\\PC*") {
        if let Ok(parts) = named("", "a", "rt", 3).parse(&name) {
            let depth = u8::try_from(parts.len()).unwrap();
            let written = if depth == 0 { "a_rt_".to_owned() } else { named("", "a", "rt", depth).index_name(parts).unwrap() };
            prop_assert_eq!(written, name);
        }
    }

    #[test]
    fn sources_of_any_kind_do_no_harm(prefix in "\\PC{0,4}", app_label in "\\PC{0,4}", template in "\\PC{0,4}_\\*") {
        let source = NamingSource { prefix: &prefix, app_label: &app_label, ..SOURCE };
        for source in [source, NamingSource { template: Some(&template), ..SOURCE }] {
            if let Ok(naming) = Naming::new(source) {
                let index = name(&naming, (2020, 2, 3));
                prop_assert!(!index.contains([' ', '*', ',', '/', '#', ':']) && !index.starts_with(['-', '_', '+']));
                prop_assert_eq!(index.to_lowercase(), index.clone());
                prop_assert!(naming.parse(&index).is_ok());
            }
        }
    }
}
