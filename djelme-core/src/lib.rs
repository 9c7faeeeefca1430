//! The core of djelme: record traits, time, naming, range plans, mappings, documents and queries.
//!
//! Pure: no IO, no async runtime, no client types; time and randomness are passed in. Users depend on the
//! `djelme` crate, which re-exports this one; authors of a backend depend on this crate directly.

pub mod aggregation;
pub mod backend;
pub mod compat;
pub mod document;
pub mod drift;
pub mod error;
pub mod expiry;
pub mod field;
pub mod identity;
mod json_const;
pub mod mapping;
pub mod naming;
pub mod options;
pub mod outcome;
pub mod plan;
pub mod query;
pub mod record;
pub mod record_type;
pub mod registry;
pub mod response;
pub mod router;
pub mod search;
pub mod template;
pub mod testing;
pub mod time;
pub mod usage;

pub use error::{BackendError, BrokenTotal, Error, ErrorKind, Result};
pub use json_const::JsonConst;

/// What generated code names. Not part of the public interface: it may change in any version.
#[doc(hidden)]
pub mod __private {
    pub use std::string::String;

    pub use chrono::{DateTime, Utc};
    pub use inventory;

    pub use crate::compat::{Compat, all_as_in_python, as_in_python};
    pub use crate::field::kind::{self, Kind, KindOf, MappingOf};
    pub use crate::field::{EsField, Field, FieldPath, Nested, QueryValue, append_variant};
    pub use crate::identity::{KeyPart, OpaqueKey};
    pub use crate::json_const::JsonConst;
    pub use crate::mapping::{FieldMapping, Property, count, deepest, names_differ, names_or_none};
    pub use crate::options::{Accept, OnConflict, TypeOptions};
    pub use crate::record::{
        Base, BaseOf, CountedUsageRecord, CycleCoverage, CycleNumber, CycleOf, CyclicReport, EventRecord,
        Flatten, FlattenOf, NumberedCycle, NumberedUsage, Properties, PropertiesOf, Record, RecordTime,
        RecordedAlone, RecordedUnderId, ReportBase, ReportBaseOf, SimpleRecord, TimeseriesRecord, Timestamp,
        UsageBase, UsageBaseOf, UsageIf,
    };
    pub use crate::record_type::{RecordKind, RecordType};
    pub use crate::registry::Registered;
    pub use crate::time::{Cycle, CycleDepth, TimeDepth, TimeParts, Year};
    pub use crate::usage::CountedUsage;
}
