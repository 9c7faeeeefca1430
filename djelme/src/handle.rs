//! The handle: named backends, settings and hooks behind one cheap-to-clone value.

use std::sync::Arc;

use djelme_core::Result;
use djelme_core::backend::BoxFuture;
use djelme_core::plan::IndexPlan;
use djelme_core::record::Record;
use djelme_core::record_type::TypeRef;
use djelme_core::router::{Route, Router};

use crate::builder::DjelmeBuilder;
use crate::closed_indexes::ClosedIndexes;
use crate::entropy::Entropy;
use crate::hooks::Hooks;
use crate::resolve::{ResolvedType, Types};
use crate::simple::turns::Turns;
use crate::usage::Sessions;

/// The way to all records: writes, searches, sets up and checks. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub struct Djelme {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) types: Types,
    pub(crate) hooks: Hooks,
    pub(crate) entropy: Entropy,
    pub(crate) turns: Turns,
    pub(crate) sessions: Sessions,
    closed_indexes: ClosedIndexes,
}

impl Djelme {
    pub(crate) fn new(types: Types, hooks: Hooks, sessions: Sessions) -> Self {
        let (entropy, turns, closed_indexes) = (Entropy::new(), Turns::default(), ClosedIndexes::default());
        Self { inner: Arc::new(Inner { types, hooks, entropy, turns, sessions, closed_indexes }) }
    }

    /// A builder, for backends and settings named in the program.
    pub fn builder() -> DjelmeBuilder {
        DjelmeBuilder::default()
    }

    /// The handle that the environment describes: `DJELME_BACKENDS`, `DJELME_DEFAULT_TIMEDEPTH`,
    /// `DJELME_INDEX_PREFIX`, completed by `djelme.toml` in the current folder. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Settings`](crate::Error::Settings) if nothing is configured or something is malformed;
    /// [`Error::Definition`](crate::Error::Definition) if a record type cannot work.
    pub fn from_env() -> Result<Self> {
        Self::builder().build_from_env()
    }

    /// Makes everything written to this record type's indexes visible to searches. Elasticsearch does so by itself
    /// within a second, or as the setting `refresh_interval` says.
    ///
    /// # Errors
    /// [`Error::Backend`](crate::Error::Backend) if the request fails.
    pub async fn refresh<R: Record>(&self) -> Result<()> {
        let resolved = self.resolved::<R>()?;
        resolved.backend.refresh(resolved.naming.pattern()).await
    }

    pub(crate) fn resolved<R: Record>(&self) -> Result<&Arc<ResolvedType>> {
        self.inner.types.get(&R::type_ref())
    }
}

impl Router for Djelme {
    fn route(&self, record_type: &TypeRef) -> Result<Route> {
        let resolved = self.inner.types.get(record_type)?;
        Ok(Route { backend: resolved.backend.clone(), naming: resolved.naming.clone() })
    }

    fn closed_indexes<'a>(
        &'a self,
        route: &'a Route,
        plan: &'a IndexPlan,
    ) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(async move {
            let closed = self.inner.closed_indexes.of(route).await?;
            Ok(closed.iter().filter(|index| plan.matches(index)).cloned().collect())
        })
    }
}
