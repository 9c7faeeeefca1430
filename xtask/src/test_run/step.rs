//! One step of a test run: a command whose output is shown as it comes, and read.

use std::{
    io::{BufRead as _, BufReader, Write},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

use super::output::Output;

/// What came of a step.
#[derive(Debug)]
pub(super) struct Outcome {
    /// What was run.
    pub(super) name: String,
    /// The server that it ran on, and how that was had.
    pub(super) server: Option<String>,
    /// What its output said.
    pub(super) output: Output,
    /// Why it failed.
    pub(super) error: Option<String>,
    /// How long it took.
    pub(super) time: Duration,
}

impl Outcome {
    /// A step that could not be run.
    pub(super) fn impossible(name: &str, why: &anyhow::Error) -> Self {
        let output = Output { failed: 1, ..Output::default() };
        let error = Some(format!("{why:#}"));
        Self { name: name.to_owned(), server: None, output, error, time: Duration::ZERO }
    }

    /// A step that this machine cannot run.
    pub(super) fn left_out(name: &str, why: &str) -> Self {
        let output = Output { left_out: vec![format!("all of it: {why}")], ..Output::default() };
        Self { name: name.to_owned(), server: None, output, error: None, time: Duration::ZERO }
    }
}

/// Whether a step without a single test has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// Tests must have run.
    Tests,
    /// The command must succeed.
    Success,
}

/// Runs a step to its end and shows its output.
pub(super) fn run(name: &str, server: Option<String>, command: &mut Command, expect: Expect) -> Outcome {
    println!("\n== {name}{}", server.as_ref().map(|server| format!(" on {server}")).unwrap_or_default());
    run_to(&mut std::io::stdout(), name, server, command, expect)
}

fn run_to(
    show: &mut impl Write,
    name: &str,
    server: Option<String>,
    command: &mut Command,
    expect: Expect,
) -> Outcome {
    let begin = Instant::now();
    let mut output = Output::default();
    let error = match follow(show, command, &mut output) {
        Err(error) => Some(format!("{error:#}")),
        Ok(false) => Some("the command failed".to_owned()),
        Ok(true) if expect == Expect::Tests && output.passed + output.failed + output.ignored == 0 => {
            Some("no test was run".to_owned())
        }
        Ok(true) => None,
    };
    if error.is_some() && output.failed == 0 {
        // A test program that did not compile or crashed has no result line.
        output.failed = 1;
    }
    Outcome { name: name.to_owned(), server, output, error, time: begin.elapsed() }
}

/// Shows and reads the standard output; the error output is shown only.
fn follow(show: &mut impl Write, command: &mut Command, output: &mut Output) -> Result<bool> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot run Cargo")?;
    let mut lines = BufReader::new(child.stdout.take().context("no standard output")?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        show.write_all(&line)?;
        output.line(String::from_utf8_lossy(&line).trim_end());
    }
    Ok(child.wait()?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(text: &str, expect: Expect) -> Outcome {
        // Not to this program's own output, which is read for results too.
        run_to(&mut std::io::sink(), "step", None, Command::new("sh").args(["-c", text]), expect)
    }

    const RESULT: &str = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured'";

    #[test]
    fn results_are_read() {
        let outcome = shell(RESULT, Expect::Tests);
        assert_eq!((outcome.output.passed, outcome.error), (2, None));
    }

    #[test]
    fn a_failure_without_a_result_counts_as_one() {
        let outcome = shell(&format!("{RESULT}; exit 101"), Expect::Tests);
        assert_eq!((outcome.output.passed, outcome.output.failed), (2, 1));
        assert!(outcome.error.is_some());
    }

    #[test]
    fn a_test_step_without_tests_fails() {
        assert!(shell("true", Expect::Tests).error.is_some());
        assert!(shell("true", Expect::Success).error.is_none());
    }
}
