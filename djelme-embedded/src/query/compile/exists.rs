//! `exists`.

use tantivy::query::BooleanQuery;

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
        let table = self.part.table.searcher.schema();
        let fields = self.part.schema.existing(name);
        let queries: Vec<_> = fields.iter().map(|field| field.exists(table)).collect();
        if queries.is_empty() {
            return Ok(nothing());
        }
        Ok(constant(Box::new(BooleanQuery::union(queries))))
    }
}
