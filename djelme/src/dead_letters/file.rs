//! The file: lines are added under a lock, and removed by a new file in its place.
//!
//! The lock is a file beside it, since the file itself is replaced while others wait for it.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::files::{beside, lock, sync_folder};

/// A line as it was read, so that it is found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    offset: u64,
    hash: u64,
}

/// Reads a file line by line, up to where it ended when it was opened: what others add meanwhile may be half a line.
#[derive(Debug)]
pub(super) struct Reader {
    file: io::Take<BufReader<File>>,
    offset: u64,
    number: u64,
    line: Vec<u8>,
}

impl Reader {
    /// Opens the file while nobody writes to it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let _lock = lock(path)?;
        Self::open_locked(path)
    }

    fn open_locked(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let file = BufReader::new(file).take(length);
        Ok(Self { file, offset: 0, number: 0, line: Vec::new() })
    }

    /// The next line that is not empty: its bytes without the end, its number from 1, and its place.
    pub(super) fn next(&mut self) -> io::Result<Option<(&[u8], u64, Place)>> {
        loop {
            self.line.clear();
            let read = self.file.read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            let offset = self.offset;
            self.offset += read as u64;
            self.number += 1;
            if !self.line.trim_ascii().is_empty() {
                let line = self.line.trim_ascii_end();
                let mut hasher = DefaultHasher::new();
                line.hash(&mut hasher);
                return Ok(Some((line, self.number, Place { offset, hash: hasher.finish() })));
            }
        }
    }
}

/// Creates the file if there is none, and makes sure that it can be written to.
pub(crate) fn prepare(path: &Path) -> io::Result<()> {
    let _lock = lock(path)?;
    OpenOptions::new().create(true).append(true).open(path).map(drop)
}

/// Adds whole lines. Once this returns they are on the disk; on an error the file is as before.
pub(crate) fn append(path: &Path, lines: &[u8]) -> io::Result<()> {
    let _lock = lock(path)?;
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let before = file.metadata()?.len();
    let written = (|| {
        if ends_torn(&mut file, before)? {
            file.write_all(b"\n")?;
        }
        file.write_all(lines)?;
        file.sync_data()
    })();
    if written.is_err() {
        // If this fails too, the next line begins after the torn one.
        let _ = file.set_len(before);
    }
    written
}

/// Whether the last line has no end, since its writer was stopped in the midst of it.
fn ends_torn(file: &mut File, length: u64) -> io::Result<bool> {
    if length == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::Start(length - 1))?;
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

/// What becomes of lines when the file is written anew, by where they were read. Others stay as they are, also those
/// that were added or replaced since.
#[derive(Debug)]
pub(super) struct Changes<T>(HashMap<u64, (u64, T)>);

impl<T> Default for Changes<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Changes<T> {
    pub(super) fn add(&mut self, place: Place, change: T) {
        self.0.insert(place.offset, (place.hash, change));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, place: Place) -> Option<&T> {
        self.0.get(&place.offset).filter(|(hash, _)| *hash == place.hash).map(|(_, change)| change)
    }
}

/// Writes the file anew. `write` gets each line that is to be changed, and what is to take its place; it returns
/// whether it wrote anything, which must be a whole line. The new file takes the place of the old one at once, or on
/// an error not at all. Returns how many lines are gone.
pub(super) fn rewrite<T>(
    path: &Path,
    changes: &Changes<T>,
    mut write: impl FnMut(&[u8], &T, &mut Vec<u8>) -> io::Result<()>,
) -> io::Result<u64> {
    if changes.is_empty() {
        return Ok(0);
    }
    let _lock = lock(path)?;
    let mut old = Reader::open_locked(path)?;
    let new_path = beside(path, "new");
    let mut new = BufWriter::new(File::create(&new_path)?);
    new.get_ref().set_permissions(fs::metadata(path)?.permissions())?;
    let mut changed = Vec::new();
    let mut gone = 0;
    while let Some((line, _, place)) = old.next()? {
        if let Some(change) = changes.of(place) {
            changed.clear();
            write(line, change, &mut changed)?;
            gone += u64::from(changed.is_empty());
            new.write_all(&changed)?;
        } else {
            new.write_all(line)?;
            new.write_all(b"\n")?;
        }
    }
    new.into_inner()?.sync_all()?;
    drop(old);
    fs::rename(&new_path, path)?;
    sync_folder(path);
    Ok(gone)
}
