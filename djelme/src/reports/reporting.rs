//! Running a reporter over cycles.

use std::fmt;

use chrono::Utc;
use djelme_core::record::{CyclicReport, Record as _};
use djelme_core::time::{Cycle, CycleDepth, IntoTimeBound};
use djelme_core::{Error, Result};

use super::Reporter;
use super::marker::Markers;
use super::pending::{CYCLES_AT_ONCE, bounded};
use super::run::{CycleRun, run};
use crate::Djelme;

/// The depth of a reporter's cycles.
type DepthOf<P> = <<P as Reporter>::Report as CyclicReport>::Depth;

/// Runs a reporter; made by [`Djelme::reports`].
#[must_use = "nothing is reported before `run` or `back_fill`"]
pub struct Reporting<'a, P: Reporter> {
    djelme: Djelme,
    reporter: &'a P,
    on_progress: OnProgress<'a, DepthOf<P>>,
    include_unended: bool,
    remove_stale: bool,
}

type OnProgress<'a, D> = Option<Box<dyn Fn(&Progress<D>) + Send + Sync + 'a>>;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress<D: CycleDepth> {
    /// The cycle that is being reported, or was just completed.
    pub cycle: Cycle<D>,
    /// How many reports on it are stored so far.
    pub reports: u64,
    /// How many cycles this call has completed.
    pub cycles_done: u64,
    /// How many it has to.
    pub cycles: u64,
}

/// What a back-fill did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackFill<D: CycleDepth> {
    /// The runs, one for each cycle that was not reported, in order.
    pub runs: Vec<CycleRun<D>>,
    /// How many cycles of the range were reported before.
    pub complete_before: u64,
    /// The cycles of the range that have not ended yet, and were left out therefore.
    pub not_ended: Vec<Cycle<D>>,
}

impl<D: CycleDepth> BackFill<D> {
    /// How many reports were made.
    #[must_use]
    pub fn reports(&self) -> u64 {
        self.runs.iter().map(|run| run.reports).sum()
    }
}

impl Djelme {
    /// Prepares to run a reporter; see [`reports`](crate::reports).
    pub fn reports<'a, P: Reporter>(&self, reporter: &'a P) -> Reporting<'a, P> {
        Reporting {
            djelme: self.clone(),
            reporter,
            on_progress: None,
            include_unended: false,
            remove_stale: false,
        }
    }
}

impl<'a, P: Reporter> Reporting<'a, P> {
    /// Calls this whenever a batch of reports is stored, and whenever a cycle is complete.
    pub fn on_progress(mut self, told: impl Fn(&Progress<DepthOf<P>>) + Send + Sync + 'a) -> Self {
        self.on_progress = Some(Box::new(told));
        self
    }

    /// Reports on cycles that have not ended too. Such a cycle does not count as reported, so that it is reported again
    /// once it has ended.
    pub fn include_unended(mut self) -> Self {
        self.include_unended = true;
        self
    }

    /// Removes the reports on a cycle that an earlier run made and this one did not, of items that have gone since.
    /// Without this they stay, as in the Python package, and are counted. What a run made that may still be under way
    /// is left for the next one.
    pub fn remove_stale(mut self) -> Self {
        self.remove_stale = true;
        self
    }

    /// Reports on the cycle that holds this time, whether it was reported before or not.
    ///
    /// # Errors
    /// [`Error::Time`] if it names no such cycle; [`Error::NotAccepted`] if the cycle has not ended, unless
    /// [`include_unended`](Self::include_unended); [`Error::ReportStopped`] with whatever went wrong. The cycle then
    /// does not count as reported.
    pub async fn run(&self, cycle: impl IntoTimeBound) -> Result<CycleRun<DepthOf<P>>> {
        let cycle = Cycle::new(cycle)?;
        if !self.has_ended(cycle) {
            return Err(Error::NotAccepted {
                record_type: P::Report::TYPE.rust_name.to_string(),
                reason: format!(
                    "{cycle} ends at {}, so a report on it would be incomplete; `include_unended()` allows that",
                    cycle.end()
                ),
            });
        }
        self.run_one(cycle, &self.steps(1, 0)).await
    }

