//! Ends: flushing, shutting down, and being dropped without either.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use djelme_core::document::WriteOp;
use djelme_core::outcome::Outcome;
use djelme_core::{Error, Result};
use tokio::time::{Instant, timeout_at};

use super::backoff::later;
use super::engine::Engine;
use super::lane::{Lane, LaneState};
use super::queued::Queued;
use super::settle::{Ended, finish, tell};
use super::stats::RecorderStats;

/// How a recorder ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use = "it has the records that could not be sent"]
pub struct Shutdown {
    /// The final counts; nothing is pending any more.
    pub stats: RecorderStats,
    /// Records that were not stored as far as is known, each counted as abandoned. With a disk buffer they are also
    /// kept there, with those of earlier runs that were not taken up yet, and the next recorder sends them; it may open
    /// the folder at once.
    pub unsent: Vec<Unsent>,
    /// Records that lie in the disk buffer alone, under [`WhenFull::DiskBuffer`](super::WhenFull::DiskBuffer): counted as
    /// abandoned too, not among the unsent, and sent by the next recorder.
    pub on_disk: u64,
}

/// A record that was handed back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsent {
    /// The Rust path of its type.
    pub record_type: String,
    /// The index that it was meant for.
    pub index: String,
    /// Its id; sent again under it, the record is stored only once.
    pub id: String,
    /// What was to be done.
    pub op: WriteOp,
    /// The document, byte for byte.
    pub source: Bytes,
    /// Whether a request held it whose answer is not known: it may be stored.
    pub may_be_stored: bool,
}

impl Engine {
    pub(super) async fn flush(&self) -> Result<()> {
        // What an earlier run left was taken before, too. A type that is stuck may hold up the reading of it.
        let is_stuck = || self.lanes.iter().any(|lane| lane.state().is_stuck());
        self.until(|| !self.is_replaying() || is_stuck()).await;
        let epochs: Vec<_> = self
            .lanes
            .iter()
            .map(|lane| {
                let mut state = lane.state();
                state.seal();
                let epoch = state.epochs.next();
                drop(state);
                lane.changed.notify_one();
                epoch
            })
            .collect();
        let is_settled = |(lane, epoch): (&Lane, &u64)| {
            let state = lane.state();
            state.epochs.is_over(*epoch) || state.is_stuck()
        };
        self.until(|| self.lanes.iter().zip(&epochs).all(is_settled)).await;
        self.lanes.iter().zip(epochs).try_for_each(|(lane, epoch)| {
            let state = lane.state();
            match &state.blocked {
                _ if state.epochs.is_over(epoch) => Ok(()),
                Some(blocked) => Err(Error::Blocked {
                    record_type: lane.type_name().into(),
                    reason: blocked.reason.clone(),
                }),
                None => Err(Error::Closed("its records can no longer be sent")),
            }
        })
    }

    pub(super) async fn shutdown(&self, within: Duration) -> Shutdown {
        let deadline = later(Instant::now(), within);
        self.close("it was shut down");
        // Past the deadline, what is in flight is given up and the rest handed back.
        let _ = timeout_at(deadline, self.settled(LaneState::is_settled)).await;
        self.abandon.send_replace(true);
        for lane in &self.lanes {
            lane.state().abandoned = true;
            lane.changed.notify_one();
        }
        self.settled(|state| state.in_flight == 0).await;
        let unsent: Vec<_> = self.lanes.iter().flat_map(|lane| self.hand_back(lane)).collect();
        let on_disk = self.lanes.iter().map(|lane| lane.state().abandon_overflow()).sum();
        self.progress.send_replace(());
        if let Some(journal) = self.journal.clone() {
            self.until(|| !self.is_replaying()).await;
            // It waits for the disk.
            let left = tokio::task::spawn_blocking(move || journal.leave()).await;
            left.unwrap_or_else(
                |error| tracing::error!(%error, "the disk buffer was not brought to the disk"),
            );
        }
        let stats = self.stats();
        if unsent.is_empty() && on_disk == 0 {
            tracing::info!(stats = ?stats.total, "the recorder was shut down");
        } else {
            let unsent = unsent.len();
            tracing::error!(unsent, on_disk, stats = ?stats.total, "the recorder was shut down with records unsent");
        }
        Shutdown { stats, unsent, on_disk }
    }

    /// Waits until this holds for every lane, or nothing can change any more.
    async fn settled(&self, holds: impl Fn(&LaneState) -> bool) {
        self.until(|| self.lanes.iter().all(|lane| holds(&lane.state()))).await;
    }

    /// Waits until this holds, or nothing can change any more.
    async fn until(&self, holds: impl Fn() -> bool) {
        let mut progress = self.progress.subscribe();
        while !holds() && !self.is_stopped() {
            if progress.changed().await.is_err() {
                return;
            }
        }
    }

    fn is_replaying(&self) -> bool {
        self.replaying.load(Ordering::Acquire)
    }

    /// Ends everything that the lane still holds.
    fn hand_back(&self, lane: &Lane) -> Vec<Unsent> {
        let left = lane.state().drain();
        let mut unsent = Vec::new();
        for queued in left {
            unsent.extend(copies(lane, &queued));
            let (batch, records) = queued.into_parts();
            let ended: Vec<_> = records
                .map(|(position, record)| Ended {
                    position,
                    record,
                    outcome: Outcome::Abandoned,
                    version: None,
                })
                .collect();
            tell(self, lane, &batch, &ended);
            lane.state().count(&ended);
            finish(self, lane, &batch, ended);
        }
        unsent
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// The last clone of the recorder is gone. Its tasks go on by themselves as long as their runtime does.
    pub(super) fn dropped(&self) {
        let pending = self.pending();
        if pending > 0 {
            tracing::error!(
                pending,
                stats = ?self.stats().total,
                "the recorder was dropped without `shutdown`; its records are sent only as long as the runtime lives"
            );
        }
        self.close("it was dropped");
    }
}

fn copies(lane: &Lane, queued: &Queued) -> Vec<Unsent> {
    let pairs = queued.batch.items().iter().zip(&queued.records);
    pairs
        .map(|(item, record)| Unsent {
            record_type: lane.type_name().into(),
            index: queued.batch.index(item).into(),
            id: queued.batch.id(item).into_owned(),
            op: item.op,
            source: queued.batch.source(item),
            may_be_stored: record.tries.sent > 0,
        })
        .collect()
}

impl LaneState {
    /// Blocked, and nothing under way that could change that.
    fn is_stuck(&self) -> bool {
        self.blocked.is_some() && self.in_flight == 0
    }

    /// Empty, or stuck even after one more try.
    fn is_settled(&self) -> bool {
        self.counts.pending == 0
            || (self.is_stuck() && self.blocked.as_ref().is_some_and(|blocked| blocked.probes > 0))
    }
}
