//! The usage record, and the rows of the CSV that it is made from.

use chrono::{DateTime, TimeDelta, Utc};
use djelme::CountedUsageRecord;
use djelme::usage::{CountedUsage, Visitor};
use serde::{Deserialize, Serialize};

const PLATFORM: &str = "https://nycflights.example";

/// A flight to an airport. Which aircraft it was is not stored: only its session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(app_label = "flights", timedepth = "month", unique_together(carrier, flight, origin, timestamp))]
pub(crate) struct Visit {
    #[serde(flatten)]
    #[djelme(base)]
    pub(crate) usage: CountedUsage,
    pub(crate) carrier: String,
    pub(crate) flight: u16,
    pub(crate) origin: String,
    /// Scheduled departure.
    pub(crate) timestamp: DateTime<Utc>,
}

/// A row of the CSV; other columns are left out.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    carrier: String,
    flight: u16,
    tailnum: String,
    origin: String,
    dest: String,
    minute: u32,
    time_hour: DateTime<Utc>,
}

impl Row {
    /// The visitor, if known: `NA` stands for a missing value.
    pub(crate) fn aircraft(&self) -> Option<Visitor<'_>> {
        (self.tailnum != "NA").then(|| Visitor::new().client_session_id(self.tailnum.as_str()))
    }
}

impl From<&Row> for Visit {
    fn from(row: &Row) -> Self {
        Self {
            usage: CountedUsage {
                platform_iri: PLATFORM.to_owned(),
                item_iri: format!("{PLATFORM}/airport/{}", row.dest),
                ..CountedUsage::default()
            },
            carrier: row.carrier.clone(),
            flight: row.flight,
            origin: row.origin.clone(),
            timestamp: row.time_hour + TimeDelta::minutes(row.minute.into()),
        }
    }
}
