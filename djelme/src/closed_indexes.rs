//! Which indexes are closed: asked at most every half minute, since every search wants to know.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use djelme_core::Result;
use djelme_core::backend::IndexState;
use djelme_core::router::Route;
use tokio::time::Instant;

/// How long a list is taken for true.
const VALID_FOR: Duration = Duration::from_secs(30);

/// The closed indexes of each record type, by its backend and index pattern: two backends may have indexes of one name.
#[derive(Debug, Default)]
pub(crate) struct ClosedIndexes(Mutex<HashMap<(usize, String), Listed>>);

#[derive(Debug)]
struct Listed {
    at: Instant,
    names: Arc<Vec<String>>,
}

impl ClosedIndexes {
    /// The names of the closed indexes of the type that is routed so.
    pub(crate) async fn of(&self, route: &Route) -> Result<Arc<Vec<String>>> {
        let pattern = route.naming.pattern();
        // The handle keeps its backends, so no other one comes to lie where one was.
        let key = (Arc::as_ptr(&route.backend).addr(), pattern.to_owned());
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listed) = known().get(&key).filter(|listed| listed.at.elapsed() < VALID_FOR) {
            return Ok(listed.names.clone());
        }
        let indexes = route.backend.indexes(pattern).await?;
        let closed = indexes.into_iter().filter(|index| index.state == IndexState::Closed);
        let names = Arc::new(closed.map(|index| index.name).collect::<Vec<_>>());
        known().insert(key, Listed { at: Instant::now(), names: names.clone() });
        Ok(names)
    }
}
