//! One run over one cycle.

use chrono::{DateTime, SecondsFormat, Utc};
use djelme_core::query::{self, Query};
use djelme_core::record::CyclicReport;
use djelme_core::record_type::CREATED;
use djelme_core::search::Search;
use djelme_core::time::{Cycle, CycleDepth};
use djelme_core::{Error, Result};
use serde_json::json;

use super::marker::Markers;
use super::reporting::Steps;
use super::{Reporter, Reports, Total};
use crate::Djelme;
use crate::resolve::ResolvedType;

/// How many stale reports are named, and removed at once.
const NAMED: u32 = 100;

/// What a run over a cycle did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CycleRun<D: CycleDepth> {
    /// The cycle.
    pub cycle: Cycle<D>,
    /// How many reports were made, all of which are stored.
    pub reports: u64,
    /// How many of them have totals that could not be checked, because the cycle before was not reported.
    pub unchecked: u64,
    /// How many reports on the cycle an earlier run had made and this one did not: of items that have gone since.
    pub stale: u64,
    /// The ids of up to a hundred of them.
    pub stale_ids: Vec<String>,
    /// How many of them were removed, by [`remove_stale`](super::Reporting::remove_stale).
    pub removed: u64,
}

/// What a run is about.
#[derive(Debug)]
pub(super) struct Run<'a, R: CyclicReport> {
    pub(super) djelme: &'a Djelme,
    pub(super) resolved: &'a ResolvedType,
    pub(super) cycle: Cycle<R::Depth>,
    /// When it began: the `created` of all its reports.
    pub(super) started: DateTime<Utc>,
    pub(super) totals: Vec<Total>,
    /// The cycle before; `None` in the year 1.
    pub(super) previous: Option<Cycle<R::Depth>>,
    /// Whether all reports on the cycle before are there.
    pub(super) previous_is_complete: bool,
    pub(super) progress: &'a Steps<'a, R::Depth>,
}

/// Makes all reports on a cycle.
pub(super) async fn run<P: Reporter>(
    djelme: &Djelme,
    reporter: &P,
    cycle: Cycle<<P::Report as CyclicReport>::Depth>,
    remove_stale: bool,
    progress: &Steps<'_, <P::Report as CyclicReport>::Depth>,
) -> Result<CycleRun<<P::Report as CyclicReport>::Depth>> {
    let resolved: &ResolvedType = djelme.resolved::<P::Report>()?;
    if resolved.type_ref.creates_only() {
        return Err(Error::Definition {
            record_type: resolved.type_ref.rust_name.to_string(),
            problem: "a run that is repeated replaces its reports, which `on_conflict = \"keep\"` forbids: remove it"
                .into(),
        });
    }
    let markers = Markers::new(djelme, resolved)?;
    let (totals, previous) = (reporter.totals(), cycle.previous());
    // Before the first change: what builds on this cycle's totals is not complete any more.
    if let Some(next) = cycle.next().filter(|_| !totals.is_empty()) {
        markers.forget(next).await?;
    }
    let previous_is_complete = match previous.filter(|_| !totals.is_empty()) {
        Some(previous) => markers.find(previous).await?.is_some_and(|(run, _)| run.is_complete(previous)),
        None => false,
    };
    let begun = markers.begin(cycle).await?;
    let started = begun.run.started;
    let run = Run { djelme, resolved, cycle, started, totals, previous, previous_is_complete, progress };
    let mut reports = Reports::new(run);
    reporter.report(cycle, &mut reports).await.map_err(own_words)?;
    let (run, reports, unchecked) = reports.finish().await?;
    run.refresh().await?;
    run.check_all_are_there(reports).await?;
    let (stale, stale_ids) = run.stale().await?;
    let removed = if remove_stale && stale > 0 { run.remove_stale(begun.unfinished).await? } else { 0 };
    markers.finish(begun, reports).await?;
    Ok(CycleRun { cycle, reports, unchecked, stale, stale_ids, removed })
}

/// An error of djelme that a reporter handed on is that error.
fn own_words(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    error.downcast::<Error>().map_or_else(Error::Reporter, |error| *error)
}

impl<R: CyclicReport> Run<'_, R> {
    pub(super) fn problem(&self, field: &str, reason: String) -> Error {
        Error::Record { record_type: R::TYPE.rust_name.to_string(), field: field.to_owned(), reason }
    }

    fn search(&self) -> Result<Search<R>> {
        Ok(R::at(self.cycle)?.strict())
    }

    /// Finds every report of the run again: what is missing was overwritten by another with its id.
    async fn check_all_are_there(&self, reports: u64) -> Result<()> {
        let there = self.search()?.filter(created(self.started)).count(self.djelme).await?;
        if there == reports {
            return Ok(());
        }
        let fields = R::TYPE.options.unique_together.unwrap_or_default().join(", ");
        Err(self.problem(
            &fields,
            format!(
                "{reports} reports on {} make {there} documents: several have the same unique fields, so that the last \
                 one took the place of the others; or another run over the cycle was under way",
                self.cycle
            ),
        ))
    }

    /// The reports on the cycle that are not of this run.
    async fn stale(&self) -> Result<(u64, Vec<String>)> {
        let stale = self.search()?.filter(query::not(created(self.started)));
        let found = stale.size(NAMED).track_total_hits(true).without_source().send(self.djelme).await?;
        Ok((found.total().value, found.hits().iter().map(|hit| hit.id().to_owned()).collect()))
    }

    /// Removes them, but those of a run that may still be under way.
    async fn remove_stale(&self, unfinished: Option<DateTime<Utc>>) -> Result<u64> {
        let mut removed = 0;
        loop {
            let mut stale = self.search()?.filter(query::not(created(self.started)));
            if let Some(unfinished) = unfinished {
                stale = stale.filter(query::not(created(unfinished)));
            }
            let found = stale.size(NAMED).without_source().send(self.djelme).await?;
            if found.hits().is_empty() {
                return Ok(removed);
            }
            for hit in found.hits() {
                removed += u64::from(self.djelme.delete(hit).await?);
            }
            self.refresh().await?;
        }
    }

    /// Makes what was written on the cycle visible to searches.
    async fn refresh(&self) -> Result<()> {
        self.resolved.backend.refresh(&self.resolved.naming.wildcard(&self.cycle.parts())).await
    }
}

/// The reports of the run that began then.
fn created(started: DateTime<Utc>) -> Query {
    let value = started.to_rfc3339_opts(SecondsFormat::Millis, true);
    Query::from(json!({ "term": { CREATED: { "value": value } } }))
}
