//! The record type, and the rows of the CSV that it is made from.

use chrono::{DateTime, TimeDelta, Utc};
use djelme::EventRecord;
use serde::{Deserialize, Deserializer, Serialize};

/// One scheduled departure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(
    app_label = "flights",
    timedepth = "month",
    unique_together(carrier, flight, origin, timestamp),
    settings(refresh_interval = "5s")
)]
pub(crate) struct Departure {
    /// Code of the airline, such as `UA`.
    pub(crate) carrier: String,
    /// Number of the flight.
    pub(crate) flight: u16,
    /// Registration of the aircraft, if known.
    pub(crate) tail_number: Option<String>,
    /// Airport of departure.
    pub(crate) origin: String,
    /// Airport of arrival.
    pub(crate) destination: String,
    /// Minutes that it left late, negative when early; none when it was cancelled.
    pub(crate) dep_delay: Option<i32>,
    /// Miles.
    pub(crate) distance: u32,
    /// Scheduled departure.
    pub(crate) timestamp: DateTime<Utc>,
}

/// A row of the CSV; other columns are left out.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    carrier: String,
    flight: u16,
    #[serde(deserialize_with = "not_available")]
    tailnum: Option<String>,
    origin: String,
    dest: String,
    #[serde(deserialize_with = "not_available")]
    dep_delay: Option<String>,
    distance: u32,
    minute: u32,
    time_hour: DateTime<Utc>,
}

/// `NA` stands for a missing value.
fn not_available<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?).filter(|text| text != "NA"))
}

impl TryFrom<Row> for Departure {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> anyhow::Result<Self> {
        Ok(Self {
            carrier: row.carrier,
            flight: row.flight,
            tail_number: row.tailnum,
            origin: row.origin,
            destination: row.dest,
            dep_delay: row.dep_delay.map(|minutes| minutes.parse()).transpose()?,
            distance: row.distance,
            timestamp: row.time_hour + TimeDelta::minutes(row.minute.into()),
        })
    }
}
