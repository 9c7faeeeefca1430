//! Everything that talks to a real Elasticsearch, as one binary; `DJELME_TEST_URL` names the server.

mod backend;
mod flights;
mod handle;
mod search;
mod setup;
mod support;
