//! What the scripted backend does when no fault stands against it.

use bytes::Bytes;
use djelme_core::backend::{
    DocumentVersion, IndexState, IndexStatus, Overlap, SearchRequest, ServerInfo, StoredDocument,
};
use djelme_core::document::Batch;
use djelme_core::outcome::{ItemResponse, Rejection};
use djelme_core::plan::IndexExpression;
use djelme_core::template::Template;
use djelme_core::{BackendError, ErrorKind, Result};
use serde_json::Value;

use super::error_of;
use crate::script::{Decision, refusal};
use crate::store::{Contents, Store, matches, no_such_index, search as searches};

pub(super) fn server(version: String) -> Result<ServerInfo> {
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 8) {
        let problem = format!("Elasticsearch {version}; djelme needs version 8 or later");
        return Err(BackendError::new(ErrorKind::UnsupportedServer, problem).into());
    }
    Ok(ServerInfo { product: "elasticsearch".to_owned(), version })
}

pub(super) fn lacking_field_types(store: &Store, mut types: Vec<String>) -> Vec<String> {
    let contents = store.contents();
    types.retain(|name| contents.lacking_types.contains(name));
    types
}

pub(super) fn bulk(store: &Store, batch: &Batch, decision: &Decision) -> Result<Vec<ItemResponse>> {
    let ids: Vec<_> = batch.items().iter().map(|item| batch.id(item)).collect();
    Contents::check_ids(ids.iter().map(|id| &**id)).map_err(|refused| error_of(&refused, "Bulk"))?;
    let mut contents = store.contents();
    let items = batch.items().iter().enumerate();
    let answers = items.map(|(position, item)| {
        if let Some(refused) = decision.refusals.get(&position) {
            return failed(refused.clone());
        }
        match contents.write(item.op, batch.index(item), &batch.id(item), &batch.source(item)) {
            Ok(written) if written.created => ItemResponse::Created(written.place),
            Ok(written) => ItemResponse::Updated(written.place),
            Err(refused) => failed(refused),
        }
    });
    Ok(answers.collect())
}

fn failed(refused: Rejection) -> ItemResponse {
    match refused.status {
        409 => ItemResponse::Conflict { reason: refused.reason },
        _ => ItemResponse::Failed(refused),
    }
}

pub(super) fn expressions(request: &SearchRequest<'_>) -> Vec<String> {
    request.plan.expressions().iter().map(IndexExpression::as_str).map(str::to_owned).collect()
}

pub(super) fn search(store: &Store, expressions: &[String], body: &Value) -> Result<Bytes> {
    let expressions: Vec<_> = expressions.iter().map(String::as_str).collect();
    let found = searches::search(&store.contents(), &expressions, body);
    found.map(Bytes::from).map_err(|refused| error_of(&refused, "Search"))
}

pub(super) fn count(store: &Store, expressions: &[String], body: &Value) -> Result<u64> {
    let expressions: Vec<_> = expressions.iter().map(String::as_str).collect();
    searches::count(&store.contents(), &expressions, body).map_err(|refused| error_of(&refused, "Count"))
}

pub(super) fn get(store: &Store, index: &str, id: &str) -> Result<Option<StoredDocument>> {
    let contents = store.contents();
    let Some(found) = contents.indexes.get(index) else { return Ok(None) };
    if found.closed {
        return Err(error_of(&refusal::index_closed(), "Get"));
    }
    Ok(found.documents.get(id).map(|document| StoredDocument {
        index: index.to_owned(),
        id: id.to_owned(),
        version: document.place,
        source: document.source.clone(),
    }))
}

pub(super) fn delete(
    store: &Store,
    index: &str,
    id: &str,
    version: Option<DocumentVersion>,
    decision: &Decision,
) -> Result<bool> {
    if let Some(refused) = decision.refusals.get(&0) {
        return Err(error_of(refused, "Delete"));
    }
    match store.contents().delete(index, id, version) {
        Ok((was_there, _)) => Ok(was_there),
        Err(refused) if refused.status == 404 => Ok(false),
        Err(refused) => Err(error_of(&refused, "Delete")),
    }
}

pub(super) fn simulate_template(store: &Store, template: &Template) -> Result<Vec<Overlap>> {
    let contents = store.contents();
    let overlapping =
        contents.try_template(template).map_err(|refused| error_of(&refused, "SimulateTemplate"))?;
    let overlap = |other: &Template| Overlap {
        name: other.name.clone(),
        index_patterns: other.index_patterns.clone(),
        priority: Some(other.priority.unwrap_or_default()),
    };
    Ok(overlapping.into_iter().map(overlap).collect())
}

pub(super) fn put_template(store: &Store, template: &Template) -> Result<()> {
    store.contents().put_template(template).map_err(|refused| error_of(&refused, "PutTemplate"))
}

pub(super) fn indexes(store: &Store, pattern: &str) -> Vec<IndexStatus> {
    let contents = store.contents();
    let named =
        contents.indexes.values().filter(|index| pattern.split(',').any(|one| matches(one, &index.name)));
    let bytes = |document: &crate::store::Document| document.source.len() as u64;
    let status = named.map(|index| IndexStatus {
        name: index.name.clone(),
        state: if index.closed { IndexState::Closed } else { IndexState::Open },
        documents: (!index.closed).then_some(index.documents.len() as u64),
        bytes: (!index.closed).then(|| index.documents.values().map(bytes).sum()),
        created: Some(index.created),
    });
    status.collect()
}

pub(super) fn mappings(store: &Store, indexes: &[String]) -> Vec<(String, Value)> {
    let contents = store.contents();
    let found = contents.indexes.values().filter(|index| indexes.contains(&index.name));
    found.map(|index| (index.name.clone(), index.mappings.clone().into())).collect()
}

pub(super) fn put_mapping(store: &Store, index: &str, mapping: &Value) -> Result<()> {
    store.contents().put_mapping(index, mapping).map_err(|refused| error_of(&refused, "PutMapping"))
}

pub(super) fn delete_index(store: &Store, index: &str) -> Result<bool> {
    if index.is_empty() || index.contains('*') {
        let refused = no_such_index(index);
        return Err(error_of(&Rejection { status: 400, ..refused }, "DeleteIndex"));
    }
    Ok(store.delete_index(index))
}
