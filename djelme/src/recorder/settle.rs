//! What an answer means for the records of a request, and for their lane.

use std::time::Duration;

use djelme_core::backend::DocumentVersion;
use djelme_core::document::{Batch, WriteOp};
use djelme_core::outcome::Outcome;
use tokio::time::Instant;

use super::backoff::{backoff, later};
use super::engine::Engine;
use super::lane::{Lane, LaneState, Request};
use super::queued::{Collector, Queued, RecordState};
use crate::attempt::{Attempt, Fate};
use crate::writes::Recorded;

/// A record at its end.
pub(super) struct Ended {
    pub(super) position: usize,
    pub(super) record: RecordState,
    pub(super) outcome: Outcome,
    pub(super) version: Option<DocumentVersion>,
}

/// Brings records to their end or back into the queue, as the attempt says.
pub(super) fn settle(engine: &Engine, lane: &Lane, request: Request, attempted: Attempt) {
    let Request { queued, probe } = request;
    match attempted {
        Attempt::Answered(fates) => answered(engine, lane, queued, fates, probe),
        Attempt::Retry { error, after, .. } => {
            let wait = unanswered(lane, queued, &error.to_string(), after, probe);
            tracing::warn!(record_type = lane.type_name(), %error, ?wait, "a request of the recorder is retried");
        }
        Attempt::Blocked { reason, .. } => {
            let mut state = lane.state();
            state.in_flight -= 1;
            state.insert_first(queued, Instant::now());
            let newly = block(&mut state, &reason);
            drop(state);
            blocked(engine, lane, newly, &reason);
        }
        Attempt::Split { error, too_large } => {
            tracing::debug!(record_type = lane.type_name(), %error, "a request of the recorder is halved");
            let mut state = lane.state();
            state.in_flight -= 1;
            state.answered += 1;
            (state.failures, state.paused_until) = (0, None);
            if too_large {
                state.largest = Some(queued.batch.body().len() / 2);
            }
            halve(&mut state, queued, Instant::now());
        }
    }
    engine.progressed(lane);
}

fn halve(state: &mut LaneState, mut queued: Queued, at: Instant) {
    let tail = queued.split_off(queued.len() / 2);
    state.insert(queued, at);
    state.insert(tail, at);
}

/// The request as a whole is sent again. Returns after which time.
fn unanswered(
    lane: &Lane,
    mut queued: Queued,
    error: &str,
    after: Option<Duration>,
    probe: bool,
) -> Duration {
    let now = Instant::now();
    let mut state = lane.state();
    state.in_flight -= 1;
    state.failed(error.to_owned());
    if let Some(blocked) = state.blocked.as_mut().filter(|_| probe) {
        blocked.probes += 1;
        let wait = backoff(blocked.probes, after);
        blocked.probe_at = later(now, wait);
        state.insert_first(queued, now);
        return wait;
    }
    state.failures += 1;
    let wait = backoff(state.failures, after);
    let at = later(now, wait);
    state.paused_until = Some(at);
    // Other requests were answered meanwhile, so the fault may be in one of these records: find out which.
    if queued.failed_after.is_some_and(|then| then < state.answered) && queued.len() > 1 {
        queued.failed_after = Some(state.answered);
        halve(&mut state, queued, at);
    } else {
        queued.failed_after = Some(state.answered);
        queued.mergeable = false;
        state.insert(queued, at);
    }
    wait
}

fn answered(engine: &Engine, lane: &Lane, queued: Queued, fates: Vec<Fate>, probe: bool) {
    let mut ended = Vec::with_capacity(queued.len());
    let mut again = Again::default();
    let Queued { batch, mut records, .. } = queued;
    for ((position, record), fate) in records.drain(..).enumerate().zip(fates) {
        match fate {
            // Its condition failed, perhaps by its own write whose answer was lost: look again whose the document is.
            Fate::Ended(Outcome::Duplicate, _) if record.has_earlier() && !is_create(&batch, position) => {
                again.send_as(engine, lane, WriteOp::Create, (&batch, position), record);
            }
            Fate::Ended(outcome, version) => ended.push(Ended { position, record, outcome, version }),
            Fate::Taken(found) if record.is_newer_than(&found.source) => {
                let op = WriteOp::IndexIf(found.version);
                again.send_as(engine, lane, op, (&batch, position), record);
            }
            Fate::Taken(_) => {
                ended.push(Ended { position, record, outcome: Outcome::Duplicate, version: None });
            }
            Fate::Retry { reason, .. } => {
                again.tries = again.tries.max(record.tries.sent);
                again.retry.add(&batch, position, record);
                again.retried_for.get_or_insert(reason);
            }
            Fate::Blocked { reason } => {
                again.blocked.add(&batch, position, record);
                again.blocked_by.get_or_insert(reason);
            }
        }
    }
    tell(engine, lane, &batch, &ended);
    log(lane, &again, &ended);
    let blocked_by = again.blocked_by.clone();
    let mut state = lane.state();
    state.in_flight -= 1;
    // The server takes more than it seemed: only a record of the refused request was too large.
    state.largest = state.largest.map(|largest| largest.max(batch.body().len()));
    let unblocked = probe && blocked_by.is_none() && !ended.is_empty() && state.blocked.take().is_some();
    state.count(&ended);
    let newly = state.put_back(again, ended.is_empty(), probe);
    drop(state);
    if let Some(reason) = blocked_by {
        blocked(engine, lane, newly, &reason);
    } else if unblocked {
        engine.memory.set_blocked(lane.position, false);
        tracing::info!(record_type = lane.type_name(), "the type is no longer blocked");
    }
    finish(engine, lane, &batch, ended);
    if let Some(spare) = Collector::reuse(batch, records) {
        engine.spares.keep(spare);
    }
}

