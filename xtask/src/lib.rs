//! Project tasks: test servers, tests, checks and the demo. `cargo xtask --help` lists them.
//!
//! A library too, for tests that need servers of their own: [`Cluster`].
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a task prints is its result")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod check;
mod demo;
mod elasticsearch;
mod test_run;
mod workspace;

pub use elasticsearch::own::Cluster;

/// Project tasks of djelme.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Start, stop and show the Elasticsearch servers that the tests use
    #[command(subcommand)]
    Elasticsearch(elasticsearch::commands::Command),
    /// Run all tests, on servers that are started for them
    Test(test_run::Options),
    /// Look at formatting, lints, documentation, features and dependencies
    Check,
    /// Measure speed, as ratios against something else in the same run
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Run the example `flights` on a server
    Demo(demo::Options),
}

/// Runs the task that the command line names.
#[must_use]
pub fn run() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Elasticsearch(command) => elasticsearch::commands::run(&command),
        Task::Test(options) => test_run::run(options),
        Task::Check => check::run(),
        Task::Bench(bench) => bench::run(&bench),
        Task::Demo(options) => demo::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
