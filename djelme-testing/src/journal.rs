//! What was asked: every request, and which documents were on their way at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::script::{Call, Request};

/// A record of the requests. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    entries: Mutex<Entries>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Entries {
    requests: Vec<Asked>,
    calls: HashMap<Call, u64>,
    /// The documents of requests that have no answer yet, and which request holds each.
    on_the_way: HashMap<(String, String), usize>,
    bulk_now: usize,
    bulk_most: usize,
    violations: Vec<Violation>,
}

/// A request, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// What it asked for.
    pub call: Call,
    /// The index, the pattern or the template that it named; empty for a batch.
    pub subject: String,
    /// Bytes of its body.
    pub bytes: usize,
    /// Index and id of each document that it named, in order.
    pub documents: Vec<(String, String)>,
}

/// A document that two requests (or one, twice) wanted to write at the same time: which of the two writes comes last is
/// then left to chance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Its index.
    pub index: String,
    /// Its id.
    pub id: String,
    /// The earlier request, by its place in [`Journal::requests`].
    pub first: usize,
    /// The later request; the same if one request held the document twice.
    pub second: usize,
}

impl Journal {
    /// All requests so far, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<Asked> {
        self.entries().requests.clone()
    }

    /// How many requests of this kind came.
    #[must_use]
    pub fn calls(&self, call: Call) -> u64 {
        self.entries().calls.get(&call).copied().unwrap_or_default()
    }

    /// How many batches held this document, whatever became of them.
    #[must_use]
    pub fn sent(&self, index: &str, id: &str) -> usize {
        let entries = self.entries();
        let bulk = entries.requests.iter().filter(|asked| asked.call == Call::Bulk);
        bulk.filter(|asked| asked.documents.iter().any(|(of, held)| of == index && held == id)).count()
    }

    /// The documents that were on their way twice at the same time. A recorder must never cause one.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.entries().violations.clone()
    }

    /// The most batches that were without an answer at the same time.
    #[must_use]
    pub fn most_in_flight(&self) -> usize {
        self.entries().bulk_most
    }

    /// Waits until this many requests of this kind have come.
    pub async fn reached(&self, call: Call, count: u64) {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.calls(call) >= count {
                return;
            }
            changed.await;
        }
    }

    /// Forgets the requests and the violations so far. What is on its way stays known.
    pub fn clear(&self) {
        let mut entries = self.entries();
        entries.requests.clear();
        entries.violations.clear();
        entries.calls.clear();
        entries.bulk_most = entries.bulk_now;
    }

    /// The number that the next request of this kind has.
    pub(crate) fn next_number(&self, call: Call) -> u64 {
        let mut entries = self.entries();
        let number = entries.calls.entry(call).or_default();
        *number += 1;
        *number
    }

    /// Notes a request, which is on its way until the answer to this is dropped.
    pub(crate) fn begin(&self, request: &Request<'_>) -> OnTheWay {
        let documents: Vec<_> =
            request.items.iter().map(|item| (item.index.clone(), item.id.clone())).collect();
        let mut entries = self.entries();
        let number = entries.requests.len();
        let is_bulk = request.call == Call::Bulk;
        let mut held = Vec::new();
        if is_bulk {
            entries.bulk_now += 1;
            entries.bulk_most = entries.bulk_most.max(entries.bulk_now);
            for document in &documents {
                match entries.on_the_way.get(document).copied() {
                    None => {
                        entries.on_the_way.insert(document.clone(), number);
                        held.push(document.clone());
                    }
                    Some(first) => {
                        let (index, id) = document.clone();
                        entries.violations.push(Violation { index, id, first, second: number });
                    }
                }
            }
        }
        let (subject, bytes) = (request.subject.to_owned(), request.bytes);
        entries.requests.push(Asked { call: request.call, subject, bytes, documents });
        drop(entries);
        self.0.changed.notify_waiters();
        OnTheWay { journal: self.clone(), held, is_bulk }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request without an answer so far.
#[derive(Debug)]
pub(crate) struct OnTheWay {
    journal: Journal,
    held: Vec<(String, String)>,
    is_bulk: bool,
}

impl Drop for OnTheWay {
    fn drop(&mut self) {
        let mut entries = self.journal.entries();
        for document in &self.held {
            entries.on_the_way.remove(document);
        }
        if self.is_bulk {
            entries.bulk_now -= 1;
        }
    }
}
