//! The monthly report: for each item its requests, and the sessions that made them.

use std::io::{self, Write as _};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use comfy_table::{CellAlignment, Table, presets::UTF8_BORDERS_ONLY};
use djelme::CyclicReport;
use djelme::prelude::*;
use djelme::reports::{Reporter, ReporterResult, Reports};
use djelme::time::{Cycle, Month};
use serde::{Deserialize, Serialize};

use crate::visit::Visit;

/// More items than there are.
const ITEMS: u32 = 10_000;

/// The usage of one item in one month, in COUNTER's terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(app_label = "flights", timedepth = "year", unique_together(cycle_coverage, item_iri))]
pub(crate) struct AirportMonth {
    cycle_coverage: Cycle<Month>,
    item_iri: String,
    /// Every visit.
    total_item_requests: u64,
    /// Each visitor once an hour.
    unique_item_requests: u64,
}

/// Makes the reports of one month after the other.
pub(crate) struct Monthly {
    stop_after: Option<u64>,
    made: AtomicU64,
}

impl Monthly {
    pub(crate) fn new(stop_after: Option<u64>) -> Self {
        Self { stop_after, made: AtomicU64::new(0) }
    }
}

impl Reporter for Monthly {
    type Report = AirportMonth;

    async fn report(&self, month: Cycle<Month>, reports: &mut Reports<'_, AirportMonth>) -> ReporterResult {
        let f = Visit::fields();
        let sessions = cardinality("sessions", f.sessionhour_id);
        let per_item = terms("per_item", f.usage.item_iri).size(ITEMS).aggregate(&sessions);
        let next = month.next().ok_or("the calendar ends with this month")?;
        let visits = Visit::search_timeseries_range(month, next)?.size(0).aggregate(&per_item);
        let found = visits.send(reports.djelme()).await?;
        for item in found.aggregation(&per_item)?.buckets() {
            if self.stop_after == Some(self.made.fetch_add(1, Ordering::Relaxed)) {
                writeln!(io::stderr(), "stopped hard in the midst of {month}")?;
                process::abort();
            }
            let report = AirportMonth {
                cycle_coverage: month,
                item_iri: item.key().to_string(),
                total_item_requests: item.doc_count(),
                unique_item_requests: item.aggregation(&sessions)?,
            };
            reports.push(&report).await?;
        }
        Ok(())
    }
}

/// The totals of each month, and the items that were used most.
pub(crate) fn table(reports: impl Iterator<Item = djelme::Result<AirportMonth>>) -> anyhow::Result<String> {
    let mut reports = reports.collect::<djelme::Result<Vec<_>>>()?;
    ensure!(!reports.is_empty(), "there are no reports on these months");
    let mut months = Table::new();
    months.load_style(UTF8_BORDERS_ONLY).set_header(["month", "items", "requests", "unique requests"]);
    for month in reports.chunk_by(|one, next| one.cycle_coverage == next.cycle_coverage) {
        let sum = |of: fn(&AirportMonth) -> u64| month.iter().map(of).sum::<u64>().to_string();
        months.add_row([
            month.first().map(|report| report.cycle_coverage.to_string()).unwrap_or_default(),
            month.len().to_string(),
            sum(|report| report.total_item_requests),
            sum(|report| report.unique_item_requests),
        ]);
    }
    let mut most = Table::new();
    most.load_style(UTF8_BORDERS_ONLY).set_header(["item", "month", "requests", "unique requests"]);
    reports.sort_by(|one, other| {
        other
            .total_item_requests
            .cmp(&one.total_item_requests)
            .then_with(|| one.item_iri.cmp(&other.item_iri))
    });
    for report in reports.iter().take(10) {
        most.add_row([
            report.item_iri.clone(),
            report.cycle_coverage.to_string(),
            report.total_item_requests.to_string(),
            report.unique_item_requests.to_string(),
        ]);
    }
    for (table, numbers) in [(&mut months, 1), (&mut most, 2)] {
        let columns = table.column_iter_mut().skip(numbers);
        columns.for_each(|column| {
            column.set_cell_alignment(CellAlignment::Right);
        });
    }
    Ok(format!("{months}\n\n{most}\n"))
}
