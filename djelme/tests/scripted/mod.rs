//! A backend in memory that answers what a test tells it to, and counts what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use djelme::backend::{
    Backend, BoxFuture, DocumentVersion, IndexState, IndexStatus, Overlap, SearchRequest, ServerInfo,
    StoredDocument,
};
use djelme::document::Batch;
use djelme::outcome::ItemResponse;
use djelme::template::Template;
use djelme::{BackendError, Error, ErrorKind, Result};
use serde_json::Value;

/// How a bulk request is answered.
pub(crate) type BulkScript = Box<dyn FnMut(&Batch) -> Result<Vec<ItemResponse>> + Send>;

/// What the backend holds and has been asked; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Scripted(Arc<Mutex<State>>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) templates: BTreeMap<String, Template>,
    pub(crate) refused_templates: Vec<String>,
    pub(crate) bulk: VecDeque<BulkScript>,
    pub(crate) closed: Vec<String>,
    pub(crate) too_old: bool,
    pub(crate) calls: BTreeMap<&'static str, u32>,
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

impl Scripted {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The next bulk request is answered so.
    pub(crate) fn on_bulk(&self, answer: impl FnMut(&Batch) -> Result<Vec<ItemResponse>> + Send + 'static) {
        self.state().bulk.push_back(Box::new(answer));
    }

    /// How often a method was called.
    pub(crate) fn calls(&self, method: &str) -> u32 {
        self.state().calls.get(method).copied().unwrap_or_default()
    }

    fn called(&self, method: &'static str) -> MutexGuard<'_, State> {
        let mut state = self.state();
        *state.calls.entry(method).or_default() += 1;
        state
    }
}

pub(crate) fn created() -> ItemResponse {
    ItemResponse::Created(DocumentVersion { seq_no: 1, primary_term: 1 })
}

pub(crate) fn status(kind: ErrorKind, status: u16) -> Error {
    Error::Backend(BackendError { status: Some(status), ..BackendError::new(kind, "scripted") })
}

fn answer<'a, T: Send + 'a>(value: Result<T>) -> BoxFuture<'a, Result<T>> {
    Box::pin(std::future::ready(value))
}

fn unscripted<'a, T: Send + 'a>(method: &str) -> BoxFuture<'a, Result<T>> {
    answer(Err(Error::Unsupported(method.to_owned())))
}

impl Backend for Scripted {
    fn server(&self) -> BoxFuture<'_, Result<ServerInfo>> {
        let too_old = BackendError::new(ErrorKind::UnsupportedServer, "version 7.17.0; djelme needs 8 or 9");
        let server = ServerInfo { product: "elasticsearch".into(), version: "8.19.8".into() };
        answer(if self.called("server").too_old { Err(too_old.into()) } else { Ok(server) })
    }

    fn lacking_field_types<'a>(&'a self, _: &'a [&'a str]) -> BoxFuture<'a, Result<Vec<String>>> {
        unscripted("lacking_field_types")
    }

    fn bulk<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<ItemResponse>>> {
        let script = self.called("bulk").bulk.pop_front();
        answer(match script {
            Some(mut script) => script(batch),
            None => Ok(batch.items().iter().map(|_| created()).collect()),
        })
    }

    fn search<'a>(&'a self, _: SearchRequest<'a>) -> BoxFuture<'a, Result<Bytes>> {
        let empty = r#"{"took":1,"timed_out":false,"_shards":{"total":0,"successful":0,"skipped":0,"failed":0},
            "hits":{"total":{"value":0,"relation":"eq"},"max_score":null,"hits":[]}}"#;
        answer(Ok(Bytes::from_static(empty.as_bytes())))
    }

    fn multi_search<'a>(&'a self, _: &'a [SearchRequest<'a>]) -> BoxFuture<'a, Result<Vec<Result<Bytes>>>> {
        unscripted("multi_search")
    }

    fn count<'a>(&'a self, _: SearchRequest<'a>) -> BoxFuture<'a, Result<u64>> {
        answer(Ok(0))
    }

    fn get<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<StoredDocument>>> {
        unscripted("get")
    }

    fn delete<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: Option<DocumentVersion>,
    ) -> BoxFuture<'a, Result<bool>> {
        unscripted("delete")
    }

    fn template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Template>>> {
        answer(Ok(self.called("template").templates.get(name).cloned()))
    }

    fn simulate_template<'a>(&'a self, _: &'a Template) -> BoxFuture<'a, Result<Vec<Overlap>>> {
        answer(Ok(Vec::new()))
    }

    fn put_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<()>> {
        let mut state = self.called("put_template");
        if state.refused_templates.contains(&template.name) {
            return answer(Err(status(ErrorKind::ServerFault, 500)));
        }
        state.templates.insert(template.name.clone(), template.clone());
        answer(Ok(()))
    }

    fn delete_template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<bool>> {
        answer(Ok(self.called("delete_template").templates.remove(name).is_some()))
    }

    fn indexes<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<IndexStatus>>> {
        let closed = self.called("indexes").closed.clone();
        let status = |name| IndexStatus {
            name,
            state: IndexState::Closed,
            documents: None,
            bytes: None,
            created: None,
        };
        answer(Ok(closed.into_iter().map(status).collect()))
    }

    fn mappings<'a>(&'a self, _: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, Value)>>> {
        answer(Ok(Vec::new()))
    }

    fn put_mapping<'a>(&'a self, _: &'a str, _: &'a Value) -> BoxFuture<'a, Result<()>> {
        unscripted("put_mapping")
    }

    fn delete_index<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<bool>> {
        unscripted("delete_index")
    }

    fn refresh<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<()>> {
        answer(Ok(()))
    }
}
