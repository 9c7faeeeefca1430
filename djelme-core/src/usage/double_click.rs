//! COUNTER's rule of double clicks: clicks of one visitor on one item count once, if they follow each other quickly.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use crate::identity::EventId;

/// Who clicked on what, hashed under a key that nobody else has.
pub type ClickKey = [u8; 16];

/// The clicks of late, by which a further one is known as a double click.
///
/// Clicks of which each follows another within the window form a chain: one action, however long it lasts. All of a
/// chain have one id, that of its first click, so that each takes the place of the one before it in the
/// store and the last one stays, as COUNTER has it (Code of Practice 5.1, section 7.2).
///
/// Nothing is read from the store: what is not in memory is not known. It holds a bounded number of chains, those that
/// were continued last. One that has to go while its window is open is counted as
/// [`forgotten`](Self::forgotten): a further click of it becomes an action of its own.
#[derive(Debug)]
pub struct DoubleClicks {
    window: TimeDelta,
    limit: usize,
    chains: HashMap<ClickKey, Chain>,
    /// Every chain once, about in the order of their last clicks.
    queue: VecDeque<(ClickKey, u64)>,
    clicks: u64,
    forgotten: u64,
}

#[derive(Debug)]
struct Chain {
    id: EventId,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    /// The number of its last click.
    number: u64,
}

impl DoubleClicks {
    /// No clicks yet. Each click within `window` after another continues its chain, exactly at its end too; at most
    /// `limit` chains are held, at least one.
    #[must_use]
    pub fn new(window: TimeDelta, limit: usize) -> Self {
        Self {
            window,
            limit: limit.max(1),
            chains: HashMap::new(),
            queue: VecDeque::new(),
            clicks: 0,
            forgotten: 0,
        }
    }

    /// The id of the action that this click belongs to: `new_id` unless it continues a chain.
    ///
    /// Clicks are told in the order of their times. One that comes late still joins a chain that it lies within, or
    /// within the window of; it does not join two chains to one.
    pub fn id_of(&mut self, click: ClickKey, at: DateTime<Utc>, new_id: EventId) -> EventId {
        self.clicks += 1;
        let number = self.clicks;
        if let Some(chain) = self.chains.get_mut(&click) {
            let is_near = at - chain.last <= self.window && chain.first - at <= self.window;
            if is_near {
                (chain.first, chain.last) = (chain.first.min(at), chain.last.max(at));
            } else {
                (chain.id, chain.first, chain.last) = (new_id, at, at);
            }
            chain.number = number;
            return chain.id;
        }
        if self.chains.len() >= self.limit {
            self.forget_one(at);
        }
        self.chains.insert(click, Chain { id: new_id, first: at, last: at, number });
        self.queue.push_back((click, number));
        new_id
    }

    /// How many chains were dropped within their window, to hold no more than the limit. Their further clicks count as
    /// actions of their own, so a greater limit is needed to count exactly.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Drops the chain whose last click was told the longest ago.
    fn forget_one(&mut self, now: DateTime<Utc>) {
        while let Some((click, number)) = self.queue.pop_front() {
            match self.chains.get(&click) {
                Some(chain) if chain.number != number => self.queue.push_back((click, chain.number)),
                Some(chain) => {
                    self.forgotten += u64::from(now - chain.last <= self.window);
                    self.chains.remove(&click);
                    return;
                }
                None => {}
            }
        }
    }
}
