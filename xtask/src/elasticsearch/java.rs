//! Finds an installed Java that is new enough.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

/// The home folder of the oldest installed Java that is new enough: Elasticsearch is tried with that one.
pub(super) fn home(needed: u32) -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for home in candidates() {
        if let Some(version) = version(&home).filter(|_| home.join("bin/java").is_file()) {
            found.push((version, home));
        }
    }
    match choose(&found, needed) {
        Some(home) => Ok(home.to_path_buf()),
        None if found.is_empty() => bail!("no Java is installed; install version {needed} or newer"),
        None => {
            let versions: Vec<String> = found.iter().map(|(version, _)| version.to_string()).collect();
            bail!("Java {needed} or newer is needed, installed are only: {}", versions.join(", "))
        }
    }
}

fn choose(found: &[(u32, PathBuf)], needed: u32) -> Option<&Path> {
    let new_enough = found.iter().filter(|(version, _)| *version >= needed);
    new_enough.min_by_key(|(version, _)| *version).map(|(_, home)| home.as_path())
}

fn candidates() -> Vec<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut homes: Vec<PathBuf> = variable("JAVA_HOME").into_iter().collect();
    for folder in ["/usr/lib/jvm", "/usr/java", "/opt/java", "/opt/jdk"] {
        homes.extend(children(Path::new(folder)));
    }
    if let Some(home) = variable("HOME") {
        homes.extend(children(&home.join(".sdkman/candidates/java")));
    }
    let apple = children(Path::new("/Library/Java/JavaVirtualMachines"));
    homes.extend(apple.into_iter().map(|folder| folder.join("Contents/Home")));
    let on_path = std::env::split_paths(&variable("PATH").unwrap_or_default().into_os_string())
        .map(|folder| folder.join("java"))
        .find_map(|java| fs::canonicalize(java).ok());
    homes.extend(on_path.and_then(|java| Some(java.parent()?.parent()?.to_path_buf())));
    homes
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// The major version, by the `release` file that a Java carries, else by asking it.
fn version(home: &Path) -> Option<u32> {
    let release = fs::read_to_string(home.join("release")).ok();
    let stated = release.as_deref().and_then(|text| {
        text.lines().find_map(|line| line.strip_prefix("JAVA_VERSION=")).and_then(major_version)
    });
    stated.or_else(|| {
        let output = Command::new(home.join("bin/java")).arg("-version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        major_version(text.split('"').nth(1)?)
    })
}

/// The major number of `17.0.15`, `"21"`, `1.8.0_402` or `25-ea`.
fn major_version(text: &str) -> Option<u32> {
    let mut numbers = text.trim().trim_matches('"').split(|c: char| !c.is_ascii_digit());
    match numbers.next()?.parse().ok()? {
        1 => numbers.next()?.parse().ok(),
        number => Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_in_every_form() {
        for (text, expected) in
            [("\"17.0.15\"", 17), ("21", 21), ("1.8.0_402", 8), ("25-ea", 25), ("\"11.0.2+9\"", 11)]
        {
            assert_eq!(major_version(text), Some(expected), "{text}");
        }
        assert_eq!(major_version("unknown"), None);
    }

    #[test]
    fn the_oldest_that_is_new_enough_is_chosen() {
        let found = [(25, PathBuf::from("/25")), (11, PathBuf::from("/11")), (17, PathBuf::from("/17"))];
        assert_eq!(choose(&found, 17), Some(Path::new("/17")));
        assert_eq!(choose(&found, 21), Some(Path::new("/25")));
        assert_eq!(choose(&found, 26), None);
    }
}
