//! What was asked: every request, and which documents were on their way at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::script::{Call, Request};

/// How long a server may take to notice that a client has gone.
const UNNOTICED: Duration = Duration::from_secs(1);

/// A record of the requests. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// A client that gives a request up closes its connection, which a server may notice only after the next request.
    of_a_server: bool,
    entries: Mutex<Entries>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Entries {
    requests: Vec<Asked>,
    seen: usize,
    calls: HashMap<Call, u64>,
    /// The documents of requests that have no answer yet, and which request holds each.
    on_the_way: HashMap<(String, String), usize>,
    bulk_now: usize,
    bulk_most: usize,
    violations: Vec<Violation>,
    /// What is a violation unless the first request turns out to have been given up before the second came.
    suspected: Vec<(Violation, Instant)>,
}

/// A request, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// Counts all requests from 0, also over [`Journal::clear`].
    pub number: usize,
    /// What it asked for.
    pub call: Call,
    /// The request in one line, such as `POST /_bulk`.
    pub line: String,
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
    /// The earlier request, by its [`Asked::number`].
    pub first: usize,
    /// The later request; the same if one request held the document twice.
    pub second: usize,
}

impl Journal {
    pub(crate) fn of_a_server() -> Self {
        Self(Arc::new(Shared { of_a_server: true, ..Shared::default() }))
    }

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
    ///
    /// A document is on its way from the arrival of a request until just before its answer is sent, or until whoever
    /// asked goes away. A server notices the latter late, so that what it sees within a second before is not counted.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let entries = self.entries();
        let old = entries.suspected.iter().filter(|(_, since)| since.elapsed() > UNNOTICED);
        entries.violations.iter().chain(old.map(|(violation, _)| violation)).cloned().collect()
    }

    /// The most batches that were without an answer at the same time. A server counts one that was given up on until
    /// it notices that the client has gone.
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

    /// Notes a request, which is on its way until the result of this is answered or dropped.
    pub(crate) fn begin(&self, request: &Request<'_>, line: String) -> OnTheWay {
        let documents: Vec<_> =
            request.items.iter().map(|item| (item.index.clone(), item.id.clone())).collect();
        let mut entries = self.entries();
        let number = entries.seen;
        entries.seen += 1;
        let is_bulk = request.call == Call::Bulk;
        if is_bulk {
            entries.bulk_now += 1;
            entries.bulk_most = entries.bulk_most.max(entries.bulk_now);
            for document in &documents {
                let Some(first) = entries.on_the_way.insert(document.clone(), number) else { continue };
                let (index, id) = document.clone();
                let violation = Violation { index, id, first, second: number };
                if self.0.of_a_server && first != number {
                    entries.suspected.push((violation, Instant::now()));
                } else {
                    entries.violations.push(violation);
                }
            }
        }
        let (call, subject, bytes) = (request.call, request.subject.to_owned(), request.bytes);
        let held = if is_bulk { documents.clone() } else { Vec::new() };
        entries.requests.push(Asked { number, call, line, subject, bytes, documents });
        drop(entries);
        self.0.changed.notify_waiters();
        OnTheWay { journal: self.clone(), number, held, is_bulk, answered: false }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request without an answer so far.
#[derive(Debug)]
pub(crate) struct OnTheWay {
    journal: Journal,
    number: usize,
    held: Vec<(String, String)>,
    is_bulk: bool,
    answered: bool,
}

impl OnTheWay {
    /// Whoever asked gets an answer now, or sees the connection end.
    pub(crate) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for OnTheWay {
    fn drop(&mut self) {
        let mut entries = self.journal.entries();
        for document in &self.held {
            // A later request may have it now.
            if entries.on_the_way.get(document) == Some(&self.number) {
                entries.on_the_way.remove(document);
            }
        }
        if self.is_bulk {
            entries.bulk_now -= 1;
        }
        let suspected = std::mem::take(&mut entries.suspected);
        for (violation, since) in suspected {
            if violation.first != self.number {
                entries.suspected.push((violation, since));
            } else if self.answered || since.elapsed() > UNNOTICED {
                entries.violations.push(violation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use djelme_core::document::WriteOp;

    use super::*;
    use crate::script::{Item, ItemOp};

    fn begin(journal: &Journal) -> OnTheWay {
        let op = ItemOp::Write(WriteOp::Create);
        let item = Item { position: 0, op, index: "i".to_owned(), id: "a".to_owned(), source: b"{}" };
        let request = Request { call: Call::Bulk, number: 1, subject: "", bytes: 2, items: vec![item] };
        journal.begin(&request, "POST /_bulk".to_owned())
    }

    #[test]
    fn a_server_notices_late_that_a_request_was_given_up() {
        let journal = Journal::of_a_server();
        let (given_up, second) = (begin(&journal), begin(&journal));
        drop(given_up);
        assert_eq!(journal.violations(), []);
        // The second still holds the document.
        let third = begin(&journal);
        second.answered();
        assert_eq!(journal.violations().len(), 1);
        assert_eq!((journal.violations()[0].first, journal.violations()[0].second), (1, 2));
        third.answered();
        begin(&journal).answered();
        assert_eq!(journal.violations().len(), 1);
    }

    #[test]
    fn a_backend_knows_at_once() {
        let journal = Journal::default();
        let (_first, _second) = (begin(&journal), begin(&journal));
        assert_eq!(journal.violations().len(), 1);
    }
}
