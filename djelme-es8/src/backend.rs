//! The backend itself: one method per ability, each carried out in the module of its subject.

use std::fmt;

use bytes::Bytes;
use djelme_core::Result;
use djelme_core::backend::{
    Backend, BoxFuture, DocumentVersion, IndexStatus, Overlap, SearchRequest, ServerInfo, StoredDocument,
};
use djelme_core::document::Batch;
use djelme_core::outcome::ItemResponse;
use djelme_core::template::Template;
use serde_json::Value;

use crate::config::Es8Config;
use crate::nodes::Nodes;
use crate::transport::Connection;
use crate::{bulk, document, index, search, server, template};

/// An Elasticsearch 8 or 9 cluster.
///
/// Each call is one request (where noted in the trait's terms, a few) under the deadline of
/// [`Es8Config::request_timeout`].
pub struct Es8 {
    nodes: Nodes,
}

impl Es8 {
    /// Checks the settings and prepares the connections. Nothing is sent before the first call.
    ///
    /// # Errors
    /// [`Error::Settings`](djelme_core::Error::Settings) for settings that cannot work: no node or a malformed URL, a
    /// login within a URL, more than one way to log in, a file of certificates that cannot be read.
    #[allow(clippy::needless_pass_by_value, reason = "whoever made the settings is done with them")]
    pub fn new(config: Es8Config) -> Result<Self> {
        let resolved = config.resolve()?;
        let connect = |url| Connection::new(url, resolved.credentials.as_ref(), resolved.ca.as_ref());
        let connections = resolved.nodes.into_iter().map(connect).collect::<Result<Vec<_>>>()?;
        Ok(Self { nodes: Nodes::new(connections, resolved.request_timeout, resolved.connect_timeout) })
    }
}

impl fmt::Debug for Es8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What lies below holds the credentials.
        let nodes: Vec<_> = self.nodes.addresses().collect();
        f.debug_struct("Es8").field("nodes", &nodes).finish_non_exhaustive()
    }
}

impl Backend for Es8 {
    fn server(&self) -> BoxFuture<'_, Result<ServerInfo>> {
        Box::pin(server::info(&self.nodes))
    }

    fn lacking_field_types<'a>(&'a self, types: &'a [&'a str]) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(template::lacking_field_types(&self.nodes, types))
    }

    fn bulk<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<ItemResponse>>> {
        Box::pin(bulk::bulk(&self.nodes, batch))
    }

    fn search<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(search::search(&self.nodes, request))
    }

    fn multi_search<'a>(
        &'a self,
        requests: &'a [SearchRequest<'a>],
    ) -> BoxFuture<'a, Result<Vec<Result<Bytes>>>> {
        Box::pin(search::multi_search(&self.nodes, requests))
    }

    fn count<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<u64>> {
        Box::pin(search::count(&self.nodes, request))
    }

    fn get<'a>(&'a self, index: &'a str, id: &'a str) -> BoxFuture<'a, Result<Option<StoredDocument>>> {
        Box::pin(document::get(&self.nodes, index, id))
    }

    fn delete<'a>(
        &'a self,
        index: &'a str,
        id: &'a str,
        version: Option<DocumentVersion>,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(document::delete(&self.nodes, index, id, version))
    }

    fn template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Template>>> {
        Box::pin(template::get(&self.nodes, name))
    }

    fn simulate_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<Vec<Overlap>>> {
        Box::pin(template::simulate(&self.nodes, template))
    }

    fn put_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<()>> {
        Box::pin(template::put(&self.nodes, template))
    }

    fn delete_template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<bool>> {
        Box::pin(template::delete(&self.nodes, name))
    }

    fn indexes<'a>(&'a self, pattern: &'a str) -> BoxFuture<'a, Result<Vec<IndexStatus>>> {
        Box::pin(index::list(&self.nodes, pattern))
    }

    fn mappings<'a>(&'a self, indexes: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, Value)>>> {
        Box::pin(index::mappings(&self.nodes, indexes))
    }

    fn put_mapping<'a>(&'a self, index: &'a str, mapping: &'a Value) -> BoxFuture<'a, Result<()>> {
        Box::pin(index::put_mapping(&self.nodes, index, mapping))
    }

    fn create_index<'a>(&'a self, index: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(index::create(&self.nodes, index))
    }

    fn delete_index<'a>(&'a self, index: &'a str) -> BoxFuture<'a, Result<bool>> {
        Box::pin(index::delete(&self.nodes, index))
    }

    fn refresh<'a>(&'a self, pattern: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(index::refresh(&self.nodes, pattern))
    }
}
