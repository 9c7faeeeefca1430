//! Everything that talks to a real Elasticsearch, as one binary; `DJELME_TEST_URL` names the server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod backend;
mod every_type;
mod flights;
mod handle;
mod kinds;
mod recorder;
mod reports;
mod search;
mod setup;
mod simple;
mod support;
mod usage;
