//! The values of a field, document by document: what sorting and aggregations read.

use std::cmp::Ordering;
use std::ops::{Bound, Range};

use tantivy::columnar::{Column as Values, StrColumn, TermOrdHit};
use tantivy::{DocId, SegmentReader};

use crate::error::Refusal;
use crate::schema::{ColumnType, FieldType};

/// The column of one field in one segment.
#[derive(Debug, Clone)]
pub(crate) enum Column {
    I64(Values<i64>),
    U64(Values<u64>),
    F64(Values<f64>),
    Str(TextColumn),
}

/// A column of terms. Values are ordinals within the segment, in the order of the terms' bytes.
#[derive(Debug, Clone)]
pub(crate) struct TextColumn {
    column: StrColumn,
    /// Of a key within a flattened field: the ordinals of its terms, and the length of the key before each value.
    keyed: Option<(Range<u64>, usize)>,
}

impl Column {
    /// The column of a field; `None` if no document of the segment has a value, or the type has no columns.
    pub(crate) fn open(segment: &SegmentReader, field: &FieldType) -> Result<Option<Self>, Refusal> {
        let fast = segment.fast_fields();
        let name = field.column_name();
        Ok(match field.kind.column_type() {
            None => None,
            Some(ColumnType::I64) => fast.column_opt(&name)?.map(Self::I64),
            Some(ColumnType::U64) => fast.column_opt(&name)?.map(Self::U64),
            Some(ColumnType::F64) => fast.column_opt(&name)?.map(Self::F64),
            Some(ColumnType::Str) => match fast.str(&name)? {
                Some(column) => TextColumn::new(column, &field.term_prefix())?.map(Self::Str),
                None => None,
            },
        })
    }
}

impl TextColumn {
    /// `None` if no term begins with the prefix.
    fn new(column: StrColumn, prefix: &str) -> Result<Option<Self>, Refusal> {
        if prefix.is_empty() {
            return Ok((column.num_terms() > 0).then_some(Self { column, keyed: None }));
        }
        // The prefix ends in the least character, so that all terms with it come before the next one.
        let after = format!("{}\u{1}", &prefix[..prefix.len() - 1]);
        let bounds = (Bound::Included(prefix), Bound::Excluded(after.as_str()));
        let (first, end) = column.dictionary().term_bounds_to_ord(bounds.0, bounds.1)?;
        let ordinal = |bound| match bound {
            Bound::Included(ordinal) | Bound::Excluded(ordinal) => ordinal,
            Bound::Unbounded => u64::MAX,
        };
        let range = ordinal(first)..ordinal(end).min(column.num_terms() as u64);
        Ok((!range.is_empty()).then_some(Self { column, keyed: Some((range, prefix.len())) }))
    }

    /// The ordinals of a document, ascending, each once.
    pub(crate) fn ordinals(&self, doc: DocId) -> impl Iterator<Item = u64> + '_ {
        let wanted = |ordinal: &u64| self.keyed.as_ref().is_none_or(|(range, _)| range.contains(ordinal));
        self.column.ords().values_for_doc(doc).filter(wanted)
    }

    /// The column of ordinals itself, for loops over whole blocks; `None` for a key of a flattened field.
    pub(crate) fn plain_ordinals(&self) -> Option<&Values<u64>> {
        self.keyed.is_none().then(|| self.column.ords())
    }

    /// The ordinal of a term, or else that of the next term there is, which may be one past the last.
    pub(crate) fn find(&self, term: &[u8]) -> Result<Result<u64, u64>, Refusal> {
        let dictionary = self.column.dictionary();
        let Some((range, key)) = &self.keyed else {
            return Ok(match dictionary.term_ord_or_next(term)? {
                TermOrdHit::Exact(ordinal) => Ok(ordinal),
                TermOrdHit::Next(ordinal) => Err(ordinal.min(self.cardinality())),
            });
        };
        let mut low = range.start;
        let mut high = range.end;
        let mut found = Vec::new();
        while low < high {
            let middle = low + (high - low) / 2;
            dictionary.ord_to_term(middle, &mut found)?;
            match found[*key..].cmp(term) {
                Ordering::Equal => return Ok(Ok(middle)),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        Ok(Err(low))
    }

    /// One past the greatest ordinal.
    pub(crate) fn cardinality(&self) -> u64 {
        self.column.num_terms() as u64
    }

    /// The terms of these ordinals, which must ascend.
    pub(crate) fn terms(&self, ordinals: &[u64], mut each: impl FnMut(&[u8])) -> Result<(), Refusal> {
        let key = self.keyed.as_ref().map_or(0, |(_, length)| *length);
        let _ = self.column.dictionary().sorted_ords_to_term_cb(ordinals, |term| {
            each(&term[key..]);
        })?;
        Ok(())
    }
}