/// Records of a request that are to be sent again.
#[derive(Default)]
struct Again {
    retry: Collector,
    retried_for: Option<String>,
    /// The most that one of them was sent.
    tries: u32,
    blocked: Collector,
    blocked_by: Option<String>,
}

impl Again {
    /// A record of an earlier run, whose way to write it depends on what has its id.
    fn send_as(
        &mut self,
        engine: &Engine,
        lane: &Lane,
        op: WriteOp,
        (batch, position): (&Batch, usize),
        record: RecordState,
    ) {
        self.retried_for.get_or_insert_with(|| "an earlier record of the same run has the id".into());
        let bytes = self.retry.add_as(op, batch, position, record);
        engine.memory.resize(lane.position, bytes);
    }
}

fn is_create(batch: &Batch, position: usize) -> bool {
    batch.items().get(position).is_some_and(|item| item.op == WriteOp::Create)
}

fn log(lane: &Lane, again: &Again, ended: &[Ended]) {
    let record_type = lane.type_name();
    if let Some(reason) = &again.retried_for {
        let records = again.retry.len();
        tracing::warn!(record_type, records, reason, "records are retried");
    }
    let mut rejected = ended.iter().filter_map(|ended| match &ended.outcome {
        Outcome::Rejected(rejection) => Some(rejection),
        _ => None,
    });
    if let Some(first) = rejected.next() {
        let records = 1 + rejected.count();
        tracing::error!(record_type, records, reason = %first, "the server rejected records for good");
    }
}

impl LaneState {
    /// Counts records at their end, and lets those follow that waited for their ids.
    pub(super) fn count(&mut self, ended: &[Ended]) {
        let mut followers = Collector::default();
        for Ended { record, outcome, .. } in ended {
            self.counts.end(outcome);
            self.epochs.end(record);
            if let Some(next) = self.keys.as_mut().and_then(|keys| keys.leave(record.key)) {
                followers.add_all(next);
            }
        }
        if let Some(mut followers) = followers.take() {
            followers.mergeable = true;
            self.insert(followers, Instant::now());
        }
    }

    /// Puts records back. `alone`: no record of the request came to its end. Returns whether the type is blocked only
    /// now.
    fn put_back(&mut self, mut again: Again, alone: bool, probe: bool) -> bool {
        let now = Instant::now();
        let mut at = now + backoff(again.tries, None);
        match &again.retried_for {
            Some(reason) if alone => {
                self.failed(reason.clone());
                self.failures += 1;
                at = now + backoff(self.failures, None);
                self.paused_until = Some(at);
            }
            reason => {
                if let Some(reason) = reason {
                    self.failed(reason.clone());
                }
                self.answered += 1;
                (self.failures, self.paused_until) = (0, None);
            }
        }
        if let Some(mut retry) = again.retry.take() {
            retry.mergeable = true;
            self.insert(retry, at);
        }
        if let Some(waiting) = again.blocked.take() {
            self.insert_first(waiting, now);
        }
        match &again.blocked_by {
            Some(reason) => block(self, reason),
            None => {
                if let Some(blocked) = self.blocked.as_mut().filter(|_| probe) {
                    blocked.probes += 1;
                    blocked.probe_at = at;
                }
                false
            }
        }
    }
}

/// Returns whether the type was not blocked before.
fn block(state: &mut LaneState, reason: &str) -> bool {
    let newly = state.blocked.is_none();
    state.failed(reason.to_owned());
    state.block(reason.to_owned(), Instant::now());
    newly
}

fn blocked(engine: &Engine, lane: &Lane, newly: bool, reason: &str) {
    engine.memory.set_blocked(lane.position, true);
    if newly {
        tracing::error!(
            record_type = lane.type_name(),
            reason,
            "the type is blocked; its records wait until that is mended"
        );
    }
}

/// Tells the hooks and observers of each end, once what was rejected is in the file of dead letters.
pub(super) fn tell(engine: &Engine, lane: &Lane, batch: &Batch, ended: &[Ended]) {
    if let Some(rejected) = &engine.rejected {
        rejected.write(lane, batch, ended);
    }
    for ended in ended {
        if let Some(item) = batch.items().get(ended.position) {
            engine.tell(lane, batch, item, &ended.outcome);
        }
    }
}

/// Gives back the memory and the room on the disk of records at their end, and resolves their receipts.
pub(super) fn finish(engine: &Engine, lane: &Lane, batch: &Batch, ended: Vec<Ended>) {
    if let Some(journal) = &engine.journal {
        // What was handed back stays there for the next run.
        let through = ended.iter().filter(|ended| ended.outcome != Outcome::Abandoned);
        journal.ended(through.map(|ended| ended.record.place));
    }
    let mut bytes = 0;
    for Ended { position, record, outcome, version } in ended {
        let Some(item) = batch.items().get(position) else { continue };
        bytes += lane.held_bytes(item);
        if let Some(extra) = record.extra
            && let Some(receipt) = extra.receipt
        {
            // Nobody may be waiting for it any more.
            let _ = receipt.send(Recorded {
                index: batch.index(item).to_owned(),
                id: batch.id(item).into_owned(),
                outcome,
                version,
                unindexed_keywords: extra.unindexed_keywords,
            });
        }
    }
    engine.memory.give_back(lane.position, bytes);
}
