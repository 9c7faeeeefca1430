//! `exists`.

use tantivy::query::BooleanQuery;

use super::field::not_searchable;
use super::{Compiled, Compiler, all, constant, nothing, shard_error};
use crate::error::Refusal;
use crate::schema;

impl Compiler<'_> {
    /// Documents with a value in the field, in a field of the object, or in a field that fits the pattern.
    pub(super) fn exists(&self, name: &str) -> Result<Compiled, Refusal> {
        match name {
            schema::ID | schema::INDEX | schema::SEQ_NO | "_version" => return Ok(all()),
            "_source" => return Err(not_searchable(name)),
            "_field_names" => return Err(shard_error("Cannot run exists query on _field_names")),
            "_tier" | "_doc_count" | "_nested_path" | "_data_stream_timestamp" | "*" => {
                return Err(Refusal::unsupported(format_args!("[exists] on [{name}]")));
            }
            _ => {}
        }
        let table = self.part.table.searcher.schema();
        let mut fields = self.part.schema.existing(name);
        // What is neither indexed nor in a column leaves no trace.
        fields.retain(|field| field.indexed || field.doc_values);
        let mut queries: Vec<Compiled> = fields.iter().map(|field| field.exists(table)).collect();
        Ok(match queries.len() {
            0 => nothing(),
            1 => queries.pop().map_or_else(nothing, constant),
            _ => constant(Box::new(BooleanQuery::union(queries))),
        })
    }
}
