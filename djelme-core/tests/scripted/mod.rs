//! A backend that answers searches from a script and remembers what it was asked.

#![allow(dead_code, reason = "each test program uses some of it")]

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use djelme_core::backend::*;
use djelme_core::document::Batch;
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::outcome::ItemResponse;
use djelme_core::record_type::TypeRef;
use djelme_core::router::{Route, Router};
use djelme_core::template::Template;
use djelme_core::time::TimeDepth;
use djelme_core::{Error, Result};
use serde_json::Value;

/// What one search or count was asked with.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) allow_partial: bool,
}

#[derive(Debug)]
struct Scripted {
    answer: Value,
    closed: Vec<String>,
    asked: Mutex<Vec<Asked>>,
}

/// Routes every type to a backend with one answer for every search.
#[derive(Debug)]
pub(crate) struct Script(Arc<Scripted>);

impl Script {
    pub(crate) fn answering(answer: Value) -> Self {
        Self(Arc::new(Scripted { answer, closed: Vec::new(), asked: Mutex::default() }))
    }

    pub(crate) fn with_closed(answer: Value, closed: &[&str]) -> Self {
        let closed = closed.iter().map(|name| (*name).to_owned()).collect();
        Self(Arc::new(Scripted { answer, closed, asked: Mutex::default() }))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.0.asked.lock().unwrap().clone()
    }
}

impl Router for Script {
    fn route(&self, record_type: &TypeRef) -> Result<Route> {
        let naming = Naming::new(NamingSource {
            prefix: "",
            app_label: &record_type.app_label,
            recordtype_name: &record_type.name,
            template: None,
            template_name: None,
            depth: record_type.is_timeseries().then_some(TimeDepth::Month),
        })?;
        Ok(Route { backend: self.0.clone(), naming: Arc::new(naming) })
    }
}

impl Scripted {
    fn note(&self, request: SearchRequest<'_>) {
        let (path, body) = (request.plan.path(), request.body.clone());
        self.asked.lock().unwrap().push(Asked { path, body, allow_partial: request.allow_partial });
    }
}

/// A future that answers at once; what no search asks for is refused.
fn ready<'a, T: Send + 'a>(answer: Result<T>) -> BoxFuture<'a, Result<T>> {
    Box::pin(async { answer })
}

fn refused<'a, T: Send + 'a>(what: &str) -> BoxFuture<'a, Result<T>> {
    ready(Err(Error::Unsupported(what.into())))
}

impl Backend for Scripted {
    fn search<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<Bytes>> {
        self.note(request);
        ready(Ok(self.answer.to_string().into()))
    }

    fn count<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<u64>> {
        self.note(request);
        ready(Ok(self.answer["count"].as_u64().unwrap()))
    }

    fn indexes<'a>(&'a self, _pattern: &'a str) -> BoxFuture<'a, Result<Vec<IndexStatus>>> {
        let status = |name: &String, state| IndexStatus {
            name: name.clone(),
            state,
            documents: None,
            bytes: None,
            created: None,
        };
        let open = status(&"flights_departure_2013.2.".to_owned(), IndexState::Open);
        let closed = self.closed.iter().map(|name| status(name, IndexState::Closed));
        ready(Ok(closed.chain([open]).collect()))
    }

    fn server(&self) -> BoxFuture<'_, Result<ServerInfo>> {
        refused("server")
    }

    fn lacking_field_types<'a>(&'a self, _types: &'a [&'a str]) -> BoxFuture<'a, Result<Vec<String>>> {
        refused("lacking_field_types")
    }

    fn bulk<'a>(&'a self, _batch: &'a Batch) -> BoxFuture<'a, Result<Vec<ItemResponse>>> {
        refused("bulk")
    }

    fn multi_search<'a>(
        &'a self,
        _requests: &'a [SearchRequest<'a>],
    ) -> BoxFuture<'a, Result<Vec<Result<Bytes>>>> {
        refused("multi_search")
    }

    fn get<'a>(&'a self, _index: &'a str, _id: &'a str) -> BoxFuture<'a, Result<Option<StoredDocument>>> {
        refused("get")
    }

    fn delete<'a>(
        &'a self,
        _index: &'a str,
        _id: &'a str,
        _version: Option<DocumentVersion>,
    ) -> BoxFuture<'a, Result<bool>> {
        refused("delete")
    }

    fn template<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Result<Option<Template>>> {
        refused("template")
    }

    fn simulate_template<'a>(&'a self, _template: &'a Template) -> BoxFuture<'a, Result<Vec<Overlap>>> {
        refused("simulate_template")
    }

    fn put_template<'a>(&'a self, _template: &'a Template) -> BoxFuture<'a, Result<()>> {
        refused("put_template")
    }

    fn delete_template<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Result<bool>> {
        refused("delete_template")
    }

    fn mappings<'a>(&'a self, _indexes: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, Value)>>> {
        refused("mappings")
    }

    fn put_mapping<'a>(&'a self, _index: &'a str, _mapping: &'a Value) -> BoxFuture<'a, Result<()>> {
        refused("put_mapping")
    }

    fn delete_index<'a>(&'a self, _index: &'a str) -> BoxFuture<'a, Result<bool>> {
        refused("delete_index")
    }

    fn refresh<'a>(&'a self, _pattern: &'a str) -> BoxFuture<'a, Result<()>> {
        refused("refresh")
    }
}

/// Runs a future that never waits. That it can be sent to another thread is part of what is tested.
pub(crate) fn now<T>(future: impl Future<Output = T> + Send) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the scripted backend answers at once"),
    }
}
