//! `cargo xtask bench`: speed as ratios against something else in the same run.

use anyhow::{Context as _, Result, bail};

use crate::elasticsearch::{self, Spec};
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
    /// The recorder beside a hand-written loop, the official client and, where there is Python, its `helpers.bulk`; on
    /// the server that `DJELME_TEST_URL` names, or one that is started
    Recorder {
        /// Passed on; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
}

/// The variable that names the server.
const URL: &str = "DJELME_TEST_URL";

/// Builds the benchmark for speed and runs it.
pub(crate) fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Embedded { options } => measure("embedded", options, None),
        Bench::Recorder { options } => {
            let given = std::env::var(URL).is_ok_and(|url| !url.is_empty());
            let asks = |option: &String| option.starts_with("--url") || option == "--help" || option == "-h";
            if given || options.iter().any(asks) {
                return measure("recorder", options, None);
            }
            let server = elasticsearch::up(Spec::EIGHT)?;
            let measured = measure("recorder", options, Some(&server.handle.url));
            if server.started_here() {
                elasticsearch::down(server.spec)?;
            }
            measured
        }
    }
}

fn measure(name: &str, options: &[String], url: Option<&str>) -> Result<()> {
    let bin = format!("--bin={name}");
    let mut cargo = workspace::cargo(&["run", "--release", "--package=djelme-bench", &bin, "--"]);
    if let Some(url) = url {
        cargo.env(URL, url);
    }
    if !cargo.args(options).status().context("cannot run Cargo")?.success() {
        bail!("the benchmark failed");
    }
    Ok(())
}
