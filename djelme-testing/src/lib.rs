//! A store of documents that fails on demand, for tests of programs that use djelme.
//!
//! [`ScriptedBackend`] is a [`Backend`](djelme_core::backend::Backend) in memory. It keeps documents as Elasticsearch
//! does and can be told, by [rules](Rule), to refuse, delay, lose or garble.

mod backend;
#[cfg(feature = "handle")]
mod handle;
mod journal;
mod script;
mod server;
mod store;

pub use backend::ScriptedBackend;
#[cfg(feature = "handle")]
pub use handle::{TestDjelme, URL_VARIABLE, server_url, throw_away_prefix};
pub use journal::{Asked, Journal, Violation};
pub use script::{Call, Fault, FaultAnswer, Item, ItemOp, Request, Rule, on, refusal};
pub use server::ScriptedServer;
pub use store::Store;

/// The version that the scripted servers say they have.
const SERVER_VERSION: &str = "8.19.8";
