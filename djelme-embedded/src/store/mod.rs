//! The store: what is kept where, and what a search sees of it.

mod catalog;
mod snapshot;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

pub(crate) use snapshot::{Part, Snapshot};

use crate::error::Refusal;

/// The whole store. All of it is behind locks of its own; see [`snapshot`](Self::snapshot) for what searches use.
#[derive(Debug)]
pub(crate) struct Store {
    snapshot: RwLock<Arc<Snapshot>>,
}

impl Store {
    pub(crate) fn open(path: &Path) -> Result<Self, Refusal> {
        Err(Refusal::unsupported(format_args!("files [{}]", path.display())))
    }

    pub(crate) fn in_memory() -> Result<Self, Refusal> {
        let empty = Snapshot { catalog: Arc::default(), tables: std::collections::BTreeMap::new() };
        Ok(Self { snapshot: RwLock::new(Arc::new(empty)) })
    }

    /// What searches see: everything as it was at the last refresh.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }
}
