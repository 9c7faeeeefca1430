//! Indexes: listing, mappings, deletion, refresh.

use std::collections::BTreeMap;

use chrono::DateTime;
use djelme_core::backend::{IndexState, IndexStatus};
use djelme_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::nodes::Nodes;
use crate::path;
use crate::request::{Method, Request};
use crate::search::LONGEST_TARGET;

/// A row of `_cat/indices`, which writes all numbers as strings.
#[derive(Deserialize)]
struct Row {
    index: String,
    status: String,
    #[serde(rename = "docs.count")]
    documents: Option<String>,
    #[serde(rename = "store.size")]
    bytes: Option<String>,
    #[serde(rename = "creation.date")]
    created: Option<String>,
}

#[derive(Deserialize)]
struct Resolved {
    indices: Vec<ResolvedIndex>,
}

#[derive(Deserialize)]
struct ResolvedIndex {
    name: String,
    attributes: Vec<String>,
}

#[derive(Deserialize)]
struct Mapping {
    mappings: Value,
}

/// The matching indexes, open and closed, by name.
pub(crate) async fn list(nodes: &Nodes, pattern: &str) -> Result<Vec<IndexStatus>> {
    let pattern = path::expression(pattern)?;
    let target = format!(
        "/_cat/indices/{pattern}?format=json&bytes=b&expand_wildcards=open,closed\
         &h=index,status,docs.count,store.size,creation.date"
    );
    let result = nodes.send(&Request::get(target)).await?.found();
    let mut indexes = match result {
        Ok(None) => Vec::new(),
        Ok(Some(answer)) => answer.json::<Vec<Row>>()?.into_iter().map(Row::status).collect(),
        // Sizes need a privilege to monitor; names and states only one to read.
        Err(error) if error.backend_kind() == Some(ErrorKind::Forbidden) => resolve(nodes, &pattern).await?,
        Err(error) => return Err(error),
    };
    indexes.sort_unstable_by(|left, right| left.name.cmp(&right.name));
    Ok(indexes)
}

/// The matching indexes with their names and states only.
async fn resolve(nodes: &Nodes, pattern: &str) -> Result<Vec<IndexStatus>> {
    let request = Request::get(format!("/_resolve/index/{pattern}?expand_wildcards=open,closed"));
    let Some(answer) = nodes.send(&request).await?.found()? else { return Ok(Vec::new()) };
    let Resolved { indices } = answer.json()?;
    let status = |index: ResolvedIndex| {
        let closed = index.attributes.iter().any(|attribute| attribute == "closed");
        IndexStatus {
            name: index.name,
            state: if closed { IndexState::Closed } else { IndexState::Open },
            documents: None,
            bytes: None,
            created: None,
        }
    };
    Ok(indices.into_iter().map(status).collect())
}

impl Row {
    fn status(self) -> IndexStatus {
        let number = |text: Option<String>| text.and_then(|text| text.parse::<u64>().ok());
        let milliseconds = self.created.and_then(|text| text.parse::<i64>().ok());
        IndexStatus {
            name: self.index,
            state: if self.status == "close" { IndexState::Closed } else { IndexState::Open },
            documents: number(self.documents),
            bytes: number(self.bytes),
            created: milliseconds.and_then(DateTime::from_timestamp_millis),
        }
    }
}

/// The mappings of those indexes that are there, by name.
pub(crate) async fn mappings(nodes: &Nodes, indexes: &[String]) -> Result<Vec<(String, Value)>> {
    let mut found = BTreeMap::new();
    for names in in_paths(indexes)? {
        let request = Request::get(format!("/{names}/_mapping?ignore_unavailable=true"));
        let Some(answer) = nodes.send(&request).await?.found()? else { continue };
        let mappings: BTreeMap<String, Mapping> = answer.json()?;
        found.extend(mappings.into_iter().map(|(name, mapping)| (name, mapping.mappings)));
    }
    Ok(found.into_iter().collect())
}

/// The names divided by commas, in as few segments as fit into paths.
fn in_paths(names: &[String]) -> Result<Vec<String>> {
    let mut segments: Vec<String> = Vec::new();
    for name in names {
        let name = path::exact(name)?;
        match segments.last_mut() {
            Some(segment) if segment.len() + name.len() + 50 <= LONGEST_TARGET => {
                segment.push(',');
                segment.push_str(&name);
            }
            _ => segments.push(name),
        }
    }
    Ok(segments)
}

/// Adds fields to the mapping of one index.
pub(crate) async fn put_mapping(nodes: &Nodes, index: &str, mapping: &Value) -> Result<()> {
    let target = format!("/{}/_mapping", path::exact(index)?);
    let request = Request::write(Method::Put, target, Some(mapping.to_string().into()));
    nodes.send(&request).await?.success().map(drop)
}

/// Creates an empty index, unless there is one.
pub(crate) async fn create(nodes: &Nodes, index: &str) -> Result<()> {
    let request = Request::write(Method::Put, format!("/{}", path::exact(index)?), None);
    match nodes.send(&request).await?.success() {
        Err(Error::Backend(error))
            if error.error_type.as_deref() == Some("resource_already_exists_exception") =>
        {
            Ok(())
        }
        answer => answer.map(drop),
    }
}

/// Deletes one index. `false` if there was none.
pub(crate) async fn delete(nodes: &Nodes, index: &str) -> Result<bool> {
    let request = Request::write(Method::Delete, format!("/{}", path::exact(index)?), None);
    Ok(nodes.send(&request).await?.found()?.is_some())
}

/// Makes what was written to the matching indexes visible to searches.
pub(crate) async fn refresh(nodes: &Nodes, pattern: &str) -> Result<()> {
    let target = format!("/{}/_refresh?ignore_unavailable=true", path::expression(pattern)?);
    // Doing it twice does no harm.
    let request = Request { repeatable: true, ..Request::write(Method::Post, target, None) };
    nodes.send(&request).await?.success().map(drop)
}
