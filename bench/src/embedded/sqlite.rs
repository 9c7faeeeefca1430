//! The same records in `SQLite`, in columns of their types.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use djelme_bench::{Departure, departures};
use rusqlite::{Connection, params};

use crate::ours::Answer;

const TABLE: &str = "create table departure (carrier text, flight integer, tail_number text, origin text,
    destination text, dep_delay integer, distance integer, timestamp integer)";

const QUESTION: &str = "select timestamp / 86400000 * 86400000, carrier, count(*), avg(dep_delay)
    from departure group by 1, 2 order by 1, 2";

pub(crate) fn open(folder: &Path) -> Result<Connection> {
    Ok(Connection::open(folder.join("departures.sqlite"))?)
}

/// Stores so many records, a thousand in a transaction, in the mode that is quickest while it stays durable.
pub(crate) fn ingest(folder: &Path, count: usize) -> Result<Duration> {
    let mut database = open(folder)?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database.execute(TABLE, [])?;
    let mut took = Duration::ZERO;
    let mut records = departures(count)?;
    loop {
        let batch: Vec<Departure> = records.by_ref().take(1_000).collect();
        if batch.is_empty() {
            return Ok(took);
        }
        let start = Instant::now();
        let transaction = database.transaction()?;
        {
            let mut insert =
                transaction.prepare_cached("insert into departure values (?, ?, ?, ?, ?, ?, ?, ?)")?;
            for record in &batch {
                insert.execute(params![
                    record.carrier,
                    record.flight,
                    record.tail_number,
                    record.origin,
                    record.destination,
                    record.dep_delay,
                    record.distance,
                    record.timestamp.timestamp_millis(),
                ])?;
            }
        }
        transaction.commit()?;
        took += start.elapsed();
    }
}

pub(crate) fn question(database: &Connection) -> Result<(Answer, Duration)> {
    let start = Instant::now();
    let mut statement = database.prepare_cached(QUESTION)?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, u32>(2)?.into(), row.get(3)?)))?;
    let answer = rows.collect::<Result<_, _>>()?;
    Ok((answer, start.elapsed()))
}
