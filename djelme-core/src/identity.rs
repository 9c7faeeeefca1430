//! Ids of documents: hashed from what makes a record unique, or made up for an event.
//!
//! Hashed ids are byte-equal to the Python package's `opaque_key` (`util/anon_enough.py` of
//! django-elasticsearch-metrics): base85 (RFC 1924's letters) of the 512 bits of `BLAKE2b` over the JSON text of a list
//! of strings, 80 characters. They hold characters such as `%`, `#` and `?`, so they must be escaped in paths.
//!
//! There are two forms, which make the same id of the same values. The strict one, [`OpaqueKey::new`], is what records have:
//! a missing value is an error, since in the package it hashes like the text "None" and makes one record of
//! many. The Python-compatible one, [`OpaqueKey::python`], takes whatever the package takes, missing values and lists
//! too; types with `compat = "python"` have it.

mod event_id;
mod key_part;
mod opaque_key;
mod python_part;
mod python_text;

pub use event_id::{EventId, event_id};
pub use key_part::KeyPart;
pub use opaque_key::{OpaqueKey, opaque_key};
pub use python_part::PythonPart;
