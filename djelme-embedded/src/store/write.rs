//! Writing documents: each is checked and read, then all are stored.

use std::borrow::Cow;
use std::sync::Arc;

use djelme_core::backend::DocumentVersion;
use djelme_core::document::WriteOp;
use djelme_core::outcome::ItemResponse;
use rustc_hash::FxHashMap;
use tantivy::TantivyDocument;

use super::catalog::IndexMeta;
use super::name;
use super::state::{PRIMARY_TERM, State};
use crate::error::Refusal;
use crate::schema::{self, Envelope};

/// One document to be written.
#[derive(Debug)]
pub(crate) struct Write<'a> {
    pub(crate) op: WriteOp,
    pub(crate) index: &'a str,
    pub(crate) id: Cow<'a, str>,
    pub(crate) source: &'a [u8],
}

/// A document that can be stored.
struct Planned {
    uid: String,
    index: Arc<IndexMeta>,
    seq_no: u64,
    document: TantivyDocument,
    /// Whether another document has the id.
    replaces: bool,
}

/// What the writes of a batch before this one will have done.
#[derive(Default)]
struct Earlier {
    documents: FxHashMap<String, u64>,
    next_seq_no: FxHashMap<String, u64>,
}

impl State {
    /// Writes documents: one answer each.
    pub(super) fn write(&mut self, writes: &[Write<'_>]) -> Vec<ItemResponse> {
        let mut earlier = Earlier::default();
        let mut planned = Vec::with_capacity(writes.len());
        let mut answers = Vec::with_capacity(writes.len());
        for write in writes {
            answers.push(match self.plan(write, &mut earlier) {
                Ok(Ok(plan)) => {
                    let version = DocumentVersion { seq_no: plan.seq_no, primary_term: PRIMARY_TERM };
                    let replaces = plan.replaces;
                    planned.push(plan);
                    if replaces { ItemResponse::Updated(version) } else { ItemResponse::Created(version) }
                }
                Ok(Err(reason)) => ItemResponse::Conflict { reason },
                Err(refusal) => ItemResponse::Failed(refusal.into()),
            });
        }
        self.lsn += planned.len() as u64;
        self.next_seq_no.extend(earlier.next_seq_no);
        for plan in planned {
            if let Err(refusal) = self.apply(plan) {
                tracing::error!(%refusal, "a write is not in its table");
            }
        }
        answers
    }

    /// Checks and reads a document; the inner error is a conflict.
    fn plan(&mut self, write: &Write<'_>, earlier: &mut Earlier) -> Result<Result<Planned, String>, Refusal> {
        name::check_index(write.index)?;
        name::check_id(&write.id)?;
        let Some(index) = self.catalog.indexes.get(write.index).cloned() else {
            return Err(no_such_index(write.index));
        };
        let seq_no = match earlier.next_seq_no.get(write.index) {
            Some(next) => *next,
            None => self.next_seq_no(&index)?,
        };
        let envelope = Envelope { index: write.index, id: &write.id, seq_no };
        let document = index.schema.document(write.source, envelope)?;
        let uid = schema::uid(write.index, &write.id);
        let current = match earlier.documents.get(&uid) {
            Some(seq_no) => Some(*seq_no),
            None => self.find(&index, &uid)?.map(|(_, seq_no)| seq_no),
        };
        let problem = match write.op {
            WriteOp::Create if current.is_some() => Some(format!(
                "[{}]: version conflict, document already exists (current version [1])",
                write.id
            )),
            WriteOp::Create | WriteOp::Index => None,
            WriteOp::IndexIf(expected) => conflict(&write.id, expected, current),
        };
        if let Some(problem) = problem {
            return Ok(Err(problem));
        }
        earlier.documents.insert(uid.clone(), seq_no);
        match earlier.next_seq_no.get_mut(write.index) {
            Some(next) => *next = seq_no + 1,
            None => drop(earlier.next_seq_no.insert(write.index.to_owned(), seq_no + 1)),
        }
        Ok(Ok(Planned { uid, index, seq_no, document, replaces: current.is_some() }))
    }

    fn apply(&mut self, plan: Planned) -> Result<(), Refusal> {
        let Planned { uid, index, seq_no, document, replaces } = plan;
        let Some((newest, older)) = index.tables.split_last() else { return Ok(()) };
        if replaces {
            for table in older {
                self.table(*table)?.delete(&uid)?;
            }
        }
        self.table(*newest)?.add(&uid, seq_no, document, replaces)
    }
}

/// Why a write on the condition of a version cannot be; `None` if the version is still there.
pub(super) fn conflict(id: &str, expected: DocumentVersion, current: Option<u64>) -> Option<String> {
    let DocumentVersion { seq_no, primary_term } = expected;
    let required =
        format!("[{id}]: version conflict, required seqNo [{seq_no}], primary term [{primary_term}].");
    match current {
        Some(current) if (current, PRIMARY_TERM) == (seq_no, primary_term) => None,
        Some(current) => Some(format!(
            "{required} current document has seqNo [{current}] and primary term [{PRIMARY_TERM}]"
        )),
        None => Some(format!("{required} but no document was found")),
    }
}

/// As Elasticsearch says it where it does not create indexes by itself.
fn no_such_index(name: &str) -> Refusal {
    let reason = format!(
        "no such index [{name}] and no index template for it: the embedded engine does not map by itself"
    );
    Refusal::new(404, "index_not_found_exception", reason)
}
