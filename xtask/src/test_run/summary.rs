//! The end of a test run: what ran where, what came of it, and what was left out.

use std::fmt::Write as _;

use super::step::Outcome;

/// Everything that a run has to tell.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// The steps in their order.
    pub(super) steps: Vec<Outcome>,
    /// What the run was asked not to do.
    pub(super) not_asked: Vec<String>,
}

impl Summary {
    /// Why the run as a whole has failed, one reason a line.
    ///
    /// Where nobody reads the output (`strict`), nothing may be left out but the field types that a server lacks.
    pub(super) fn failures(&self, strict: bool) -> Vec<String> {
        let mut reasons = Vec::new();
        for step in &self.steps {
            if let Some(error) = &step.error {
                reasons.push(format!("{}: {error}", title(step)));
            }
            if strict {
                let needless = step.output.left_out_without_need();
                reasons.extend(needless.map(|what| format!("{}: left out: {what}", title(step))));
            }
        }
        reasons
    }

    /// The whole text; its last line is `N passed, N failed, N skipped`, where what tests left out counts as skipped.
    pub(super) fn text(&self, strict: bool) -> String {
        let mut text = self.table();
        let mut section = |title: &str, lines: &[String]| {
            if !lines.is_empty() {
                text.push_str(&format!("\n{title}:\n"));
                lines.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
            }
        };
        section("left out", &self.said(|step| &step.output.left_out));
        section("not run, as asked", &self.not_asked);
        section("notes", &self.said(|step| &step.output.notes));
        section("failed tests", &self.said(|step| &step.output.failures));
        section("failed", &self.failures(strict));
        let sum = |of: fn(&Outcome) -> usize| self.steps.iter().map(of).sum::<usize>();
        let _ = write!(
            text,
            "\n{} passed, {} failed, {} skipped",
            sum(|step| step.output.passed),
            sum(|step| step.output.failed),
            sum(|step| step.output.ignored + step.output.left_out.len()),
        );
        text
    }

    fn said(&self, of: fn(&Outcome) -> &Vec<String>) -> Vec<String> {
        self.steps
            .iter()
            .flat_map(|step| of(step).iter().map(|what| format!("{}: {what}", title(step))))
            .collect()
    }

    fn table(&self) -> String {
        let mut rows =
            vec![["step", "server", "result", "passed", "failed", "ignored", "time"].map(str::to_owned)];
        rows.extend(self.steps.iter().map(|step| {
            [
                step.name.clone(),
                step.server.clone().unwrap_or_else(|| "-".to_owned()),
                result(step).to_owned(),
                step.output.passed.to_string(),
                step.output.failed.to_string(),
                step.output.ignored.to_string(),
                format!("{:.0} s", step.time.as_secs_f64()),
            ]
        }));
        let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..7).map(width).collect();
        let mut text = String::new();
        for row in &rows {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                if column < 3 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

/// What became of a step, in a word or two.
fn result(step: &Outcome) -> &'static str {
    match step.error {
        Some(_) => "FAILED",
        None if step.output.passed == 0 && !step.output.left_out.is_empty() => "left out",
        None => "ok",
    }
}

/// A step's name with its server's version.
fn title(step: &Outcome) -> String {
    match &step.server {
        Some(server) => format!("{} on {server}", step.name),
        None => step.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{super::output::Output, *};

    fn summary(left_out: &str) -> Summary {
        let output = Output {
            passed: 3,
            ignored: 1,
            left_out: vec![left_out.to_owned()],
            notes: vec!["a note".to_owned()],
            ..Output::default()
        };
        let step = Outcome {
            name: "server tests".into(),
            server: Some("8.19.8 (maven)".into()),
            output,
            error: None,
            time: Duration::from_millis(1600),
        };
        Summary { steps: vec![step], not_asked: vec!["benchmarks".to_owned()] }
    }

    #[test]
    fn everything_is_told_and_the_last_line_has_the_sums() {
        let text = summary("field type wildcard: not there").text(false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "server tests  8.19.8 (maven)  ok           3       0        1   2 s");
        assert!(
            lines.contains(&"  server tests on 8.19.8 (maven): field type wildcard: not there"),
            "{text}"
        );
        assert!(lines.contains(&"  server tests on 8.19.8 (maven): a note"), "{text}");
        assert!(lines.contains(&"  benchmarks"), "{text}");
        assert_eq!(lines.last(), Some(&"3 passed, 0 failed, 2 skipped"));
    }

    #[test]
    fn a_strict_run_leaves_out_nothing_but_field_types() {
        assert!(summary("field type wildcard: not there").failures(true).is_empty());
        assert_eq!(summary("snapshots: none").failures(true).len(), 1);
        assert!(summary("snapshots: none").failures(false).is_empty());
    }

    #[test]
    fn a_step_that_was_left_out_says_why_and_fails_a_strict_run() {
        let left_out = Outcome::left_out("interop", "no `python3` on the path");
        let summary = Summary { steps: vec![left_out], not_asked: Vec::new() };
        let text = summary.text(false);
        assert!(text.contains("interop  -       left out"), "{text}");
        assert!(text.contains("  interop: all of it: no `python3` on the path"), "{text}");
        assert_eq!(summary.failures(false), [""; 0]);
        assert_eq!(summary.failures(true), ["interop: left out: all of it: no `python3` on the path"]);
    }

    #[test]
    fn a_failed_step_fails_the_run() {
        let mut summary = summary("field type wildcard: not there");
        summary.steps.push(Outcome::impossible("secure tests", &anyhow::anyhow!("no Java")));
        assert_eq!(summary.failures(false), ["secure tests: no Java"]);
        assert!(summary.text(false).ends_with("3 passed, 1 failed, 2 skipped"));
    }
}
