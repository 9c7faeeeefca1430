//! What the records say: the longest delays, a table of carriers, and a histogram of days.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets::UTF8_BORDERS_ONLY};
use djelme::Djelme;
use djelme::aggregation::{Bucket, CalendarInterval};
use djelme::prelude::*;

use crate::departure::Departure;

/// The report on the departures from `from` until `until`.
pub(crate) async fn report(djelme: &Djelme, from: &str, until: &str) -> anyhow::Result<String> {
    let mut out = String::new();
    let f = Departure::fields();
    let mean_delay = avg("mean_delay", f.dep_delay);
    let longest_delay = max("longest_delay", f.dep_delay);
    let per_carrier =
        terms("per_carrier", f.carrier).size(50).aggregate(&mean_delay).aggregate(&longest_delay);
    let per_day = date_histogram("per_day", f.timestamp)
        .calendar_interval(CalendarInterval::Day)
        .time_zone("America/New_York");
    let search = Departure::search_timeseries_range(from, until)?
        .sort(f.dep_delay.desc())
        .size(5)
        .track_total_hits(true)
        .aggregate(&per_carrier)
        .aggregate(&per_day);
    let found = search.send(djelme).await?;

    writeln!(out, "{} departures from {from} until {until}. The longest delays:", found.total().value)?;
    let mut delays = table(["scheduled (UTC)", "carrier", "flight", "from", "to", "minutes late"], 5);
    for departure in found.records() {
        let departure = departure?;
        delays.add_row([
            departure.timestamp.format("%Y-%m-%d %H:%M").to_string(),
            departure.carrier,
            departure.flight.to_string(),
            departure.origin,
            departure.destination,
            departure.dep_delay.map(|minutes| minutes.to_string()).unwrap_or_default(),
        ]);
    }
    writeln!(out, "{delays}\n\nBy carrier:")?;

    let mut carriers = table(["carrier", "departures", "mean delay", "longest delay"], 1);
    for bucket in found.aggregation(&per_carrier)?.buckets() {
        let minutes =
            |value: Option<f64>, digits| value.map(|value| format!("{value:.digits$}")).unwrap_or_default();
        carriers.add_row([
            bucket.key().to_string(),
            bucket.doc_count().to_string(),
            minutes(bucket.aggregation(&mean_delay)?, 1),
            minutes(bucket.aggregation(&longest_delay)?, 0),
        ]);
    }
    writeln!(out, "{carriers}\n\nBy day of New York:")?;

    let days = found.aggregation(&per_day)?;
    let most = days.buckets().iter().map(Bucket::doc_count).max().unwrap_or_default().max(1);
    for day in days.buckets() {
        let midnight = day.key_as_string().unwrap_or_default();
        writeln!(
            out,
            "{} {:>5} {}",
            midnight.get(..10).unwrap_or(midnight),
            day.doc_count(),
            bar(day.doc_count(), most)
        )?;
    }
    Ok(out)
}

/// A table whose columns from `numbers` on are aligned as numbers.
fn table<const N: usize>(header: [&str; N], numbers: usize) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(header);
    for column in table.column_iter_mut().skip(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A bar of up to 50 characters, in eighths.
fn bar(value: u64, most: u64) -> String {
    let eighths = value * 400 / most;
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let rest = usize::try_from(eighths % 8).ok().and_then(|index| rest.get(index)).unwrap_or(&"");
    "█".repeat(usize::try_from(eighths / 8).unwrap_or_default()) + rest
}
