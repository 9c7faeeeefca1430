//! The recorder on a scripted backend, with a paused clock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod audit;
mod blocked;
mod common;
mod dead_letters;
mod disk;
mod disk_full;
mod disk_replay;
mod disk_sync;
mod ends;
mod events;
mod faults;
mod full;
mod ids;
mod odd;
mod overflow;
mod property;
mod usage;
