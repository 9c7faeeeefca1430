//! Peaks of memory and the cost per record by size, each in a process of its own.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use comfy_table::Table;

/// The most memory that this process has had, in MiB.
pub(crate) fn peak_mib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("no peak of memory")?;
    let kibibytes = line.split_whitespace().nth(1).context("no peak of memory")?;
    Ok(kibibytes.parse::<u64>()? / 1024)
}

/// Stores 10,000 to 2,000,000 records.
pub(crate) fn by_size(scratch: &Path, table: &mut Table) -> Result<()> {
    for records in [10_000, 100_000, 1_000_000, 2_000_000] {
        let folder = scratch.join(format!("size-{records}"));
        let run = Command::new(std::env::current_exe()?)
            .args(["ingest", &records.to_string()])
            .arg(&folder)
            .output()?;
        let printed = String::from_utf8_lossy(&run.stdout);
        let (micros, peak) = printed
            .trim()
            .split_once(' ')
            .with_context(|| String::from_utf8_lossy(&run.stderr).into_owned())?;
        let goal = if records == 1_000_000 { "< 300 MiB, flat" } else { "flat" };
        let what = format!("store {records} records");
        table.add_row([&what, &format!("{micros} us a record, {peak} MiB"), "", "", goal]);
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}
