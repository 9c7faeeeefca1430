#![doc = include_str!("../README.md")]

mod attempt;
pub mod audit;
mod builder;
mod closed_indexes;
pub mod dead_letters;
mod deletes;
#[cfg(feature = "embedded")]
mod embedded;
mod entropy;
mod expired;
mod files;
mod guard;
mod handle;
mod hooks;
mod reads;
pub mod recorder;
pub mod reports;
mod resolve;
pub mod settings;
pub mod setup;
mod simple;
pub mod usage;
mod writes;

#[doc(hidden)]
pub use djelme_core::__private;
pub use djelme_core::field::EsField;
pub use djelme_core::outcome::Outcome;
pub use djelme_core::record::{
    CountedUsageRecord, CyclicReport, EventRecord, Properties, Record, SimpleRecord, TimeseriesRecord,
};
pub use djelme_core::{
    BackendError, BrokenTotal, Error, ErrorKind, JsonConst, Result, aggregation, backend, compat, document,
    drift, expiry, field, identity, mapping, naming, options, outcome, plan, query, record, record_type,
    registry, response, router, search, template, testing, time,
};
pub use djelme_derive::{CountedUsageRecord, CyclicReport, EsField, EventRecord, Properties, SimpleRecord};
#[cfg(feature = "embedded")]
pub use djelme_embedded::Embedded;
#[cfg(feature = "es8")]
pub use djelme_es8::{Es8, Es8Config};

pub use builder::DjelmeBuilder;
pub use expired::Deletion;
pub use handle::Djelme;
pub use hooks::Saved;
pub use recorder::Recorder;
pub use simple::SimpleRecords;
pub use writes::Recorded;

/// What most programs need: `use djelme::prelude::*;`.
pub mod prelude {
    pub use djelme_core::aggregation::*;
    pub use djelme_core::query::{bool_query, ids, match_all, not};
    pub use djelme_core::record::{
        CountedUsageRecord as _, CyclicReport as _, Properties as _, Record as _, TimeseriesRecord as _,
    };
}
