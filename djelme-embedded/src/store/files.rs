//! The folder of a store: who may use it, and files that are replaced as a whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{NEWER_STORE, Refusal};

/// The version of the folder's layout and of the files in it.
const FORMAT: u32 = 1;
const ABOUT: &str = "djelme.json";
const LOCK: &str = "lock";
const TEMPORARY: &str = ".new";

/// What the folder says about itself.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    /// The version of its layout.
    format: u32,
    /// The version of djelme that made it.
    written_by: String,
}

/// The folder of a store, for this program alone.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

impl Folder {
    /// Takes the folder, which is made if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, Refusal> {
        fs::create_dir_all(path).map_err(|error| unusable(path, &error))?;
        // Whatever becomes of the working directory.
        let path = &path.canonicalize().map_err(|error| unusable(path, &error))?;
        check_about(path)?;
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = open.map_err(|error| unusable(path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let reason = format!(
                    "the store [{}] is open in another program, or in this one a second time: one at a time can have it",
                    path.display()
                );
                return Err(Refusal::new(503, "store_in_use_exception", reason));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(path, &error)),
        }
        let about = About { format: FORMAT, written_by: env!("CARGO_PKG_VERSION").to_owned() };
        if !path.join(ABOUT).exists() {
            let text = serde_json::to_string(&about).map_err(Refusal::fault)?;
            replace(path, ABOUT, text.as_bytes()).map_err(|error| unusable(path, &error))?;
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Refuses a folder of a newer version, and one that is no store.
fn check_about(path: &Path) -> Result<(), Refusal> {
    let text = match fs::read(path.join(ABOUT)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return check_empty(path),
        Err(error) => return Err(unusable(path, &error)),
    };
    let about: About = serde_json::from_slice(&text).map_err(|error| {
        damaged(path, ABOUT, format_args!("{error}; for this version it is `{}`", expected()))
    })?;
    if about.format > FORMAT {
        let reason = format!(
            "the store [{}] has format {}, written by djelme {}; djelme {} knows formats up to {FORMAT}: use the newer version",
            path.display(),
            about.format,
            about.written_by,
            env!("CARGO_PKG_VERSION"),
        );
        return Err(Refusal::new(400, NEWER_STORE, reason));
    }
    Ok(())
}

fn expected() -> String {
    format!("{{\"format\":{FORMAT},\"written_by\":\"{}\"}}", env!("CARGO_PKG_VERSION"))
}

/// Refuses a folder with files of something else.
fn check_empty(path: &Path) -> Result<(), Refusal> {
    for entry in fs::read_dir(path).map_err(|error| unusable(path, &error))? {
        let name = entry.map_err(|error| unusable(path, &error))?.file_name();
        // A start that was broken off leaves these.
        if name != LOCK && name != format!("{ABOUT}{TEMPORARY}").as_str() {
            let reason = format!(
                "the folder [{}] is no store of djelme, but holds [{}]: give a folder that is empty or not there",
                path.display(),
                name.display()
            );
            return Err(Refusal::illegal(reason));
        }
    }
    Ok(())
}

fn unusable(path: &Path, error: &io::Error) -> Refusal {
    let reason = format!("the store [{}] cannot be used: {error}", path.display());
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Refusal::new(403, "access_denied_exception", reason)
        }
        _ => Refusal::fault(reason),
    }
}

/// A file that cannot be read as what it is.
pub(super) fn damaged(path: &Path, file: &str, problem: impl std::fmt::Display) -> Refusal {
    Refusal::fault(format_args!(
        "[{file}] of the store [{}] is damaged: {problem}; restore the folder from a copy, or remove it to begin anew",
        path.display()
    ))
}

/// Writes a file so that it has either the old or the new content, whatever happens.
pub(super) fn replace(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let temporary = folder.join(format!("{name}{TEMPORARY}"));
    let mut file = File::create(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(name))?;
    sync_folder(folder)
}

/// Makes new and removed names of a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Other systems neither need it nor let a folder be opened.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
