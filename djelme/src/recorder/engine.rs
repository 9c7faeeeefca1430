//! What a recorder's clones and its tasks share.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use djelme_core::document::{Batch, BatchItem};
use djelme_core::outcome::Outcome;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::builder::{Limits, Observer, WhenFull};
use super::disk::{DiskBufferHealth, Journal};
use super::health::{RecorderHealth, TypeHealth};
use super::lane::Lane;
use super::memory::Memory;
use super::rejected::RejectedRecords;
use super::spares::Spares;
use super::stats::{RecorderStats, TypeStats};
use crate::Djelme;
use crate::hooks::Saved;

pub(super) struct Engine {
    pub(super) djelme: Djelme,
    pub(super) lanes: Vec<Lane>,
    pub(super) memory: Memory,
    pub(super) spares: Spares,
    pub(super) limits: Limits,
    pub(super) when_full: WhenFull,
    pub(super) observers: Vec<Observer>,
    pub(super) rejected: Option<RejectedRecords>,
    pub(super) journal: Option<Arc<Journal>>,
    /// Whether what an earlier run left is still being read.
    pub(super) replaying: AtomicBool,
    /// Told whenever a record came to lie on the disk alone.
    pub(super) overflowed: Notify,
    /// Told whenever records ended or a type was blocked.
    pub(super) progress: watch::Sender<()>,
    /// Whether what is in flight is to be given up.
    pub(super) abandon: watch::Sender<bool>,
    /// Whether the runtime has ended, so that nothing will be sent any more.
    pub(super) stopped: AtomicBool,
}

impl Engine {
    /// Tells the hooks and the observers of a record's end. Called outside of all locks; one that panics harms nobody
    /// else.
    pub(super) fn tell(&self, lane: &Lane, batch: &Batch, item: &BatchItem, outcome: &Outcome) {
        let hooks = &self.djelme.inner.hooks;
        if self.observers.is_empty() && !hooks.has_post_save() {
            return;
        }
        let saved = Saved {
            record_type: &lane.resolved.type_ref,
            index: batch.index(item),
            id: &batch.id(item),
            outcome,
            source: batch.source(item),
        };
        let told = |tell: &dyn Fn(&Saved<'_>)| {
            if catch_unwind(AssertUnwindSafe(|| tell(&saved))).is_err() {
                tracing::error!(
                    record_type = lane.type_name(),
                    index = saved.index,
                    id = saved.id,
                    "an observer of the recorder panicked; the record's end counts all the same"
                );
            }
        };
        told(&|saved| hooks.post_save(saved));
        self.observers.iter().for_each(|observer| told(&**observer));
    }

    /// Something changed for those who wait for records to end.
    pub(super) fn progressed(&self, lane: &Lane) {
        lane.changed.notify_one();
        self.progress.send_replace(());
    }

    pub(super) fn pending(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.state().counts.pending).sum()
    }

    pub(super) fn stats(&self) -> RecorderStats {
        let of =
            |lane: &Lane| TypeStats { record_type: lane.type_name().into(), counts: lane.state().counts };
        RecorderStats::new(self.lanes.iter().map(of).filter(|of| of.counts.offered > 0).collect())
    }

    pub(super) fn health(&self) -> RecorderHealth {
        let of = |lane: &Lane| TypeHealth::new(lane, self.memory.held_by(lane.position));
        let types: Vec<_> = self.lanes.iter().map(of).collect();
        let dead_letters = self.rejected.as_ref().map(RejectedRecords::health);
        let (held_bytes, memory_limit) = (self.memory.held(), self.memory.limit());
        let overflowed = self.lanes.iter().map(|lane| lane.state().overflow.len()).sum();
        let disk_buffer =
            self.journal.as_ref().map(|journal| DiskBufferHealth { overflowed, ..journal.health() });
        RecorderHealth { held_bytes, memory_limit, types, dead_letters, disk_buffer }
    }

    /// No record is taken any more; what is there is sent as soon as can be.
    pub(super) fn close(&self, reason: &'static str) {
        for lane in &self.lanes {
            let mut state = lane.state();
            state.closed.get_or_insert(reason);
            state.hurry(Instant::now());
            drop(state);
            lane.changed.notify_one();
        }
        self.memory.close();
        self.overflowed.notify_one();
        self.journal.iter().for_each(|journal| journal.close());
    }

    /// The tasks are gone with their runtime.
    pub(super) fn stop(&self) {
        if !self.stopped.swap(true, Ordering::Relaxed) {
            self.close("the runtime that it sends from has ended");
            self.progress.send_replace(());
        }
    }
}

/// Records that nobody can send any more are lost, and that must not pass in silence.
impl Drop for Engine {
    fn drop(&mut self) {
        let lost = self.pending();
        if lost > 0 {
            tracing::error!(
                lost,
                stats = ?self.stats().total,
                "the runtime ended before the recorder was shut down: records are lost; call `shutdown(..).await` first"
            );
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("limits", &self.limits)
            .field("when_full", &self.when_full)
            .field("memory", &self.memory)
            .field("observers", &self.observers.len())
            .finish_non_exhaustive()
    }
}

pub(super) type Shared = Arc<Engine>;
