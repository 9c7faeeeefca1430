//! The checkout: its root folder, its Rust files, and Cargo run in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// Cargo in the root folder, without input.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    // What `cargo run` says about this program. Some build scripts look at it, and their libraries would be built
    // anew whenever Cargo is run by hand and by a task in turn.
    for (name, _) in std::env::vars_os().filter(|(name, _)| about_this_package(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command
}

fn about_this_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
        .iter()
        .any(|start| variable.starts_with(start))
}

/// Every `.rs` file below a folder by its path in it, sorted; hidden folders and Cargo's output are left out.
pub(crate) fn rust_files(base: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![base.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if entry.file_type()?.is_dir() {
                let output = folder == base && (*name == *"target" || name.starts_with("target-"));
                if !output && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path.strip_prefix(base)?.to_path_buf());
            }
        }
    }
    files.sort();
    Ok(files)
}
