//! From method and path to what is asked for.

use bytes::Bytes;
use hyper::{Method, Uri};
use percent_encoding::percent_decode_str;

use super::bulk::{self, BulkLine};
use crate::script::{Call, Item, ItemOp};
use djelme_core::outcome::Rejection;

/// A request, understood as far as its path goes.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) call: Call,
    /// The index, the pattern or the template that it names.
    pub(super) subject: String,
    pub(super) what: What,
    /// The value of `filter_path`.
    pub(super) filter: Option<String>,
    /// Whether names of indexes that are not there are passed over.
    pub(super) ignore_unavailable: bool,
    method: String,
    path: String,
}

/// The endpoint, with what only it has.
#[derive(Debug)]
pub(super) enum What {
    Info,
    Bulk(Result<Vec<BulkLine>, Rejection>),
    Search,
    MultiSearch,
    Count,
    Get(String),
    GetSeveral,
    PutDocument(String),
    DeleteDocument(String),
    GetTemplate,
    PutTemplate,
    DeleteTemplate,
    SimulateTemplate,
    ListIndexes,
    ResolveIndexes,
    GetMapping,
    PutMapping,
    PutSettings,
    Refresh,
    OpenIndex,
    CloseIndex,
    CreateIndex,
    DeleteIndex,
    Unknown,
}

impl Asked {
    /// The documents that the request names.
    pub(super) fn items<'a>(&self, body: &'a Bytes) -> Vec<Item<'a>> {
        let one = |op, id: &str, source| {
            vec![Item { position: 0, op, index: self.subject.clone(), id: id.to_owned(), source }]
        };
        match &self.what {
            What::Bulk(Ok(lines)) => bulk::items(lines, body),
            What::Get(id) => one(ItemOp::Get, id, &[]),
            What::PutDocument(id) => one(ItemOp::Write(djelme_core::document::WriteOp::Index), id, body),
            What::DeleteDocument(id) => one(ItemOp::Delete, id, &[]),
            _ => Vec::new(),
        }
    }

    pub(super) fn method(&self) -> &str {
        &self.method
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

pub(super) fn route(method: &Method, uri: &Uri, body: &Bytes) -> Asked {
    let decode = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().into_owned();
    let segments: Vec<_> = uri.path().split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
    let segments: Vec<_> = segments.iter().map(String::as_str).collect();
    let (call, subject, what) = endpoint(method.as_str(), &segments, body);
    let parameter = |name: &str| {
        let parameters = uri.query().unwrap_or_default().split('&');
        parameters
            .filter_map(|one| one.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| decode(value))
    };
    Asked {
        call,
        subject: subject.to_owned(),
        what,
        filter: parameter("filter_path"),
        ignore_unavailable: parameter("ignore_unavailable").as_deref() == Some("true"),
        method: method.to_string(),
        path: uri.path().to_owned(),
    }
}

fn endpoint<'a>(method: &str, segments: &[&'a str], body: &Bytes) -> (Call, &'a str, What) {
    let read = matches!(method, "GET" | "POST");
    match (method, segments) {
        ("GET" | "HEAD", []) => (Call::Server, "", What::Info),
        ("POST" | "PUT", ["_bulk"]) => batch("", body),
        ("POST" | "PUT", [index, "_bulk"]) => batch(index, body),
        (_, ["_msearch"]) if read => (Call::MultiSearch, "", What::MultiSearch),
        (_, ["_search"]) if read => (Call::Search, "*", What::Search),
        (_, [indexes, "_search"]) if read => (Call::Search, indexes, What::Search),
        (_, [indexes, "_count"]) if read => (Call::Count, indexes, What::Count),
        (_, [index, "_mget"]) if read => (Call::Get, index, What::GetSeveral),
        ("GET", [index, "_doc", id]) => (Call::Get, index, What::Get((*id).to_owned())),
        ("DELETE", [index, "_doc", id]) => (Call::Delete, index, What::DeleteDocument((*id).to_owned())),
        ("PUT" | "POST", [index, "_doc", id]) => (Call::Other, index, What::PutDocument((*id).to_owned())),
        ("POST", ["_index_template", "_simulate", name]) => {
            (Call::SimulateTemplate, name, What::SimulateTemplate)
        }
        ("GET", ["_index_template", name]) => (Call::Template, name, What::GetTemplate),
        ("PUT" | "POST", ["_index_template", name]) => (Call::PutTemplate, name, What::PutTemplate),
        ("DELETE", ["_index_template", name]) => (Call::DeleteTemplate, name, What::DeleteTemplate),
        ("GET", ["_cat", "indices", pattern]) => (Call::Indexes, pattern, What::ListIndexes),
        ("GET", ["_resolve", "index", pattern]) => (Call::Indexes, pattern, What::ResolveIndexes),
        ("GET", [indexes, "_mapping"]) => (Call::Mappings, indexes, What::GetMapping),
        ("PUT" | "POST", [index, "_mapping"]) => (Call::PutMapping, index, What::PutMapping),
        ("PUT", [index, "_settings"]) => (Call::Other, index, What::PutSettings),
        (_, [indexes, "_refresh"]) if read => (Call::Refresh, indexes, What::Refresh),
        ("POST", [index, "_open"]) => (Call::Other, index, What::OpenIndex),
        ("POST", [index, "_close"]) => (Call::Other, index, What::CloseIndex),
        ("PUT", [index]) if !index.starts_with('_') => (Call::Other, index, What::CreateIndex),
        ("DELETE", [index]) if !index.starts_with('_') => (Call::DeleteIndex, index, What::DeleteIndex),
        _ => (Call::Other, "", What::Unknown),
    }
}

/// A batch; one deletion alone is what the Elasticsearch backend sends to delete a document.
fn batch<'a>(index: &'a str, body: &Bytes) -> (Call, &'a str, What) {
    let lines = bulk::read(index, body);
    let deletes = matches!(lines.as_deref(), Ok([BulkLine { op: ItemOp::Delete, .. }]));
    (if deletes { Call::Delete } else { Call::Bulk }, index, What::Bulk(lines))
}