    /// Reports on every cycle that starts within the range and is not reported yet, the oldest first. Broken off, it
    /// goes on where it was when it is called again; called once more, it does nothing.
    ///
    /// With [`totals`](Reporter::totals), all cycles after one that is missing are reported again, since their totals
    /// build on it.
    ///
    /// # Errors
    /// [`Error::Time`] if an end is not a time; [`Error::Range`] if the range is reversed or empty, or holds more than
    /// a million cycles; [`Error::ReportStopped`] with the cycle and whatever went wrong. What was complete before
    /// stays so.
    pub async fn back_fill(
        &self,
        from: impl IntoTimeBound,
        until: impl IntoTimeBound,
    ) -> Result<BackFill<DepthOf<P>>> {
        let cycles = bounded::<DepthOf<P>>(from, until)?;
        let (ended, not_ended): (Vec<_>, Vec<_>) = cycles.partition(|cycle| self.has_ended(*cycle));
        let mut pending = self.pending_of(&ended).await?;
        if let Some(first) = pending.first().copied().filter(|_| !self.reporter.totals().is_empty()) {
            pending = ended.iter().copied().filter(|cycle| *cycle >= first).collect();
        }
        let complete_before = (ended.len() - pending.len()) as u64;
        let mut runs = Vec::with_capacity(pending.len());
        for cycle in &pending {
            let steps = self.steps(pending.len(), runs.len());
            runs.push(self.run_one(*cycle, &steps).await?);
        }
        Ok(BackFill { runs, complete_before, not_ended })
    }

    /// The cycles that start within the range, have ended, and are not reported: what
    /// [`back_fill`](Self::back_fill) would report on.
    ///
    /// # Errors
    /// As [`Djelme::gaps`].
    pub async fn pending(
        &self,
        from: impl IntoTimeBound,
        until: impl IntoTimeBound,
    ) -> Result<Vec<Cycle<DepthOf<P>>>> {
        let cycles = bounded::<DepthOf<P>>(from, until)?;
        let ended: Vec<_> = cycles.filter(|cycle| self.has_ended(*cycle)).collect();
        self.pending_of(&ended).await
    }

    async fn pending_of(&self, cycles: &[Cycle<DepthOf<P>>]) -> Result<Vec<Cycle<DepthOf<P>>>> {
        let markers = Markers::new(&self.djelme, self.djelme.resolved::<P::Report>()?)?;
        self.djelme.refresh::<P::Report>().await?;
        markers.refresh().await?;
        let mut pending = Vec::new();
        for cycles in cycles.chunks(CYCLES_AT_ONCE as usize) {
            let (Some(first), Some(last)) = (cycles.first(), cycles.last()) else { continue };
            let counts = self.djelme.report_counts::<P::Report>(cycles).await?;
            let runs = markers.between(*first, *last).await?;
            pending.extend(cycles.iter().filter(|cycle| {
                let stored = counts.get(cycle).copied().unwrap_or_default();
                !runs.get(cycle).is_some_and(|run| run.is_complete(**cycle) && run.is_whole(stored))
            }));
        }
        Ok(pending)
    }

    async fn run_one(
        &self,
        cycle: Cycle<DepthOf<P>>,
        steps: &Steps<'_, DepthOf<P>>,
    ) -> Result<CycleRun<DepthOf<P>>> {
        let run = run(&self.djelme, self.reporter, cycle, self.remove_stale, steps).await;
        let run = run.map_err(|source| Error::ReportStopped {
            record_type: P::Report::TYPE.rust_name.to_string(),
            cycle: cycle.to_string(),
            source: Box::new(source),
        })?;
        steps.complete(cycle, run.reports);
        Ok(run)
    }

    fn has_ended(&self, cycle: Cycle<DepthOf<P>>) -> bool {
        self.include_unended || cycle.end() <= Utc::now()
    }

    fn steps(&self, cycles: usize, done: usize) -> Steps<'_, DepthOf<P>> {
        Steps { on_progress: &self.on_progress, cycles: cycles as u64, done: done as u64 }
    }
}

impl<P: Reporter> fmt::Debug for Reporting<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporting")
            .field("reports", &P::Report::TYPE.rust_name)
            .field("include_unended", &self.include_unended)
            .field("remove_stale", &self.remove_stale)
            .finish_non_exhaustive()
    }
}

/// Tells how far a run has come.
pub(super) struct Steps<'a, D: CycleDepth> {
    on_progress: &'a OnProgress<'a, D>,
    cycles: u64,
    /// Before this run.
    done: u64,
}

impl<D: CycleDepth> Steps<'_, D> {
    /// So many reports on the cycle are stored.
    pub(super) fn stored(&self, cycle: Cycle<D>, reports: u64) {
        self.tell(Progress { cycle, reports, cycles_done: self.done, cycles: self.cycles });
    }

    fn complete(&self, cycle: Cycle<D>, reports: u64) {
        self.tell(Progress { cycle, reports, cycles_done: self.done + 1, cycles: self.cycles });
    }

    fn tell(&self, progress: Progress<D>) {
        if let Some(told) = self.on_progress {
            told(&progress);
        }
    }
}

impl<D: CycleDepth> fmt::Debug for Steps<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps")
            .field("cycles", &self.cycles)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}
