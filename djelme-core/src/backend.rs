//! What a store of documents must be able to do: one trait, filled in by Elasticsearch and by the embedded engine.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::document::Batch;
use crate::error::Result;
use crate::outcome::ItemResponse;
use crate::plan::IndexPlan;
use crate::template::Template;

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A store of documents. Each call is one request under one deadline, without retries: who calls decides on those.
///
/// To write a backend, implement every method and run the conformance suite on it. Names are exact unless a
/// parameter is called `pattern`; errors are [`Error::Backend`](crate::Error::Backend) with the kind that fits, and
/// [`Error::Unsupported`](crate::Error::Unsupported) for what the backend cannot do at all.
pub trait Backend: fmt::Debug + Send + Sync {
    /// The product and version behind this backend, asked anew.
    fn server(&self) -> BoxFuture<'_, Result<ServerInfo>>;

    /// Which of these field types the server lacks.
    fn lacking_field_types<'a>(&'a self, types: &'a [&'a str]) -> BoxFuture<'a, Result<Vec<String>>>;

    /// Writes a batch: one answer for each item, in order. An answer that does not match the batch item by item is
    /// [`Error::UnexpectedAnswer`](crate::Error::UnexpectedAnswer).
    fn bulk<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<ItemResponse>>>;

    /// Searches the planned indexes; the answer is Elasticsearch's JSON, failed shards and time-outs included: who
    /// asked judges those.
    fn search<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<Bytes>>;

    /// Several searches in one request: one answer each, in order; one that failed does not fail the others.
    fn multi_search<'a>(
        &'a self,
        requests: &'a [SearchRequest<'a>],
    ) -> BoxFuture<'a, Result<Vec<Result<Bytes>>>>;

    /// How many documents of the planned indexes match; the body has at most the key `query`. Failed shards are
    /// [`Error::PartialResult`](crate::Error::PartialResult) unless the request allows them.
    fn count<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<u64>>;

    /// A document by index and id.
    fn get<'a>(&'a self, index: &'a str, id: &'a str) -> BoxFuture<'a, Result<Option<StoredDocument>>>;

    /// Deletes a document, with `version` only if it is still that one. Returns whether it was there.
    fn delete<'a>(
        &'a self,
        index: &'a str,
        id: &'a str,
        version: Option<DocumentVersion>,
    ) -> BoxFuture<'a, Result<bool>>;

    /// The composable index template of this name.
    fn template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Template>>>;

    /// Tries a template without storing it: an error if it would be refused, otherwise the templates whose patterns
    /// overlap with its own.
    fn simulate_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<Vec<Overlap>>>;

    /// Creates or replaces a template.
    fn put_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<()>>;

    /// Deletes a template. Returns whether it was there.
    fn delete_template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<bool>>;

    /// The indexes that match the pattern, open and closed, by name.
    fn indexes<'a>(&'a self, pattern: &'a str) -> BoxFuture<'a, Result<Vec<IndexStatus>>>;

    /// The mappings of these indexes, by name. One that is gone is left out.
    fn mappings<'a>(&'a self, indexes: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, Value)>>>;

    /// Adds fields to the mapping of one index.
    fn put_mapping<'a>(&'a self, index: &'a str, mapping: &'a Value) -> BoxFuture<'a, Result<()>>;

    /// Creates an empty index, as the template for its name has it; nothing where it is there. A backend whose indexes
    /// begin with their first document has nothing to do, which is the default.
    fn create_index<'a>(&'a self, index: &'a str) -> BoxFuture<'a, Result<()>> {
        let _ = index;
        Box::pin(std::future::ready(Ok(())))
    }

    /// Deletes one index; a wildcard is refused. Returns whether it was there.
    fn delete_index<'a>(&'a self, index: &'a str) -> BoxFuture<'a, Result<bool>>;

    /// Makes what was written to the matching indexes visible to searches.
    fn refresh<'a>(&'a self, pattern: &'a str) -> BoxFuture<'a, Result<()>>;
}

/// One search, as a backend gets it.
#[derive(Debug, Clone, Copy)]
pub struct SearchRequest<'a> {
    /// The indexes to search.
    pub plan: &'a IndexPlan,
    /// The request's body, as Elasticsearch takes it.
    pub body: &'a Value,
    /// Whether the answer may cover only a part of the data: a backend that can otherwise fail early
    /// (`allow_partial_search_results=false`) does so only without it.
    pub allow_partial: bool,
}

/// The server behind a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// The product, such as `elasticsearch`.
    pub product: String,
    /// Its version, such as `8.19.8`.
    pub version: String,
}

/// The version of a stored document, for writes that must not overtake another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentVersion {
    /// Elasticsearch's `_seq_no`.
    pub seq_no: u64,
    /// Elasticsearch's `_primary_term`.
    pub primary_term: u64,
}

/// A document as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its index.
    pub index: String,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: DocumentVersion,
    /// Its JSON, byte for byte as written.
    pub source: Bytes,
}

/// A template whose patterns overlap with another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The other template.
    pub name: String,
    /// Its patterns.
    pub index_patterns: Vec<String>,
    /// Its priority; `None` if the backend does not say.
    pub priority: Option<u64>,
}

/// Whether an index can be read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexState {
    /// It can.
    Open,
    /// Elasticsearch leaves it out of searches without a word.
    Closed,
}

/// An index, without its mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexStatus {
    /// Its name.
    pub name: String,
    /// Open or closed.
    pub state: IndexState,
    /// Documents; unknown for a closed index.
    pub documents: Option<u64>,
    /// Bytes on disk, replicas included; unknown for a closed index.
    pub bytes: Option<u64>,
    /// When it was created.
    pub created: Option<DateTime<Utc>>,
}
