//! How much each index holds.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tantivy::directory::Directory as _;
use tantivy::{HasLen as _, Searcher, SegmentReader};

use super::snapshot::Snapshot;
use crate::error::Refusal;
use crate::schema::INDEX;

/// What an index holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) documents: u64,
    /// Its part of the bytes of the tables that it shares with others.
    pub(crate) bytes: u64,
}

impl Snapshot {
    /// What each index holds, by name. An index without documents is left out.
    pub(crate) fn sizes(&self) -> Result<BTreeMap<String, Size>, Refusal> {
        let mut sizes: BTreeMap<String, Size> = BTreeMap::new();
        for table in self.tables.values() {
            let documents = documents(&table.searcher)?;
            let all = u128::from(documents.values().sum::<u64>().max(1));
            let bytes = u128::from(bytes(&table.searcher));
            for (index, documents) in documents {
                let size = sizes.entry(index).or_default();
                size.documents += documents;
                size.bytes += u64::try_from(bytes * u128::from(documents) / all).unwrap_or(u64::MAX);
            }
        }
        Ok(sizes)
    }
}

/// The bytes of a table's files. Those of segments that a merge has just replaced may be gone already.
fn bytes(searcher: &Searcher) -> u64 {
    let directory = searcher.index().directory();
    let files = directory.list_managed_files();
    let length = |file: &PathBuf| directory.open_read(file).map_or(0, |content| content.len() as u64);
    files.iter().map(length).sum()
}

/// The number of documents of each index in a table.
fn documents(searcher: &Searcher) -> Result<BTreeMap<String, u64>, Refusal> {
    let mut documents = BTreeMap::new();
    for segment in searcher.segment_readers() {
        let mut add = |name: &[u8], count: u64| {
            if count > 0 {
                *documents.entry(String::from_utf8_lossy(name).into_owned()).or_default() += count;
            }
        };
        if segment.has_deletes() { count_alive(segment, &mut add)? } else { count_all(segment, &mut add)? }
    }
    Ok(documents)
}

fn count_all(segment: &SegmentReader, add: &mut impl FnMut(&[u8], u64)) -> Result<(), Refusal> {
    let names = segment.inverted_index(segment.schema().get_field(INDEX)?)?;
    let mut terms = names.terms().stream()?;
    while terms.advance() {
        add(terms.key(), terms.value().doc_freq.into());
    }
    Ok(())
}

fn count_alive(segment: &SegmentReader, add: &mut impl FnMut(&[u8], u64)) -> Result<(), Refusal> {
    let Some(column) = segment.fast_fields().str(INDEX)? else { return Ok(()) };
    let mut counts = vec![0; column.num_terms()];
    for document in segment.doc_ids_alive() {
        for ordinal in column.ords().values_for_doc(document) {
            if let Some(count) = counts.get_mut(ordinal as usize) {
                *count += 1;
            }
        }
    }
    let ordinals: Vec<u64> = (0..counts.len() as u64).collect();
    let mut counts = counts.into_iter();
    column.dictionary().sorted_ords_to_term_cb(&ordinals, |name| {
        add(name, counts.next().unwrap_or(0));
    })?;
    Ok(())
}
