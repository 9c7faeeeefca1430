//! Records on their way into a batch: which index, which id, which operation, and which times are taken.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod document_support;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::document::{Batch, BatchBuilder, Given, RecordEncoder, WriteOp};
use djelme_core::identity::{event_id, opaque_key};
use djelme_core::options::{Accept, OnConflict, TypeOptions};
use djelme_core::record::{Record, RecordTime};
use djelme_core::time::TimeParts;
use djelme_core::{Error, Result};
use document_support::{Departure, FLIGHTS, View, at, field, naming, record};
use serde::{Deserialize, Serialize};

const DAY: Duration = Duration::from_hours(24);

fn encoder<R: Record>() -> RecordEncoder {
    RecordEncoder::new(R::type_ref(), naming(R::TYPE))
}

fn append<R: Record>(record: &R, now: DateTime<Utc>) -> Result<Batch> {
    let mut builder = BatchBuilder::default();
    let _ = encoder::<R>().append(&mut builder, record, Given::NOTHING, now, || [7; 10])?;
    Ok(builder.finish())
}

/// Action line and document, as text.
fn lines(batch: &Batch) -> Vec<String> {
    String::from_utf8(batch.body().to_vec()).unwrap().lines().map(str::to_owned).collect()
}

/// An event that makes its id of its fields.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sighting {
    bird: String,
    place: Option<String>,
    timestamp: DateTime<Utc>,
}

const UNIQUE: TypeOptions = TypeOptions { unique_together: Some(&["bird", "place"]), ..FLIGHTS };

record!(
    Sighting,
    Event,
    "Sighting",
    UNIQUE,
    &[field("bird", "keyword"), field("place", "keyword"), field("timestamp", "date")],
    |sighting| RecordTime::At(sighting.timestamp),
    |sighting, key| {
        key.part("bird", &sighting.bird);
        key.part("place", &sighting.place);
    }
);

/// The same, but the first one stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct FirstSighting {
    bird: String,
}

const KEEP: TypeOptions = TypeOptions { on_conflict: Some(OnConflict::Keep), ..UNIQUE };

record!(
    FirstSighting,
    Event,
    "FirstSighting",
    KEEP,
    &[field("bird", "keyword")],
    |_| RecordTime::Now,
    |sighting, key| key.part("bird", &sighting.bird)
);

/// An event with bounds on its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Reading {
    timestamp: DateTime<Utc>,
}

const BOUNDED: TypeOptions = TypeOptions {
    accept: Some(Accept { past: Some(Duration::from_hours(24 * 30)), future: Some(Duration::from_mins(1)) }),
    ..FLIGHTS
};

record!(Reading, Event, "Reading", BOUNDED, &[field("timestamp", "date")], |reading| RecordTime::At(
    reading.timestamp
));

/// An event whose indexes expire.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Visit {
    timestamp: DateTime<Utc>,
}

const EXPIRING: TypeOptions = TypeOptions { expires_after: Some(Duration::from_hours(24 * 90)), ..FLIGHTS };

record!(Visit, Event, "Visit", EXPIRING, &[field("timestamp", "date")], |visit| RecordTime::At(
    visit.timestamp
));

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Report {
    cycle_coverage: String,
}

record!(
    Report,
    CyclicReport,
    "Report",
    FLIGHTS,
    &[field("cycle_coverage", "version")],
    |report| RecordTime::Cycle(TimeParts::parse(&report.cycle_coverage).unwrap()),
    |report, key| key.part("cycle_coverage", &report.cycle_coverage)
);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Setting {
    key: String,
}

record!(
    Setting,
    Simple,
    "Setting",
    TypeOptions { unique_together: Some(&["key"]), ..FLIGHTS },
    &[field("key", "keyword")],
    |_| RecordTime::None,
    |setting, key| {
        key.part("key", &setting.key);
    }
);

