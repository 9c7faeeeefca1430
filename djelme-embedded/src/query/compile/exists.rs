//! `exists`.

use tantivy::query::TermSetQuery;

use super::field::text_term;
use super::{Compiled, Compiler, all, constant, nothing, shard_error};
use crate::error::Refusal;
use crate::schema;

impl Compiler<'_> {
    /// Documents with a value in the field, in a field of the object, or in a field that fits the pattern.
    pub(super) fn exists(&self, name: &str) -> Result<Compiled, Refusal> {
        match name {
            schema::ID | schema::INDEX | schema::SEQ_NO | "_version" => return Ok(all()),
            "_source" => {
                return Err(Refusal::new(
                    400,
                    "query_shard_exception",
                    "The _source field is not searchable",
                ));
            }
            "_field_names" => return Err(shard_error("Cannot run exists query on _field_names")),
            _ => {}
        }
        let Ok(field) = self.part.table.searcher.schema().get_field(schema::FIELD_NAMES) else {
            return Ok(nothing());
        };
        let terms = vec![text_term(field, name)];
        Ok(constant(Box::new(TermSetQuery::new(terms))))
    }
}
