//! The engine as programs use it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use djelme::aggregation::CalendarInterval;
use djelme::{Djelme, prelude::*};
use djelme_bench::{Departure, departures};

/// Of a day and a carrier: records, and the mean delay where one is known.
pub(crate) type Row = (i64, String, u64, Option<f64>);

pub(crate) type Answer = Vec<Row>;

pub(crate) struct Ours {
    djelme: Djelme,
}

impl Ours {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        Ok(Self { djelme: Djelme::embedded(folder)? })
    }

    /// Stores so many records, a thousand at a time, until they can be found. Making the records does not count.
    pub(crate) async fn ingest(&self, count: usize) -> Result<Duration> {
        let _ = self.djelme.setup().await?;
        let mut records = departures(count)?;
        let mut took = Duration::ZERO;
        loop {
            let batch: Vec<Departure> = records.by_ref().take(1_000).collect();
            if batch.is_empty() {
                break;
            }
            let start = Instant::now();
            for recorded in self.djelme.record_all(&batch).await? {
                let _ = recorded?;
            }
            took += start.elapsed();
        }
        let start = Instant::now();
        self.djelme.refresh::<Departure>().await?;
        Ok(took + start.elapsed())
    }

    pub(crate) async fn question(&self) -> Result<(Answer, Duration)> {
        let f = Departure::fields();
        let delay = avg("delay", f.dep_delay);
        let carriers = terms("carriers", f.carrier).size(100).aggregate(&delay);
        let days = date_histogram("days", f.timestamp)
            .calendar_interval(CalendarInterval::Day)
            .min_doc_count(1)
            .aggregate(&carriers);
        let start = Instant::now();
        let found = Departure::search().size(0).aggregate(&days).send(&self.djelme).await?;
        let days = found.aggregation(&days)?;
        let took = start.elapsed();
        let mut answer = Answer::new();
        for day in days.buckets() {
            let mut of_day = Answer::new();
            for carrier in day.aggregation(&carriers)?.buckets() {
                let mean = carrier.aggregation(&delay)?;
                of_day.push((
                    day.key().timestamp_millis(),
                    carrier.key().to_string(),
                    carrier.doc_count(),
                    mean,
                ));
            }
            of_day.sort_by(|a, b| a.1.cmp(&b.1));
            answer.extend(of_day);
        }
        anyhow::ensure!(!answer.is_empty(), "the store is empty");
        Ok((answer, took))
    }
}
