//! One index: its documents, its mapping, and whether it takes writes.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use djelme_core::backend::DocumentVersion;
use djelme_core::document::WriteOp;
use djelme_core::outcome::Rejection;
use djelme_core::template::Template;
use serde_json::{Map, Value};

use super::mapping;
use crate::script::refusal::{index_closed, refusal, write_blocked};

/// The primary term of every document: no shard of this store moves.
const PRIMARY_TERM: u64 = 1;

#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) documents: BTreeMap<String, Document>,
    /// As Elasticsearch keeps it; without a template it is empty and takes anything.
    pub(crate) mappings: Map<String, Value>,
    /// Whether a template applied when it was created.
    pub(crate) templated: bool,
    pub(crate) closed: bool,
    pub(crate) write_blocked: bool,
    pub(crate) created: DateTime<Utc>,
    next_seq_no: u64,
    /// How often each document was written, also those deleted since.
    pub(crate) writes: BTreeMap<String, u64>,
    /// The versions of deleted documents, which one that is created anew goes on from.
    deleted: BTreeMap<String, u64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) source: Bytes,
    pub(crate) place: DocumentVersion,
    /// Elasticsearch's `_version`: counts the writes since it was created.
    pub(crate) version: u64,
}

/// How a write went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) created: bool,
    pub(crate) place: DocumentVersion,
    pub(crate) version: u64,
}

impl Index {
    pub(crate) fn new(name: &str, template: Option<&Template>) -> Self {
        Self {
            name: name.to_owned(),
            documents: BTreeMap::new(),
            mappings: template.map(|template| template.mappings.clone()).unwrap_or_default(),
            templated: template.is_some(),
            closed: false,
            write_blocked: false,
            created: Utc::now(),
            next_seq_no: 0,
            writes: BTreeMap::new(),
            deleted: BTreeMap::new(),
        }
    }

    pub(crate) fn write(&mut self, op: WriteOp, id: &str, source: &[u8]) -> Result<Written, Rejection> {
        self.takes_writes()?;
        mapping::check(&self.mappings, id, source)?;
        let held = self.documents.get(id);
        match op {
            WriteOp::Create => {
                if let Some(held) = held {
                    let version = held.version;
                    return Err(conflict(
                        id,
                        &format!("document already exists (current version [{version}])"),
                    ));
                }
            }
            WriteOp::Index => {}
            WriteOp::IndexIf(version) => condition(id, held, version)?,
        }
        let created = held.is_none();
        let version =
            held.map(|held| held.version).or_else(|| self.deleted.get(id).copied()).unwrap_or_default() + 1;
        let place = self.next_place();
        // A copy, so that a document does not keep the whole request in memory.
        let document = Document { source: Bytes::copy_from_slice(source), place, version };
        self.documents.insert(id.to_owned(), document);
        *self.writes.entry(id.to_owned()).or_default() += 1;
        Ok(Written { created, place, version })
    }

    /// Deletes a document. Returns whether it was there; one that was not takes a number all the same.
    pub(crate) fn delete(
        &mut self,
        id: &str,
        version: Option<DocumentVersion>,
    ) -> Result<(bool, Written), Rejection> {
        self.takes_writes()?;
        let held = self.documents.get(id);
        if let Some(version) = version {
            condition(id, held, version)?;
        }
        let before = held.map(|held| held.version).or_else(|| self.deleted.get(id).copied());
        let version = before.unwrap_or_default() + 1;
        let was_there = self.documents.remove(id).is_some();
        self.deleted.insert(id.to_owned(), version);
        Ok((was_there, Written { created: false, place: self.next_place(), version }))
    }

    fn takes_writes(&self) -> Result<(), Rejection> {
        if self.closed {
            return Err(index_closed());
        }
        if self.write_blocked { Err(write_blocked(&self.name)) } else { Ok(()) }
    }

    fn next_place(&mut self) -> DocumentVersion {
        let seq_no = self.next_seq_no;
        self.next_seq_no += 1;
        DocumentVersion { seq_no, primary_term: PRIMARY_TERM }
    }
}

fn condition(id: &str, held: Option<&Document>, version: DocumentVersion) -> Result<(), Rejection> {
    let DocumentVersion { seq_no, primary_term } = version;
    match held {
        Some(held) if held.place == version => Ok(()),
        Some(held) => Err(conflict(
            id,
            &format!(
                "required seqNo [{seq_no}], primary term [{primary_term}]. current document has seqNo [{}] and \
                 primary term [{}]",
                held.place.seq_no, held.place.primary_term
            ),
        )),
        None => Err(conflict(
            id,
            &format!("required seqNo [{seq_no}], primary term [{primary_term}]. but no document was found"),
        )),
    }
}

fn conflict(id: &str, reason: &str) -> Rejection {
    refusal(409, "version_conflict_engine_exception", &format!("[{id}]: version conflict, {reason}"))
}
