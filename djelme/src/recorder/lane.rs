//! The lane of one record type: its open batch, what waits to be sent, and whether it is blocked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use djelme_core::document::{BatchBuilder, BatchItem};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::backoff::{backoff, jittered, later};
use super::builder::Limits;
use super::disk::Overflow;
use super::engine::Engine;
use super::in_flight::InFlight;
use super::keys::{Epochs, Keys};
use super::queued::{Collector, Queued, RecordState, held_bytes};
use super::stats::Counts;
use crate::resolve::ResolvedType;

/// One record type's way to its backend.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) position: usize,
    pub(super) resolved: Arc<ResolvedType>,
    pub(super) in_flight: Arc<InFlight>,
    /// Told whenever there may be something to do.
    pub(super) changed: Notify,
    state: Mutex<LaneState>,
}

impl Lane {
    pub(super) fn new(position: usize, resolved: Arc<ResolvedType>, in_flight: Arc<InFlight>) -> Self {
        let unique = resolved.type_ref.has_unique_ids();
        let state = Mutex::new(LaneState::new(unique));
        Self { position, resolved, in_flight, changed: Notify::new(), state }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, LaneState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that the recorder holds for this item.
    pub(super) fn held_bytes(&self, item: &BatchItem) -> usize {
        held_bytes(item, self.resolved.type_ref.has_unique_ids())
    }

    pub(super) fn type_name(&self) -> &str {
        &self.resolved.type_ref.rust_name
    }
}

/// Why nothing of a type can be stored, and when that is tried again.
#[derive(Debug)]
pub(super) struct Blocked {
    pub(super) since: DateTime<Utc>,
    pub(super) reason: String,
    /// Tries since then.
    pub(super) probes: u32,
    pub(super) probe_at: Instant,
}

/// What the lane's driver does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Send,
    WaitUntil(Instant),
    Wait,
    End,
}

/// Records taken out to be sent.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) queued: Queued,
    /// Whether it asks if the type is still blocked.
    pub(super) probe: bool,
}

#[derive(Debug)]
pub(super) struct LaneState {
    pub(super) counts: Counts,
    open: Collector,
    seal_at: Option<Instant>,
    /// What the next batch may need, after those before it: bytes and records.
    room: (usize, usize),
    /// The most bytes of a batch, once the server refused a larger one.
    pub(super) largest: Option<usize>,
    /// Sealed batches by when they may be sent.
    queue: VecDeque<Queued>,
    pub(super) overflow: Overflow,
    pub(super) keys: Option<Keys>,
    pub(super) epochs: Epochs,
    pub(super) in_flight: usize,
    /// Requests that were answered item by item.
    pub(super) answered: u64,
    /// Requests without an answer since the last one with.
    pub(super) failures: u32,
    pub(super) paused_until: Option<Instant>,
    pub(super) blocked: Option<Blocked>,
    pub(super) last_error: Option<(DateTime<Utc>, String)>,
    /// Why no record is taken any more.
    pub(super) closed: Option<&'static str>,
    /// Nothing is sent any more.
    pub(super) abandoned: bool,
}

impl LaneState {
    fn new(unique: bool) -> Self {
        Self {
            counts: Counts::default(),
            open: Collector::default(),
            seal_at: None,
            room: (0, 0),
            largest: None,
            queue: VecDeque::new(),
            overflow: Overflow::default(),
            keys: unique.then(Keys::default),
            epochs: Epochs::default(),
            in_flight: 0,
            answered: 0,
            failures: 0,
            paused_until: None,
            blocked: None,
            last_error: None,
            closed: None,
            abandoned: false,
        }
    }

    /// Takes the one record of this builder. Returns whether the driver has to know.
    pub(super) fn accept(
        &mut self,
        encoded: &BatchBuilder,
        mut record: RecordState,
        engine: &Engine,
    ) -> bool {
        self.counts.accept();
        record.epoch = self.epochs.begin();
        self.enqueue(encoded, record, engine)
    }

    /// Takes a record that lies on the disk alone.
    pub(super) fn accept_on_disk(&mut self, mut record: RecordState) {
        self.counts.accept();
        record.epoch = self.epochs.begin();
        self.overflow.push(record);
    }

    /// Puts a record that was taken into the open batch. Returns whether the driver has to know.
    pub(super) fn enqueue(
        &mut self,
        encoded: &BatchBuilder,
        mut record: RecordState,
        engine: &Engine,
    ) -> bool {
        let limits = &engine.limits;
        if let (Some(keys), [item]) = (&mut self.keys, encoded.items()) {
            record.key = keys.of(&encoded.body()[item.action.clone()]);
            if !keys.enter(record.key) {
                keys.wait(record.key, Queued::one(encoded, record));
                return false;
            }
        }
        let full = self.largest.unwrap_or(limits.batch_bytes).min(limits.batch_bytes);
        let mut wake = false;
        if self.open.len() > 0 && self.open.bytes() + encoded.bytes() > full {
            wake |= self.seal();
        }
        if self.open.len() == 0 {
            self.open = engine.spares.take(self.room);
            self.seal_at = Some(later(Instant::now(), jittered(limits.batch_age)));
            wake = true;
        }
        self.open.extend(encoded, record);
        if self.open.len() >= limits.batch_records || self.open.bytes() >= full {
            wake |= self.seal();
        }
        wake
    }

