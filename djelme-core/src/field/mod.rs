//! Fields: their Elasticsearch types, and the handles with which queries name them.

mod es_field;
mod handle;
pub mod kind;
mod path;
mod value;

pub use es_field::EsField;
#[doc(hidden)]
pub use es_field::append_variant;
pub use handle::{Field, Nested};
pub use path::FieldPath;
pub use value::QueryValue;
