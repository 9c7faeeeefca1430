//! The values of a document, field by field, as a table takes them.

use std::borrow::Cow;

use tantivy::TantivyDocument;
use tantivy::tokenizer::{PreTokenizedString, Token};

use super::mapping::Leaf;
use super::{Envelope, Kind, Schema, uid};
use crate::analysis::{POSITION_GAP, Tokens};

/// A value as a column or the terms of a field hold it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    I64(i64),
    U64(u64),
    F64(f64),
    Str(Cow<'a, str>),
}

/// The values that were read, in the order of the document.
#[derive(Debug, Default)]
pub(super) struct Row<'a> {
    /// The place of the leaf, twice: the keys of a flattened field come right after its values.
    cells: Vec<(usize, Cell<'a>)>,
    /// Leaves of which a value was left out.
    ignored: Vec<usize>,
}

impl<'a> Row<'a> {
    pub(super) fn with_capacity(leaves: usize) -> Self {
        Self { cells: Vec::with_capacity(leaves), ignored: Vec::new() }
    }

    pub(super) fn push(&mut self, place: usize, cell: Cell<'a>) {
        self.cells.push((place * 2, cell));
    }

    pub(super) fn push_keyed(&mut self, place: usize, keyed: String) {
        self.cells.push((place * 2 + 1, Cell::Str(Cow::Owned(keyed))));
    }

    pub(super) fn ignore(&mut self, place: usize) {
        self.ignored.push(place);
    }

    /// What a table stores of the document.
    pub(super) fn into_document(
        mut self,
        schema: &Schema,
        source: &[u8],
        envelope: Envelope<'_>,
    ) -> TantivyDocument {
        let handles = &schema.handles;
        let mut document = TantivyDocument::with_capacity(source.len() + 256);
        document.add_text(handles.uid, uid(envelope.index, envelope.id));
        document.add_text(handles.index, envelope.index);
        document.add_u64(handles.seq_no, envelope.seq_no);
        document.add_text(handles.id, envelope.id);
        document.add_bytes(handles.source, source);
        self.ignored.sort_unstable();
        self.ignored.dedup();
        for &place in &self.ignored {
            document.add_text(handles.ignored, &schema.leaves[place].field.path);
        }
        self.cells.sort_by_key(|(slot, _)| *slot);
        for cells in self.cells.chunk_by_mut(|(a, _), (b, _)| a == b) {
            let slot = cells[0].0;
            let leaf = &schema.leaves[slot / 2];
            if let Kind::Text { analyzer, .. } = &leaf.field.kind {
                document.add_text(handles.field_names, &leaf.field.path);
                add_text(&mut document, schema, leaf, analyzer, cells);
            } else {
                add_values(&mut document, leaf, slot % 2 == 1, cells);
            }
        }
        document
    }
}

/// Adds the values of a column, in order; terms once each.
fn add_values(document: &mut TantivyDocument, leaf: &Leaf, keyed: bool, cells: &mut [(usize, Cell<'_>)]) {
    let Some(handle) = (if keyed { leaf.keyed } else { leaf.handle }) else { return };
    if cells.len() > 1 {
        cells.sort_unstable_by(|(_, a), (_, b)| order(a, b));
    }
    let mut last = None;
    for (_, cell) in &*cells {
        match cell {
            Cell::I64(value) => document.add_i64(handle, *value),
            Cell::U64(value) => document.add_u64(handle, *value),
            Cell::F64(value) => document.add_f64(handle, *value),
            Cell::Str(text) => {
                if last != Some(text) {
                    document.add_text(handle, text);
                }
                last = Some(text);
            }
        }
    }
}

fn order(a: &Cell<'_>, b: &Cell<'_>) -> std::cmp::Ordering {
    match (a, b) {
        (Cell::I64(a), Cell::I64(b)) => a.cmp(b),
        (Cell::U64(a), Cell::U64(b)) => a.cmp(b),
        (Cell::F64(a), Cell::F64(b)) => a.total_cmp(b),
        (Cell::Str(a), Cell::Str(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    }
}

/// Adds text. Several values are analyzed here, as tantivy leaves too small a gap between them.
fn add_text(
    document: &mut TantivyDocument,
    schema: &Schema,
    leaf: &Leaf,
    analyzer: &str,
    cells: &[(usize, Cell<'_>)],
) {
    let Some(handle) = leaf.handle else { return };
    if let [(_, Cell::Str(text))] = cells {
        document.add_text(handle, text);
        return;
    }
    let Some(analyzer) = schema.analyzers.get(analyzer) else { return };
    let mut all: Vec<Token> = Vec::new();
    let mut tokens = Tokens::default();
    let mut start = 0;
    for (_, cell) in cells {
        let Cell::Str(text) = cell else { continue };
        analyzer.analyze(text, &mut tokens);
        all.extend(tokens.iter().map(|token| Token { position: token.position + start, ..token.clone() }));
        start += tokens.end() + POSITION_GAP;
    }
    document.add_pre_tokenized_text(handle, PreTokenizedString { text: String::new(), tokens: all });
}
