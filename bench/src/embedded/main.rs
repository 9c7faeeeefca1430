//! The embedded engine beside bare tantivy, a hand-written loop, SQLite and DuckDB: the same records, the same
//! questions, in alternated runs. `cargo xtask bench embedded` runs it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a benchmark prints is its result")]

mod bare;
mod columns;
mod duckdb;
mod memory;
mod ours;
mod sqlite;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use djelme_bench::{median, peak_mib};

use ours::{Ours, Row};

/// Measures the embedded engine.
#[derive(Debug, Parser)]
struct Options {
    /// Records of the comparison.
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// Rounds of each comparison.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Stores records in a folder, then prints microseconds per record and the peak of memory in MiB: a process of
    /// its own, so that nothing else counts.
    Ingest { records: usize, folder: std::path::PathBuf },
}

fn main() -> Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if let Some(Part::Ingest { records, folder }) = &options.part {
        let took = runtime.block_on(Ours::open(folder)?.ingest(*records))?;
        let peak = peak_mib()?;
        println!("{:.2} {peak}", micros_per_record(took, *records));
        return Ok(());
    }
    let scratch = tempfile::tempdir()?;
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(["what", "djelme", "beside it", "ratio", "goal"]);
    eprintln!("storing {} records, {} rounds ...", options.records, options.rounds);
    runtime.block_on(ingest(&options, scratch.path(), &mut table))?;
    eprintln!("asking for days by carrier with the mean delay ...");
    runtime.block_on(question(&options, scratch.path(), &mut table))?;
    eprintln!("a small store, and the cost per record by size ...");
    runtime.block_on(newcomer(&mut table))?;
    memory::by_size(scratch.path(), &mut table)?;
    println!("{table}");
    Ok(())
}

fn micros_per_record(took: Duration, records: usize) -> f64 {
    took.as_secs_f64() * 1e6 / records as f64
}

fn row(table: &mut Table, what: &str, ours: Duration, other: (&str, Duration), goal: &str, rate: bool) {
    let ratio = ours.as_secs_f64() / other.1.as_secs_f64();
    // A rate is the better the higher, a time the lower.
    let ratio = if rate { 1.0 / ratio } else { ratio };
    let beside = format!("{} {:.1} ms", other.0, other.1.as_secs_f64() * 1e3);
    let ours = format!("{:.1} ms", ours.as_secs_f64() * 1e3);
    table.add_row([what, &ours, &beside, &format!("{ratio:.2}"), goal]);
}

/// Stores the same records by each, in turns. The last round's stores stay for the question.
async fn ingest(options: &Options, scratch: &Path, table: &mut Table) -> Result<()> {
    let (mut ours, mut bare, mut sqlite) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        for name in ["ours", "bare", "sqlite"] {
            let folder = scratch.join(name);
            if folder.exists() {
                std::fs::remove_dir_all(&folder)?;
            }
            std::fs::create_dir_all(&folder)?;
        }
        ours.push(Ours::open(&scratch.join("ours"))?.ingest(options.records).await?);
        bare.push(bare::ingest(&scratch.join("ours"), &scratch.join("bare"), options.records)?);
        sqlite.push(sqlite::ingest(&scratch.join("sqlite"), options.records)?);
    }
    let what = format!("store {} records", options.records);
    let ours = median(ours);
    row(table, &what, ours, ("bare tantivy, same schema", median(bare)), ">= 0.7 of its rate", true);
    row(table, &what, ours, ("SQLite, 1,000 a transaction", median(sqlite)), "", true);
    if let Some(took) = duckdb::ingest(scratch, options.records)? {
        row(table, &what, ours, ("DuckDB, from CSV", took), "", true);
    }
    Ok(())
}

/// The same question to each, in turns; all answers must be equal.
async fn question(options: &Options, scratch: &Path, table: &mut Table) -> Result<()> {
    let store = Ours::open(&scratch.join("ours"))?;
    let index = columns::Index::open(&scratch.join("ours"))?;
    let database = sqlite::open(&scratch.join("sqlite"))?;
    let (mut ours, mut hand, mut sqlite) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds.max(3) * 3 {
        let (answer, took) = store.question().await?;
        ours.push(took);
        let (by_hand, took) = index.question()?;
        hand.push(took);
        same(&answer, &by_hand)?;
    }
    for _ in 0..options.rounds {
        let (answer, took) = sqlite::question(&database)?;
        sqlite.push(took);
        let (ours, _) = store.question().await?;
        same(&ours, &answer)?;
    }
    let what = "day x carrier x mean delay";
    let ours = median(ours);
    row(table, what, ours, ("a hand-written loop over the columns", median(hand)), "<= 1.3", false);
    row(table, what, ours, ("SQLite", median(sqlite)), "", false);
    if let Some(took) = duckdb::question(scratch)? {
        row(table, what, ours, ("DuckDB", took), "", false);
    }
    Ok(())
}

/// Compares row by row: means may differ in the last bit, as sums are rounded in another order.
fn same(ours: &[Row], other: &[Row]) -> Result<()> {
    let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a == b,
    };
    for (a, b) in ours.iter().zip(other) {
        let equal = (a.0, &a.1, a.2) == (b.0, &b.1, b.2) && close(a.3, b.3);
        anyhow::ensure!(equal, "different answers: {a:?} and {b:?}");
    }
    anyhow::ensure!(ours.len() == other.len(), "{} rows and {}", ours.len(), other.len());
    Ok(())
}

/// 10,000 records and one histogram, from nothing.
async fn newcomer(table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let start = std::time::Instant::now();
    let store = Ours::open(folder.path())?;
    let _ = store.ingest(10_000).await?;
    let _ = store.question().await?;
    let took = format!("{:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    table.add_row(["store 10,000 records, ask one histogram", &took, "", "", "< 1 s"]);
    Ok(())
}