#[test]
fn an_event_goes_to_the_index_of_its_time_under_an_id_of_the_sending_time() {
    let now = at(2026, 2, 3, 4, 5, 6);
    let batch = append(&Departure::example(), now).unwrap();
    let item = &batch.items()[0];
    assert_eq!(item.op, WriteOp::Create);
    assert_eq!(batch.index(item), "flights_departure_2013.1.");
    assert_eq!(batch.id(item), event_id(now, [7; 10]).as_str());
    assert!(lines(&batch)[1].ends_with(r#""timeseries_timeparts":"2013.1.1.10.15.0"}"#));

    let batch = append(&View { page: "/".into() }, now).unwrap();
    assert_eq!(batch.index(&batch.items()[0]), "flights_view_2026.2.");
    assert!(lines(&batch)[1].contains(r#""timestamp":"2026-02-03T04:05:06Z""#));
}

#[test]
fn unique_fields_make_the_id_and_the_last_one_wins() {
    let sighting =
        Sighting { bird: "owl".into(), place: Some("barn".into()), timestamp: at(2026, 2, 3, 0, 0, 0) };
    let batch = append(&sighting, at(2026, 2, 3, 4, 5, 6)).unwrap();
    let item = &batch.items()[0];
    assert_eq!(item.op, WriteOp::Index);
    assert_eq!(batch.id(item), opaque_key(["owl", "barn"]).unwrap());
    let batch = append(&FirstSighting { bird: "owl".into() }, at(2026, 2, 3, 4, 5, 6)).unwrap();
    assert_eq!(batch.items()[0].op, WriteOp::Create);
}

#[test]
fn a_missing_unique_part_names_the_type_and_the_field() {
    let sighting = Sighting { bird: "owl".into(), place: None, timestamp: at(2026, 2, 3, 0, 0, 0) };
    let error = append(&sighting, at(2026, 2, 3, 4, 5, 6)).unwrap_err();
    assert!(
        matches!(&error, Error::Record { record_type, field, .. } if record_type == "flights::Sighting" && field == "place"),
        "{error}"
    );
}

#[test]
fn reports_and_simple_records_take_the_same_way() {
    let now = at(2026, 2, 3, 4, 5, 6);
    let batch = append(&Report { cycle_coverage: "2000.2".into() }, now).unwrap();
    assert_eq!(batch.index(&batch.items()[0]), "flights_report_2000.2.");
    assert_eq!(
        lines(&batch)[1],
        r#"{"cycle_coverage":"2000.2","created":"2026-02-03T04:05:06Z","timeseries_timeparts":"2000.2"}"#
    );
    let batch = append(&Setting { key: "a".into() }, now).unwrap();
    assert_eq!(batch.index(&batch.items()[0]), "flights_setting");
    assert_eq!(lines(&batch)[1], r#"{"key":"a"}"#);
}

#[test]
fn a_bad_value_names_type_and_field_and_leaves_the_batch_as_it_was() {
    let now = at(2026, 2, 3, 4, 5, 6);
    let mut builder = BatchBuilder::default();
    let encoder = encoder::<Departure>();
    let _ = encoder.append(&mut builder, &Departure::example(), Given::NOTHING, now, || [1; 10]).unwrap();
    let bytes = builder.bytes();
    let bad = Departure { fare: f64::INFINITY, ..Departure::example() };
    let error = encoder.append(&mut builder, &bad, Given::NOTHING, now, || [2; 10]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "flights::Departure: `fare` cannot be stored: inf is not a finite number, and JSON has no others; use an \
         `Option` and `None`"
    );
    assert_eq!((builder.bytes(), builder.len()), (bytes, 1));
}

fn refusal<R: Record>(record: &R, now: DateTime<Utc>) -> String {
    match append(record, now) {
        Err(Error::NotAccepted { record_type, reason }) => format!("{record_type}: {reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_event_may_lie_a_day_ahead_and_not_more() {
    let now = at(2026, 2, 3, 4, 5, 6);
    let departs = |timestamp| Departure { timestamp, ..Departure::example() };
    append(&departs(now + DAY), now).unwrap();
    let reason = refusal(&departs(now + DAY + TimeDelta::milliseconds(1)), now);
    assert_eq!(
        reason,
        "flights::Departure: its time 2026-02-04 04:05:06.001 UTC is more than 1d after now (2026-02-03 04:05:06 UTC), \
         so some clock may be wrong; `accept(future = \"..\")` sets the bound"
    );
    append(&departs(at(1, 1, 1, 0, 0, 0)), now).unwrap();
}

#[test]
fn a_type_sets_its_own_bounds() {
    let now = at(2026, 2, 3, 4, 5, 6);
    append(&Reading { timestamp: now + Duration::from_mins(1) }, now).unwrap();
    append(&Reading { timestamp: now - 30 * DAY }, now).unwrap();
    assert!(
        refusal(&Reading { timestamp: now + Duration::from_secs(61) }, now)
            .contains("more than 1m after now")
    );
    let old = Reading { timestamp: now - 30 * DAY - Duration::from_secs(1) };
    assert!(refusal(&old, now).contains("more than 30d before now"));
    let mut builder = BatchBuilder::default();
    let encoder = encoder::<Reading>().accepting_any_time();
    let _ = encoder.append(&mut builder, &old, Given::NOTHING, now, || [0; 10]).unwrap();
    assert_eq!(builder.len(), 1);
}

#[test]
fn an_event_of_an_expired_index_is_refused_and_no_earlier() {
    // The rows E1: 90 days before 21 August is 23 May, so May is kept as a whole and April is expired.
    let now = at(2016, 8, 21, 0, 0, 0);
    append(&Visit { timestamp: at(2016, 5, 1, 0, 0, 0) }, now).unwrap();
    let reason = refusal(&Visit { timestamp: at(2016, 4, 30, 23, 59, 59) }, now);
    assert!(
        reason.contains("its index has expired (on 2016-07-30 00:00:00 UTC, 90d after its end)"),
        "{reason}"
    );
    // To the instant: the index of April expires 90 days after the end of April.
    let april = Visit { timestamp: at(2016, 4, 1, 0, 0, 0) };
    append(&april, at(2016, 7, 29, 23, 59, 59)).unwrap();
    refusal(&april, at(2016, 7, 30, 0, 0, 0));
}

#[test]
fn times_that_cannot_be_stored_name_the_timestamp() {
    let error = append(
        &Departure { timestamp: DateTime::<Utc>::MAX_UTC, ..Departure::example() },
        DateTime::<Utc>::UNIX_EPOCH,
    );
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::Record { field, .. } if field == "timestamp"), "{error}");
    assert!(error.to_string().contains("1 to 9999"), "{error}");
}

#[test]
fn known_fields_are_those_of_documents_and_what_lies_below_them() {
    let encoder = encoder::<Departure>();
    for known in
        ["carrier", "timestamp", "timeseries_timeparts", "stops", "stops.airport", "carrier.anything"]
    {
        assert!(encoder.knows_field(known), "{known}");
    }
    for unknown in ["", "airport", "stops.runway", "created"] {
        assert!(!encoder.knows_field(unknown), "{unknown}");
    }
}
