//! Documents on their way through aggregations, and the values that columns have for them.

use std::fmt::Debug;
use std::ops::Range;

use tantivy::DocId;
use tantivy::columnar::{Column as Values, ColumnIndex};

/// Documents of one segment, each with the bucket that it fell into above.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// Ascending; a document that fell into several buckets comes several times.
    pub(super) docs: &'a [DocId],
    /// As many as there are documents.
    pub(super) buckets: &'a [u32],
    /// One past the greatest bucket there is so far.
    pub(super) bucket_count: u32,
}

/// The values that a column has for the documents of a block, in their order.
#[derive(Debug, Default)]
pub(super) struct Loaded<T> {
    pub(super) values: Vec<T>,
    /// Of each value: which document of the block it belongs to. Not filled if `dense`.
    positions: Vec<u32>,
    /// Every document has exactly one value.
    dense: bool,
    docs: Vec<DocId>,
    rows: Vec<u32>,
}

impl<T: Copy + Default + PartialOrd + Debug + Send + Sync + 'static> Loaded<T> {
    /// Reads; documents without a value have `missing`, if there is one.
    pub(super) fn load(&mut self, column: Option<&Values<T>>, docs: &[DocId], missing: Option<T>) {
        self.values.clear();
        self.positions.clear();
        self.dense = false;
        match (column, missing) {
            (None, None) => {}
            (None, Some(missing)) => {
                self.dense = true;
                self.values.resize(docs.len(), missing);
            }
            (Some(column), missing) => match &column.index {
                ColumnIndex::Full => {
                    self.dense = true;
                    self.values.resize(docs.len(), T::default());
                    fetch(column, docs, &mut self.values);
                }
                ColumnIndex::Empty { .. } => self.load(None, docs, missing),
                ColumnIndex::Optional(_) => self.load_optional(column, docs, missing),
                ColumnIndex::Multivalued(_) => self.load_many(column, docs, missing),
            },
        }
    }

    fn load_optional(&mut self, column: &Values<T>, docs: &[DocId], missing: Option<T>) {
        match docs.first() {
            Some(first) if adjoining(docs) => {
                self.load_adjoining(column, *first..*first + docs.len() as u32);
            }
            _ => self.load_scattered(column, docs),
        }
        if self.dense {
            return;
        }
        if let Some(missing) = missing {
            let mut all = vec![missing; docs.len()];
            for (position, value) in self.positions.iter().zip(&self.values) {
                all[*position as usize] = *value;
            }
            self.values = all;
            self.dense = true;
        }
    }

    /// Some of documents that follow each other have a value.
    fn load_adjoining(&mut self, column: &Values<T>, docs: Range<DocId>) {
        /// So many documents are looked at together: often all of them have one.
        const FEW: u32 = 16;
        let rows = column.index.docid_range_to_rowids(docs.clone());
        self.values.resize(rows.len(), T::default());
        if rows.is_empty() {
            return;
        }
        column.values.get_range(u64::from(rows.start), &mut self.values);
        if rows.len() == docs.len() {
            self.dense = true;
            return;
        }
        let mut from = docs.start;
        while from < docs.end {
            let until = (from + FEW).min(docs.end);
            let position = from - docs.start;
            if column.index.docid_range_to_rowids(from..until).len() == (until - from) as usize {
                self.positions.extend(position..position + (until - from));
            } else {
                let having = (from..until).filter(|doc| column.index.has_value(*doc));
                self.positions.extend(having.map(|doc| doc - docs.start));
            }
            from = until;
        }
    }

    fn load_scattered(&mut self, column: &Values<T>, docs: &[DocId]) {
        self.docs.clear();
        self.rows.clear();
        column.row_ids_for_docs(docs, &mut self.docs, &mut self.rows);
        self.values.resize(self.rows.len(), T::default());
        fetch(column, &self.rows, &mut self.values);
        if self.rows.len() == docs.len() {
            self.dense = true;
            return;
        }
        let mut at = 0;
        for doc in &self.docs {
            while docs[at] != *doc {
                at += 1;
            }
            self.positions.push(at as u32);
            at += 1;
        }
    }

    fn load_many(&mut self, column: &Values<T>, docs: &[DocId], missing: Option<T>) {
        for (position, doc) in docs.iter().enumerate() {
            let before = self.values.len();
            self.values.extend(column.values_for_doc(*doc));
            if self.values.len() == before {
                self.values.extend(missing);
            }
            self.positions.resize(self.values.len(), position as u32);
        }
    }

    /// Whether each document has exactly one value, so that a value's place is its document's.
    pub(super) fn dense(&self) -> bool {
        self.dense
    }

    /// Which document of the block each value belongs to; if not [`dense`](Self::dense).
    pub(super) fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// Each value with the bucket of its document.
    pub(super) fn each(&self, buckets: &[u32], mut take: impl FnMut(u32, T)) {
        if self.dense {
            for (bucket, value) in buckets.iter().zip(&self.values) {
                take(*bucket, *value);
            }
        } else {
            for (position, value) in self.positions.iter().zip(&self.values) {
                take(buckets[*position as usize], *value);
            }
        }
    }

    /// Each value with the place of its document in the block.
    pub(super) fn each_position(&self, mut take: impl FnMut(u32, T)) {
        if self.dense {
            for (position, value) in (0..).zip(&self.values) {
                take(position, *value);
            }
        } else {
            for (position, value) in self.positions.iter().zip(&self.values) {
                take(*position, *value);
            }
        }
    }

    /// The same with values that are made of all of them together.
    pub(super) fn convert_all<U>(&self, into: &mut Loaded<U>, map: impl FnOnce(&[T], &mut Vec<U>)) {
        into.dense = self.dense;
        into.positions.clone_from(&self.positions);
        map(&self.values, &mut into.values);
    }

    /// The same values under another type.
    pub(super) fn convert<U>(&self, into: &mut Loaded<U>, mut map: impl FnMut(T) -> U) {
        into.dense = self.dense;
        into.positions.clone_from(&self.positions);
        into.values.clear();
        into.values.extend(self.values.iter().map(|value| map(*value)));
    }
}

