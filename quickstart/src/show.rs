//! Tables, and histograms as bars of text.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{CellAlignment, Table, presets::UTF8_BORDERS_ONLY};
use djelme::aggregation::{Bucket, Buckets, CalendarInterval};

/// The most bars of a histogram.
const BARS: usize = 12;

/// A table whose columns from `numbers` on are aligned as numbers.
pub(crate) fn table<const N: usize>(header: [&str; N], numbers: usize) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(header);
    for column in table.column_iter_mut().skip(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The interval that makes about a dozen bars of a time, and how much of the text of an instant names one bar.
pub(crate) fn interval(from: DateTime<Utc>, until: DateTime<Utc>) -> (CalendarInterval, usize) {
    match until - from {
        time if time <= TimeDelta::hours(12) => (CalendarInterval::Hour, "2026-02-14T12".len()),
        time if time <= TimeDelta::days(12) => (CalendarInterval::Day, "2026-02-14".len()),
        time if time <= TimeDelta::weeks(12) => (CalendarInterval::Week, "2026-02-14".len()),
        time if time <= TimeDelta::days(366) => (CalendarInterval::Month, "2026-02".len()),
        _ => (CalendarInterval::Year, "2026".len()),
    }
}

/// A bar for each bucket; of many, the last ones.
pub(crate) fn histogram(buckets: &Buckets<DateTime<Utc>>, letters: usize) -> Result<String, std::fmt::Error> {
    let buckets = buckets.buckets();
    let shown = &buckets[buckets.len().saturating_sub(BARS)..];
    let most = shown.iter().map(Bucket::doc_count).max().unwrap_or_default().max(1);
    let mut out = String::new();
    for bucket in shown {
        let start = bucket.key_as_string().unwrap_or_default();
        let start = start.get(..letters).unwrap_or(start);
        writeln!(out, "  {start} {:>5} {}", bucket.doc_count(), bar(bucket.doc_count(), most))?;
    }
    Ok(out)
}

/// A bar of up to 50 characters, in eighths.
fn bar(value: u64, most: u64) -> String {
    let eighths = value * 400 / most;
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let rest = usize::try_from(eighths % 8).ok().and_then(|index| rest.get(index)).unwrap_or(&"");
    "█".repeat(usize::try_from(eighths / 8).unwrap_or_default()) + rest
}
