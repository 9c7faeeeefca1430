//! Record types written by hand, for the tests of what lies below the derives.

#![allow(dead_code, reason = "each test program uses some of it")]

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use djelme_core::mapping::{FieldMapping, Property};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::options::TypeOptions;
use djelme_core::record::RecordTime;
use djelme_core::record_type::RecordType;
use djelme_core::time::TimeDepth;
use serde::{Deserialize, Serialize};

/// Implements the record traits for a struct: its type, and how it tells its time.
macro_rules! record {
    ($record:ty, $kind:ident, $name:literal, $options:expr, $properties:expr, $time:expr) => {
        record!($record, $kind, $name, $options, $properties, $time, |_, _| {});
    };
    ($record:ty, $kind:ident, $name:literal, $options:expr, $properties:expr, $time:expr, $unique:expr) => {
        impl djelme_core::record::Properties for $record {
            const PROPERTIES: &'static [djelme_core::mapping::Property] = $properties;
            const DEPTH: usize = 2;
            type Fields = ();
            fn fields_at(_: djelme_core::field::FieldPath) {}
        }

        impl djelme_core::record::Record for $record {
            const TYPE: &'static djelme_core::record_type::RecordType =
                &djelme_core::record_type::RecordType::derived(
                    djelme_core::record_type::RecordKind::$kind,
                    concat!("flights::", $name),
                    $name,
                    $options,
                    <$record as djelme_core::record::Properties>::PROPERTIES,
                );

            fn time(&self) -> djelme_core::record::RecordTime {
                let time: fn(&Self) -> djelme_core::record::RecordTime = $time;
                time(self)
            }

            fn unique_parts(&self, key: &mut djelme_core::identity::OpaqueKey) {
                let unique: fn(&Self, &mut djelme_core::identity::OpaqueKey) = $unique;
                unique(self, key);
            }
        }
    };
}
#[allow(unused_imports, reason = "each test program uses some of it")]
pub(crate) use record;

pub(crate) const FLIGHTS: TypeOptions =
    TypeOptions { app_label: Some("flights"), timedepth: Some(TimeDepth::Month), ..TypeOptions::NONE };

pub(crate) const fn field(name: &'static str, es_type: &'static str) -> Property {
    Property::field(name, FieldMapping::new(es_type))
}

/// An event that says when it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Departure {
    pub(crate) carrier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tail_number: Option<String>,
    pub(crate) dep_delay: Option<i32>,
    pub(crate) distance: u32,
    pub(crate) fare: f64,
    pub(crate) serial: u64,
    pub(crate) stops: Vec<Stop>,
    pub(crate) timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stop {
    pub(crate) airport: String,
    pub(crate) minutes: f64,
    pub(crate) serial: u64,
}

const STOP: &[Property] =
    &[field("airport", "keyword"), field("minutes", "double"), field("serial", "unsigned_long")];

record!(
    Departure,
    Event,
    "Departure",
    FLIGHTS,
    &[
        field("carrier", "keyword"),
        field("tail_number", "keyword"),
        field("dep_delay", "integer"),
        field("distance", "long"),
        field("fare", "double"),
        field("serial", "long"),
        Property::field("stops", FieldMapping::new("nested").properties(STOP),),
        field("timestamp", "date"),
    ],
    |departure| RecordTime::At(departure.timestamp)
);

impl Departure {
    pub(crate) fn example() -> Self {
        Self {
            carrier: "UA".into(),
            tail_number: Some("N14228".into()),
            dep_delay: Some(2),
            distance: 1400,
            fare: 99.5,
            serial: 7,
            stops: vec![Stop { airport: "IAH".into(), minutes: 35.0, serial: 1 }],
            timestamp: at(2013, 1, 1, 10, 15, 0),
        }
    }
}

/// An event without a time of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct View {
    pub(crate) page: String,
}

record!(View, Event, "View", FLIGHTS, &[field("page", "keyword")], |_| RecordTime::Now);

pub(crate) fn at(year: i32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, hour, minute, second).unwrap()
}

/// The names of a type under default settings.
pub(crate) fn naming(record_type: &RecordType) -> Arc<Naming> {
    let depth = record_type.options.timedepth.unwrap_or(TimeDepth::Day);
    let naming = Naming::new(NamingSource {
        prefix: record_type.options.index_prefix.unwrap_or_default(),
        app_label: &record_type.app_label,
        recordtype_name: &record_type.name,
        template: record_type.options.template,
        template_name: record_type.options.template_name,
        depth: record_type.is_timeseries().then_some(depth),
    });
    Arc::new(naming.unwrap())
}
