//! One record at a time under one (index, id): a late retry of an older write would win over a newer one.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

use super::queued::{Queued, RecordState};

/// The ids that are not yet at an end, and the records that wait for them.
///
/// An id is kept as a number of 64 bits made from it. Two ids that share one number would wait for each other without
/// need, and nothing else.
#[derive(Debug, Default)]
pub(super) struct Keys {
    hasher: RandomState,
    unresolved: HashMap<u64, VecDeque<Queued>>,
}

impl Keys {
    /// The number of the index and id that an action line names; never 0.
    pub(super) fn of(&self, action: &[u8]) -> u64 {
        self.hasher.hash_one(action) | 1
    }

    /// Whether a record with this key may be sent: none before it is unresolved. From now on one is.
    pub(super) fn enter(&mut self, key: u64) -> bool {
        let mut first = false;
        self.unresolved.entry(key).or_insert_with(|| {
            first = true;
            VecDeque::new()
        });
        first
    }

    /// Keeps a record until those before it are at an end.
    pub(super) fn wait(&mut self, key: u64, queued: Queued) {
        self.unresolved.entry(key).or_default().push_back(queued);
    }

    /// The record with this key is at an end; the next one that waited for it may be sent.
    pub(super) fn leave(&mut self, key: u64) -> Option<Queued> {
        let waiting = self.unresolved.get_mut(&key)?;
        let next = waiting.pop_front();
        if next.is_none() {
            self.unresolved.remove(&key);
        }
        next
    }

    /// Everything that waits, in the order of each id.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Queued> {
        self.unresolved.drain().flat_map(|(_, waiting)| waiting)
    }
}

/// How many records of each flush's time are not yet at an end.
#[derive(Debug)]
pub(super) struct Epochs {
    first: u64,
    /// Of the first epoch that has any, and of those after it; the last one is open.
    pending: VecDeque<u64>,
}

impl Default for Epochs {
    fn default() -> Self {
        Self { first: 0, pending: VecDeque::from([0]) }
    }
}

impl Epochs {
    /// Counts a record; returns its epoch.
    pub(super) fn begin(&mut self) -> u64 {
        if let Some(pending) = self.pending.back_mut() {
            *pending += 1;
        }
        self.first + self.pending.len() as u64 - 1
    }

    pub(super) fn end(&mut self, record: &RecordState) {
        let position = usize::try_from(record.epoch - self.first).unwrap_or(usize::MAX);
        if let Some(pending) = self.pending.get_mut(position) {
            *pending -= 1;
        }
        self.forget_empty();
    }

    /// Ends the epoch; what was counted so far is at an end once [`is_over`](Self::is_over).
    pub(super) fn next(&mut self) -> u64 {
        let epoch = self.first + self.pending.len() as u64 - 1;
        self.pending.push_back(0);
        self.forget_empty();
        epoch
    }

    pub(super) fn is_over(&self, epoch: u64) -> bool {
        self.first > epoch
    }

    fn forget_empty(&mut self) {
        while self.pending.len() > 1 && self.pending.front() == Some(&0) {
            self.pending.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_over_when_all_before_its_end_are() {
        let mut epochs = Epochs::default();
        let of = |epoch| RecordState { epoch, ..RecordState::default() };
        let (a, b) = (epochs.begin(), epochs.begin());
        let first = epochs.next();
        let c = epochs.begin();
        let second = epochs.next();
        epochs.end(&of(c));
        epochs.end(&of(a));
        assert!(!epochs.is_over(first) && !epochs.is_over(second));
        epochs.end(&of(b));
        assert!(epochs.is_over(first) && epochs.is_over(second));
        assert!(epochs.is_over(epochs.first - 1));
    }
}
