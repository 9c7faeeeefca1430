//! A counted usage together with who used the item.

use std::fmt;

use super::Visitor;

/// A counted usage with its visitor, to be recorded; made by
/// [`CountedUsageRecord::by`](crate::record::CountedUsageRecord::by).
pub struct UsageBy<'a, R> {
    record: &'a R,
    visitor: &'a Visitor<'a>,
}

impl<'a, R> UsageBy<'a, R> {
    pub(crate) const fn new(record: &'a R, visitor: &'a Visitor<'a>) -> Self {
        Self { record, visitor }
    }

    /// The record.
    #[must_use]
    pub const fn record(&self) -> &'a R {
        self.record
    }

    /// The visitor.
    #[must_use]
    pub const fn visitor(&self) -> &'a Visitor<'a> {
        self.visitor
    }
}

impl<R> Clone for UsageBy<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for UsageBy<'_, R> {}

impl<R: fmt::Debug> fmt::Debug for UsageBy<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsageBy").field("record", &self.record).field("visitor", &self.visitor).finish()
    }
}
