//! What a program writes to make reports.

use std::error::Error;
use std::future::Future;

use djelme_core::record::CyclicReport;
use djelme_core::time::Cycle;

use super::{Reports, Total};

/// How a reporter ends: `?` takes any error.
pub type ReporterResult = Result<(), Box<dyn Error + Send + Sync>>;

/// Makes the reports of one type, a cycle at a time; see the [module](self::super) for an example.
///
/// Implement `report` as an `async fn`. It is called for one cycle after the other, and again for a cycle whose run was
/// broken off or is repeated; so it should make the same reports of the same data. Reports go out as they are pushed, a
/// thousand at a time, and `push` waits for the store: millions of them need no more memory than a thousand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reporter",
    label = "not a reporter",
    note = "implement `djelme::reports::Reporter` for it: a `Report` type that derives `CyclicReport`, and an `async fn report`"
)]
pub trait Reporter: Send + Sync {
    /// The type of its reports.
    type Report: CyclicReport;

    /// Makes the reports on one cycle, and pushes each.
    ///
    /// # Errors
    /// Whatever it meets; the run stops there, and the cycle does not count as reported.
    fn report(
        &self,
        cycle: Cycle<<Self::Report as CyclicReport>::Depth>,
        reports: &mut Reports<'_, Self::Report>,
    ) -> impl Future<Output = ReporterResult> + Send;

    /// The totals that grow from cycle to cycle. Each is checked in every report before that is sent: it must be the
    /// previous cycle's total and what is new, else the run stops with
    /// [`Error::NotCumulative`](crate::Error::NotCumulative).
    ///
    /// Such a reporter reports on every item on every cycle, also when nothing is new: an item without a report on a
    /// cycle that was reported begins again at 0. Where the cycle before was not reported, the total of an item that has
    /// no report there cannot be checked; [`CycleRun::unchecked`](super::CycleRun::unchecked) counts those. A run also
    /// makes the cycle after it count as not reported, since that one's totals are sums on older ones.
    fn totals(&self) -> Vec<Total> {
        Vec::new()
    }
}
