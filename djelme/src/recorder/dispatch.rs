//! One task for each lane, and one for each request in flight.

use std::sync::Arc;

use djelme_core::outcome::Outcome;
use tokio::time::{Instant, sleep_until};

use super::backoff::{backoff, later};
use super::engine::{Engine, Shared};
use super::in_flight::Permit;
use super::lane::{Lane, Next, Request};
use super::settle::settle;
use crate::attempt::{Attempt, Fate, Tries, attempt};

/// Sends what a lane has to send, until it is closed and empty.
pub(super) async fn drive(engine: Shared, position: usize) {
    let Some(lane) = engine.lanes.get(position) else { return };
    let mut runtime = RuntimeEnd(Some(&engine));
    loop {
        let next = lane.state().next(Instant::now());
        match next {
            Next::Send => {
                let Some(permit) = lane.in_flight.acquire().await else { return };
                let request = lane.state().take(Instant::now(), &engine.limits);
                if let Some(request) = request {
                    let flight = Flight::new(engine.clone(), position, request);
                    tokio::spawn(send(flight, permit));
                }
            }
            Next::WaitUntil(at) => {
                tokio::select! {
                    () = lane.changed.notified() => {}
                    () = sleep_until(at) => {}
                }
            }
            Next::Wait => lane.changed.notified().await,
            Next::End => break,
        }
    }
    runtime.0 = None;
}

/// Notices that the task was dropped with its runtime.
struct RuntimeEnd<'a>(Option<&'a Arc<Engine>>);

impl Drop for RuntimeEnd<'_> {
    fn drop(&mut self) {
        if let Some(engine) = self.0 {
            engine.stop();
        }
    }
}

async fn send(mut flight: Flight, permit: Permit) {
    let mut abandon = flight.engine.abandon.subscribe();
    let attempted = {
        let Flight { engine, lane, request, tries } = &mut flight;
        let (Some(lane), Some(request)) = (engine.lanes.get(*lane), request.as_ref()) else { return };
        tokio::select! {
            biased;
            attempted = attempt(&lane.resolved, &request.queued.batch, tries) => attempted,
            _ = abandon.wait_for(|abandoned| *abandoned) => return,
        }
    };
    if is_busy(&attempted) {
        permit.busy();
    } else if let Attempt::Answered(_) = attempted {
        permit.answered();
    }
    drop(permit);
    if flight.engine.rejected.is_some() && has_rejected(&attempted) {
        // The file of dead letters is written first, and that waits for the disk. If the runtime ends before, the
        // flight is dropped and its records go back.
        let settled = tokio::task::spawn_blocking(move || flight.settle(attempted)).await;
        settled.unwrap_or_else(
            |error| tracing::error!(%error, "rejected records could not be brought to their end"),
        );
    } else {
        flight.settle(attempted);
    }
}

fn has_rejected(attempted: &Attempt) -> bool {
    let rejected = |fate: &Fate| matches!(fate, Fate::Ended(Outcome::Rejected(_), _));
    matches!(attempted, Attempt::Answered(fates) if fates.iter().any(rejected))
}

fn is_busy(attempted: &Attempt) -> bool {
    match attempted {
        Attempt::Answered(fates) => fates.iter().any(|fate| matches!(fate, Fate::Retry { busy: true, .. })),
        Attempt::Retry { busy, .. } => *busy,
        Attempt::Blocked { .. } | Attempt::Split { .. } => false,
    }
}

/// Records in flight. Dropped before there is an answer (given up, or the backend panicked), they go back to their
/// lane, which waits a little.
struct Flight {
    engine: Shared,
    lane: usize,
    request: Option<Request>,
    tries: Vec<Tries>,
}

impl Flight {
    fn new(engine: Shared, lane: usize, request: Request) -> Self {
        let tries = request.queued.records.iter().map(|record| record.tries).collect();
        Self { engine, lane, request: Some(request), tries }
    }

    fn settle(mut self, attempted: Attempt) {
        let engine = self.engine.clone();
        if let (Some(lane), Some(request)) = (engine.lanes.get(self.lane), self.land()) {
            settle(&engine, lane, request, attempted);
        }
    }

    /// The records, with the tries that they have had by now.
    fn land(&mut self) -> Option<Request> {
        let mut request = self.request.take()?;
        let mut sent = false;
        for (record, tries) in request.queued.records.iter_mut().zip(&self.tries) {
            sent |= record.tries.sent < tries.sent;
            record.tries = *tries;
        }
        if let Some(lane) = self.engine.lanes.get(self.lane).filter(|_| sent) {
            lane.sent(&request);
        }
        Some(request)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let Some(request) = self.land() else { return };
        let engine = self.engine.clone();
        let Some(lane) = engine.lanes.get(self.lane) else { return };
        let mut state = lane.state();
        state.in_flight -= 1;
        state.failures += 1;
        state.paused_until = Some(later(Instant::now(), backoff(state.failures, None)));
        state.insert_first(request.queued, Instant::now());
        drop(state);
        engine.progressed(lane);
    }
}

impl Lane {
    /// Counts a request that was sent.
    fn sent(&self, request: &Request) {
        let again = request.queued.records.iter().filter(|record| record.tries.sent > 1).count();
        let mut state = self.state();
        state.counts.requests += 1;
        state.counts.bytes += request.queued.batch.body().len() as u64;
        state.counts.retries += again as u64;
    }
}
