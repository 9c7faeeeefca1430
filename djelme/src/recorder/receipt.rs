//! The promise of one record's end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use djelme_core::outcome::Outcome;
use tokio::sync::oneshot;

use crate::writes::Recorded;

/// What [`push_tracked`](super::Recorder::push_tracked) gives for a record: where it will lie, and, awaited, how it
/// ended. Dropping it changes nothing for the record.
///
/// Every outcome can be the answer: also `Rejected`, and `Abandoned` after a shut-down.
#[derive(Debug)]
#[must_use = "await it to learn how the record ended; `push` is for records whose end nobody waits for"]
pub struct Receipt {
    pub(super) index: String,
    pub(super) id: String,
    pub(super) end: oneshot::Receiver<Recorded>,
}

impl Receipt {
    /// The index that the record goes to.
    #[must_use]
    pub fn index(&self) -> &str {
        &self.index
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Future for Receipt {
    type Output = Recorded;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Recorded> {
        let end = ready!(Pin::new(&mut self.end).poll(context));
        // Without an answer, the recorder was lost with its runtime.
        Poll::Ready(end.unwrap_or_else(|_| Recorded {
            index: self.index.clone(),
            id: self.id.clone(),
            outcome: Outcome::Abandoned,
            version: None,
            unindexed_keywords: Vec::new(),
        }))
    }
}
