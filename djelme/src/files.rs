//! Files that several programs of one machine share.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A lock beside the file, held until it is dropped; waits for others, also of other programs. It is a file of its
/// own, since the file itself is replaced while others wait.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let lock = OpenOptions::new().create(true).append(true).open(beside(path, "lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// The path with an ending more.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Makes a new name last beyond a loss of power. Without it the old file may be back then; some systems cannot open
/// folders.
pub(crate) fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
