//! The same records in bare tantivy, with the schema that the engine made for them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::{Datelike as _, Timelike as _};
use djelme_bench::{Departure, departures};

use tantivy::TantivyDocument;
use tantivy::schema::{Field, Schema};

use crate::columns::table;

/// Threads that index, and the memory of each: those of the engine.
const WRITERS: usize = 1;
const ARENA: usize = 60_000_000;

/// The engine's fields, by name.
struct Fields {
    uid: Field,
    index: Field,
    id: Field,
    seq_no: Field,
    source: Field,
    carrier: Field,
    flight: Field,
    tail_number: Field,
    origin: Field,
    destination: Field,
    dep_delay: Field,
    distance: Field,
    timestamp: Field,
    timeparts: Field,
}

impl Fields {
    fn of(schema: &Schema) -> Result<Self> {
        Ok(Self {
            uid: schema.get_field("_uid")?,
            index: schema.get_field("_index")?,
            id: schema.get_field("_id")?,
            seq_no: schema.get_field("_seq_no")?,
            source: schema.get_field("_source")?,
            carrier: schema.get_field("carrier")?,
            flight: schema.get_field("flight")?,
            tail_number: schema.get_field("tail_number")?,
            origin: schema.get_field("origin")?,
            destination: schema.get_field("destination")?,
            dep_delay: schema.get_field("dep_delay")?,
            distance: schema.get_field("distance")?,
            timestamp: schema.get_field("timestamp")?,
            timeparts: schema.get_field("timeseries_timeparts")?,
        })
    }
}

/// Stores so many records and commits once. Making the records does not count.
pub(crate) fn ingest(model: &Path, folder: &Path, count: usize) -> Result<Duration> {
    let schema = tantivy::Index::open_in_dir(table(model)?)?.schema();
    let fields = Fields::of(&schema)?;
    let index = tantivy::Index::create_in_dir(folder, schema)?;
    let mut writer = index.writer_with_num_threads(WRITERS, WRITERS * ARENA)?;
    let mut took = Duration::ZERO;
    let mut records = departures(count)?;
    let mut number = 0;
    loop {
        let batch: Vec<Departure> = records.by_ref().take(1_000).collect();
        if batch.is_empty() {
            break;
        }
        let start = Instant::now();
        for record in &batch {
            number += 1;
            writer.add_document(document(&fields, record, number)?)?;
        }
        took += start.elapsed();
    }
    let start = Instant::now();
    writer.commit()?;
    Ok(took + start.elapsed())
}

/// What the engine stores of a record: ids of the same length, the index, the JSON, columns and terms.
fn document(fields: &Fields, record: &Departure, number: u64) -> Result<TantivyDocument> {
    let time = record.timestamp;
    let index = format!("bench_departure_{}.{}.", time.year(), time.month());
    let id = format!("{number:022}");
    let mut source = serde_json::to_vec(record)?;
    // The time parts at the end, as in the engine's documents.
    let _ = source.pop();
    let parts = format!(
        "{}.{}.{}.{}.{}.{}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    source.extend_from_slice(b",\"timeseries_timeparts\":\"");
    source.extend_from_slice(parts.as_bytes());
    source.extend_from_slice(b"\"}");
    let mut document = TantivyDocument::new();
    document.add_text(fields.uid, format!("{id}\0{index}"));
    document.add_text(fields.index, &index);
    document.add_text(fields.id, &id);
    document.add_u64(fields.seq_no, number);
    document.add_bytes(fields.source, &source);
    document.add_text(fields.carrier, &record.carrier);
    document.add_i64(fields.flight, record.flight.into());
    if let Some(tail_number) = &record.tail_number {
        document.add_text(fields.tail_number, tail_number);
    }
    document.add_text(fields.origin, &record.origin);
    document.add_text(fields.destination, &record.destination);
    if let Some(delay) = record.dep_delay {
        document.add_i64(fields.dep_delay, delay.into());
    }
    document.add_i64(fields.distance, record.distance.into());
    document.add_i64(fields.timestamp, time.timestamp_millis());
    // The engine's encoding of a version is as long as this and the text together.
    document.add_text(fields.timeparts, format!("{parts}{parts}"));
    Ok(document)
}
