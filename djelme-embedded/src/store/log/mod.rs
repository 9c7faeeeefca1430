//! The log: every write since the last commits, durable before it is acknowledged.
//!
//! It is a row of files, each named after its first record. A file is removed once all tables have committed what is in
//! it.

mod file;
pub(crate) mod frame;
mod sync;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use file::LogFile;
#[cfg(test)]
pub(crate) use file::faults::{Faults, of as faults_of};
pub(crate) use sync::Sync;

use super::files;
use crate::error::Refusal;

/// A file that is larger gets a successor.
const SEGMENT: u64 = 16 << 20;
/// A file that is smaller stays also when all of it is committed.
const SMALL: u64 = 1 << 20;

/// The log, open for writing.
pub(crate) struct Log {
    folder: PathBuf,
    /// The first records of all files; the last file is the open one.
    segments: Vec<u64>,
    file: Arc<LogFile>,
    length: u64,
    sync: Arc<Sync>,
}

impl Log {
    /// Opens a new file for the records after `lsn`.
    pub(crate) fn open(folder: &Path, lsn: u64) -> Result<Self, Refusal> {
        std::fs::create_dir_all(folder)?;
        let mut segments = segments(folder)?;
        segments.retain(|first| *first != lsn + 1);
        segments.push(lsn + 1);
        let file = Arc::new(LogFile::create(&path(folder, lsn + 1))?);
        files::sync_folder(folder)?;
        let sync = Arc::new(Sync::new(Arc::clone(&file), lsn));
        Ok(Self { folder: folder.to_owned(), segments, file, length: 0, sync })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What makes records durable.
    pub(crate) fn sync(&self) -> &Arc<Sync> {
        &self.sync
    }

    /// Appends records, of which `last` is the last one. If that fails, none of them is in the log.
    pub(crate) fn append(&mut self, records: &[u8], last: u64) -> Result<(), Refusal> {
        self.sync.check()?;
        if let Err(error) = self.file.append(records) {
            if let Err(error) = self.file.cut(self.length) {
                self.sync.fail(&format!("a half-written record could not be cut off: {error}"));
            }
            return Err(blocked(&self.folder, &error));
        }
        self.length += records.len() as u64;
        self.sync.written(last);
        if self.length >= SEGMENT
            && let Err(refusal) = self.rotate(last)
        {
            tracing::warn!(%refusal, "the log goes on in the same file");
        }
        Ok(())
    }

    /// Goes on in a new file.
    fn rotate(&mut self, lsn: u64) -> Result<(), Refusal> {
        self.sync.wait(lsn)?;
        let file = Arc::new(LogFile::create(&path(&self.folder, lsn + 1))?);
        files::sync_folder(&self.folder)?;
        self.sync.goes_on_in(Arc::clone(&file));
        self.segments.push(lsn + 1);
        self.file = file;
        self.length = 0;
        Ok(())
    }

    /// Removes files in which all records are committed: those up to `committed`, of all that there are up to `last`.
    pub(crate) fn trim(&mut self, committed: u64, last: u64) -> Result<(), Refusal> {
        if committed >= last && self.length > SMALL {
            self.rotate(last)?;
        }
        while let [first, second, ..] = self.segments[..]
            && second <= committed + 1
        {
            std::fs::remove_file(path(&self.folder, first))?;
            self.segments.remove(0);
        }
        Ok(())
    }

    /// Removes all records.
    pub(crate) fn clear(&mut self, last: u64) -> Result<(), Refusal> {
        if self.length > 0 {
            self.rotate(last)?;
        }
        self.trim(last, last)
    }
}

/// What a full or failing disk means for records: they can be written once there is room.
fn blocked(folder: &Path, error: &std::io::Error) -> Refusal {
    let reason = format!("the log [{}] cannot be written: {error}", folder.display());
    Refusal::new(403, "cluster_block_exception", reason)
}

/// The first records of all files, ascending.
pub(crate) fn segments(folder: &Path) -> Result<Vec<u64>, Refusal> {
    let mut segments = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".log"));
        segments.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    segments.sort_unstable();
    Ok(segments)
}

/// The file whose first record has this number.
pub(crate) fn path(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:020}.log"))
}
