//! Rules for the manifests: what `djelme-core` may depend on, and the one Rust version.

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// Libraries that bring a runtime or the network; `djelme-core` is pure.
const IMPURE: [&str; 4] = ["tokio", "hyper", "reqwest", "async-std"];

/// The libraries below `djelme-core` that it must not have.
pub(super) fn impure_core() -> Result<Vec<String>> {
    let arguments = ["tree", "--package=djelme-core", "--edges=normal", "--all-features", "--prefix=none"];
    let output = workspace::cargo(&arguments).output().context("cannot run Cargo")?;
    if !output.status.success() {
        bail!("`cargo tree` failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(impure(&String::from_utf8_lossy(&output.stdout)))
}

fn impure(tree: &str) -> Vec<String> {
    let mut found: Vec<String> = tree
        .lines()
        .filter(|line| line.split(' ').next().is_some_and(|name| IMPURE.contains(&name)))
        .map(|line| format!("djelme-core depends on {line}"))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The stated minimum Rust version must be the one that everything is built with.
pub(super) fn rust_versions() -> Result<Vec<String>> {
    let root = workspace::root();
    let read = |file: &str, key: &str| {
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))?;
        value(&text, key).with_context(|| format!("{file} has no `{key}`"))
    };
    let stated = read("Cargo.toml", "rust-version")?;
    let used = read("rust-toolchain.toml", "channel")?;
    Ok(difference(&stated, &used).into_iter().collect())
}

/// The text given to a key in a line of its own.
fn value(text: &str, key: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, rest) = line.split_once('=')?;
        (name.trim() == key).then(|| rest.trim().trim_matches('"').to_owned())
    })
}

fn difference(stated: &str, used: &str) -> Option<String> {
    // 1.95 means 1.95.0.
    let whole = |version: &str| format!("{version}{}", ".0".repeat(2 - version.matches('.').count().min(2)));
    (whole(stated) != whole(used)).then(|| {
        format!("Cargo.toml states Rust {stated}, rust-toolchain.toml builds with {used}: make them equal")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_below_core_is_found() {
        let tree =
            "djelme-core v0.1.0 (folder)\nserde v1.0.0\ntokio v1.2.3\ntokio-util v0.7.0\ntokio v1.2.3\n";
        assert_eq!(impure(tree), ["djelme-core depends on tokio v1.2.3"]);
        assert!(impure("djelme-core v0.1.0\nserde v1.0.0\n").is_empty());
    }

    #[test]
    fn the_versions_are_compared_as_numbers_of_three_parts() {
        assert_eq!(difference("1.95", "1.95.0"), None);
        assert_eq!(difference("1.95.0", "1.95.0"), None);
        assert!(difference("1.94", "1.95.0").is_some());
        assert!(difference("1.95", "stable").is_some());
    }

    #[test]
    fn a_value_is_read_from_its_line() {
        let text = "[toolchain]\nchannels = \"x\"\nchannel = \"1.95.0\"\n";
        assert_eq!(value(text, "channel").as_deref(), Some("1.95.0"));
        assert_eq!(value(text, "missing"), None);
    }
}
