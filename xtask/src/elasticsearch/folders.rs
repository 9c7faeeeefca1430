//! Where the servers and their run folders are kept, and the lock files beside them.

use std::{
    ffi::OsStr,
    fs::{self, File},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use super::Spec;
use crate::workspace;

/// The user that a server runs as when the task runs as root; Elasticsearch refuses to run as root.
pub(super) const SERVER_UID: u32 = 65534;

/// The folders of this checkout and of this user.
#[derive(Debug)]
pub(super) struct Folders {
    /// Extracted servers, shared by all checkouts of the user.
    pub(super) servers: PathBuf,
    /// Run folders of this checkout.
    runs: PathBuf,
    root: bool,
}

impl Folders {
    /// Chooses the folders, so that the user a server runs as can reach them.
    pub(super) fn find() -> Result<Self> {
        let uid = own_uid()?;
        let root = uid == 0;
        let usable = |path: &Path| !root || others_can_reach(path);
        let temporary = || private_folder(&std::env::temp_dir().join(format!("djelme-xtask-{uid}")), uid);

        let cache = user_cache().map(|folder| folder.join("djelme-xtask"));
        let servers = match cache.filter(|folder| usable(folder)) {
            Some(folder) => folder,
            None => temporary()?,
        };
        let checkout = workspace::root();
        let target = checkout.join("target/elasticsearch");
        let runs = if usable(&target) {
            target
        } else {
            temporary()?.join(format!("run-{:016x}", fnv1a(checkout.as_os_str())))
        };
        Ok(Self { servers, runs, root })
    }

    /// The run folder of one server.
    pub(super) fn run(&self, spec: Spec) -> Result<RunFolder> {
        self.named(&spec.key())
    }

    /// The run folder of this name.
    pub(super) fn named(&self, name: &str) -> Result<RunFolder> {
        let path = self.runs.join(name);
        create_all(&self.runs)?;
        Ok(RunFolder { path, root: self.root })
    }
}

/// What one server needs while it runs.
#[derive(Debug)]
pub(super) struct RunFolder {
    path: PathBuf,
    root: bool,
}

impl RunFolder {
    /// The folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the task runs as root, so that the server must run as another user.
    pub(super) fn is_root(&self) -> bool {
        self.root
    }

    /// A run folder anywhere.
    #[cfg(test)]
    pub(super) fn for_test(path: &Path) -> Self {
        Self { path: path.to_path_buf(), root: false }
    }

    /// Locked by the process that starts or stops the server.
    pub(super) fn lock_file(&self) -> PathBuf {
        self.path.with_extension("lock")
    }

    /// What the server's process prints.
    pub(super) fn log_file(&self) -> PathBuf {
        self.path.join("server.log")
    }

    /// Removes what an earlier server left and makes the folder anew.
    pub(super) fn clear(&self) -> Result<()> {
        if self.path.exists() {
            fs::remove_dir_all(&self.path).with_context(|| {
                format!("cannot remove the earlier server's folder {}", self.path.display())
            })?;
        }
        create_all(&self.path)
    }

    /// Hands a folder and all in it to the user that the server runs as.
    pub(super) fn give_to_server(&self, folder: &Path) -> Result<()> {
        if !self.root {
            return Ok(());
        }
        std::os::unix::fs::chown(folder, Some(SERVER_UID), Some(SERVER_UID))
            .with_context(|| format!("cannot give {} to the server's user", folder.display()))?;
        if folder.is_dir() {
            for entry in fs::read_dir(folder)? {
                self.give_to_server(&entry?.path())?;
            }
        }
        Ok(())
    }
}

/// Takes the lock, which ends with the returned file; `waiting` is called once when another process has it.
pub(super) fn lock(path: &Path, waiting: impl FnOnce()) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot make the lock file {}", path.display()))?;
    if file.try_lock().is_err() {
        waiting();
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(file)
}

/// Makes a folder that other users can look into.
pub(super) fn create_all(path: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))
}

/// Makes a folder in a place where anybody can make one, and refuses one that somebody else has made.
fn private_folder(path: &Path, uid: u32) -> Result<PathBuf> {
    create_all(path)?;
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() || found.uid() != uid || found.mode() & 0o022 != 0 {
        bail!("{} belongs to somebody else; remove it, or set TMPDIR to another folder", path.display());
    }
    Ok(path.to_path_buf())
}

fn own_uid() -> Result<u32> {
    let output = Command::new("id").arg("-u").output().context("cannot run `id -u`")?;
    String::from_utf8_lossy(&output.stdout).trim().parse().context("`id -u` gave no number")
}

fn user_cache() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("XDG_CACHE_HOME") {
        return Some(folder);
    }
    let home = set("HOME")?;
    Some(if cfg!(target_os = "macos") { home.join("Library/Caches") } else { home.join(".cache") })
}

/// Whether a user who owns none of the folders on the way can get to the path.
fn others_can_reach(path: &Path) -> bool {
    path.ancestors()
        .filter_map(|folder| fs::metadata(folder).ok())
        .all(|found| !found.is_dir() || found.permissions().mode() & 0o001 != 0)
}

/// A hash that is the same in every build: names of folders depend on it.
fn fnv1a(text: &OsStr) -> u64 {
    text.as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_folder_on_the_way_is_noticed() {
        let open = tempfile::tempdir().unwrap();
        let inner = open.path().join("inner/deeper");
        fs::create_dir_all(&inner).unwrap();
        for folder in [open.path(), &open.path().join("inner"), &inner] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
        assert!(others_can_reach(&inner.join("not/there/yet")));
        fs::set_permissions(open.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!others_can_reach(&inner));
    }

    #[test]
    fn a_folder_that_others_may_write_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("mine");
        let uid = own_uid().unwrap();
        assert_eq!(private_folder(&folder, uid).unwrap(), folder);
        assert!(private_folder(&folder, uid + 1).is_err());
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(private_folder(&folder, uid).is_err());
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(OsStr::new("")), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(OsStr::new("a")), 0xaf63_dc4c_8601_ec8c);
    }
}
