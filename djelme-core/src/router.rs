//! Which backend and which names a record type has: the one thing a search must ask.

use std::sync::Arc;

use crate::backend::{Backend, BoxFuture, IndexState};
use crate::error::Result;
use crate::naming::Naming;
use crate::plan::IndexPlan;
use crate::record_type::TypeRef;

/// Where the records of one type lie.
#[derive(Debug, Clone)]
pub struct Route {
    /// The store.
    pub backend: Arc<dyn Backend>,
    /// The names of the type under the settings in force.
    pub naming: Arc<Naming>,
}

/// Knows the settings: which backend a type is kept in, with what prefix and depth.
pub trait Router: Sync {
    /// The route of a record type.
    ///
    /// # Errors
    /// [`Error::Settings`](crate::Error::Settings) if no backend, or none by the name asked for, is configured.
    fn route(&self, record_type: &TypeRef) -> Result<Route>;

    /// The closed indexes that the plan would open. Elasticsearch skips them without a word, so the search names them.
    fn closed_indexes<'a>(
        &'a self,
        route: &'a Route,
        plan: &'a IndexPlan,
    ) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(async move {
            let indexes = route.backend.indexes(route.naming.pattern()).await?;
            let closed = indexes.into_iter().filter(|index| index.state == IndexState::Closed);
            Ok(closed.map(|index| index.name).filter(|name| plan.matches(name)).collect())
        })
    }
}
