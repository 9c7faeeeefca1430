//! Where a reporter puts its reports: batches, checked and written as they fill.

use std::collections::HashMap;

use bytes::Bytes;
use djelme_core::document::{Batch, BatchBuilder, Given};
use djelme_core::error::BrokenTotal;
use djelme_core::query;
use djelme_core::record::CyclicReport;
use djelme_core::response::Hit;
use djelme_core::search::Search;
use djelme_core::time::Cycle;
use djelme_core::{Error, Result};
use serde_json::Value;

use super::Total;
use super::run::Run;
use super::total::whole_number;
use crate::Djelme;

/// When a batch is sent, whichever comes first.
const BATCH_REPORTS: usize = 1_000;
const BATCH_BYTES: usize = 5 << 20;

/// The reports on one cycle, on their way to the store; handed to [`Reporter::report`](super::Reporter::report).
#[derive(Debug)]
pub struct Reports<'a, R: CyclicReport> {
    run: Run<'a, R>,
    builder: BatchBuilder,
    /// For each report of the batch, the id that its item has on the cycle before. Only where totals are checked.
    previous_ids: Vec<String>,
    pushed: u64,
    unchecked: u64,
    previous_is_visible: bool,
    /// Why a batch was not stored. The reporter may have gone on all the same.
    lost: Option<String>,
}

impl<'a, R: CyclicReport> Reports<'a, R> {
    pub(super) fn new(run: Run<'a, R>) -> Self {
        Self {
            run,
            builder: BatchBuilder::default(),
            previous_ids: Vec::new(),
            pushed: 0,
            unchecked: 0,
            previous_is_visible: false,
            lost: None,
        }
    }

    /// The cycle to report on.
    #[must_use]
    pub fn cycle(&self) -> Cycle<R::Depth> {
        self.run.cycle
    }

