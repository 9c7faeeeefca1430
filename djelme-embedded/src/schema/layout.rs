//! The schema of a table: which columns and terms hold the fields of a mapping.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, SchemaBuilder, TextFieldIndexing, TextOptions,
};

use super::field::KEYED;
use super::mapping::Leaf;
use super::{ColumnType, FIELD_NAMES, ID, IGNORED, INDEX, Kind, SEQ_NO, SOURCE, UID};

/// The fields that every table has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handles {
    pub(super) uid: Field,
    pub(super) index: Field,
    pub(super) seq_no: Field,
    pub(super) id: Field,
    pub(super) source: Field,
    pub(super) field_names: Field,
    pub(super) ignored: Field,
}

#[derive(Debug)]
pub(super) struct Layout {
    pub(super) schema: tantivy::schema::Schema,
    pub(super) handles: Handles,
}

impl Layout {
    /// Lays out the fields; each leaf is told the handles of its own.
    pub(super) fn new(leaves: &mut [Leaf]) -> Self {
        let mut builder = tantivy::schema::Schema::builder();
        let handles = Handles {
            uid: builder.add_text_field(UID, raw()),
            index: builder.add_text_field(INDEX, raw().set_fast("raw")),
            seq_no: builder.add_u64_field(SEQ_NO, NumericOptions::default().set_fast()),
            id: builder.add_text_field(ID, TextOptions::default().set_stored()),
            source: builder.add_bytes_field(SOURCE, tantivy::schema::STORED),
            field_names: builder.add_text_field(FIELD_NAMES, raw()),
            ignored: builder.add_text_field(IGNORED, raw().set_fast("raw")),
        };
        for leaf in leaves {
            leaf.handle = add(&mut builder, leaf);
            if leaf.field.kind == Kind::Flattened {
                let keyed = format!("{}{KEYED}", leaf.field.path);
                leaf.keyed = Some(builder.add_text_field(&keyed, raw().set_fast("raw")));
            }
        }
        Self { schema: builder.build(), handles }
    }
}

fn add(builder: &mut SchemaBuilder, leaf: &Leaf) -> Option<Field> {
    let path = leaf.field.path.as_str();
    let number = NumericOptions::default().set_fast();
    Some(match (leaf.field.kind.column_type(), &leaf.field.kind) {
        (Some(ColumnType::I64), _) => builder.add_i64_field(path, number),
        (Some(ColumnType::U64), _) => builder.add_u64_field(path, number),
        (Some(ColumnType::F64), _) => builder.add_f64_field(path, number),
        (Some(ColumnType::Str), _) => builder.add_text_field(path, raw().set_fast("raw")),
        (None, Kind::Text { analyzer, .. }) => {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(analyzer)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions);
            builder.add_text_field(path, TextOptions::default().set_indexing_options(indexing))
        }
        (None, _) => return None,
    })
}

/// Whole values as terms.
fn raw() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    TextOptions::default().set_indexing_options(indexing)
}
