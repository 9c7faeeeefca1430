//! What came of all topics, for people and for the test run.

use std::collections::BTreeSet;

use crate::differences::{DIFFERENCES, Listed, VERSIONS};
use crate::judge::{Count, Judged};
use crate::sides::Sides;

/// Says what came of all topics, and fails where something differs that is not listed, or is listed and agrees.
#[allow(clippy::print_stdout, reason = "the test run reads what is printed")]
pub(crate) fn conclude(what: &str, sides: &Sides, judged: &[Judged]) {
    for (number, server) in sides.servers.iter().enumerate() {
        let sum = |of: fn(&Count) -> usize| -> usize {
            judged.iter().filter_map(|judged| judged.counts.get(number)).map(of).sum()
        };
        let (agreed, as_listed, others) =
            (sum(|count| count.agreed), sum(|count| count.as_listed), sum(|count| count.unexpected));
        println!(
            "djelme-test: note: conformance with {}: {} {what}, {agreed} agreed, {as_listed} listed differences, \
             {others} others",
            server.name,
            agreed + as_listed + others,
        );
    }
    let mut failures: Vec<String> = judged.iter().flat_map(|judged| judged.failures.clone()).collect();
    failures.extend(stale(DIFFERENCES, judged));
    if sides.servers.len() > 1 {
        failures.extend(stale(VERSIONS, judged));
    }
    failures.iter().for_each(|failure| println!("\n{failure}"));
    assert!(failures.is_empty(), "{} of the {what} failed, see above", failures.len());
}

/// What is listed as a difference of the topics that ran, and is none.
fn stale<'a>(list: &'a [Listed], judged: &'a [Judged]) -> impl Iterator<Item = String> + 'a {
    let all = |of: fn(&Judged) -> &BTreeSet<String>| -> BTreeSet<&str> {
        judged.iter().flat_map(of).map(String::as_str).collect()
    };
    let (cases, seen) = (all(|judged| &judged.cases), all(|judged| &judged.seen));
    let ran = |case: &str| {
        case.split_once(": ").is_some_and(|(topic, _)| judged.iter().any(|judged| judged.topic == topic))
    };
    let listed = list.iter().flat_map(|listed| listed.cases).filter(move |case| ran(case));
    listed.filter_map(move |case| {
        if !cases.contains(case) {
            Some(format!("{case}: is listed as a difference, and there is no such case"))
        } else if !seen.contains(case) {
            Some(format!("{case}: is listed as a difference, and all agree: take it off the list"))
        } else {
            None
        }
    })
}
