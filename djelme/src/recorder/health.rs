//! Which type is blocked, why and since when.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::disk::DiskBufferHealth;
use super::lane::Lane;

/// How a recorder fares at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecorderHealth {
    /// Bytes that all pending records hold.
    pub held_bytes: usize,
    /// The bytes that they may hold.
    pub memory_limit: usize,
    /// Each type, by the order of the handle's record types.
    pub types: Vec<TypeHealth>,
    /// The file of dead letters, if there is one.
    pub dead_letters: Option<DeadLetterHealth>,
    /// The disk buffer, if there is one.
    pub disk_buffer: Option<DiskBufferHealth>,
}

/// How writing rejected records to the file of dead letters goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetterHealth {
    /// The file.
    pub path: PathBuf,
    /// Records that this recorder has written to it.
    pub written: u64,
    /// Rejected records that it could not write: only the observers got their bytes.
    pub unwritten: u64,
    /// The last error of the file, also one that has passed.
    pub last_error: Option<LastError>,
}

impl RecorderHealth {
    /// The types whose records wait until somebody mends the cause.
    pub fn blocked(&self) -> impl Iterator<Item = (&TypeHealth, &BlockedType)> {
        self.types.iter().filter_map(|of| Some((of, of.blocked.as_ref()?)))
    }
}

/// How one record type fares.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeHealth {
    /// The Rust path of the type.
    pub record_type: String,
    /// The name of its backend in the settings.
    pub backend: String,
    /// Records taken and not yet at an end.
    pub pending: u64,
    /// Bytes that they hold.
    pub held_bytes: usize,
    /// Requests in flight for this type.
    pub requests_in_flight: usize,
    /// The most requests in flight to the backend, as its answers allow now.
    pub requests_allowed: usize,
    /// Why nothing of the type can be stored now.
    pub blocked: Option<BlockedType>,
    /// The last error, also one that has passed.
    pub last_error: Option<LastError>,
}

/// Why a type is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockedType {
    /// When it was blocked first.
    pub since: DateTime<Utc>,
    /// The answer to the last try, and what mends it.
    pub reason: String,
}

/// An error that records of a type met.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LastError {
    /// When.
    pub at: DateTime<Utc>,
    /// What was answered.
    pub message: String,
}

impl TypeHealth {
    pub(super) fn new(lane: &Lane, held_bytes: usize) -> Self {
        let state = lane.state();
        Self {
            record_type: lane.type_name().to_owned(),
            backend: lane.resolved.backend_name.clone(),
            pending: state.counts.pending,
            held_bytes,
            requests_in_flight: state.in_flight,
            requests_allowed: lane.in_flight.limit(),
            blocked: state
                .blocked
                .as_ref()
                .map(|blocked| BlockedType { since: blocked.since, reason: blocked.reason.clone() }),
            last_error: state
                .last_error
                .as_ref()
                .map(|(at, message)| LastError { at: *at, message: message.clone() }),
        }
    }
}
