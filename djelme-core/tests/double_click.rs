//! COUNTER's rule of double clicks: row D1 of the conformance cases, and a naive evaluation of the rule.

#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::identity::{EventId, event_id};
use djelme_core::usage::DoubleClicks;
use proptest::prelude::*;

const WINDOW: TimeDelta = TimeDelta::seconds(30);

/// A different id for each number.
fn id(number: usize) -> EventId {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&number.to_be_bytes());
    event_id(DateTime::UNIX_EPOCH, random)
}

fn second(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

/// The ids of clicks of one visitor on one item, at these seconds.
fn ids(seconds: &[i64]) -> Vec<EventId> {
    let mut clicks = DoubleClicks::new(WINDOW, 10);
    seconds.iter().enumerate().map(|(number, at)| clicks.id_of([1; 16], second(*at), id(number))).collect()
}

fn actions(seconds: &[i64]) -> usize {
    ids(seconds).into_iter().collect::<HashSet<_>>().len()
}

#[test]
fn d1_two_clicks_within_thirty_seconds_are_one() {
    assert_eq!(actions(&[0, 29]), 1);
    assert_eq!(actions(&[0, 30]), 1);
    assert_eq!(actions(&[0, 31]), 2);
    assert_eq!(actions(&[0, 35]), 2);
}

#[test]
fn d1_the_window_slides() {
    // 10:01:29 and 10:01:31.
    assert_eq!(actions(&[89, 91]), 1);
    // Each within thirty seconds of the one before it.
    assert_eq!(actions(&[0, 29, 58, 87, 116]), 1);
    assert_eq!(actions(&[0, 29, 60, 90]), 2);
    assert_eq!(ids(&[0, 29, 60, 90]), [id(0), id(0), id(2), id(2)]);
}

#[test]
fn a_late_click_joins_the_chain_that_it_lies_in() {
    assert_eq!(actions(&[0, 29, 58, 10]), 1);
    assert_eq!(actions(&[40, 10]), 1);
    assert_eq!(actions(&[40, 9]), 2);
    assert_eq!(actions(&[40, 10, 70]), 1);
}

#[test]
fn other_visitors_and_items_are_apart() {
    let mut clicks = DoubleClicks::new(WINDOW, 10);
    let first = clicks.id_of([1; 16], second(0), id(1));
    assert_ne!(clicks.id_of([2; 16], second(1), id(2)), first);
    assert_eq!(clicks.id_of([1; 16], second(2), id(3)), first);
}

#[test]
fn beyond_the_limit_the_chain_that_was_continued_the_longest_ago_goes_and_is_counted() {
    let mut clicks = DoubleClicks::new(WINDOW, 2);
    let mut next = 0;
    let mut click = |visitor: u8, at| {
        next += 1;
        let got = clicks.id_of([visitor; 16], second(at), id(next));
        (got == id(next), clicks.forgotten())
    };
    assert_eq!(click(1, 0), (true, 0));
    assert_eq!(click(2, 1), (true, 0));
    assert_eq!(click(1, 2), (false, 0));
    assert_eq!(click(3, 3), (true, 1), "the chain of 2 goes");
    assert_eq!(click(1, 4), (false, 1));
    assert_eq!(click(2, 5), (true, 2), "3 goes");
    assert_eq!(click(4, 60), (true, 2), "the windows of the others have passed: nothing is lost");
}

/// The rule word by word: sort the clicks of one visitor on one item, and begin an action where the last click is too
/// long ago. Returns the time of each action's last click.
fn naive(clicks: &[(u8, i64)]) -> Vec<(u8, i64)> {
    let mut of: BTreeMap<u8, Vec<i64>> = BTreeMap::new();
    clicks.iter().for_each(|(who, at)| of.entry(*who).or_default().push(*at));
    let mut last_clicks = Vec::new();
    for (who, mut times) in of {
        times.sort_unstable();
        let ends = |place: usize| times.get(place + 1).is_none_or(|next| next - times[place] > 30);
        last_clicks.extend((0..times.len()).filter(|place| ends(*place)).map(|place| (who, times[place])));
    }
    last_clicks
}

proptest! {
    #[test]
    fn in_order_the_actions_and_their_last_clicks_are_those_of_the_rule(
        mut clicks in prop::collection::vec((0_u8..4, 0_i64..600), 0..60), limit in 1_usize..6,
    ) {
        clicks.sort_by_key(|(_, at)| *at);
        let mut double_clicks = DoubleClicks::new(WINDOW, limit);
        // The store: the last write of an id stays.
        let mut stored = HashMap::new();
        for (number, (who, at)) in clicks.iter().enumerate() {
            stored.insert(double_clicks.id_of([*who; 16], second(*at), id(number)), (*who, *at));
        }
        let mut stored: Vec<_> = stored.into_values().collect();
        stored.sort_unstable();
        let expected = naive(&clicks);
        if limit >= 4 {
            prop_assert_eq!(double_clicks.forgotten(), 0);
            prop_assert_eq!(&stored, &expected);
        }
        // Beyond the limit no click counts twice that is not counted as forgotten, and none is lost.
        prop_assert!(stored.len() >= expected.len());
        prop_assert!(stored.len() - expected.len() <= usize::try_from(double_clicks.forgotten()).unwrap());
    }

    #[test]
    fn the_order_within_a_chain_does_not_matter(
        seconds in prop::collection::vec(0_i64..=30, 1..20).prop_shuffle(),
    ) {
        prop_assert_eq!(actions(&seconds), 1);
    }
}
