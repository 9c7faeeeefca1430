//! Stores that fail on demand, for the tests of programs that use djelme.
//!
//! What does a program do when Elasticsearch is overloaded, is restarted, loses an answer, or has a full disk? Put one of
//! these in its place, say what goes wrong, and look at what was stored and asked:
//!
//! | | what it is | for |
//! |---|---|---|
//! | [`ScriptedBackend`] | a [`Backend`](djelme_core::backend::Backend) in memory | most tests: no sockets, and under a paused clock an hour takes no time |
//! | [`ScriptedServer`] | an HTTP server on loopback that behaves like Elasticsearch 8 | what happens between client and server; programs that are tested whole |
//! | [`TestDjelme`] | a handle with a throw-away prefix | tests on a real server or the embedded engine |
//!
//! ```
//! use std::time::Duration;
//!
//! use djelme::{Djelme, EventRecord, Record as _};
//! use djelme_testing::{Call, ScriptedBackend, on};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
//! #[djelme(app_label = "shop", timedepth = "month")]
//! struct View {
//!     page: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> djelme::Result<()> {
//! let backend = ScriptedBackend::new();
//! // The first answer is lost after the record was stored, the second says to come back in a second.
//! backend.script(
//!     on(Call::Bulk)
//!         .apply_and_drop().once()
//!         .then().answer(429).retry_after(Duration::from_secs(1)).once(),
//! );
//! let djelme = Djelme::builder().backend("main", backend.clone()).record_types([View::TYPE]).build()?;
//! djelme.setup().await?;
//! let stored = djelme.record(&View { page: "/".into() }).await?;
//!
//! assert_eq!(backend.journal().calls(Call::Bulk), 3);
//! assert_eq!(backend.store().writes(&stored.index, &stored.id), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Scripts
//!
//! A script is a list of [rules](Rule), the same for both. A rule begins with [`on`] a kind of request, says which of
//! them it is about, and names what happens in steps:
//!
//! ```
//! # use std::time::Duration;
//! # use djelme_testing::{Call, Fault, ScriptedServer, on, refusal};
//! # fn main() -> std::io::Result<()> {
//! let server = ScriptedServer::start()?;
//! // Requests over 1 MiB are too large.
//! server.script(on(Call::Bulk).over_bytes(1 << 20).answer(413));
//! // One bad document fails the whole request that holds it.
//! server.script(on(Call::Bulk).for_items(|item| item.source_contains("\"page\":\"/bad\"")).answer(400));
//! // The first two requests of this index are refused document by document, the others are taken.
//! server.script(on(Call::Bulk).for_index("shop_view_*").refuse(refusal::busy()).times(2));
//! // Three sound set-ups, then the template cannot be read any more.
//! server.script(on(Call::Template).pass().times(3).then().answer(403));
//! // One request in five meets one of these, by the numbers of this seed.
//! server.script(on(Call::Bulk).with_probability(0.2).seeded(42).one_of([
//!     Fault::Reset,
//!     Fault::Truncate,
//!     Fault::Delay(Duration::from_millis(20)),
//! ]));
//! # Ok(())
//! # }
//! ```
//!
//! Rules are asked in the order in which they were given. The first that names a fault for the request as a whole
//! decides on it; documents are refused by all rules together. Without a rule everything succeeds.
//!
//! Some faults are no matter of single requests: [`ScriptedServer::go_down`] and [`come_up`](ScriptedServer::come_up),
//! [`require_login`](ScriptedServer::require_login) for a password that was changed,
//! [`read_slowly`](ScriptedServer::read_slowly); and what somebody else does to the store: [`Store::close_index`],
//! [`Store::block_writes`], [`Store::delete_template`], [`Store::limit_indexes`].
//!
//! # What can be seen
//!
//! [`Store`]: the documents, how often each was written, and the indexes that came to be without a template. [`Journal`]:
//! the requests and what they held, how many were in flight, and the documents that were [on their way twice at the same
//! time](Journal::violations), which a writer must never cause.
//!
//! # Features
//!
//! `handle` (on by default): [`TestDjelme`] and its helpers, which need `djelme` with the feature `es8`. `embedded`: the same on
//! the embedded engine.
#![cfg_attr(
    not(feature = "handle"),
    doc = "",
    doc = "[`TestDjelme`]: https://docs.rs/djelme-testing/latest/djelme_testing/struct.TestDjelme.html"
)]

mod backend;
#[cfg(feature = "handle")]
mod handle;
mod journal;
mod script;
mod server;
mod store;

pub use backend::ScriptedBackend;
#[cfg(feature = "handle")]
pub use handle::{EMBEDDED, TestDjelme, URL_VARIABLE, server_url, throw_away_prefix};
pub use journal::{Asked, Journal, Violation};
pub use script::{Call, Fault, FaultAnswer, Item, ItemOp, Request, Rule, on, refusal};
pub use server::ScriptedServer;
pub use store::Store;

/// The version that the scripted backend and server say they have.
const SERVER_VERSION: &str = "8.19.8";
