//! The folder of segments: records are appended to the newest; one whose records have all ended is removed.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::frame::Frame;
use super::{DiskBuffer, DiskBufferHealth, Fsync};
use crate::recorder::LastError;

/// A segment that has grown to this many bytes gets no more records.
const SEGMENT_BYTES: u64 = 8 << 20;

/// The segments of one recorder.
pub(in crate::recorder) struct Journal {
    pub(in crate::recorder) options: DiskBuffer,
    state: Mutex<State>,
    /// Told whenever there is more room.
    freed: Notify,
    /// Held as long as this is: a folder has one recorder.
    _lock: File,
}

struct State {
    segments: BTreeMap<u64, Segment>,
    /// The segment that records are appended to.
    current: Option<(u64, Arc<File>)>,
    next: u64,
    bytes: u64,
    /// Whether something was written since the last sync.
    dirty: bool,
    frame: Vec<u8>,
    replayed: u64,
    damaged: u64,
    unreplayable: u64,
    last_error: Option<LastError>,
}

#[derive(Debug, Default)]
struct Segment {
    bytes: u64,
    /// Records that have not ended, and whoever reads it.
    pending: u64,
    /// Kept under another name, for somebody to look at.
    damaged: bool,
}

/// Why a record was not written.
#[derive(Debug)]
pub(in crate::recorder) enum NotWritten {
    /// The limit is reached; later there may be room.
    Full,
    /// The record alone is larger than the limit.
    TooLarge,
    Failed(io::Error),
}

