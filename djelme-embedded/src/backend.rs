//! The backend itself: one method per ability, each carried out in the module of its subject.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use chrono::Utc;
use djelme_core::backend::{
    Backend, BoxFuture, DocumentVersion, IndexStatus, Overlap, SearchRequest, ServerInfo, StoredDocument,
};
use djelme_core::document::Batch;
use djelme_core::outcome::ItemResponse;
use djelme_core::template::Template;
use djelme_core::{Error, Result};
use serde_json::Value;

use crate::error::Refusal;
use crate::store::{Recovery, Store};
use crate::{bulk, document, index, search, server, template};

/// A store in a folder of its own, or in memory: the backend that needs no server. Cheap to clone; all clones are one
/// store. Dropping the last one brings everything into its index files, which can take some seconds; a program that
/// ends without it loses nothing, and does that work when it opens the store again.
#[derive(Clone)]
pub struct Embedded {
    store: Arc<Store>,
}

impl Embedded {
    /// Opens the store in this folder, which is made if it is not there. One program at a time: a second one gets an
    /// error.
    ///
    /// # Errors
    /// [`Error::Backend`] if the folder cannot be made or written, is in use, was written by a newer version of
    /// djelme, or is damaged beyond single records.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self { store: Arc::new(Store::open(path.as_ref())?) })
    }

    /// A store that is gone with its last handle: for tests.
    ///
    /// # Errors
    /// [`Error::Backend`] if the engine does not start.
    pub fn in_memory() -> Result<Self> {
        Ok(Self { store: Arc::new(Store::in_memory()?) })
    }

    /// What was found when the store was opened: writes that a program had left in the log, and damage of it.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        self.store.recovery()
    }

    /// Reads all files of the tables and names those whose content is not what was written. That takes as long as the
    /// store is large.
    ///
    /// # Errors
    /// [`Error::Backend`] if a file cannot be read.
    pub async fn damaged_files(&self) -> Result<Vec<PathBuf>> {
        self.run(Store::damaged_files).await
    }

    /// Carries out work that reads or writes files, aside from the tasks of the program.
    fn run<'a, T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Refusal> + Send + 'static,
    ) -> BoxFuture<'a, Result<T>> {
        let store = Arc::clone(&self.store);
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || work(&store)).await {
                Ok(result) => result.map_err(Error::from),
                // A panic: files are read without checking each byte of them.
                Err(stopped) => Err(Refusal::fault(format_args!(
                    "the engine broke off: {stopped}; a file of the store may be damaged: `damaged_files()` tells"
                ))
                .into()),
            }
        })
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("store", &self.store).finish()
    }
}

impl Backend for Embedded {
    fn server(&self) -> BoxFuture<'_, Result<ServerInfo>> {
        Box::pin(std::future::ready(Ok(server::info())))
    }

    fn lacking_field_types<'a>(&'a self, types: &'a [&'a str]) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(std::future::ready(Ok(server::lacking_field_types(types))))
    }

    fn bulk<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<ItemResponse>>> {
        let batch = batch.clone();
        self.run(move |store| bulk::bulk(store, &batch))
    }

    fn search<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<Bytes>> {
        let (plan, body) = (request.plan.clone(), request.body.clone());
        self.run(move |store| {
            let answer = search::search(&store.snapshot(), &plan, &body, Utc::now())?;
            serde_json::to_vec(&answer).map(Bytes::from).map_err(Refusal::fault)
        })
    }

    fn multi_search<'a>(
        &'a self,
        requests: &'a [SearchRequest<'a>],
    ) -> BoxFuture<'a, Result<Vec<Result<Bytes>>>> {
        Box::pin(async move {
            let mut answers = Vec::with_capacity(requests.len());
            for request in requests {
                answers.push(self.search(*request).await);
            }
            Ok(answers)
        })
    }

    fn count<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<u64>> {
        let (plan, body) = (request.plan.clone(), request.body.clone());
        self.run(move |store| search::count(&store.snapshot(), &plan, &body, Utc::now()))
    }

    fn get<'a>(&'a self, index: &'a str, id: &'a str) -> BoxFuture<'a, Result<Option<StoredDocument>>> {
        let (index, id) = (index.to_owned(), id.to_owned());
        self.run(move |store| document::get(store, &index, &id))
    }

    fn delete<'a>(
        &'a self,
        index: &'a str,
        id: &'a str,
        version: Option<DocumentVersion>,
    ) -> BoxFuture<'a, Result<bool>> {
        let (index, id) = (index.to_owned(), id.to_owned());
        self.run(move |store| document::delete(store, &index, &id, version))
    }

    fn template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Template>>> {
        let name = name.to_owned();
        self.run(move |store| Ok(template::get(store, &name)))
    }

    fn simulate_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<Vec<Overlap>>> {
        let template = template.clone();
        self.run(move |store| template::simulate(store, &template))
    }

    fn put_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<()>> {
        let template = template.clone();
        self.run(move |store| template::put(store, &template))
    }

    fn delete_template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<bool>> {
        let name = name.to_owned();
        self.run(move |store| template::delete(store, &name))
    }

    fn indexes<'a>(&'a self, pattern: &'a str) -> BoxFuture<'a, Result<Vec<IndexStatus>>> {
        let pattern = pattern.to_owned();
        self.run(move |store| index::list(store, &pattern))
    }

    fn mappings<'a>(&'a self, indexes: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, Value)>>> {
        let indexes = indexes.to_vec();
        self.run(move |store| Ok(index::mappings(store, &indexes)))
    }

    fn put_mapping<'a>(&'a self, index: &'a str, mapping: &'a Value) -> BoxFuture<'a, Result<()>> {
        let (index, mapping) = (index.to_owned(), mapping.clone());
        self.run(move |store| index::put_mapping(store, &index, &mapping))
    }

    fn delete_index<'a>(&'a self, index: &'a str) -> BoxFuture<'a, Result<bool>> {
        let index = index.to_owned();
        self.run(move |store| index::delete(store, &index))
    }

    fn refresh<'a>(&'a self, pattern: &'a str) -> BoxFuture<'a, Result<()>> {
        let pattern = pattern.to_owned();
        self.run(move |store| index::refresh(store, &pattern))
    }
}
