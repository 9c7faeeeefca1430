//! Scripts: rules that decide what happens to each request. The same for the backend and the server.

mod fault;
pub mod refusal;
mod request;
mod rule;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use djelme_core::outcome::Rejection;

pub use fault::{Fault, FaultAnswer};
pub(crate) use request::items_of;
pub use request::{Call, Item, ItemOp, Request};
pub use rule::{Rule, on};

/// The rules in force; clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Vec<Rule>>>);

/// What happens to one request.
#[derive(Debug, Default)]
pub(crate) struct Decision {
    /// To the request as a whole.
    pub(crate) fault: Option<Fault>,
    /// To its items, by their positions.
    pub(crate) refusals: BTreeMap<usize, Rejection>,
}

impl Script {
    pub(crate) fn add(&self, rule: Rule) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Asks each rule, the oldest first.
    pub(crate) fn decide(&self, request: &Request<'_>) -> Decision {
        let mut decision = Decision::default();
        for rule in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            rule.decide(request, &mut decision);
        }
        decision
    }
}
