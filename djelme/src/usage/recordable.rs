//! What can be recorded: a record by itself, or a counted usage with its visitor.

use djelme_core::record::{CountedUsageRecord, Record, RecordedAlone};
use djelme_core::usage::{CountedUsage, UsageBy, Visitor};

/// What [`Djelme::record`](crate::Djelme::record) and the recorder take: a reference to a record, or a counted usage with
/// its visitor, [`usage.by(&visitor)`](CountedUsageRecord::by).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be recorded",
    label = "more is needed to record it",
    note = "a counted usage is recorded with its visitor: `record(usage.by(&visitor))`",
    note = "a simple record without `unique_together(..)` is stored under an id: `put(id, &record)`",
    note = "other records are given as references: `record(&record)`"
)]
pub trait Recordable: Copy + Send + sealed::Sealed {
    /// The type of the record.
    type Record: Record;

    /// The record.
    fn record(&self) -> &Self::Record;

    /// Of a counted usage: what was used, and who used it.
    #[doc(hidden)]
    fn usage(&self) -> Option<(&CountedUsage, &Visitor<'_>)>;
}

#[diagnostic::do_not_recommend]
impl<R: Record + RecordedAlone> Recordable for &R {
    type Record = R;

    fn record(&self) -> &R {
        self
    }

    fn usage(&self) -> Option<(&CountedUsage, &Visitor<'_>)> {
        None
    }
}

impl<R: CountedUsageRecord> Recordable for UsageBy<'_, R> {
    type Record = R;

    fn record(&self) -> &R {
        UsageBy::record(self)
    }

    fn usage(&self) -> Option<(&CountedUsage, &Visitor<'_>)> {
        Some((UsageBy::record(self).usage(), self.visitor()))
    }
}

mod sealed {
    use super::{CountedUsageRecord, Record, RecordedAlone, UsageBy};

    pub trait Sealed {}

    impl<R: Record + RecordedAlone> Sealed for &R {}
    impl<R: CountedUsageRecord> Sealed for UsageBy<'_, R> {}
}
