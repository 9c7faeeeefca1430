//! The recorder over the real transport, against an Elasticsearch on loopback that fails by script.
//!
//! `DJELME_FAULT_RECORDS` is how many records each fault meets, 1,000 unless set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod faults;
mod killed;
mod mixed;
mod outages;
mod run;
