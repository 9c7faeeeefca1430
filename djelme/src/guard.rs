//! The guard before every write: no template, no write, since Elasticsearch would map the index by itself.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use djelme_core::document::Batch;
use djelme_core::drift::TemplateDrift;
use djelme_core::{Error, Result};
use tokio::time::Instant;

use crate::resolve::ResolvedType;

/// How long a template that was found is taken to be still there.
const VALID_FOR: Duration = Duration::from_secs(300);

/// Remembers when a type's template was last seen, and for which index names that was asked.
#[derive(Debug, Default)]
pub(crate) struct Guard(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    seen: Option<Instant>,
    indexes: HashSet<String>,
}

impl Guard {
    /// Makes sure that the type is set up, before the first write to an index name new to the process and every five
    /// minutes.
    pub(crate) async fn ensure(&self, resolved: &ResolvedType, batch: &Batch) -> Result<()> {
        let new: HashSet<&str> = {
            let state = self.state();
            let fresh = state.seen.is_some_and(|seen| seen.elapsed() < VALID_FOR);
            // Most records go to the index of the one before.
            let runs = batch.items().chunk_by(|one, next| batch.same_index(one, next));
            let indexes = runs.filter_map(<[_]>::first).map(|item| batch.index(item));
            indexes.filter(|index| !fresh || !state.indexes.contains(*index)).collect()
        };
        if new.is_empty() {
            return Ok(());
        }
        let found = resolved.stored_template().await?;
        let drift = TemplateDrift::new(&resolved.template, found.as_ref());
        if let Some(problem) = drift.stands_against_writes() {
            // Nothing is known any more, also not of indexes that were asked for earlier: all records of the type wait.
            self.state().seen = None;
            return Err(Error::NotSetUp { record_type: resolved.type_ref.rust_name.to_string(), problem });
        }
        let mut state = self.state();
        state.seen = Some(Instant::now());
        state.indexes.extend(new.into_iter().map(str::to_owned));
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
