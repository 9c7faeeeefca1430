//! Planning a range: ten years at the depth of hours.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use chrono::{TimeDelta, TimeZone as _, Utc};
use djelme::naming::{Naming, NamingSource};
use djelme::plan::IndexPlan;
use djelme::time::{IntoTimeBound as _, TimeDepth, TimeRange};
use djelme_bench::median;

/// The time of one plan, and the most expressions of any.
pub(crate) fn ten_years() -> Result<(Duration, usize)> {
    const REPEATS: u32 = 100;
    let naming = Naming::new(NamingSource {
        prefix: "",
        app_label: "bench",
        recordtype_name: "Departure",
        template: None,
        template_name: None,
        depth: Some(TimeDepth::Hour),
    })?;
    let (mut times, mut most) = (Vec::new(), 0);
    // Starts and ends in every hour of the day and nearly every day of the month.
    for number in 0..1_000 {
        let from = Utc.with_ymd_and_hms(2014, 1, 1, 0, 0, 0).single().context("no such time")?;
        let from = from + TimeDelta::hours(number * 25);
        let until = from + TimeDelta::hours(24 * 3_652 + number * 7 % 24);
        let range = TimeRange::new(from.into_time_bound()?, until.into_time_bound()?)?;
        most = most.max(IndexPlan::new(&naming, Some(range)).expressions().len());
        let start = Instant::now();
        for _ in 0..REPEATS {
            let _ = black_box(IndexPlan::new(black_box(&naming), Some(black_box(range))));
        }
        times.push(start.elapsed() / REPEATS);
    }
    Ok((median(times), most))
}
