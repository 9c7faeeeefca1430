//! One table: a tantivy index, the writer that is open on it, and what was written since its last commit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tantivy::directory::{MmapDirectory, RamDirectory};
use tantivy::index::Index;
use tantivy::indexer::{IndexWriter, IndexWriterOptions, LogMergePolicy};
use tantivy::schema::{Field, Value};
use tantivy::{IndexReader, ReloadPolicy, TantivyDocument, Term};

use super::committed::Committed;
use super::files;
use super::snapshot::TableView;
use crate::error::Refusal;
use crate::schema::{self, Schema};

/// What a segment may take of memory before it is written out.
const ARENA: usize = 60_000_000;

/// Segments with more deleted documents than this part are written anew, so that deleted indexes free their disk.
const TOLERATED_DELETIONS: f32 = 0.2;

/// Where a table lies.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Memory,
    Folder(PathBuf),
}

/// What a commit says about itself, as JSON.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct CommitNote {
    /// The last record of the log that it holds.
    lsn: u64,
    /// The next sequence numbers of indexes whose last one may belong to a deleted document.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    next_seq_no: BTreeMap<String, u64>,
}

pub(super) struct Table {
    schema: Arc<Schema>,
    index: Index,
    reader: IndexReader,
    writer: Option<IndexWriter>,
    uid: Field,
    index_name: Field,
    committed: Committed,
    note: CommitNote,
    pending: Pending,
    /// Whether the writer has failed, so that what is pending has to be read from the log again.
    broken: bool,
}

/// What was written since the last commit.
#[derive(Default)]
struct Pending {
    /// Documents that were stored (with their sequence numbers) or deleted, by their uid.
    documents: FxHashMap<Box<str>, Option<u64>>,
    bytes: usize,
    /// The first record of the log that is not committed here.
    first: Option<u64>,
    /// When searches are to see it at the latest.
    due: Option<Instant>,
}

impl Table {
    /// Makes a new table in this place.
    pub(super) fn create(schema: &Arc<Schema>, place: &Place) -> Result<Self, Refusal> {
        let tantivy = schema.tantivy().clone();
        let index = match place {
            Place::Memory => Index::open_or_create(RamDirectory::create(), tantivy)?,
            Place::Folder(path) => {
                std::fs::create_dir_all(path)?;
                files::sync_folder(path.parent().unwrap_or(path))?;
                let directory = MmapDirectory::open(path).map_err(Refusal::fault)?;
                Index::open_or_create(directory, tantivy)?
            }
        };
        Self::over(schema, index)
    }

    /// Opens the table in this folder.
    pub(super) fn open(schema: &Arc<Schema>, folder: &Path) -> Result<Self, Refusal> {
        let index = Index::open_in_dir(folder)?;
        if index.schema() != *schema.tantivy() {
            return Err(Refusal::fault("its columns are not those of its mapping"));
        }
        Self::over(schema, index)
    }

    fn over(schema: &Arc<Schema>, mut index: Index) -> Result<Self, Refusal> {
        index.set_tokenizers(schema.tokenizers());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let uid = schema.tantivy().get_field(schema::UID)?;
        Ok(Self {
            schema: Arc::clone(schema),
            committed: Committed::new(reader.searcher(), uid)?,
            reader,
            writer: None,
            uid,
            index_name: schema.tantivy().get_field(schema::INDEX)?,
            note: note(&index)?,
            index,
            pending: Pending::default(),
            broken: false,
        })
    }

    pub(super) fn view(&self) -> TableView {
        TableView { searcher: self.committed.searcher().clone() }
    }

    pub(super) fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The sequence number of the document; `None` if it is not there.
    pub(super) fn find(&self, uid: &str) -> Result<Option<u64>, Refusal> {
        match self.pending.documents.get(uid) {
            Some(pending) => Ok(*pending),
            None => self.committed.seq_no(uid),
        }
    }