impl Journal {
    /// Opens the folder, and creates it if there is none.
    pub(in crate::recorder) fn open(options: DiskBuffer) -> io::Result<Self> {
        fs::create_dir_all(&options.folder)?;
        let lock = OpenOptions::new().create(true).append(true).open(options.folder.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::ResourceBusy, "another recorder uses this folder")
            }
            fs::TryLockError::Error(error) => error,
        })?;
        let mut segments = BTreeMap::new();
        for entry in fs::read_dir(&options.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".segment")?.parse::<u64>().ok());
            if let Some(number) = number {
                let bytes = entry.metadata()?.len();
                segments.insert(number, Segment { bytes, pending: 1, damaged: false });
            }
        }
        let state = State {
            next: segments.last_key_value().map_or(1, |(last, _)| last + 1),
            bytes: segments.values().map(|segment| segment.bytes).sum(),
            segments,
            current: None,
            dirty: false,
            frame: Vec::new(),
            replayed: 0,
            damaged: 0,
            unreplayable: 0,
            last_error: None,
        };
        Ok(Self { options, state: Mutex::new(state), freed: Notify::new(), _lock: lock })
    }

    /// The segments that there are, the oldest first.
    pub(super) fn segments(&self) -> Vec<u64> {
        self.state().segments.keys().copied().collect()
    }

    pub(super) fn path(&self, segment: u64) -> PathBuf {
        self.options.folder.join(format!("{segment:020}.segment"))
    }

    /// Writes a record, and brings it to the disk under [`Fsync::Each`]. Returns its segment. On an error the record
    /// is not in the journal, and all others are.
    pub(super) fn append(&self, frame: &Frame<'_>) -> Result<u64, NotWritten> {
        let mut state = self.state();
        let mut bytes = std::mem::take(&mut state.frame);
        bytes.clear();
        frame.append_to(&mut bytes);
        let written = self.write(&mut state, &bytes);
        if bytes.capacity() <= 1 << 20 {
            state.frame = bytes;
        }
        if let Err(NotWritten::Failed(error)) = &written {
            state.failed(error);
        }
        written
    }

    fn write(&self, state: &mut State, bytes: &[u8]) -> Result<u64, NotWritten> {
        let size = bytes.len() as u64;
        if size > self.options.max_bytes {
            return Err(NotWritten::TooLarge);
        }
        if state.bytes + size > self.options.max_bytes {
            return Err(NotWritten::Full);
        }
        let (number, file) = self.current(state).map_err(NotWritten::Failed)?;
        let before = state.segments.get(&number).map_or(0, |segment| segment.bytes);
        let sync = || if self.options.fsync == Fsync::Each { file.sync_data() } else { Ok(()) };
        let written = (&*file).write_all(bytes).and_then(|()| sync());
        if let Err(error) = written {
            // If this fails too, what is there of the record is passed over when the segment is read. Either way, the
            // next one goes to a new segment.
            let _ = file.set_len(before);
            self.seal(state);
            return Err(NotWritten::Failed(error));
        }
        state.dirty = true;
        state.bytes += size;
        if let Some(segment) = state.segments.get_mut(&number) {
            segment.bytes += size;
            segment.pending += 1;
        }
        Ok(number)
    }

    /// The segment to write to.
    fn current(&self, state: &mut State) -> io::Result<(u64, Arc<File>)> {
        let is_full = |segment: &Segment| segment.bytes >= SEGMENT_BYTES;
        if let Some((number, file)) = state.current.clone() {
            if !state.segments.get(&number).is_none_or(is_full) {
                return Ok((number, file));
            }
            if self.options.fsync != Fsync::None {
                file.sync_data()?;
            }
            self.seal(state);
        }
        let number = state.next;
        let file = OpenOptions::new().create_new(true).append(true).open(self.path(number))?;
        if self.options.fsync == Fsync::Each {
            sync_folder(&self.options.folder)?;
        }
        state.next += 1;
        state.segments.insert(number, Segment::default());
        let file = Arc::new(file);
        state.current = Some((number, file.clone()));
        Ok((number, file))
    }

    /// Nothing more is written to the current segment.
    fn seal(&self, state: &mut State) {
        if let Some((number, _)) = state.current.take()
            && state.segments.get(&number).is_some_and(|segment| segment.pending == 0)
        {
            self.remove(state, number);
        }
    }

    /// One more has to end before the segment can go.
    pub(super) fn hold(&self, segment: u64) {
        if let Some(segment) = self.state().segments.get_mut(&segment) {
            segment.pending += 1;
        }
    }

    /// Records of these segments have come to their end.
    pub(in crate::recorder) fn ended(&self, segments: impl Iterator<Item = u64>) {
        let mut state = self.state();
        let mut freed = false;
        for number in segments {
            let Some(segment) = state.segments.get_mut(&number) else { continue };
            segment.pending -= 1;
            if segment.pending == 0 {
                self.remove(&mut state, number);
                freed = true;
            }
        }
        drop(state);
        if freed {
            self.freed.notify_waiters();
        }
    }

    /// Frees a segment; the current one is emptied and goes on.
    fn remove(&self, state: &mut State, number: u64) {
        let Some(segment) = state.segments.get_mut(&number) else { return };
        let path = self.path(number);
        let current = state.current.as_ref().filter(|(current, _)| *current == number);
        let removed = match current {
            Some((_, file)) => file.set_len(0),
            None if segment.damaged => fs::rename(&path, path.with_extension("damaged")),
            None => fs::remove_file(&path),
        };
        if let Err(error) = removed {
            // It stays and is counted; a later start sends its records again, under the same ids.
            state.failed(&error);
            return;
        }
        state.bytes -= std::mem::take(&mut segment.bytes);
        if state.current.as_ref().is_none_or(|(current, _)| *current != number) {
            state.segments.remove(&number);
        }
    }

    /// Brings to the disk what was written.
    pub(in crate::recorder) fn sync(&self) {
        let mut state = self.state();
        let Some(file) = state.current.as_ref().filter(|_| state.dirty).map(|(_, file)| file.clone()) else {
            return;
        };
        state.dirty = false;
        drop(state);
        if let Err(error) = file.sync_data() {
            let mut state = self.state();
            state.dirty = true;
            state.failed(&error);
        }
    }

    /// Resolves once there may be more room than when this was called.
    pub(in crate::recorder) fn freed(&self) -> Notified<'_> {
        self.freed.notified()
    }

    /// Wakes all who wait for room.
    pub(in crate::recorder) fn close(&self) {
        self.freed.notify_waiters();
    }

    pub(in crate::recorder) fn health(&self) -> DiskBufferHealth {
        let state = self.state();
        DiskBufferHealth {
            folder: self.options.folder.clone(),
            bytes: state.bytes,
            max_bytes: self.options.max_bytes,
            replayed: state.replayed,
            damaged: state.damaged,
            unreplayable: state.unreplayable,
            last_error: state.last_error.clone(),
        }
    }

    pub(super) fn replayed(&self) {
        self.state().replayed += 1;
    }

    pub(super) fn unreplayable(&self) {
        self.state().unreplayable += 1;
    }

    pub(super) fn damaged(&self, segment: u64) {
        let mut state = self.state();
        state.damaged += 1;
        if let Some(segment) = state.segments.get_mut(&segment) {
            segment.damaged = true;
        }
    }

    pub(super) fn failed(&self, error: &io::Error) {
        self.state().failed(error);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn failed(&mut self, error: &io::Error) {
        tracing::error!(%error, "the disk buffer of the recorder met an error");
        self.last_error = Some(LastError { at: Utc::now(), message: error.to_string() });
    }
}

/// Makes a new name last beyond a loss of power.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("options", &self.options).finish_non_exhaustive()
    }
}
