//! The thread that makes writes visible without being asked.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::Shared;
use crate::error::Refusal;

/// The thread of a store.
pub(super) struct Refresher {
    alarm: Arc<Alarm>,
    thread: Option<JoinHandle<()>>,
}

/// When the thread is to work next.
#[derive(Default)]
struct Alarm {
    plan: Mutex<Plan>,
    changed: Condvar,
}

#[derive(Default)]
struct Plan {
    due: Option<Instant>,
    stopped: bool,
}

impl Refresher {
    pub(super) fn start(shared: &Arc<Shared>) -> Result<Self, Refusal> {
        let alarm = Arc::<Alarm>::default();
        let (of_thread, shared) = (Arc::clone(&alarm), Arc::downgrade(shared));
        let thread =
            thread::Builder::new().name("djelme-refresh".into()).spawn(move || run(&of_thread, &shared))?;
        Ok(Self { alarm, thread: Some(thread) })
    }

    /// Wakes the thread by this moment.
    pub(super) fn not_later_than(&self, due: Option<Instant>) {
        let Some(due) = due else { return };
        let mut plan = self.alarm.plan();
        if plan.due.is_none_or(|planned| due < planned) {
            plan.due = Some(due);
            self.alarm.changed.notify_one();
        }
    }

    /// Ends the thread, once it is done with what it does.
    pub(super) fn stop(&mut self) {
        self.alarm.plan().stopped = true;
        self.alarm.changed.notify_one();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that refreshes was broken off");
        }
    }
}

impl Alarm {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next moment to work; `false` if there is none any more.
    fn wait(&self) -> bool {
        let mut plan = self.plan();
        loop {
            if plan.stopped {
                return false;
            }
            let now = Instant::now();
            plan = match plan.due {
                Some(due) if due <= now => {
                    plan.due = None;
                    return true;
                }
                Some(due) => {
                    self.changed.wait_timeout(plan, due - now).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(plan).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

fn run(alarm: &Alarm, shared: &Weak<Shared>) {
    while alarm.wait() {
        let Some(shared) = shared.upgrade() else { return };
        let Ok(mut state) = shared.state() else { return };
        if let Err(refusal) = state.commit_due(Instant::now()) {
            tracing::error!(%refusal, "a commit failed; what was written is safe in the log");
        }
        let merged = state.show_merged(Instant::now());
        shared.publish(&state);
        if merged {
            state.remove_unseen();
        }
        let next = state.next_due();
        drop(state);
        let mut plan = alarm.plan();
        plan.due = [plan.due, next].into_iter().flatten().min();
    }
}
