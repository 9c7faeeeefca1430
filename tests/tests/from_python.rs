//! The examples of `docs/from-python.md` are the types of the interop tests, so that what it shows is what is run.
#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// What stands between blank lines in the blocks of this language.
fn pieces(guide: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = guide;
    while let Some((_, after)) = rest.split_once(&format!("```{language}\n")) {
        let (block, after) = after.split_once("```").unwrap();
        blocks.extend(block.split("\n\n").map(|piece| piece.trim().to_owned()));
        rest = after;
    }
    blocks
}

#[test]
fn the_classes_are_those_of_the_interop_tests() {
    let classes = read("interop/python/interop/metrics.py");
    let shown = pieces(&read("../docs/from-python.md"), "python");
    assert!(shown.len() > 10, "{shown:?}");
    for piece in shown {
        assert!(classes.contains(&piece), "not in metrics.py:\n{piece}");
    }
}

#[test]
fn the_structs_are_those_of_the_interop_tests() {
    let structs = read("tests/interop/records.rs").replace("pub(crate) ", "");
    let shown = pieces(&read("../docs/from-python.md"), "rust");
    let shown: Vec<_> = shown.iter().filter(|piece| piece.contains("struct ")).collect();
    assert!(shown.len() >= 8, "{shown:?}");
    for piece in shown {
        assert!(structs.contains(&piece.replace("pub ", "")), "not in records.rs:\n{piece}");
    }
}
