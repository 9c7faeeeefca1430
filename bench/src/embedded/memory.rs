//! Peaks of memory and the cost per record by size, each in a process of its own.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use comfy_table::Table;

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
