//! The flights that left New York in the first week of 2013; `examples/data/README.md` says where they come from.

use std::fmt::Write as _;

use anyhow::Context as _;
use djelme::Djelme;
use djelme::aggregation::CalendarInterval;
use djelme::prelude::*;

use crate::departure::{Departure, Row};
use crate::{show, store};

const DATA: &str = include_str!("../../examples/data/flights-2013-first-week.csv");

/// The departures of the file.
fn departures() -> anyhow::Result<Vec<Departure>> {
    let mut rows = csv::Reader::from_reader(DATA.as_bytes());
    let departures = rows.deserialize::<Row>().map(|row| Departure::try_from(row?));
    departures.collect::<Result<_, _>>().context("examples/data/flights-2013-first-week.csv")
}

/// Records the flights; shows airlines and days.
pub(crate) async fn show(djelme: &Djelme) -> anyhow::Result<String> {
    let stored = store::record_all(djelme, &departures()?).await?;
    let f = Departure::fields();
    let mean_delay = avg("mean_delay", f.dep_delay);
    let longest_delay = max("longest_delay", f.dep_delay);
    let per_carrier =
        terms("per_carrier", f.carrier).size(5).aggregate(&mean_delay).aggregate(&longest_delay);
    let per_day = date_histogram("per_day", f.timestamp)
        .calendar_interval(CalendarInterval::Day)
        .time_zone("America/New_York");
    let found = Departure::search_timeseries_range("2013-01-01", "2013-02-01")?
        .filter(f.dep_delay.gte(15))
        .size(0)
        .track_total_hits(true)
        .aggregate(&per_carrier)
        .aggregate(&per_day)
        .send(djelme)
        .await?;

    let mut out = format!("Flights from New York, first week of 2013: {stored}\n");
    let late = found.total().value;
    writeln!(
        out,
        "Searched from 2013-01-01 until 2013-02-01: {late} left 15 minutes late or more. By airline:"
    )?;
    let mut airlines = show::table(["airline", "late departures", "mean delay", "longest delay"], 1);
    for bucket in found.aggregation(&per_carrier)?.buckets() {
        let minutes = |value: Option<f64>| value.map(|value| format!("{value:.0} min")).unwrap_or_default();
        airlines.add_row([
            bucket.key().to_string(),
            bucket.doc_count().to_string(),
            minutes(bucket.aggregation(&mean_delay)?),
            minutes(bucket.aggregation(&longest_delay)?),
        ]);
    }
    writeln!(out, "{airlines}\nBy day:")?;
    out += &show::histogram(&found.aggregation(&per_day)?, "2013-01-01".len())?;
    Ok(out)
}
