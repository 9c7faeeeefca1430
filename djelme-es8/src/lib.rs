//! The Elasticsearch 8 and 9 backend of djelme.
//!
//! [`Es8`] is made from an [`Es8Config`] and sends one HTTP request per call, through the official client, to one of
//! the nodes given. A node that fails is left out for a while, and one that a request timed out on is probed before
//! its next use. It retries nothing that may have reached a server except reads: who calls decides on those.
//!
//! What an error says about a write:
//! - [`Error::Backend`](djelme_core::Error::Backend) of the kind
//!   [`Unreachable`](djelme_core::ErrorKind::Unreachable): it was not sent. Of any other kind: the server answered.
//! - [`Error::Timeout`](djelme_core::Error::Timeout) and
//!   [`Error::UnexpectedAnswer`](djelme_core::Error::UnexpectedAnswer): it may have been carried out.

mod answer;
mod backend;
mod bulk;
mod config;
mod document;
mod error;
mod index;
mod nodes;
mod path;
mod request;
mod search;
mod secret;
mod server;
mod template;
mod transport;

pub use backend::Es8;
pub use config::Es8Config;
pub use secret::Secret;
