//! The recorder on real servers that are killed, blocked and locked: everything arrives once, nothing is a dead letter.
//!
//! The servers are this program's own, but for the secured one. `DJELME_FAULT_RECORDS` is how many records each fault
//! meets at the least, 2,000 unless set; `DJELME_SERVER_KILLS` how often a server is killed, once unless set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod blocked;
mod killed;
mod password;
mod servers;
mod stream;