impl<T> Loaded<T> {
    /// Takes values that were found in another way; `positions` as in [`positions`](Loaded::positions).
    pub(super) fn replace(&mut self, dense: bool, fill: impl FnOnce(&mut Vec<T>, &mut Vec<u32>)) {
        self.dense = dense;
        self.values.clear();
        self.positions.clear();
        fill(&mut self.values, &mut self.positions);
    }
}

impl Loaded<u64> {
    /// The same with one more value for each document that has none.
    pub(super) fn fill(&self, docs: usize, missing: u64, into: &mut Self) {
        into.replace(false, |values, positions| {
            let mut own = self.values.iter().zip(&self.positions).peekable();
            for position in 0..docs as u32 {
                let before = values.len();
                while let Some((value, _)) = own.next_if(|(_, at)| **at == position) {
                    values.push(*value);
                }
                if values.len() == before {
                    values.push(missing);
                }
                positions.resize(values.len(), position);
            }
        });
    }
}

/// Reads rows; adjoining ones in one go.
fn fetch<T: Copy + PartialOrd + Debug + Send + Sync + 'static>(
    column: &Values<T>,
    rows: &[u32],
    values: &mut [T],
) {
    match rows.first() {
        None => {}
        Some(first) if adjoining(rows) => column.values.get_range(u64::from(*first), values),
        Some(_) => column.values.get_vals(rows, values),
    }
}

/// Whether each number is one more than the one before.
fn adjoining(numbers: &[u32]) -> bool {
    let Some(first) = numbers.first() else { return false };
    // No branch, so that several are compared at a time.
    numbers.iter().zip(*first..).fold(0, |differing, (number, expected)| differing | (number ^ expected)) == 0
}
