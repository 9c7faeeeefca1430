//! The four kinds of records, and what is given beside each when it is written.

use serde_json::json;

use super::{Record, TimeseriesRecord};
use crate::error::{Error, Result};
use crate::field::kind::Gate;
use crate::query::Query;
use crate::record_type::TIMESERIES_TIMEPARTS;
use crate::search::{Search, Sort};
use crate::time::{Cycle, CycleDepth, IntoTimeBound};
use crate::usage::{CountedUsage, UsageBy, Visitor};

/// Something that happened at a time, kept for ever as it was.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event record",
    note = "derive `djelme::EventRecord` for `{Self}`"
)]
pub trait EventRecord: TimeseriesRecord + RecordedAlone {}

/// A use of an item, to be counted by sessions. It is recorded with its visitor, who is not stored.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a counted usage",
    label = "not a counted usage record",
    note = "derive `djelme::CountedUsageRecord` for `{Self}`"
)]
pub trait CountedUsageRecord: TimeseriesRecord {
    /// What was used, in COUNTER's terms.
    fn usage(&self) -> &CountedUsage;

    /// The usage with its visitor, as it is recorded: `djelme.record(usage.by(&visitor))`. The visitor is hashed to the id
    /// of a session, and not stored.
    fn by<'a>(&'a self, visitor: &'a Visitor<'a>) -> UsageBy<'a, Self> {
        UsageBy::new(self, visitor)
    }
}

/// A report on one cycle of time, written again when it is computed again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cyclic report",
    label = "not a cyclic report",
    note = "derive `djelme::CyclicReport` for `{Self}`"
)]
pub trait CyclicReport: TimeseriesRecord + RecordedAlone {
    /// How long a cycle is. It has nothing to do with how long an index is: monthly reports fit into yearly indexes.
    type Depth: CycleDepth;

    /// The cycle that the report covers.
    fn cycle(&self) -> Cycle<Self::Depth>;

    /// A search for the latest report: of all, or of those that a filter leaves.
    ///
    /// ```
    /// use djelme_core::record::CyclicReport;
    ///
    /// fn latest<R: CyclicReport>() -> djelme_core::Result<()> {
    ///     assert_eq!(R::latest().body()?["size"], 1);
    ///     Ok(())
    /// }
    /// ```
    fn latest() -> Search<Self> {
        Self::search().sort(by_cycle("desc")).size(1)
    }

    /// A search for the reports on the cycle that holds this time, given as a cycle, a tuple of time parts
    /// `(2026, 2)`, a date or a string.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if it names no such cycle: the year 2026 is no month.
    fn at(cycle: impl IntoTimeBound) -> Result<Search<Self>> {
        let cycle = Cycle::<Self::Depth>::new(cycle)?;
        let next = cycle.next().ok_or_else(|| Error::Time {
            given: cycle.to_string(),
            reason: "no report can be on the last cycle of the year 9999".to_owned(),
        })?;
        // A range alone would take in reports on parts of the cycle, from before the type's cycles had their length.
        let exact = json!({ "term": { TIMESERIES_TIMEPARTS: { "value": cycle.to_string() } } });
        Ok(Self::search_timeseries_range(cycle, next)?.filter(Query::from(exact)))
    }

    /// A search for the reports on the cycles that start from `from` (inclusive) until `until` (exclusive), in the order
    /// of the cycles.
    ///
    /// # Errors
    /// As [`search_timeseries_range`](TimeseriesRecord::search_timeseries_range).
    fn between(from: impl IntoTimeBound, until: impl IntoTimeBound) -> Result<Search<Self>> {
        Ok(Self::search_timeseries_range(from, until)?.sort(by_cycle("asc")))
    }
}

fn by_cycle(order: &str) -> Sort {
    Sort::by(TIMESERIES_TIMEPARTS.to_owned(), "version", order)
}

/// A document in the one index of its type, without a time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a simple record",
    label = "not a simple record",
    note = "derive `djelme::SimpleRecord` for `{Self}`"
)]
pub trait SimpleRecord: Record {}

/// A record that needs nothing else to be written: its id is made of its fields, or is new.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be recorded by itself",
    label = "more is needed to record it",
    note = "a counted usage is recorded with its visitor: `record(usage.by(&visitor))`",
    note = "a simple record without `unique_together(..)` is stored under an id: `put(id, &record)`"
)]
pub trait RecordedAlone<const ALONE: bool = true>: Record {}

/// A simple record without unique fields: its id is given when it is written.
#[diagnostic::on_unimplemented(
    message = "no id can be given to `{Self}`",
    label = "its id is made by djelme",
    note = "record it by itself, `record(&record)`; an id is given to a simple record without `unique_together(..)`"
)]
pub trait RecordedUnderId<const UNDER_ID: bool = true>: Record {}

/// A type that can be the `cycle_coverage` of a report.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the `cycle_coverage` of a report",
    label = "not a cycle",
    note = "use `Cycle<Year>`, `Cycle<Month>`, `Cycle<Day>` or `Cycle<Hour>` of `djelme::time`; the type says how long a cycle is"
)]
pub trait CycleCoverage {
    #[doc(hidden)]
    const OK: bool = true;
    /// The depth of the cycle.
    type Depth: CycleDepth;
    /// The cycle.
    fn coverage(&self) -> Cycle<Self::Depth>;
}

impl<D: CycleDepth> CycleCoverage for Cycle<D> {
    type Depth = D;

    fn coverage(&self) -> Self {
        *self
    }
}

/// What the derives write for the type of `cycle_coverage`: `T` itself. As with
/// [`KindOf`](crate::field::kind::KindOf), a type that is no cycle is an error only here.
#[doc(hidden)]
pub type CycleOf<T, const OK: bool> = <Gate<OK> as ViaCycle<T>>::Is;

#[doc(hidden)]
pub trait ViaCycle<T> {
    /// `T`.
    type Is: CycleCoverage;
}

impl<T: CycleCoverage> ViaCycle<T> for Gate<true> {
    type Is = T;
}
