//! Writing documents: each is checked and read, all are put into the log, then into their tables.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use djelme_core::backend::DocumentVersion;
use djelme_core::document::WriteOp;
use djelme_core::outcome::ItemResponse;
use rustc_hash::FxHashMap;
use tantivy::TantivyDocument;

use super::catalog::{IndexMeta, TableId};
use super::log::frame::{Action, Frame};
use super::name;
use super::state::{PRIMARY_TERM, State};
use super::table::Table;
use crate::error::Refusal;
use crate::schema::{self, Envelope};

/// How often a table that failed is tried again while documents are written to it.
const PAUSE: Duration = Duration::from_secs(1);

/// The most bytes that a document has.
const LONGEST: usize = 100 << 20;

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
    lsn: u64,
    uid: String,
    index: Arc<IndexMeta>,
    seq_no: u64,
    document: TantivyDocument,
    bytes: usize,
    /// Whether another document has the id.
    replaces: bool,
}

/// What the writes of a batch so far will have done.
#[derive(Default)]
struct Earlier {
    documents: FxHashMap<String, u64>,
    next_seq_no: FxHashMap<String, u64>,
    /// Why indexes could not be made.
    no_index: Option<Refusal>,
    planned: Vec<Planned>,
    log: Vec<u8>,
}

impl State {
    /// Writes documents: one answer each.
    pub(super) fn write(&mut self, writes: &[Write<'_>], no_index: Option<Refusal>) -> Vec<ItemResponse> {
        // A table that stays out of order refuses its documents by itself.
        let _ = self.mend(PAUSE);
        let mut earlier = Earlier { no_index, ..Earlier::default() };
        let mut answers: Vec<ItemResponse> = writes
            .iter()
            .map(|write| {
                let planned = self.plan(write, &mut earlier);
                planned.unwrap_or_else(|refusal| ItemResponse::Failed(refusal.into()))
            })
            .collect();
        let last = self.lsn + earlier.planned.len() as u64;
        if let Some(log) = self.log.as_mut().filter(|_| !earlier.planned.is_empty())
            && let Err(refusal) = log.append(&earlier.log, last)
        {
            let is_stored =
                |answer: &ItemResponse| matches!(answer, ItemResponse::Created(_) | ItemResponse::Updated(_));
            for answer in answers.iter_mut().filter(|answer| is_stored(answer)) {
                *answer = ItemResponse::Failed(refusal.clone().into());
            }
            return answers;
        }
        self.lsn = last;
        self.next_seq_no.extend(earlier.next_seq_no);
        for plan in earlier.planned {
            if let Err(refusal) = self.apply(plan) {
                tracing::error!(%refusal, "a table failed; what was written is safe in the log");
            }
        }
        answers
    }

    /// Checks and reads a document, and notes it if it can be stored.
    fn plan(&self, write: &Write<'_>, earlier: &mut Earlier) -> Result<ItemResponse, Refusal> {
        let Some(index) = self.catalog.indexes.get(write.index) else {
            name::check_index(write.index)?;
            return Err(earlier.no_index.clone().unwrap_or_else(|| no_such_index(write.index)));
        };
        name::check_id(&write.id)?;
        check_length(write.source)?;
        let (table, seq_no) = (self.newest(index)?, self.seq_no(index, earlier)?);
        let envelope = Envelope { index: write.index, id: &write.id, seq_no };
        let document = index.schema.document(write.source, envelope)?;
        let uid = schema::uid(write.index, &write.id);
        let current = match earlier.documents.get(&uid) {
            Some(seq_no) => Some(*seq_no),
            None => self.find(index, &uid)?.map(|(_, seq_no)| seq_no),
        };
        let problem = match write.op {
            WriteOp::Create if current.is_some() => Some(format!(
                "[{}]: version conflict, document already exists (current version [1])",
                write.id
            )),
            WriteOp::Create | WriteOp::Index => None,
            WriteOp::IndexIf(expected) => conflict(&write.id, expected, current),
        };
        if let Some(reason) = problem {
            return Ok(ItemResponse::Conflict { reason });
        }
        let lsn = self.lsn + 1 + earlier.planned.len() as u64;
        let (action, source) = (Action::Index, write.source);
        let frame = Frame { lsn, action, table, seq_no, index: write.index, id: &write.id, source };
        if self.log.is_some() {
            frame.append_to(&mut earlier.log);
        }
        earlier.documents.insert(uid.clone(), seq_no);
        if let Some(next) = earlier.next_seq_no.get_mut(write.index) {
            *next = seq_no + 1;
        }
        let (index, replaces) = (Arc::clone(index), current.is_some());
        let bytes = write.source.len();
        earlier.planned.push(Planned { lsn, uid, index, seq_no, document, bytes, replaces });
        let version = DocumentVersion { seq_no, primary_term: PRIMARY_TERM };
        Ok(if replaces { ItemResponse::Updated(version) } else { ItemResponse::Created(version) })
    }

    /// The table for new documents of an index, if all of its tables are in order.
    fn newest(&self, index: &IndexMeta) -> Result<TableId, Refusal> {
        for id in &index.tables {
            if self.tables.get(id).is_none_or(Table::is_broken) {
                let reason = format!("table {id} of the store cannot be written; the program's log says why");
                return Err(Refusal::new(403, "cluster_block_exception", reason));
            }
        }
        index.tables.last().copied().ok_or_else(|| Refusal::fault("an index without a table"))
    }

    fn seq_no(&self, index: &IndexMeta, earlier: &mut Earlier) -> Result<u64, Refusal> {
        if let Some(next) = earlier.next_seq_no.get(&index.name) {
            return Ok(*next);
        }
        let next = self.next_seq_no(index)?;
        earlier.next_seq_no.insert(index.name.clone(), next);
        Ok(next)
    }

    fn apply(&mut self, plan: Planned) -> Result<(), Refusal> {
        let Planned { lsn, uid, index, seq_no, document, bytes, replaces } = plan;
        let Some((newest, older)) = index.tables.split_last() else { return Ok(()) };
        if replaces {
            for id in older {
                let table = self.table(*id)?;
                table.note_pending(0, index.refresh_interval);
                table.delete(lsn, &uid)?;
            }
        }
        let table = self.table(*newest)?;
        table.note_pending(bytes, index.refresh_interval);
        table.add(lsn, &uid, seq_no, document, replaces)
    }

    /// Deletes a document; whether it was there.
    pub(super) fn delete(
        &mut self,
        index: &str,
        id: &str,
        version: Option<DocumentVersion>,
    ) -> Result<bool, Refusal> {
        let _ = self.mend(PAUSE);
        let Some(meta) = self.catalog.indexes.get(index).cloned() else { return Ok(false) };
        name::check_id(id)?;
        self.newest(&meta)?;
        let uid = schema::uid(index, id);
        let found = self.find(&meta, &uid)?;
        if let Some(expected) = version
            && let Some(reason) = conflict(id, expected, found.map(|(_, seq_no)| seq_no))
        {
            return Err(Refusal::new(409, "version_conflict_engine_exception", reason));
        }
        let seq_no = self.next_seq_no(&meta)?;
        let Some((table, _)) = found else {
            // Elasticsearch, too, counts the deletion of what is not there.
            self.next_seq_no.insert(index.to_owned(), seq_no + 1);
            return Ok(false);
        };
        let lsn = self.lsn + 1;
        if let Some(log) = &mut self.log {
            let mut record = Vec::new();
            let (action, source) = (Action::Delete, b"".as_slice());
            Frame { lsn, action, table, seq_no, index, id, source }.append_to(&mut record);
            log.append(&record, lsn)?;
        }
        self.lsn = lsn;
        self.next_seq_no.insert(index.to_owned(), seq_no + 1);
        let table = self.table(table)?;
        table.note_next_seq_no(index, seq_no + 1);
        table.note_pending(0, meta.refresh_interval);
        if let Err(refusal) = table.delete(lsn, &uid) {
            tracing::error!(%refusal, "a table failed; the deletion is safe in the log");
        }
        Ok(true)
    }
}

/// Why a write on the condition of a version cannot be; `None` if the version is still there.
fn conflict(id: &str, expected: DocumentVersion, current: Option<u64>) -> Option<String> {
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

/// As Elasticsearch limits requests by itself.
fn check_length(source: &[u8]) -> Result<(), Refusal> {
    if source.len() <= LONGEST {
        return Ok(());
    }
    let reason = format!("a document of {} bytes is too long, the limit is {LONGEST}", source.len());
    Err(Refusal::new(413, "content_too_long_exception", reason))
}

/// Elasticsearch says the same where it does not create indexes by itself.
fn no_such_index(name: &str) -> Refusal {
    let reason = format!("no such index [{name}], and no index template has a pattern for it");
    Refusal::new(404, "index_not_found_exception", reason)
}
