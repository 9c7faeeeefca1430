//! The core of djelme: record traits, time, naming, range plans, mappings, documents and queries.
//!
//! Pure: no IO, no async runtime, no client types; time and randomness are passed in. Users depend on the
//! `djelme` crate, which re-exports this one; authors of a backend depend on this crate directly.

pub mod error;
pub mod outcome;

pub use error::{BackendError, Error, ErrorKind, Result};