    /// Closes the open batch; from now on it can be sent.
    pub(super) fn seal(&mut self) -> bool {
        self.seal_at = None;
        let Some(sealed) = self.open.take() else { return false };
        // Records differ a little in size; one short batch does not mean that the next one is.
        let (bytes, records) = (sealed.batch.body().len(), sealed.len());
        self.room = (self.room.0.div_ceil(2).max(bytes + bytes / 16), self.room.1.div_ceil(2).max(records));
        self.insert(sealed, Instant::now());
        true
    }

    /// Puts records back into the queue, to be sent at this time at the soonest.
    pub(super) fn insert(&mut self, mut queued: Queued, at: Instant) {
        queued.at = Some(at);
        let position = self.queue.partition_point(|other| other.at <= queued.at);
        self.queue.insert(position, queued);
    }

    /// Puts records back so that they are sent before all others.
    pub(super) fn insert_first(&mut self, mut queued: Queued, now: Instant) {
        queued.at = self.queue.front().and_then(|first| first.at).min(Some(now)).or(Some(now));
        self.queue.push_front(queued);
    }

    /// What to do now.
    pub(super) fn next(&self, now: Instant) -> Next {
        if self.abandoned || (self.closed.is_some() && self.counts.pending == 0) {
            return Next::End;
        }
        if self.in_flight >= self.allowed() {
            return Next::Wait;
        }
        let first = self.queue.front().and_then(|queued| queued.at);
        let earliest = first.into_iter().chain(self.seal_at).min();
        let at = match (&self.blocked, earliest) {
            (_, None) => return Next::Wait,
            (Some(blocked), _) => blocked.probe_at,
            (None, Some(at)) => self.paused_until.map_or(at, |until| until.max(at)),
        };
        if at <= now { Next::Send } else { Next::WaitUntil(at) }
    }

    /// A lane in trouble has one request at a time, so that it leaves the others to the types that fare well.
    fn allowed(&self) -> usize {
        if self.blocked.is_some() || self.failures > 0 { 1 } else { usize::MAX }
    }

    /// Takes out what is to be sent now.
    pub(super) fn take(&mut self, now: Instant, limits: &Limits) -> Option<Request> {
        if self.next(now) != Next::Send {
            return None;
        }
        let first_at = self.queue.front().and_then(|queued| queued.at);
        if self.seal_at.is_some_and(|at| at <= now) || first_at.is_none() {
            self.seal();
        }
        let mut queued = self.queue.pop_front()?;
        let probe = self.blocked.is_some();
        if probe && queued.len() > 1 {
            let rest = queued.split_off(1);
            self.insert_first(rest, now);
        } else if !probe {
            queued = self.merged(queued, now, limits);
        }
        self.in_flight += 1;
        Some(Request { queued, probe })
    }

    /// Few records that are to be sent again go together with others that are.
    fn merged(&mut self, first: Queued, now: Instant, limits: &Limits) -> Queued {
        let fits = |sum: (usize, usize), next: &Queued| {
            next.mergeable
                && next.at <= Some(now)
                && sum.0 + next.len() <= limits.batch_records
                && sum.1 + next.batch.body().len() <= self.largest.unwrap_or(limits.batch_bytes)
        };
        let mut sum = (first.len(), first.batch.body().len());
        if !first.mergeable || !self.queue.front().is_some_and(|next| fits(sum, next)) {
            return first;
        }
        let mut all = Collector::default();
        all.add_all(first);
        while let Some(next) = self.queue.pop_front_if(|next| fits(sum, next)) {
            sum = (sum.0 + next.len(), sum.1 + next.batch.body().len());
            all.add_all(next);
        }
        all.take().unwrap_or_default()
    }

    /// The type is blocked, for the first time or still.
    pub(super) fn block(&mut self, reason: String, now: Instant) {
        let blocked = self.blocked.get_or_insert_with(|| Blocked {
            since: Utc::now(),
            reason: String::new(),
            probes: 0,
            probe_at: now,
        });
        blocked.probes += 1;
        blocked.probe_at = later(now, backoff(blocked.probes, None));
        blocked.reason = reason;
    }

    pub(super) fn failed(&mut self, message: String) {
        self.last_error = Some((Utc::now(), message));
    }

    /// No waits any more: everything may be sent, and a blocked type be tried, at once.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.seal();
        self.queue.iter_mut().for_each(|queued| queued.at = queued.at.min(Some(now)));
        self.paused_until = None;
        if let Some(blocked) = &mut self.blocked {
            (blocked.probes, blocked.probe_at) = (0, now);
        }
    }

    /// Everything that is not in flight, taken out for good.
    pub(super) fn drain(&mut self) -> Vec<Queued> {
        self.seal();
        let waiting: Vec<_> = self.keys.iter_mut().flat_map(Keys::drain).collect();
        self.queue.drain(..).chain(waiting).collect()
    }
}
