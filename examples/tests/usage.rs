//! The example `usage`: killed in the midst of its reports and run again, it comes to the same totals.
#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program. It is built with all tests of this package, but not with this one alone.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap();
    let path = folder.join("examples").join(format!("usage{}", std::env::consts::EXE_SUFFIX));
    if !path.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package=djelme-examples", "--example=usage"]);
        assert!(cargo.status().unwrap().success());
    }
    path
}

/// Three months: the first week of 2013 three times over.
fn three_months(folder: &Path) -> PathBuf {
    let excerpt = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flights-2013-first-week.csv");
    let text = fs::read_to_string(excerpt).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut months = format!("{header}\n");
    for (month, step) in [("2013-01", 1), ("2013-02", 3), ("2013-03", 7)] {
        // Fewer rows in each month, so that no two have the same totals.
        for row in rows.lines().step_by(step) {
            months.push_str(&row.replace(",2013-01-", &format!(",{month}-")));
            months.push('\n');
        }
    }
    let path = folder.join("flights.csv");
    fs::write(&path, months).unwrap();
    path
}

fn run(file: &Path, data: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(example());
    command.arg("--file").arg(file).arg("--data").arg(data).args(["--until", "2013-04"]).args(more);
    command.env("NO_COLOR", "1").output().unwrap()
}

/// What follows the line on this run's work: the tables.
fn tables(output: &Output) -> (String, String) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let (head, tables) = text.split_once("\n\n").unwrap();
    (head.lines().last().unwrap().to_owned(), tables.to_owned())
}

#[test]
fn a_run_that_was_killed_goes_on_and_comes_to_the_same_totals() {
    let folder = tempfile::tempdir().unwrap();
    let file = three_months(folder.path());
    let (work, whole) = tables(&run(&file, &folder.path().join("whole"), &[]));
    assert!(work.starts_with("3 months reported in this run"), "{work}");

    let broken = folder.path().join("broken");
    let killed = run(&file, &broken, &["--stop-after", "120"]);
    assert!(!killed.status.success());
    let error = String::from_utf8_lossy(&killed.stderr).into_owned();
    assert!(error.contains("stopped hard in the midst of 2013.2"), "{error}");

    let (work, resumed) = tables(&run(&file, &broken, &[]));
    assert!(work.starts_with("2 months reported in this run"), "the first was there: {work}");
    assert_eq!(resumed, whole);
    assert!(whole.contains("2013.1"), "{whole}");
    // The rows of the file that name an aircraft.
    let rows = |step| {
        let excerpt = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/flights-2013-first-week.csv");
        let text = fs::read_to_string(excerpt).unwrap();
        text.lines().skip(1).step_by(step).filter(|row| row.split(',').nth(11) != Some("NA")).count()
    };
    for step in [1, 3, 7] {
        assert!(whole.contains(&format!(" {} ", rows(step))), "{}: {whole}", rows(step));
    }
}
