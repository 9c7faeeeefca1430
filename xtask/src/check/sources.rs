//! Rules for the source files that no compiler looks after.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

use crate::workspace;

/// The most lines of a file; tests and benchmarks may be longer.
const MOST_LINES: usize = 600;

/// The files that do not open with a description of their module.
pub(super) fn modules_without_docs() -> Result<Vec<String>> {
    offences(without_docs)
}

/// The files that are too long.
pub(super) fn long_files() -> Result<Vec<String>> {
    offences(too_long)
}

fn offences(rule: fn(&Path, &str) -> Option<String>) -> Result<Vec<String>> {
    let base = workspace::root();
    let mut found = Vec::new();
    for path in workspace::rust_files(&base)? {
        let text = fs::read_to_string(base.join(&path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        found.extend(rule(&path, &text).map(|what| format!("{}: {what}", path.display())));
    }
    Ok(found)
}

/// A description in the file, or one that lies beside it.
const OPENINGS: [&str; 2] = ["//!", "#![doc = include_str!("];

fn without_docs(path: &Path, text: &str) -> Option<String> {
    if is_fixture(path) || OPENINGS.iter().any(|opening| text.starts_with(opening)) {
        return None;
    }
    Some("does not open with `//!`: say in one line what the module is for".to_owned())
}

/// Folders of such sources, below one named `tests`.
const FIXTURES: [&str; 4] = ["ui", "fixtures", "cases", "snapshots"];

/// Sources that tests compile or compare with, which are not modules of the project.
fn is_fixture(path: &Path) -> bool {
    let mut in_tests = false;
    for part in path {
        if in_tests && FIXTURES.iter().any(|folder| part == *folder) {
            return true;
        }
        in_tests |= part == "tests";
    }
    false
}

fn too_long(path: &Path, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let exempt = path.iter().any(|part| part == "tests" || part == "benches" || part == "tests.rs");
    (lines > MOST_LINES && !exempt).then(|| format!("{lines} lines, more than {MOST_LINES}: split it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_must_open_with_a_description() {
        let bad = |path: &str, text: &str| without_docs(Path::new(path), text).is_some();
        assert!(!bad("core/src/lib.rs", "//! Core.\n"));
        assert!(!bad("core/src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n"));
        assert!(bad("core/src/lib.rs", "use std::fs;\n"));
        assert!(bad("core/src/lib.rs", "// Core.\n"));
        assert!(bad("core/src/lib.rs", ""));
        assert!(bad("core/src/ui/lib.rs", ""), "not below a tests folder");
        assert!(!bad("tests/ui/wrong-type/case.rs", ""));
        assert!(!bad("tests/tests/fixtures/case.rs", ""));
        assert!(bad("tests/tests/server.rs", ""));
    }

    #[test]
    fn only_tests_may_be_long() {
        let long = "x\n".repeat(MOST_LINES + 1);
        let bad = |path: &str, text: &str| too_long(Path::new(path), text).is_some();
        assert!(bad("core/src/lib.rs", &long));
        assert!(!bad("core/src/lib.rs", &long[2..]));
        assert!(!bad("core/tests/all.rs", &long));
        assert!(!bad("core/benches/all.rs", &long));
        assert!(!bad("core/src/search/tests.rs", &long));
    }
}
