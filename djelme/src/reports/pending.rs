//! Which cycles of a range have reports, and which were reported to the end.

use std::collections::HashMap;

use djelme_core::aggregation::terms;
use djelme_core::field::{Field, FieldPath, kind};
use djelme_core::record::CyclicReport;
use djelme_core::record_type::TIMESERIES_TIMEPARTS;
use djelme_core::search::Search;
use djelme_core::time::{Cycle, CycleDepth, Cycles, IntoTimeBound};
use djelme_core::{Error, Result};

use crate::Djelme;

/// How many cycles one request asks about; Elasticsearch gives at most so many hits.
pub(super) const CYCLES_AT_ONCE: u32 = 10_000;

/// The most cycles of one call: a century of hours.
const MOST_CYCLES: usize = 1_000_000;

impl Djelme {
    /// The cycles that start within the range and have no report, in order. Of a type with many reports on a cycle, one
    /// is enough. Exact for any number of cycles; what was written before is seen.
    ///
    /// ```no_run
    /// # use djelme::time::{Cycle, Month};
    /// # use djelme::{CyclicReport, Djelme};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Debug, Serialize, Deserialize, CyclicReport)]
    /// # #[djelme(app_label = "shop", timedepth = "year")]
    /// # struct MonthlySales { cycle_coverage: Cycle<Month>, orders: u64 }
    /// # async fn look(djelme: Djelme) -> djelme::Result<()> {
    /// for month in djelme.gaps::<MonthlySales>((2025,), (2026,)).await? {
    ///     println!("no report on {month}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Time`] if an end is not a time; [`Error::Range`] if the range is reversed or empty, or holds more than
    /// a million cycles; [`Error::ClosedIndexes`] if a part of it cannot be searched; and the backend's own.
    pub async fn gaps<R: CyclicReport>(
        &self,
        from: impl IntoTimeBound,
        until: impl IntoTimeBound,
    ) -> Result<Vec<Cycle<R::Depth>>> {
        let cycles: Vec<_> = bounded::<R::Depth>(from, until)?.collect();
        self.refresh::<R>().await?;
        let mut gaps = Vec::new();
        for cycles in cycles.chunks(CYCLES_AT_ONCE as usize) {
            let counts = self.report_counts::<R>(cycles).await?;
            gaps.extend(cycles.iter().filter(|cycle| !counts.contains_key(cycle)));
        }
        Ok(gaps)
    }

    /// How many reports there are on each of these cycles, which follow each other. Sees what is refreshed.
    pub(super) async fn report_counts<R: CyclicReport>(
        &self,
        cycles: &[Cycle<R::Depth>],
    ) -> Result<HashMap<Cycle<R::Depth>, u64>> {
        let mut counts = HashMap::new();
        let mut open = vec![cycles];
        while let Some(cycles) = open.pop() {
            let (Some(first), Some(last)) = (cycles.first(), cycles.last()) else { continue };
            let field: Field<String, kind::Version> =
                Field::new(FieldPath::ROOT.join(TIMESERIES_TIMEPARTS), ());
            let each = terms("cycles", field).size(CYCLES_AT_ONCE);
            let search: Search<R> = R::search_timeseries_range(*first, after(*last)?)?.size(0).strict();
            let found = search.aggregate(&each).send(self).await?.aggregation(&each)?;
            if found.sum_other_doc_count() == 0 {
                let buckets = found.buckets().iter();
                // What is no such cycle covers another length, from before the type's cycles had this one.
                counts.extend(
                    buckets.filter_map(|bucket| {
                        Some((bucket.key().as_str()?.parse().ok()?, bucket.doc_count()))
                    }),
                );
            } else if cycles.len() > 1 {
                // Other lengths make more values than there are cycles.
                let (head, tail) = cycles.split_at(cycles.len() / 2);
                open.extend([head, tail]);
            } else {
                let most = CYCLES_AT_ONCE;
                return Err(Error::UnexpectedAnswer(format!(
                    "the reports of {first} cover more than {most} different times, so it is no cycle of one length"
                )));
            }
        }
        Ok(counts)
    }
}

/// The cycles of a range, if there are not too many to go through.
pub(super) fn bounded<D: CycleDepth>(
    from: impl IntoTimeBound,
    until: impl IntoTimeBound,
) -> Result<Cycles<D>> {
    let (from, until) = (from.into_time_bound()?, until.into_time_bound()?);
    let cycles = Cycle::<D>::within(from, until)?;
    if cycles.len() > MOST_CYCLES {
        return Err(Error::Range {
            given: format!("{from} until {until}"),
            reason: format!(
                "it holds {} cycles of a {}, and at most {MOST_CYCLES} can be gone through at once",
                cycles.len(),
                D::DEPTH
            ),
        });
    }
    Ok(cycles)
}

/// The cycle after this one, where a range that holds it ends.
pub(super) fn after<D: CycleDepth>(cycle: Cycle<D>) -> Result<Cycle<D>> {
    cycle.next().ok_or_else(|| Error::Time {
        given: cycle.to_string(),
        reason: "the last cycle of the year 9999 cannot be reported on".into(),
    })
}
