//! Reports on cycles: a [`Reporter`] makes them, [`Reporting`] runs it cycle by cycle.
//!
//! ```no_run
//! use djelme::reports::{ReporterResult, Reporter, Reports, Total};
//! use djelme::time::{Cycle, Month};
//! use djelme::{CyclicReport, Djelme, prelude::*};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, Clone, Serialize, Deserialize, CyclicReport)]
//! #[djelme(app_label = "shop", timedepth = "year", unique_together(cycle_coverage, shop))]
//! struct MonthlySales {
//!     cycle_coverage: Cycle<Month>,
//!     shop: String,
//!     orders: u64,
//!     orders_ever: u64,
//! }
//!
//! struct Sales;
//!
//! impl Reporter for Sales {
//!     type Report = MonthlySales;
//!
//!     fn totals(&self) -> Vec<Total> {
//!         let f = MonthlySales::fields();
//!         vec![Total::new(f.orders_ever, f.orders)]     // orders_ever = orders_ever of the month before + orders
//!     }
//!
//!     async fn report(&self, month: Cycle<Month>, reports: &mut Reports<'_, MonthlySales>) -> ReporterResult {
//!         for shop in ["north", "south"] {
//!             let orders = 17;        // counted from somewhere
//!             let mut report =
//!                 MonthlySales { cycle_coverage: month, shop: shop.into(), orders, orders_ever: orders };
//!             if let Some(last) = reports.previous(&report).await? {
//!                 report.orders_ever += last.orders_ever;
//!             }
//!             reports.push(&report).await?;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # async fn run(djelme: Djelme) -> djelme::Result<()> {
//! let reporting = djelme.reports(&Sales);
//! reporting.run((2026, 2)).await?;                                    // one month
//! let filled = reporting.back_fill((2020,), chrono::Utc::now()).await?;    // whatever is missing since 2020
//! println!("{} months, {} reports", filled.runs.len(), filled.reports());
//! # Ok(())
//! # }
//! ```
//!
//! # What is recorded where
//!
//! Beside the reports djelme keeps a note for each cycle of each report type, in the index `djelme_reportrun` of the same
//! backend; the set-up makes its template. A note is begun before the first report of a cycle is sent, and finished after
//! the last one is stored and all of them are found again. So:
//!
//! - A cycle counts as reported only when a run over it has come to its end. A program may be killed at any point: the
//!   cycle that it was in is not reported yet, and [`back_fill`](Reporting::back_fill) begins that cycle anew. Reports
//!   that are there already are written again under the same ids.
//! - A cycle whose reports were deleted since, in part or all, counts as not reported. So does one whose reports came
//!   from elsewhere, such as from [`Djelme::record`](crate::Djelme::record) or the Python package: there is no note that
//!   they are complete. [`Djelme::gaps`](crate::Djelme::gaps) asks for reports alone, whoever made them.
//! - A cycle without anything to report is reported, with no reports.
//!
//! # Limits
//!
//! - One reporter makes all reports of its type. The reports of a cycle that this run did not make are *stale*: of items
//!   that have gone since an earlier run. [`CycleRun::stale`] counts them; [`Reporting::remove_stale`] removes them.
//! - Two runs over one cycle at the same time do no harm: the one that began first ends with
//!   [`Error::Conflict`](crate::Error::Conflict), or the later one with an error that counts what is missing. Run it
//!   again.
//! - A run that is resumed repeats the cycle in which it was broken off from its beginning.

mod marker;
mod pending;
mod reporter;
mod reporting;
mod run;
mod sink;
mod total;

pub(crate) use marker::ReportRun;
pub use reporter::{Reporter, ReporterResult};
pub use reporting::{BackFill, Progress, Reporting};
pub use run::CycleRun;
pub use sink::Reports;
pub use total::Total;
