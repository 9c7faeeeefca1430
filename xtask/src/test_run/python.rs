//! The Python environment of the interop tests: the package that djelme shares data with, in the versions of
//! `tests/interop/python/requirements.txt`.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// The variable that names a Python which has the packages already.
pub(super) const GIVEN: &str = "DJELME_TEST_PYTHON";

/// The oldest Python that the package takes.
const OLDEST: (u32, u32) = (3, 10);

/// A Python for the interop tests.
#[derive(Debug)]
pub(super) enum Python {
    /// Its interpreter.
    Ready(PathBuf),
    /// Why this machine has none.
    Missing(String),
}

/// The environment of this checkout, made on first use.
///
/// # Errors
/// If there is a Python, but the packages cannot be installed.
pub(super) fn environment() -> Result<Python> {
    if let Some(given) = std::env::var_os(GIVEN).filter(|given| !given.is_empty()) {
        return Ok(Python::Ready(given.into()));
    }
    let version = match version("python3") {
        Ok(version) => version,
        Err(why) => return Ok(Python::Missing(why)),
    };
    let requirements = workspace::root().join("tests/interop/python/requirements.txt");
    let wanted = fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let mut hasher = DefaultHasher::new();
    (&wanted, &version).hash(&mut hasher);
    let folder = workspace::root().join(format!("target/interop-python-{:016x}", hasher.finish()));
    let interpreter = folder.join("bin/python");
    if !interpreter.exists() {
        // Under another name until it is complete.
        let unfinished = folder.with_extension(format!("{}.tmp", std::process::id()));
        let made = make(&unfinished, &requirements);
        if !matches!(made, Ok(Python::Ready(_))) {
            let _ = fs::remove_dir_all(&unfinished);
            return made;
        }
        if let Err(error) = fs::rename(&unfinished, &folder) {
            let _ = fs::remove_dir_all(&unfinished);
            // Another run may have been first.
            if !interpreter.exists() {
                return Err(error).with_context(|| format!("cannot make {}", folder.display()));
            }
        }
    }
    Ok(Python::Ready(interpreter))
}

fn make(folder: &Path, requirements: &Path) -> Result<Python> {
    if let Err(why) = output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder)) {
        return Ok(Python::Missing(format!(
            "`python3 -m venv` fails (on Debian, install python3-venv): {why}"
        )));
    }
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    if let Err(why) = output(pip.arg(requirements)) {
        bail!("cannot install {}: {why}", requirements.display());
    }
    Ok(Python::Ready(folder.to_path_buf()))
}

/// The version of a Python that is new enough; otherwise why it is none.
fn version(python: &str) -> Result<String, String> {
    let version = output(Command::new(python).arg("--version"))?;
    let numbers = version.trim().strip_prefix("Python ").unwrap_or_default();
    let mut numbers = numbers.split('.').map_while(|number| number.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(version.trim().to_owned()),
        _ => Err(format!("`{python}` is {}, and the package needs 3.10 or newer", version.trim())),
    }
}

/// What a command prints; the error says how it failed.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("no `{name}` on the path"),
        _ => format!("cannot run `{name}`: {error}"),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let said = [text(&output.stdout), text(&output.stderr)];
    Err(said.iter().filter(|said| !said.is_empty()).cloned().collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn saying(version: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("python3");
        fs::write(&path, format!("#!/bin/sh\necho {version}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let path = path.to_string_lossy().into_owned();
        (folder, path)
    }

    #[test]
    fn a_python_that_is_too_old_or_none_is_told() {
        for (said, found) in
            [("Python 3.10.0", true), ("Python 4.0", true), ("Python 3.9.18", false), ("hm", false)]
        {
            let (_folder, path) = saying(said);
            assert_eq!(version(&path).is_ok(), found, "{said}");
        }
        assert_eq!(version("/no/such/python").unwrap_err(), "no `/no/such/python` on the path");
    }

    #[test]
    fn a_python_without_environments_is_missing() {
        let made = make(Path::new("/proc/none"), Path::new("/none")).unwrap();
        assert!(matches!(made, Python::Missing(why) if why.contains("python3-venv")));
    }
}
