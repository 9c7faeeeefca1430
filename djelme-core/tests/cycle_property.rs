//! Cycles of every depth: their text, their order and the reports that carry them.

#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::Error;
use djelme_core::identity::OpaqueKey;
use djelme_core::time::{Cycle, CycleDepth, Day, Hour, Month, TimeParts, Year};
use proptest::prelude::*;

/// From the year 1 to the end of 9999, in whole microseconds.
fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    let range = -62_135_596_800_000_000_i64..253_402_300_800_000_000;
    prop_oneof![
        range.clone().prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap()),
        // On and beside the borders of hours, days, months and years.
        (range, -1_i64..=1).prop_filter_map("within the years", |(micros, off)| {
            let start =
                TimeParts::of(DateTime::from_timestamp_micros(micros)?).ok()?.truncated(1).start().ok()?;
            let beside = start + TimeDelta::microseconds(off);
            TimeParts::of(beside).is_ok().then_some(beside)
        }),
    ]
}

/// Each promise about one instant, or two of them, at one depth.
fn check<D: CycleDepth>(one: DateTime<Utc>, other: DateTime<Utc>) -> Result<(), TestCaseError> {
    let cycle = Cycle::<D>::of(one).unwrap();
    prop_assert!(cycle.start() <= one && one < cycle.end());
    // Text, and JSON, there and back.
    let text = cycle.to_string();
    prop_assert_eq!(text.parse::<Cycle<D>>().unwrap(), cycle);
    prop_assert_eq!(Cycle::<D>::new(text.as_str()).unwrap(), cycle);
    let json = serde_json::to_string(&cycle).unwrap();
    prop_assert_eq!(&json, &format!("\"{text}\""));
    prop_assert_eq!(serde_json::from_str::<Cycle<D>>(&json).unwrap(), cycle);
    // Any instant of a cycle makes the key of its report.
    let key = |cycle: &Cycle<D>| {
        let mut key = OpaqueKey::new();
        key.part("cycle_coverage", cycle);
        key.finish().unwrap()
    };
    prop_assert_eq!(key(&cycle), djelme_core::identity::opaque_key([&text]).unwrap());
    // The order of cycles is that of time, and of their parts as a `version` field compares them.
    let later = Cycle::<D>::of(other).unwrap();
    prop_assert_eq!(cycle.cmp(&later), cycle.start().cmp(&later.start()));
    prop_assert_eq!(cycle.cmp(&later), cycle.parts().cmp(&later.parts()));
    prop_assert_eq!(cycle == later, key(&cycle) == key(&later));
    prop_assert!(one > other || cycle <= later);
    Ok(())
}

/// Texts with one part too few or too many, or written otherwise, are no cycle of the depth.
fn check_other_texts<D: CycleDepth>(instant: DateTime<Utc>) -> Result<(), TestCaseError> {
    let parts = TimeParts::of(instant).unwrap();
    let own = usize::from(D::DEPTH.number());
    for len in (0..=6).filter(|len| *len != own) {
        refused::<D>(&parts.truncated(len).to_string())?;
    }
    let text = parts.truncated(own).to_string();
    for other in [
        format!("{text}."),
        format!(" {text}"),
        format!("0{text}"),
        format!("+{text}"),
        text.replace('.', "-0"),
    ] {
        if other != text {
            refused::<D>(&other)?;
        }
    }
    Ok(())
}

fn refused<D: CycleDepth>(text: &str) -> Result<(), TestCaseError> {
    let parsed = text.parse::<Cycle<D>>();
    prop_assert!(matches!(&parsed, Err(Error::Time { .. })), "{text:?} as a {}: {parsed:?}", D::DEPTH);
    let read = serde_json::from_value::<Cycle<D>>(text.into());
    let error = read.unwrap_err().to_string();
    prop_assert!(error.contains(&format!("{text:?}, expected the time parts of a {}", D::DEPTH)), "{error}");
    Ok(())
}

proptest! {
    #[test]
    fn cycles_of_every_depth(one in instants(), other in instants()) {
        check::<Year>(one, other)?;
        check::<Month>(one, other)?;
        check::<Day>(one, other)?;
        check::<Hour>(one, other)?;
    }

    #[test]
    fn what_is_no_cycle_of_the_depth(instant in instants()) {
        check_other_texts::<Year>(instant)?;
        check_other_texts::<Month>(instant)?;
        check_other_texts::<Day>(instant)?;
        check_other_texts::<Hour>(instant)?;
    }

    /// Numbers that the calendar does not have.
    #[test]
    fn what_the_calendar_does_not_have(year in 1_u32..=9999, month in 13_u32.., day in 32_u32.., hour in 24_u32..) {
        refused::<Month>(&format!("{year}.{month}"))?;
        refused::<Month>(&format!("{year}.0"))?;
        refused::<Day>(&format!("{year}.1.{day}"))?;
        refused::<Day>(&format!("{year}.2.30"))?;
        refused::<Hour>(&format!("{year}.1.1.{hour}"))?;
        refused::<Year>(&format!("{}", year + 9999))?;
        prop_assert!(Cycle::<Month>::new((year, month)).is_err());
        prop_assert!(Cycle::<Day>::new((year, 1, day)).is_err());
    }
}
