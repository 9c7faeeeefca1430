//! The committed documents of a table, found by id.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::index::InvertedIndexReader;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use crate::error::Refusal;
use crate::schema::SEQ_NO;

/// What was committed last, with what looking up ids needs kept open.
pub(super) struct Committed {
    searcher: Searcher,
    segments: Vec<Segment>,
}

struct Segment {
    uids: Arc<InvertedIndexReader>,
    /// The greatest uid. Ids that begin with the time are mostly greater than all committed ones.
    last: Vec<u8>,
    seq_nos: Column<u64>,
}

impl Committed {
    pub(super) fn new(searcher: Searcher, uid: Field) -> Result<Self, Refusal> {
        let open = |reader: &SegmentReader| {
            let uids = reader.inverted_index(uid)?;
            let mut last = Vec::new();
            if let Some(ordinal) = (uids.terms().num_terms() as u64).checked_sub(1) {
                uids.terms().ord_to_term(ordinal, &mut last)?;
            }
            Ok(Segment { uids, last, seq_nos: seq_nos(reader)? })
        };
        let segments = searcher.segment_readers().iter().map(open).collect::<Result<_, Refusal>>()?;
        Ok(Self { searcher, segments })
    }

    pub(super) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Where a document lies.
    pub(super) fn find(&self, uid: &str) -> Result<Option<DocAddress>, Refusal> {
        for (ordinal, segment) in self.segments.iter().enumerate() {
            if uid.as_bytes() > segment.last.as_slice() {
                continue;
            }
            let Some(term) = segment.uids.terms().get(uid)? else { continue };
            let mut postings = segment.uids.read_postings_from_terminfo(&term, IndexRecordOption::Basic)?;
            let ordinal = ordinal as u32;
            let reader = self.searcher.segment_reader(ordinal);
            // Deleted documents with the same id may still be there.
            while postings.doc() != TERMINATED {
                if !reader.is_deleted(postings.doc()) {
                    return Ok(Some(DocAddress::new(ordinal, postings.doc())));
                }
                postings.advance();
            }
        }
        Ok(None)
    }

    /// The sequence number of a document.
    pub(super) fn seq_no(&self, uid: &str) -> Result<Option<u64>, Refusal> {
        let Some(address) = self.find(uid)? else { return Ok(None) };
        let segment = self.segments.get(address.segment_ord as usize);
        Ok(segment.and_then(|segment| segment.seq_nos.first(address.doc_id)))
    }

    /// The greatest sequence number among the documents of an index.
    pub(super) fn last_seq_no(&self, index: &str, field: Field) -> Result<Option<u64>, Refusal> {
        let term = Term::from_field_text(field, index);
        let mut last = None;
        for (reader, segment) in self.searcher.segment_readers().iter().zip(&self.segments) {
            let names = reader.inverted_index(field)?;
            let Some(mut postings) = names.read_postings(&term, IndexRecordOption::Basic)? else { continue };
            while postings.doc() != TERMINATED {
                // Deleted ones may be of an earlier index of that name.
                if !reader.is_deleted(postings.doc()) {
                    last = last.max(segment.seq_nos.first(postings.doc()));
                }
                postings.advance();
            }
        }
        Ok(last)
    }
}

fn seq_nos(reader: &SegmentReader) -> Result<Column<u64>, Refusal> {
    Ok(reader.fast_fields().u64(SEQ_NO)?)
}
