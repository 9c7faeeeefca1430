//! How many requests are in flight to one backend: bounded, halved when the server is busy, and grown back.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The bound of one backend, shared by all types that it keeps.
pub(super) struct InFlight {
    permits: Arc<Semaphore>,
    most: usize,
    state: Mutex<State>,
}

struct State {
    limit: usize,
    /// Permits that are still out although the limit was lowered.
    owed: usize,
    /// Answers in a row that did not say busy, since the limit last changed.
    answered: usize,
    /// Counts the halvings, so that the answers of one round halve only once.
    round: u64,
}

/// The right to one request. It is given back when dropped.
pub(super) struct Permit {
    of: Arc<InFlight>,
    permit: Option<OwnedSemaphorePermit>,
    round: u64,
}

impl InFlight {
    pub(super) fn new(most: usize) -> Arc<Self> {
        let state = State { limit: most, owed: 0, answered: 0, round: 0 };
        Arc::new(Self { permits: Arc::new(Semaphore::new(most)), most, state: Mutex::new(state) })
    }

    /// The bound as it is now.
    pub(super) fn limit(&self) -> usize {
        self.state().limit
    }

    /// Waits for a permit, first come, first served. `None` never happens: the semaphore is not closed.
    pub(super) async fn acquire(self: &Arc<Self>) -> Option<Permit> {
        let permit = self.permits.clone().acquire_owned().await.ok()?;
        let round = self.state().round;
        Some(Permit { of: self.clone(), permit: Some(permit), round })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The server was too busy for this request.
    pub(super) fn busy(&self) {
        let mut state = self.of.state();
        if self.round != state.round {
            return;
        }
        state.round += 1;
        state.answered = 0;
        let lowered = (state.limit / 2).max(1);
        let surplus = state.limit - lowered;
        state.limit = lowered;
        state.owed += surplus - self.of.permits.forget_permits(surplus);
    }

    /// The server took the request. One more is allowed after as many such answers as there may be requests.
    pub(super) fn answered(&self) {
        let mut state = self.of.state();
        state.answered += 1;
        if state.answered < state.limit || state.limit == self.of.most {
            return;
        }
        (state.answered, state.limit) = (0, state.limit + 1);
        if state.owed > 0 {
            state.owed -= 1;
        } else {
            self.of.permits.add_permits(1);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.of.state();
        if let Some(permit) = self.permit.take().filter(|_| state.owed > 0) {
            state.owed -= 1;
            permit.forget();
        }
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight").field("limit", &self.limit()).field("most", &self.most).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_bound_is_halved_once_a_round_and_grows_back_one_by_one() {
        let in_flight = InFlight::new(8);
        let mut permits = Vec::new();
        for _ in 0..8 {
            permits.push(in_flight.acquire().await.unwrap());
        }
        permits.iter().for_each(Permit::busy);
        assert_eq!(in_flight.limit(), 4);
        permits.clear();
        assert_eq!(in_flight.permits.available_permits(), 4);
        let permit = in_flight.acquire().await.unwrap();
        (0..4).for_each(|_| permit.answered());
        assert_eq!(in_flight.limit(), 5);
        (0..100).for_each(|_| permit.answered());
        assert_eq!(in_flight.limit(), 8);
        drop(permit);
        assert_eq!(in_flight.permits.available_permits(), 8);
    }

    #[tokio::test]
    async fn one_request_is_always_allowed() {
        let in_flight = InFlight::new(2);
        for _ in 0..5 {
            in_flight.acquire().await.unwrap().busy();
        }
        assert_eq!(in_flight.limit(), 1);
        assert!(in_flight.acquire().await.is_some());
    }
}
