//! `cargo xtask bench`: speed as ratios against something else in the same run.

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// What can be measured.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Bench {
    /// The embedded engine beside bare tantivy, a hand-written loop, SQLite and, where Python has its module, DuckDB
    Embedded {
        /// Passed on; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
}

/// Builds the benchmark for speed and runs it.
pub(crate) fn run(bench: &Bench) -> Result<()> {
    let Bench::Embedded { options } = bench;
    let mut cargo = workspace::cargo(&["run", "--release", "--package=djelme-bench", "--bin=embedded", "--"]);
    if !cargo.args(options).status().context("cannot run Cargo")?.success() {
        bail!("the benchmark failed");
    }
    Ok(())
}
