//! djelme beside the Python package, on one server: each writes, reads, sets up, checks and deletes what the other has.
//!
//! `DJELME_TEST_URL` names the server, `DJELME_TEST_PYTHON` the interpreter of an environment with
//! `tests/interop/python/requirements.txt`; `cargo xtask test` makes that.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod compare;
mod documents;
mod expired;
mod kinds;
mod names;
mod python;
mod records;
mod setup;
