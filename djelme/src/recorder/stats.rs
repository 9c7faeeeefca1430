//! What became of the records: counts that sum, at every instant.

use std::ops::AddAssign;

use djelme_core::outcome::Outcome;

/// How many records ended how.
///
/// At every instant, `offered = refused + accepted` and
/// `accepted = pending + stored + already_stored + duplicate + replaced + rejected + abandoned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Records given to the recorder. One whose `push` still waits for room, or was dropped while it waited, does
    /// not count.
    pub offered: u64,
    /// Not taken: by a hook, for a value or a time that cannot be stored, or because the recorder was full or closed.
    pub refused: u64,
    /// Taken.
    pub accepted: u64,
    /// Taken, and not yet at an end.
    pub pending: u64,
    /// Stored under a new id.
    pub stored: u64,
    /// Found stored by an earlier request of the recorder, whose answer did not arrive.
    pub already_stored: u64,
    /// Not stored, since another record has the id.
    pub duplicate: u64,
    /// Stored in the place of an older record.
    pub replaced: u64,
    /// Refused by the server for good.
    pub rejected: u64,
    /// Handed back by a shut-down before they were stored.
    pub abandoned: u64,
    /// Beside the sum: how often a record was sent again.
    pub retries: u64,
    /// Beside the sum: `_bulk` requests.
    pub requests: u64,
    /// Beside the sum: bytes of their bodies.
    pub bytes: u64,
}

impl Counts {
    /// Whether the sums hold, as they always do.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.offered == self.refused + self.accepted && self.accepted == self.pending + self.ended()
    }

    /// Records that have come to their end.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.stored + self.already_stored + self.duplicate + self.replaced + self.rejected + self.abandoned
    }

    pub(super) fn refuse(&mut self) {
        self.offered += 1;
        self.refused += 1;
    }

    pub(super) fn accept(&mut self) {
        self.offered += 1;
        self.accepted += 1;
        self.pending += 1;
    }

    /// `Outcome` may get more variants; each has its own count before it can occur here.
    pub(super) fn end(&mut self, outcome: &Outcome) {
        self.pending -= 1;
        *match outcome {
            Outcome::Stored => &mut self.stored,
            Outcome::AlreadyStored => &mut self.already_stored,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::Replaced => &mut self.replaced,
            Outcome::Rejected(_) => &mut self.rejected,
            _ => &mut self.abandoned,
        } += 1;
    }
}

impl AddAssign<&Self> for Counts {
    fn add_assign(&mut self, other: &Self) {
        self.offered += other.offered;
        self.refused += other.refused;
        self.accepted += other.accepted;
        self.pending += other.pending;
        self.stored += other.stored;
        self.already_stored += other.already_stored;
        self.duplicate += other.duplicate;
        self.replaced += other.replaced;
        self.rejected += other.rejected;
        self.abandoned += other.abandoned;
        self.retries += other.retries;
        self.requests += other.requests;
        self.bytes += other.bytes;
    }
}

/// The counts of a recorder, by record type and in sum.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RecorderStats {
    /// All types together.
    pub total: Counts,
    /// Each type that was offered a record.
    pub types: Vec<TypeStats>,
}

/// The counts of one record type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeStats {
    /// The Rust path of the type.
    pub record_type: String,
    /// Its counts.
    pub counts: Counts,
}

impl RecorderStats {
    pub(super) fn new(types: Vec<TypeStats>) -> Self {
        let mut total = Counts::default();
        types.iter().for_each(|of| total += &of.counts);
        Self { total, types }
    }
}
