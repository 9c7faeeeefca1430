//! The memory that a recorder holds: a bound in bytes over all lanes, and who waits for room, first come, first served.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Bytes of records, from when they are taken until they have come to their end.
pub(super) struct Memory {
    limit: usize,
    state: Mutex<State>,
}

struct State {
    held: usize,
    lanes: Vec<LaneShare>,
    /// How many wait, in all lanes.
    waiting: usize,
    /// The next place in the line.
    ticket: u64,
    closed: bool,
}

#[derive(Default)]
struct LaneShare {
    held: usize,
    blocked: bool,
    waiting: VecDeque<Waiter>,
}

struct Waiter {
    ticket: u64,
    bytes: usize,
    granted: oneshot::Sender<()>,
}

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRoom {
    /// There is none now.
    Now,
    /// There never will be: the record alone is larger than its type may hold.
    Ever,
}

impl Memory {
    pub(super) fn new(limit: usize, lanes: usize) -> Self {
        let lanes = (0..lanes).map(|_| LaneShare::default()).collect();
        let state = State { held: 0, lanes, waiting: 0, ticket: 0, closed: false };
        Self { limit, state: Mutex::new(state) }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Bytes held now, by all lanes.
    pub(super) fn held(&self) -> usize {
        self.state().held
    }

    /// Bytes held now by this lane.
    pub(super) fn held_by(&self, lane: usize) -> usize {
        self.state().lanes.get(lane).map_or(0, |lane| lane.held)
    }

    /// Whether there can be room for such a record.
    pub(super) fn check(&self, bytes: usize) -> Result<(), NoRoom> {
        if bytes > self.limit / 4 { Err(NoRoom::Ever) } else { Ok(()) }
    }

    /// Takes room if there is some, and nobody came before.
    pub(super) fn try_take(&self, lane: usize, bytes: usize) -> Result<(), NoRoom> {
        self.check(bytes)?;
        let mut state = self.state();
        let overtakes = state.waiting > 0 && self.would_overtake(&state, lane);
        if overtakes || state.held + bytes > self.limit || !self.lane_has_room(&state, lane, bytes) {
            return Err(NoRoom::Now);
        }
        state.take(lane, bytes);
        Ok(())
    }

    /// Waits in line for room. `None` once the recorder is closed.
    pub(super) async fn take(&self, lane: usize, bytes: usize) -> Option<()> {
        let (granted, room) = oneshot::channel();
        {
            let mut state = self.state();
            if state.closed {
                return None;
            }
            state.wait(lane, bytes, granted);
            self.grant(&mut state);
        }
        let mut line = Line { memory: self, lane, bytes, room };
        let granted = (&mut line.room).await;
        // What was granted is now the caller's.
        line.bytes = 0;
        granted.ok()
    }

    /// A record has a few bytes more than it had, or less, whatever the limit.
    pub(super) fn resize(&self, lane: usize, (had, has): (usize, usize)) {
        let mut state = self.state();
        state.take(lane, has);
        state.give_back(lane, had);
    }

    /// Gives room back.
    pub(super) fn give_back(&self, lane: usize, bytes: usize) {
        let mut state = self.state();
        state.give_back(lane, bytes);
        self.grant(&mut state);
    }

    /// A blocked lane takes no more than a quarter.
    pub(super) fn set_blocked(&self, lane: usize, blocked: bool) {
        let mut state = self.state();
        if let Some(share) = state.lanes.get_mut(lane) {
            share.blocked = blocked;
        }
        self.grant(&mut state);
    }

    /// Nobody waits any more.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.waiting = 0;
        state.lanes.iter_mut().for_each(|lane| lane.waiting.clear());
    }

    /// Gives room to those who wait, in their order; whose lane is at its own limit does not hold up the others.
    fn grant(&self, state: &mut State) {
        while state.waiting > 0 {
            let Some((lane, bytes)) = self.first(state) else { return };
            if state.held + bytes > self.limit {
                return;
            }
            state.take(lane, bytes);
            if state.leave(lane).is_none_or(|waiter| waiter.granted.send(()).is_err()) {
                state.give_back(lane, bytes);
            }
        }
    }

