//! One table: a tantivy index, the writer that is open on it, and what was written since its last commit.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tantivy::directory::{MmapDirectory, RamDirectory};
use tantivy::index::Index;
use tantivy::indexer::{IndexWriter, IndexWriterOptions, LogMergePolicy};
use tantivy::schema::Value;
use tantivy::{IndexReader, ReloadPolicy, TantivyDocument, Term};

use super::committed::Committed;
use super::snapshot::TableView;
use crate::error::Refusal;
use crate::schema::{self, Schema};

/// What a segment may take of memory before it is written out.
const ARENA: usize = 60_000_000;

/// Segments with more deleted documents than this part are written anew, so that deleted indexes free their disk.
const TOLERATED_DELETIONS: f32 = 0.2;

/// Where tables lie.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Memory,
    Folder(PathBuf),
}

/// What a commit says about itself, as JSON.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct CommitNote {
    /// The last record of the log that it holds.
    pub(super) lsn: u64,
    /// The next sequence numbers of indexes whose last one may belong to a deleted document.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) next_seq_no: BTreeMap<String, u64>,
}

pub(super) struct Table {
    schema: Arc<Schema>,
    index: Index,
    reader: IndexReader,
    writer: Option<IndexWriter>,
    uid: tantivy::schema::Field,
    index_name: tantivy::schema::Field,
    committed: Committed,
    note: CommitNote,
    /// Documents written (with their sequence number) or deleted since the last commit, by their uid.
    pending: FxHashMap<Box<str>, Option<u64>>,
    /// The first write since the last commit.
    dirty_since: Option<Instant>,
}

impl Table {
    /// Opens the table in its place, or makes it there.
    pub(super) fn open(schema: &Arc<Schema>, place: &Place) -> Result<Self, Refusal> {
        let index = match place {
            Place::Memory => Index::open_or_create(RamDirectory::create(), schema.tantivy().clone())?,
            Place::Folder(path) => {
                std::fs::create_dir_all(path)?;
                let directory = MmapDirectory::open(path).map_err(Refusal::fault)?;
                Index::open_or_create(directory, schema.tantivy().clone())?
            }
        };
        Self::over(schema, index)
    }

    fn over(schema: &Arc<Schema>, index: Index) -> Result<Self, Refusal> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let note = match index.load_metas()?.payload {
            Some(payload) => serde_json::from_str(&payload).map_err(Refusal::fault)?,
            None => CommitNote::default(),
        };
        let uid = schema.tantivy().get_field(schema::UID)?;
        let index_name = schema.tantivy().get_field(schema::INDEX)?;
        Ok(Self {
            schema: Arc::clone(schema),
            committed: Committed::new(reader.searcher(), uid)?,
            index,
            reader,
            writer: None,
            uid,
            index_name,
            note,
            pending: FxHashMap::default(),
            dirty_since: None,
        })
    }

    pub(super) fn view(&self) -> TableView {
        TableView { schema: Arc::clone(&self.schema), searcher: self.committed.searcher().clone() }
    }

    /// The sequence number of the document; `None` if it is not there.
    pub(super) fn find(&self, uid: &str) -> Result<Option<u64>, Refusal> {
        match self.pending.get(uid) {
            Some(pending) => Ok(*pending),
            None => self.committed.seq_no(uid),
        }
    }

    pub(super) fn is_pending(&self, uid: &str) -> bool {
        self.pending.contains_key(uid)
    }

    /// The JSON of a committed document.
    pub(super) fn source(&self, uid: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(address) = self.committed.find(uid)? else { return Ok(None) };
        let document: TantivyDocument = self.committed.searcher().doc(address)?;
        let source = self.schema.tantivy().get_field(schema::SOURCE)?;
        Ok(document.get_first(source).and_then(|value| value.as_bytes().map(<[u8]>::to_vec)))
    }

    /// The next sequence number of an index, as far as this table knows.
    pub(super) fn next_seq_no(&self, index: &str) -> Result<u64, Refusal> {
        let noted = self.note.next_seq_no.get(index).copied().unwrap_or(0);
        let last = self.committed.last_seq_no(index, self.index_name)?;
        Ok(last.map_or(noted, |last| noted.max(last + 1)))
    }

    /// Stores a document; `replaces` if another may have its id.
    pub(super) fn add(
        &mut self,
        uid: &str,
        seq_no: u64,
        document: TantivyDocument,
        replaces: bool,
    ) -> Result<(), Refusal> {
        let term = replaces.then(|| Term::from_field_text(self.uid, uid));
        self.pending.insert(uid.into(), Some(seq_no));
        let writer = self.writer()?;
        if let Some(term) = term {
            writer.delete_term(term);
        }
        writer.add_document(document)?;
        Ok(())
    }

    /// Deletes a document.
    pub(super) fn delete(&mut self, uid: &str) -> Result<(), Refusal> {
        let term = Term::from_field_text(self.uid, uid);
        self.pending.insert(uid.into(), None);
        self.writer()?.delete_term(term);
        Ok(())
    }

    /// Deletes all documents of an index.
    pub(super) fn delete_index(&mut self, index: &str) -> Result<(), Refusal> {
        let term = Term::from_field_text(self.index_name, index);
        self.writer()?.delete_term(term);
        self.note.next_seq_no.remove(index);
        Ok(())
    }

    /// Notes that the sequence numbers of an index go on here, whatever its documents say.
    pub(super) fn note_next_seq_no(&mut self, index: &str, next: u64) {
        self.note.next_seq_no.insert(index.to_owned(), next);
    }

    fn writer(&mut self) -> Result<&mut IndexWriter, Refusal> {
        self.dirty_since.get_or_insert_with(Instant::now);
        if self.writer.is_none() {
            let options = IndexWriterOptions::builder()
                .num_worker_threads(1)
                .num_merge_threads(1)
                .memory_budget_per_thread(ARENA)
                .build();
            let writer = self.index.writer_with_options(options)?;
            let mut policy = LogMergePolicy::default();
            policy.set_del_docs_ratio_before_merge(TOLERATED_DELETIONS);
            writer.set_merge_policy(Box::new(policy));
            self.writer = Some(writer);
        }
        self.writer.as_mut().ok_or_else(|| Refusal::fault("no writer"))
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.dirty_since.is_some()
    }

    pub(super) fn dirty_since(&self) -> Option<Instant> {
        self.dirty_since
    }

    /// The last record of the log that the last commit holds.
    pub(super) fn committed_lsn(&self) -> u64 {
        self.note.lsn
    }

    /// Makes everything so far durable and visible; `lsn` is the last record of the log.
    pub(super) fn commit(&mut self, lsn: u64) -> Result<(), Refusal> {
        let note = CommitNote { lsn, ..self.note.clone() };
        let payload = serde_json::to_string(&note).map_err(Refusal::fault)?;
        let mut prepared = self.writer()?.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        self.note = note;
        self.pending.clear();
        self.dirty_since = None;
        self.reader.reload()?;
        self.committed = Committed::new(self.reader.searcher(), self.uid)?;
        Ok(())
    }

    /// Lets merges under way come to their end, and closes the writer.
    pub(super) fn close(&mut self) {
        if let Some(writer) = self.writer.take()
            && let Err(error) = writer.wait_merging_threads()
        {
            tracing::warn!(%error, "merging segments of a table failed; they are merged later");
        }
    }
}
