//! Which field a request means, and where the part's table keeps it.

use tantivy::Term;
use tantivy::schema::{Field, Type};

use super::{Compiler, shard_error};
use crate::error::Refusal;
use crate::schema::{self, FieldType, Kind};

/// What a name in a request stands for.
pub(super) enum Target {
    /// Nothing: no document has a value.
    Unmapped,
    Mapped(FieldType),
    Id,
    Index,
    SeqNo,
}

impl Compiler<'_> {
    pub(super) fn target(&self, name: &str) -> Result<Target, Refusal> {
        Ok(match name {
            schema::ID => Target::Id,
            schema::INDEX => Target::Index,
            schema::SEQ_NO => Target::SeqNo,
            "_source" | "_version" => return Err(not_searchable(name)),
            "_routing" | "_type" | "_primary_term" => Target::Unmapped,
            "_tier" | "_field_names" | "_doc_count" | "_nested_path" | "_data_stream_timestamp" => {
                return Err(Refusal::unsupported(format_args!("queries on [{name}]")));
            }
            name => self.part.schema.field(name).map_or(Target::Unmapped, Target::Mapped),
        })
    }

    /// The table's field of terms, or of a column, of this type; `None` if the table is older than the field. A term of
    /// another type would be a panic, so that is checked.
    pub(super) fn stored(&self, field: &FieldType, wanted: Type) -> Result<Option<Field>, Refusal> {
        let schema = self.part.table.searcher.schema();
        let Some(handle) = field.handle(schema) else { return Ok(None) };
        let found = schema.get_field_entry(handle).field_type().value_type();
        if found == wanted {
            Ok(Some(handle))
        } else {
            let path = &field.path;
            Err(Refusal::fault(format_args!("the table keeps [{path}] as {found:?}, not {wanted:?}")))
        }
    }

    pub(super) fn stored_text(&self, field: &FieldType) -> Result<Option<Field>, Refusal> {
        self.stored(field, Type::Str)
    }
}

/// An error unless the mapping lets the field be searched.
pub(super) fn check_searchable(field: &FieldType) -> Result<(), Refusal> {
    let path = &field.path;
    match field.kind {
        Kind::Binary => Err(shard_error("Binary fields do not support searching")),
        Kind::Text { .. } if !field.indexed => {
            Err(shard_error(format_args!("Cannot search on field [{path}] since it is not indexed.")))
        }
        Kind::Text { .. } => Ok(()),
        _ if !field.indexed && !field.doc_values => {
            let reason =
                format_args!("Cannot search on field [{path}] since it is not indexed nor has doc values.");
            Err(shard_error(reason))
        }
        _ => Ok(()),
    }
}

/// A term of a field of texts.
pub(super) fn text_term(field: Field, text: &str) -> Term {
    Term::from_field_text(field, text)
}

pub(super) fn not_searchable(name: &str) -> Refusal {
    Refusal::new(400, "query_shard_exception", format!("The {name} field is not searchable"))
}

/// `_id`, `_index` and their like do not take every kind of query.
pub(super) fn not_on(name: &str, query: &str) -> Refusal {
    shard_error(format_args!("Field [{name}] of type [{name}] does not support {query} queries"))
}
