//! What somebody would write by hand for this one record type: the same bytes, by `serde_json::to_writer`.

use std::io::Write as _;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use djelme_bench::Departure;
use serde::Serialize;

/// The document: the record's fields and the time parts.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    carrier: &'a str,
    flight: u16,
    tail_number: Option<&'a str>,
    origin: &'a str,
    destination: &'a str,
    dep_delay: Option<i32>,
    distance: u32,
    timestamp: DateTime<Utc>,
    timeseries_timeparts: &'a str,
}

impl<'a> Document<'a> {
    pub(crate) fn of(record: &'a Departure, timeparts: &'a str) -> Self {
        Self {
            carrier: &record.carrier,
            flight: record.flight,
            tail_number: record.tail_number.as_deref(),
            origin: &record.origin,
            destination: &record.destination,
            dep_delay: record.dep_delay,
            distance: record.distance,
            timestamp: record.timestamp,
            timeseries_timeparts: timeparts,
        }
    }
}

/// The time parts of a record.
pub(crate) fn timeparts(at: DateTime<Utc>, out: &mut String) -> Result<()> {
    use std::fmt::Write as _;
    out.clear();
    let (year, month, day) = (at.year(), at.month(), at.day());
    Ok(write!(out, "{year}.{month}.{day}.{}.{}.{}", at.hour(), at.minute(), at.second())?)
}

/// The index of a record: that of its month.
pub(crate) fn index(prefix: &str, at: DateTime<Utc>) -> String {
    format!("{prefix}bench_departure_{}.{}.", at.year(), at.month())
}

/// A UUID of version 7 as 22 letters.
pub(crate) fn id(now: DateTime<Utc>, random: [u8; 10]) -> Result<[u8; 22]> {
    let millis = u64::try_from(now.timestamp_millis())?;
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    let mut text = [0; 22];
    let _ = URL_SAFE_NO_PAD.encode_slice(uuid.as_bytes(), &mut text)?;
    Ok(text)
}

/// Appends records as lines of a `_bulk` request.
pub(crate) struct Lines {
    prefix: String,
    timeparts: String,
}

impl Lines {
    pub(crate) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), timeparts: String::new() }
    }

    pub(crate) fn append(
        &mut self,
        out: &mut Vec<u8>,
        record: &Departure,
        now: DateTime<Utc>,
        random: [u8; 10],
    ) -> Result<()> {
        let at = record.timestamp;
        write!(
            out,
            "{{\"create\":{{\"_index\":\"{}bench_departure_{}.{}.\",\"_id\":\"",
            self.prefix,
            at.year(),
            at.month()
        )?;
        out.extend_from_slice(&id(now, random)?);
        out.extend_from_slice(b"\"}}\n");
        timeparts(at, &mut self.timeparts)?;
        serde_json::to_writer(&mut *out, &Document::of(record, &self.timeparts))?;
        out.push(b'\n');
        Ok(())
    }
}

/// Random bytes for ids, taken from the operating system in large pieces.
pub(crate) struct Random {
    bytes: [u8; 1280],
    used: usize,
}

impl Random {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; 1280], used: 1280 }
    }

    pub(crate) fn take(&mut self) -> Result<[u8; 10]> {
        if self.used == self.bytes.len() {
            getrandom::fill(&mut self.bytes)?;
            self.used = 0;
        }
        let mut taken = [0; 10];
        taken.copy_from_slice(&self.bytes[self.used..self.used + 10]);
        self.used += 10;
        Ok(taken)
    }
}
