//! The engine of djelme that needs no server: a [`Backend`](djelme_core::backend::Backend) in files of its own, which
//! gives the answers that Elasticsearch gives or refuses by name.
//!
//! Programs use it through `djelme` with the feature `embedded`.
#![doc = include_str!("../SUPPORTED.md")]

mod aggregation;
mod analysis;
mod backend;
mod bulk;
mod column;
mod date;
mod document;
mod error;
mod index;
mod mapping;
mod query;
mod schema;
mod search;
mod server;
mod settings;
mod store;
mod template;

pub use backend::Embedded;
pub use store::{Damage, Recovery};