    pub(super) fn is_pending(&self, uid: &str) -> bool {
        self.pending.documents.contains_key(uid)
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

    /// Stores a document of the log; `replaces` if another may have its id.
    pub(super) fn add(
        &mut self,
        lsn: u64,
        uid: &str,
        seq_no: u64,
        document: TantivyDocument,
        replaces: bool,
    ) -> Result<(), Refusal> {
        self.pending.first.get_or_insert(lsn);
        self.pending.documents.insert(uid.into(), Some(seq_no));
        let delete = replaces.then(|| Term::from_field_text(self.uid, uid));
        self.on_writer(|writer| {
            if let Some(term) = delete {
                writer.delete_term(term);
            }
            writer.add_document(document).map(drop)
        })
    }

    /// Deletes a document, as the log says.
    pub(super) fn delete(&mut self, lsn: u64, uid: &str) -> Result<(), Refusal> {
        self.pending.first.get_or_insert(lsn);
        self.pending.documents.insert(uid.into(), None);
        let term = Term::from_field_text(self.uid, uid);
        self.on_writer(|writer| {
            writer.delete_term(term);
            Ok(())
        })
    }

    /// Deletes all documents of an index. The log knows nothing of it: it has to be committed.
    pub(super) fn delete_index(&mut self, index: &str) -> Result<(), Refusal> {
        self.note.next_seq_no.remove(index);
        let term = Term::from_field_text(self.index_name, index);
        self.on_writer(|writer| {
            writer.delete_term(term);
            Ok(())
        })
    }

    /// Notes that the sequence numbers of an index go on here, whatever its documents say.
    pub(super) fn note_next_seq_no(&mut self, index: &str, next: u64) {
        self.note.next_seq_no.insert(index.to_owned(), next);
    }

    /// Notes how much was written, and when searches are to see it.
    pub(super) fn note_pending(&mut self, bytes: usize, refresh_interval: Option<Duration>) {
        self.pending.bytes += bytes;
        if let Some(due) = refresh_interval.and_then(|interval| Instant::now().checked_add(interval)) {
            self.pending.due = Some(self.pending.due.map_or(due, |earlier| earlier.min(due)));
        }
    }

    /// Puts off the next commit: the last one failed.
    pub(super) fn put_off(&mut self, pause: Duration) {
        self.pending.due = Instant::now().checked_add(pause);
    }

    /// Works on the writer. Once it has failed, nothing more is asked of it.
    fn on_writer(
        &mut self,
        work: impl FnOnce(&mut IndexWriter) -> tantivy::Result<()>,
    ) -> Result<(), Refusal> {
        if self.broken {
            return Ok(());
        }
        let done = open_writer(&self.index, &mut self.writer).and_then(work);
        if done.is_err() {
            self.broken = true;
            self.writer = None;
        }
        Ok(done?)
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.pending.first.is_some()
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.pending.due
    }

    /// Documents and bytes since the last commit.
    pub(super) fn pending(&self) -> (usize, usize) {
        (self.pending.documents.len(), self.pending.bytes)
    }

    /// The first record of the log that the next open will need.
    pub(super) fn first_pending(&self) -> Option<u64> {
        if self.broken { Some(self.note.lsn + 1) } else { self.pending.first }
    }

    /// The last record of the log that the last commit holds.
    pub(super) fn committed_lsn(&self) -> u64 {
        self.note.lsn
    }

    /// Begins anew at the last commit, after a failure.
    pub(super) fn reopen(&mut self) -> Result<(), Refusal> {
        self.writer = None;
        let due = self.pending.due;
        self.note = note(&self.index)?;
        self.pending = Pending { due, ..Pending::default() };
        self.show()
    }

    /// Notes that what is pending could not be read from the log.
    pub(super) fn is_not_mended(&mut self) {
        self.broken = true;
    }

    /// Makes everything so far durable and visible; `lsn` is the last record of the log.
    pub(super) fn commit(&mut self, lsn: u64) -> Result<(), Refusal> {
        let note = CommitNote { lsn, ..self.note.clone() };
        let payload = serde_json::to_string(&note).map_err(Refusal::fault)?;
        self.on_writer(|writer| {
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(&payload);
            prepared.commit().map(drop)
        })?;
        if self.broken {
            return Err(Refusal::fault("the table failed before"));
        }
        self.note = note;
        self.pending = Pending::default();
        self.show()
    }

    fn show(&mut self) -> Result<(), Refusal> {
        // Without the last commit in sight, ids would be taken for free.
        self.broken = true;
        self.reader.reload()?;
        self.committed = Committed::new(self.reader.searcher(), self.uid)?;
        self.broken = false;
        Ok(())
    }

    /// Shows segments that were merged since the last commit; whether there were any.
    pub(super) fn show_merged(&mut self) -> Result<bool, Refusal> {
        if self.broken || self.writer.is_none() {
            return Ok(false);
        }
        let mut merged = self.index.searchable_segment_ids()?;
        let readers = self.committed.searcher().segment_readers();
        let mut shown: Vec<_> = readers.iter().map(tantivy::SegmentReader::segment_id).collect();
        merged.sort_unstable();
        shown.sort_unstable();
        if merged == shown {
            return Ok(false);
        }
        self.show()?;
        Ok(true)
    }

    /// Removes the files of segments that nobody sees any more.
    pub(super) fn remove_unseen(&self) {
        if let Some(writer) = &self.writer
            && let Err(error) = writer.garbage_collect_files().wait()
        {
            tracing::debug!(%error, "files of merged segments stay for now");
        }
    }

    /// The writer, to be closed.
    pub(super) fn take_writer(&mut self) -> Option<IndexWriter> {
        self.writer.take()
    }
}

fn note(index: &Index) -> Result<CommitNote, Refusal> {
    match index.load_metas()?.payload {
        Some(payload) => serde_json::from_str(&payload).map_err(Refusal::fault),
        None => Ok(CommitNote::default()),
    }
}

fn open_writer<'a>(
    index: &Index,
    writer: &'a mut Option<IndexWriter>,
) -> tantivy::Result<&'a mut IndexWriter> {
    let opened = match writer.take() {
        Some(open) => open,
        None => {
            let options = IndexWriterOptions::builder()
                .num_worker_threads(1)
                .num_merge_threads(1)
                .memory_budget_per_thread(ARENA)
                .build();
            let opened = index.writer_with_options(options)?;
            let mut policy = LogMergePolicy::default();
            policy.set_del_docs_ratio_before_merge(TOLERATED_DELETIONS);
            opened.set_merge_policy(Box::new(policy));
            // What an earlier writer left when it failed or was killed. On a full disk that is what counts.
            if let Err(error) = opened.garbage_collect_files().wait() {
                tracing::debug!(%error, "files of a table that are not needed stay for now");
            }
            opened
        }
    };
    Ok(writer.insert(opened))
}
