//! Record types with handles, written by hand.

#![allow(dead_code, reason = "each test program uses some of it")]

use chrono::{DateTime, Utc};
use djelme_core::field::{EsField, Field, FieldPath, Nested, kind};
use djelme_core::mapping::{FieldMapping, Property};
use djelme_core::options::TypeOptions;
use djelme_core::record::{Properties, Record, RecordTime, TimeseriesRecord};
use djelme_core::record_type::{RecordKind, RecordType};
use djelme_core::time::{TimeDepth, TimeParts};
use serde::{Deserialize, Serialize};

const FLIGHTS: TypeOptions =
    TypeOptions { app_label: Some("flights"), timedepth: Some(TimeDepth::Month), ..TypeOptions::NONE };

/// The handle of a field without sub-fields.
pub(crate) type Plain<T> = Field<T, <T as EsField>::Kind>;

const fn mapped<T: EsField>(name: &'static str) -> Property {
    Property::field(name, T::MAPPING)
}

/// An event that says when it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Departure {
    pub(crate) carrier: String,
    pub(crate) dep_delay: Option<i32>,
    pub(crate) distance: u32,
    pub(crate) timestamp: DateTime<Utc>,
}

#[derive(Clone, Copy)]
pub(crate) struct DepartureFields {
    pub(crate) carrier: Plain<String>,
    pub(crate) dep_delay: Plain<Option<i32>>,
    pub(crate) distance: Plain<u32>,
    pub(crate) cancelled: Plain<bool>,
    pub(crate) remarks: Field<String, kind::Text, Remarks>,
    pub(crate) stops: Nested<StopFields>,
    pub(crate) timestamp: Plain<DateTime<Utc>>,
}

#[derive(Clone, Copy)]
pub(crate) struct Remarks {
    pub(crate) raw: Plain<String>,
}

#[derive(Clone, Copy)]
pub(crate) struct StopFields {
    pub(crate) minutes: Plain<f64>,
}

impl Properties for Departure {
    const PROPERTIES: &'static [Property] = &[
        mapped::<String>("carrier"),
        mapped::<Option<i32>>("dep_delay"),
        mapped::<u32>("distance"),
        mapped::<DateTime<Utc>>("timestamp"),
    ];
    const DEPTH: usize = 1;
    type Fields = DepartureFields;

    fn fields_at(path: FieldPath) -> DepartureFields {
        let (remarks, stops) = (path.join("remarks"), path.join("stops"));
        DepartureFields {
            carrier: Field::new(path.join("carrier"), ()),
            dep_delay: Field::new(path.join("dep_delay"), ()),
            distance: Field::new(path.join("distance"), ()),
            cancelled: Field::new(path.join("cancelled"), ()),
            remarks: Field::new(remarks, Remarks { raw: Field::new(remarks.join("raw"), ()) }),
            stops: Nested::new(stops, StopFields { minutes: Field::new(stops.join("minutes"), ()) }),
            timestamp: Field::new(path.join("timestamp"), ()),
        }
    }
}

impl Record for Departure {
    const TYPE: &'static RecordType =
        &RecordType::derived(RecordKind::Event, "flights::Departure", "Departure", FLIGHTS, Self::PROPERTIES);

    fn time(&self) -> RecordTime {
        RecordTime::At(self.timestamp)
    }
}

impl TimeseriesRecord for Departure {}

/// Implements the traits of a record type whose handles no test needs.
macro_rules! record {
    ($record:ident, $kind:ident, $properties:expr, $time:expr) => {
        impl Properties for $record {
            const PROPERTIES: &'static [Property] = $properties;
            const DEPTH: usize = 1;
            type Fields = ();
            fn fields_at(_: FieldPath) {}
        }

        impl Record for $record {
            const TYPE: &'static RecordType = &RecordType::derived(
                RecordKind::$kind,
                concat!("flights::", stringify!($record)),
                stringify!($record),
                FLIGHTS,
                Self::PROPERTIES,
            );

            fn time(&self) -> RecordTime {
                $time
            }
        }

        impl TimeseriesRecord for $record {}
    };
}

/// An event whose time has nanoseconds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Signal {}

record!(Signal, Event, &[Property::field("timestamp", FieldMapping::new("date_nanos"))], RecordTime::Now);

/// A report on each month.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Punctuality {}

record!(Punctuality, CyclicReport, &[], RecordTime::Cycle(TimeParts::EMPTY));

/// Documents without a time.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Airport {}

record!(Airport, Simple, &[], RecordTime::None);