    /// The handle, for searches.
    #[must_use]
    pub fn djelme(&self) -> &'a Djelme {
        self.run.djelme
    }

    /// Takes a report, and sends it with others once they fill a batch.
    ///
    /// # Errors
    /// Of this report: [`Error::Record`] if a value cannot be stored, a unique part is missing, or the report is on
    /// another cycle, [`Error::Refused`] by a hook. Of the batch, after which the run cannot succeed:
    /// [`Error::NotCumulative`] and those of [`Djelme::record`].
    pub async fn push(&mut self, report: &R) -> Result<()> {
        let run = &self.run;
        if report.cycle() != run.cycle {
            let reason = format!("the report is on {}, and the run on {}", report.cycle(), run.cycle);
            return Err(run.problem("cycle_coverage", reason));
        }
        run.djelme.encode_given(run.resolved, report, Given::NOTHING, run.started, &mut self.builder)?;
        self.pushed += 1;
        if let Some(previous) = run.previous.filter(|_| !run.totals.is_empty()) {
            self.previous_ids.push(id_on(report, previous)?);
        }
        if self.builder.len() >= BATCH_REPORTS || self.builder.bytes() >= BATCH_BYTES {
            self.flush().await?;
        }
        Ok(())
    }

    /// The report of the previous cycle that has the same other unique fields as this one; `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Record`] if a unique field is missing, [`Error::Decode`] if the report that is there does not decode,
    /// [`Error::Backend`] and the like from the store.
    pub async fn previous(&self, report: &R) -> Result<Option<R>> {
        let run = &self.run;
        let Some(previous) = run.previous else { return Ok(None) };
        let index = run.resolved.naming.index_name(previous.parts())?;
        let found = run.resolved.backend.get(&index, &id_on(report, previous)?).await?;
        found.map(|found| Hit::from(found).record()).transpose()
    }

    /// The same for many reports, in their order, by one request for each thousand.
    ///
    /// # Errors
    /// As [`previous`](Self::previous).
    pub async fn previous_all(&mut self, reports: &[R]) -> Result<Vec<Option<R>>> {
        let Some(previous) = self.run.previous else {
            return Ok(std::iter::repeat_with(|| None).take(reports.len()).collect());
        };
        let mut found = Vec::with_capacity(reports.len());
        for reports in reports.chunks(BATCH_REPORTS) {
            let ids: Vec<_> = reports.iter().map(|report| id_on(report, previous)).collect::<Result<_>>()?;
            let hits = self.hits_on(previous, &ids).await?;
            for id in &ids {
                found.push(hits.get(id).map(Hit::record).transpose()?);
            }
        }
        Ok(found)
    }

    /// Sends what is left. Returns how many reports there are, and how many totals could not be checked.
    pub(super) async fn finish(mut self) -> Result<(Run<'a, R>, u64, u64)> {
        self.flush().await?;
        match self.lost {
            Some(reason) => Err(Error::Reporter(
                format!("it went on although reports of it could not be stored: {reason}").into(),
            )),
            None => Ok((self.run, self.pushed, self.unchecked)),
        }
    }

    async fn flush(&mut self) -> Result<()> {
        let sent = self.send().await;
        self.previous_ids.clear();
        if let Err(error) = &sent {
            self.lost.get_or_insert_with(|| error.to_string());
        }
        sent
    }

    async fn send(&mut self) -> Result<()> {
        let batch = self.builder.finish();
        if batch.items().is_empty() {
            return Ok(());
        }
        if let Some(previous) = self.run.previous.filter(|_| !self.run.totals.is_empty()) {
            self.check_totals(&batch, previous).await?;
        } else if !self.run.totals.is_empty() {
            self.unchecked += batch.items().len() as u64;
        }
        let run = &self.run;
        for end in run.djelme.write(run.resolved, &batch).await? {
            end?;
        }
        run.progress.stored(run.cycle, self.pushed);
        Ok(())
    }

    /// Compares each total with the one of the cycle before.
    async fn check_totals(&mut self, batch: &Batch, previous: Cycle<R::Depth>) -> Result<()> {
        let ids = std::mem::take(&mut self.previous_ids);
        let hits = self.hits_on(previous, &ids).await?;
        for (item, previous_id) in batch.items().iter().zip(&ids) {
            let last = hits.get(previous_id).and_then(Hit::source);
            if last.is_none() && !self.run.previous_is_complete {
                self.unchecked += 1;
                continue;
            }
            let (this, last) = (self.document(&batch.source(item))?, last.map(|last| self.document(last)));
            let last = last.transpose()?.unwrap_or_default();
            for total in &self.run.totals {
                self.check_total(total, &this, &last, &batch.id(item), previous)?;
            }
        }
        Ok(())
    }

    fn check_total(
        &self,
        Total { total, new }: &Total,
        this: &Value,
        last: &Value,
        id: &str,
        previous: Cycle<R::Depth>,
    ) -> Result<()> {
        let number = |document, field: &str| {
            whole_number(document, field).map_err(|reason| self.run.problem(field, reason))
        };
        let broken = BrokenTotal {
            cycle: self.run.cycle.to_string(),
            id: id.to_owned(),
            field: total.clone(),
            total: number(this, total)?,
            previous: previous.to_string(),
            last: number(last, total)?,
            new_field: new.clone(),
            new: number(this, new)?,
        };
        if broken.last + broken.new == broken.total {
            return Ok(());
        }
        Err(Error::NotCumulative(Box::new(broken)))
    }

    fn document(&self, source: &Bytes) -> Result<Value> {
        serde_json::from_slice(source).map_err(|error| self.run.problem("", error.to_string()))
    }

    /// The reports on a cycle that has ended with these ids, at most a batch.
    async fn hits_on(&mut self, cycle: Cycle<R::Depth>, ids: &[String]) -> Result<HashMap<String, Hit<R>>> {
        let run = &self.run;
        if !self.previous_is_visible {
            run.resolved.backend.refresh(&run.resolved.naming.wildcard(&cycle.parts())).await?;
            self.previous_is_visible = true;
        }
        let search: Search<R> = R::at(cycle)?.filter(query::ids(ids)).size(BATCH_REPORTS as u32).strict();
        let hits = search.send(run.djelme).await?.into_hits();
        Ok(hits.into_iter().map(|hit| (hit.id().to_owned(), hit)).collect())
    }
}

/// The id that the report would have on another cycle.
fn id_on<R: CyclicReport>(report: &R, cycle: Cycle<R::Depth>) -> Result<String> {
    let mut key = R::TYPE.key().on_cycle(cycle);
    report.unique_parts(&mut key);
    key.finish()
}
