//! Which field a request means, and where the part's table keeps it.

use tantivy::Term;
use tantivy::schema::{Field, Type};

use super::{Compiler, shard_error};
use crate::error::Refusal;
use crate::schema::{self, FieldType};

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
            "_source" | "_version" => {
                let reason = format!("The {name} field is not searchable");
                return Err(Refusal::new(400, "query_shard_exception", reason));
            }
            name if name.starts_with('_') && self.part.schema.field(name).is_none() => {
                return match name {
                    "_routing" | "_type" | "_primary_term" => Ok(Target::Unmapped),
                    _ => Err(Refusal::unsupported(format_args!("queries on [{name}]"))),
                };
            }
            name => self.part.schema.field(name).map_or(Target::Unmapped, Target::Mapped),
        })
    }

    /// The table's field of this path, if the table has it; checked, since a term of another type would be a panic.
    pub(super) fn stored(&self, path: &str, wanted: Type) -> Result<Option<Field>, Refusal> {
        let schema = self.part.table.searcher.schema();
        let Ok(field) = schema.get_field(path) else { return Ok(None) };
        let found = schema.get_field_entry(field).field_type().value_type();
        if found == wanted {
            Ok(Some(field))
        } else {
            Err(Refusal::fault(format_args!("the table keeps [{path}] as {found:?}, not {wanted:?}")))
        }
    }

    /// The table's field of terms.
    pub(super) fn stored_text(&self, path: &str) -> Result<Option<Field>, Refusal> {
        self.stored(path, Type::Str)
    }
}

/// A term of a field of texts.
pub(super) fn text_term(field: Field, text: &str) -> Term {
    Term::from_field_text(field, text)
}

/// `_id`, `_index` and their like do not take every kind of query.
pub(super) fn not_on(name: &str, query: &str) -> Refusal {
    shard_error(format_args!("Field [{name}] of type [{name}] does not support {query} queries"))
}
