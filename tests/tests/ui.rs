//! What the compiler says of mistakes in records and queries, and what it lets pass.
//!
//! Each case of `ui/<kind-of-mistake>` has one mistake. `TRYBUILD=overwrite cargo test -p djelme-tests --test ui` writes
//! the messages anew; look at the difference. They are those of the toolchain in `rust-toolchain.toml`.
#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    for kind in kinds() {
        let path = format!("ui/{kind}/*.rs");
        if kind == "pass" { cases.pass(path) } else { cases.compile_fail(path) }
    }
}

/// Our own wording comes first, where the derive sees the mistake: it names the remedy.
#[test]
fn most_messages_are_worded_by_djelme() {
    let of_derives = |kind: &String| !matches!(kind.as_str(), "pass" | "query" | "recorded");
    let messages: Vec<String> =
        kinds().iter().filter(|kind| of_derives(kind)).flat_map(|kind| messages(kind)).collect();
    // The second is an assertion of the generated code.
    let is_own = |message: &&String| {
        ["error: ", "error[E0080]: evaluation panicked: "].iter().any(|own| message.starts_with(own))
    };
    let own = messages.iter().filter(is_own).count();
    assert!(messages.len() >= 45, "{} cases", messages.len());
    assert!(own * 100 >= messages.len() * 80, "{own} of {}", messages.len());
}

#[test]
fn a_query_or_a_call_with_a_mistake_gives_one_error() {
    for message in ["query", "recorded", "cycle", "usage", "simple"].into_iter().flat_map(messages) {
        assert_eq!(message.lines().filter(|line| line.starts_with("error")).count(), 1, "{message}");
    }
}

#[test]
fn cases_are_short() {
    for kind in kinds().iter().filter(|kind| !matches!(kind.as_str(), "pass" | "several")) {
        for case in files(kind, "rs") {
            let lines = fs::read_to_string(&case).unwrap().lines().count();
            assert!(lines <= 10, "{} has {lines} lines", case.display());
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

/// The names of the folders.
fn kinds() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut kinds: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    kinds.sort();
    kinds
}

fn files(kind: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder().join(kind)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|given| given == extension)).collect()
}

fn messages(kind: &str) -> Vec<String> {
    files(kind, "stderr").iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}
