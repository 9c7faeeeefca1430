//! What the output of test programs says: how many tests passed, and what they left out.

/// The sums of one step's output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Output {
    /// Tests that passed.
    pub(super) passed: usize,
    /// Tests that failed.
    pub(super) failed: usize,
    /// Tests that were ignored.
    pub(super) ignored: usize,
    /// The names of those that failed.
    pub(super) failures: Vec<String>,
    /// What tests left out: `<what>: <why>`.
    pub(super) left_out: Vec<String>,
    /// What else tests had to say.
    pub(super) notes: Vec<String>,
}

impl Output {
    /// Takes in one line.
    pub(super) fn line(&mut self, line: &str) {
        // A test's own output may stand behind the harness's `test NAME ... `.
        if let Some((_, said)) = line.split_once("djelme-test: ") {
            if let Some(what) = said.strip_prefix("left out: ") {
                add(&mut self.left_out, what);
            } else if let Some(note) = said.strip_prefix("note: ") {
                add(&mut self.notes, note);
            }
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.passed += count(result, "passed");
            self.failed += count(result, "failed");
            self.ignored += count(result, "ignored");
        } else if let Some(name) =
            line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            add(&mut self.failures, name);
        }
    }

    /// What was left out though the server could have done it: all but the field types that it lacks.
    pub(super) fn left_out_without_need(&self) -> impl Iterator<Item = &String> {
        self.left_out.iter().filter(|what| !what.starts_with("field type"))
    }
}

/// Adds a text once: several tests may say the same.
fn add(texts: &mut Vec<String>, text: &str) {
    let text = text.trim();
    if !texts.iter().any(|found| found == text) {
        texts.push(text.to_owned());
    }
}

/// The number before a word in `ok. 18 passed; 0 failed; 2 ignored; finished in 0.18s`.
fn count(result: &str, word: &str) -> usize {
    let mut words = result.split([' ', ';']).filter(|word| !word.is_empty());
    let mut before = "";
    words
        .find_map(|found| {
            let number = (found == word).then_some(before);
            before = found;
            number?.parse().ok()
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Output {
        let mut output = Output::default();
        text.lines().for_each(|line| output.line(line));
        output
    }

    #[test]
    fn results_of_several_programs_are_added() {
        let output = read(
            "running 3 tests\n\
             test a ... ok\n\
             test b ... FAILED\n\
             test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: ok. 18 passed; 0 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.18s\n\
             all doctests ran in 0.92s; merged doctests compilation took 0.87s\n",
        );
        assert_eq!((output.passed, output.failed, output.ignored), (19, 1, 3));
        assert_eq!(output.failures, ["b"]);
    }

    #[test]
    fn what_tests_say_is_collected_once() {
        let output = read(
            "test a ... djelme-test: left out: field type wildcard: not on this server\n\
             djelme-test: left out: field type wildcard: not on this server\n\
             djelme-test: left out: snapshots: no repository\n\
             djelme-test: note: 12 field types\n\
             djelme-test: something else\n",
        );
        assert_eq!(output.left_out, ["field type wildcard: not on this server", "snapshots: no repository"]);
        assert_eq!(output.notes, ["12 field types"]);
        let without_need: Vec<_> = output.left_out_without_need().collect();
        assert_eq!(without_need, ["snapshots: no repository"]);
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(read("5 passed\ntest result\ntest a ... ok\n"), Output::default());
    }
}