    /// Who has waited longest of those whose lane has room: the lane and the bytes.
    fn first(&self, state: &mut State) -> Option<(usize, usize)> {
        for lane in 0..state.lanes.len() {
            while state.lanes[lane].waiting.front().is_some_and(|waiter| waiter.granted.is_closed()) {
                state.leave(lane);
            }
        }
        let heads = state.lanes.iter().enumerate().filter_map(|(lane, share)| {
            let waiter = share.waiting.front()?;
            self.lane_has_room(state, lane, waiter.bytes).then_some((waiter.ticket, lane, waiter.bytes))
        });
        heads.min().map(|(_, lane, bytes)| (lane, bytes))
    }

    /// Whether a record of this lane, taken now, would come before one that waits and could be next.
    fn would_overtake(&self, state: &State, lane: usize) -> bool {
        let waits = |(position, share): (usize, &LaneShare)| {
            share
                .waiting
                .front()
                .is_some_and(|waiter| position == lane || self.lane_has_room(state, position, waiter.bytes))
        };
        state.lanes.iter().enumerate().any(waits)
    }

    /// A blocked lane may hold a quarter, and no lane more than three quarters, so that a lane which turns out to be
    /// blocked leaves room for the others.
    fn lane_has_room(&self, state: &State, lane: usize, bytes: usize) -> bool {
        let Some(share) = state.lanes.get(lane) else { return false };
        let most = match (share.blocked, state.lanes.len()) {
            (true, _) => self.limit / 4,
            (false, 1) => self.limit,
            (false, _) => self.limit / 4 * 3,
        };
        share.held + bytes <= most
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait(&mut self, lane: usize, bytes: usize, granted: oneshot::Sender<()>) {
        let ticket = self.ticket;
        if let Some(share) = self.lanes.get_mut(lane) {
            share.waiting.push_back(Waiter { ticket, bytes, granted });
            self.waiting += 1;
            self.ticket += 1;
        }
    }

    fn leave(&mut self, lane: usize) -> Option<Waiter> {
        let waiter = self.lanes.get_mut(lane)?.waiting.pop_front()?;
        self.waiting -= 1;
        Some(waiter)
    }

    /// Takes those out of the line who have left it.
    fn forget_gone(&mut self, lane: usize) {
        if let Some(share) = self.lanes.get_mut(lane) {
            let before = share.waiting.len();
            share.waiting.retain(|waiter| !waiter.granted.is_closed());
            self.waiting -= before - share.waiting.len();
        }
    }

    fn take(&mut self, lane: usize, bytes: usize) {
        self.held += bytes;
        if let Some(share) = self.lanes.get_mut(lane) {
            share.held += bytes;
        }
    }

    fn give_back(&mut self, lane: usize, bytes: usize) {
        self.held -= bytes;
        if let Some(share) = self.lanes.get_mut(lane) {
            share.held -= bytes;
        }
    }
}

/// A place in the line. Who leaves it gives back what was granted in the same moment.
struct Line<'a> {
    memory: &'a Memory,
    lane: usize,
    bytes: usize,
    room: oneshot::Receiver<()>,
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        self.room.close();
        let granted = self.room.try_recv().is_ok();
        let mut state = self.memory.state();
        if granted {
            state.give_back(self.lane, self.bytes);
        } else {
            state.forget_gone(self.lane);
        }
        self.memory.grant(&mut state);
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("limit", &self.limit).field("held", &self.held()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn polled(line: std::pin::Pin<&mut impl Future<Output = Option<()>>>) -> Poll<Option<()>> {
        line.poll(&mut Context::from_waker(Waker::noop()))
    }

    fn full() -> Memory {
        let memory = Memory::new(100, 1);
        (0..4).for_each(|_| memory.try_take(0, 25).unwrap());
        memory
    }

    #[test]
    fn room_that_is_granted_to_one_who_leaves_in_that_moment_is_given_back() {
        let memory = full();
        {
            let mut leaves = pin!(memory.take(0, 20));
            assert!(polled(leaves.as_mut()).is_pending());
            memory.give_back(0, 25);
            assert_eq!(memory.held(), 95);
        }
        assert_eq!((memory.held(), memory.held_by(0)), (75, 75));
    }

    #[test]
    fn who_leaves_the_line_lets_the_next_one_have_the_room() {
        let memory = full();
        let mut next = pin!(memory.take(0, 5));
        {
            let mut first = pin!(memory.take(0, 25));
            assert!(polled(first.as_mut()).is_pending());
            assert!(polled(next.as_mut()).is_pending());
            memory.give_back(0, 10);
            assert!(polled(next.as_mut()).is_pending());
        }
        assert_eq!(polled(next.as_mut()), Poll::Ready(Some(())));
        assert_eq!(memory.held(), 95);
    }
}
