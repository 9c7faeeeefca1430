//! Reading the log: what a program that ended without closing the store had written.

use std::fs;
use std::path::{Path, PathBuf};

use super::log::frame::{Found, Frame, scan};
use super::log::{path, segments};
use crate::error::Refusal;

/// What was found when a store was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Writes that had been acknowledged, or nearly, but were only in the log: they are in their indexes now.
    pub replayed: u64,
    /// Places of the log that could not be read. Writes that lay there are lost.
    pub damaged: Vec<Damage>,
    /// Writes that could be read but not be carried out again, and why.
    pub refused: Vec<String>,
}

/// A place of the log that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file in which it was found.
    pub file: PathBuf,
    /// The first unreadable byte.
    pub offset: u64,
    /// How many bytes could not be read.
    pub bytes: u64,
    /// How many writes lay there; `None` at the end of the log, where nothing says so.
    pub writes: Option<u64>,
    /// Where those bytes are kept now, as the log itself is not.
    pub kept: Option<PathBuf>,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { file, offset, bytes, .. } = self;
        write!(f, "{bytes} bytes at {offset} of {}", file.display())?;
        if let Some(writes) = self.writes {
            write!(f, " ({writes} writes)")?;
        }
        match &self.kept {
            Some(kept) => write!(f, ", kept in {}", kept.display()),
            None => Ok(()),
        }
    }
}

/// What reading the log came upon.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The last write, as far as the log says; `None` without a log.
    pub(super) last: Option<u64>,
    pub(super) damaged: Vec<Damage>,
}

/// Reads all writes of the log in order.
pub(super) fn read(
    folder: &Path,
    mut each: impl FnMut(&Frame<'_>) -> Result<(), Refusal>,
) -> Result<Outcome, Refusal> {
    let mut outcome = Outcome::default();
    for first in segments(folder)? {
        let file = path(folder, first);
        let bytes = fs::read(&file)?;
        // The name of a file says which write comes first in it, so that one at the end of the file before is missed.
        outcome.goes_on_at(first, &file, 0);
        for found in scan(&bytes) {
            match found {
                Found::Frame(frame) if outcome.last.is_none_or(|last| frame.lsn > last) => {
                    outcome.goes_on_at(frame.lsn, &file, 0);
                    outcome.last = Some(frame.lsn);
                    each(&frame)?;
                }
                // Written twice: by nothing that the engine does.
                Found::Frame(frame) => tracing::warn!(lsn = frame.lsn, "the log has a write twice"),
                Found::Damaged { offset, bytes } => outcome.damaged.push(Damage {
                    file: file.clone(),
                    offset: offset as u64,
                    bytes: bytes as u64,
                    writes: None,
                    kept: None,
                }),
                // A program ended in the middle of a write, which it had not acknowledged.
                Found::CutOff { offset } => tracing::debug!(offset, "the last write was not finished"),
            }
        }
    }
    Ok(outcome)
}

impl Outcome {
    /// The write with this number comes next: those between the last one and it are missing.
    fn goes_on_at(&mut self, lsn: u64, file: &Path, offset: u64) {
        let missing = self.last.map_or(0, |last| lsn.saturating_sub(last + 1));
        if missing > 0 {
            match self.damaged.last_mut().filter(|damage| damage.writes.is_none()) {
                Some(damage) => damage.writes = Some(missing),
                None => self.damaged.push(Damage {
                    file: file.to_owned(),
                    offset,
                    bytes: 0,
                    writes: Some(missing),
                    kept: None,
                }),
            }
        }
        self.last = self.last.max(Some(lsn.saturating_sub(1)));
    }
}

/// Keeps the damaged bytes, for who wants to look what they were.
pub(super) fn keep(store: &Path, damaged: &mut [Damage]) {
    for damage in damaged {
        match copy(store, damage) {
            Ok(kept) => damage.kept = Some(kept),
            Err(error) => tracing::warn!(%error, "damaged bytes of the log could not be kept"),
        }
        tracing::warn!(%damage, "the log of the store is damaged");
    }
}

fn copy(store: &Path, damage: &Damage) -> std::io::Result<PathBuf> {
    let folder = store.join("damaged");
    fs::create_dir_all(&folder)?;
    let file = damage.file.file_stem().unwrap_or_default().to_string_lossy();
    let kept = folder.join(format!("{file}-{}", damage.offset));
    let bytes = fs::read(&damage.file)?;
    let end = bytes.len().min((damage.offset + damage.bytes) as usize);
    fs::write(&kept, bytes.get(damage.offset as usize..end).unwrap_or_default())?;
    Ok(kept)
}
