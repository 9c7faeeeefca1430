//! The same records by Python's `helpers.bulk`: plain dicts, and record objects of django-elasticsearch-metrics.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use djelme::Record as _;
use djelme_bench::Departure;
use djelme_testing::TestDjelme;

use crate::data::run;

const SCRIPT: &str = include_str!("bulk.py");

const PACKAGES: [&str; 3] = ["django-elasticsearch-metrics==2026.0.6", "elasticsearch8", "django"];

/// What the script sends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Objects {
    Dicts,
    Records,
}

/// A Python with the packages, which are installed once below this folder.
pub(crate) fn interpreter(folder: &Path) -> Result<PathBuf> {
    let environment = folder.join("python");
    let python = environment.join("bin/python3");
    if !environment.join("complete").exists() {
        eprintln!("installing {} for Python ...", PACKAGES.join(", "));
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
        std::fs::write(environment.join("complete"), "")?;
    }
    Ok(python)
}

/// Sends so many records of the file: by the clock, and of the processor. The template is djelme's.
pub(crate) async fn send(
    python: &Path,
    objects: Objects,
    url: &str,
    file: &Path,
    records: usize,
) -> Result<(Duration, Duration)> {
    let test = TestDjelme::at(url, "bench", [Departure::TYPE])?;
    let _ = test.djelme.setup().await?;
    let way = match objects {
        Objects::Dicts => "dicts",
        Objects::Records => "records",
    };
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT, way, url, &test.prefix]).arg(file).arg(records.to_string());
    let printed = run(&mut command)?;
    test.clean().await?;
    let mut seconds = printed.split_whitespace().map(str::parse::<f64>);
    let mut next = || Some(Duration::from_secs_f64(seconds.next()?.ok()?));
    next().zip(next()).with_context(|| format!("no times: {printed}"))
}
