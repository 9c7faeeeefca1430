//! The folder of segments: records are appended to the newest; one whose records have all ended is removed.
//!
//! Beside a segment lies the file of its marks, which says what of it has ended. No segment is ever written again from
//! its start, so no mark can be taken for that of another record.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, watch};

use super::frame::{Frame, append_marks};
use super::sync::Unsynced;
use super::{DiskBuffer, DiskBufferHealth, Fsync, Place, Written};
use crate::recorder::LastError;

/// A segment that has grown to this many bytes gets no more records.
const SEGMENT_BYTES: u64 = 8 << 20;

/// The segments of one recorder.
pub(in crate::recorder) struct Journal {
    pub(in crate::recorder) options: DiskBuffer,
    state: Mutex<State>,
    /// Told whenever there is more room.
    freed: Notify,
    /// Held by who brings to the disk what was written.
    pub(super) turn: Mutex<()>,
    /// Told when that was done, also when it failed.
    pub(super) synced: watch::Sender<()>,
    /// Wakes the thread that does it.
    pub(super) wake: Mutex<Option<SyncSender<()>>>,
    /// Until the recorder is shut down: a folder has one recorder.
    lock: Mutex<Option<File>>,
}

pub(super) struct State {
    segments: BTreeMap<u64, Segment>,
    /// The segment that records are appended to.
    current: Option<(u64, Arc<File>)>,
    next: u64,
    bytes: u64,
    pub(super) unsynced: Unsynced,
    frame: Vec<u8>,
    replayed: u64,
    superseded: u64,
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
    pub(in crate::recorder) fn open(options: DiskBuffer) -> io::Result<Arc<Self>> {
        fs::create_dir_all(&options.folder)?;
        let lock = OpenOptions::new().create(true).append(true).open(options.folder.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::ResourceBusy, "another recorder uses this folder")
            }
            fs::TryLockError::Error(error) => error,
        })?;
        let segments = segments(&options)?;
        let state = State {
            next: segments.last_key_value().map_or(1, |(last, _)| last + 1),
            bytes: segments.values().map(|segment| segment.bytes).sum(),
            segments,
            current: None,
            unsynced: Unsynced::default(),
            frame: Vec::new(),
            replayed: 0,
            superseded: 0,
            damaged: 0,
            unreplayable: 0,
            last_error: None,
        };
        let journal = Arc::new(Self {
            options,
            state: Mutex::new(state),
            freed: Notify::new(),
            turn: Mutex::new(()),
            synced: watch::Sender::new(()),
            wake: Mutex::new(None),
            lock: Mutex::new(Some(lock)),
        });
        Self::start_syncing(&journal)?;
        Ok(journal)
    }

    /// The segments that there are, the oldest first.
    pub(super) fn segments(&self) -> Vec<u64> {
        self.state().segments.keys().copied().collect()
    }

    pub(super) fn path(&self, segment: u64) -> PathBuf {
        self.options.folder.join(format!("{segment:020}.segment"))
    }

    pub(super) fn marks_path(&self, segment: u64) -> PathBuf {
        self.path(segment).with_extension("ended")
    }

    /// Writes a record. On an error it is not in the journal, and all others are.
    pub(super) fn append(&self, frame: &Frame<'_>) -> Result<Written, NotWritten> {
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

    fn write(&self, state: &mut State, bytes: &[u8]) -> Result<Written, NotWritten> {
        let size = bytes.len() as u64;
        if size > self.options.max_bytes {
            return Err(NotWritten::TooLarge);
        }
        if state.bytes + size > self.options.max_bytes {
            return Err(NotWritten::Full);
        }
        let (number, file) = self.current(state).map_err(NotWritten::Failed)?;
        let before = state.segments.get(&number).map_or(0, |segment| segment.bytes);
        let offset = u32::try_from(before).map_err(|_| NotWritten::TooLarge)?;
        if let Err(error) = (&*file).write_all(bytes) {
            // If this fails too, what is there of the record is passed over when the segment is read. Either way, the
            // next one goes to a new segment.
            let _ = file.set_len(before);
            self.seal(state);
            return Err(NotWritten::Failed(error));
        }
        let written = state.unsynced.written(number, &file, before, size);
        state.bytes += size;
        if let Some(segment) = state.segments.get_mut(&number) {
            segment.bytes += size;
            segment.pending += 1;
        }
        Ok(Written { place: Place { segment: number, offset }, number: written })
    }

    /// The segment to write to.
    fn current(&self, state: &mut State) -> io::Result<(u64, Arc<File>)> {
        let is_full = |segment: &Segment| segment.bytes >= SEGMENT_BYTES;
        if let Some((number, file)) = state.current.clone() {
            if !state.segments.get(&number).is_none_or(is_full) {
                return Ok((number, file));
            }
            self.seal(state);
        }
        let number = state.next;
        let file = OpenOptions::new().create_new(true).append(true).open(self.path(number))?;
        state.next += 1;
        state.segments.insert(number, Segment::default());
        let file = Arc::new(file);
        state.current = Some((number, file.clone()));
        Ok((number, file))
    }

    /// Nothing more is written to the current segment.
    fn seal(&self, state: &mut State) {
        let Some((number, _)) = state.current.take() else { return };
        if self.options.fsync == Fsync::None {
            state.unsynced.forget(number);
        }
        if state.segments.get(&number).is_some_and(|segment| segment.pending == 0) {
            self.remove(state, number);
        }
    }

    /// One more has to end before the segment can go.
    pub(super) fn hold(&self, segment: u64) {
        if let Some(segment) = self.state().segments.get_mut(&segment) {
            segment.pending += 1;
        }
    }

    /// Whoever read this segment has done so.
    pub(super) fn release(&self, segment: u64) {
        let mut state = self.state();
        self.count_ended(&mut state, segment, 1);
        drop(state);
        self.freed.notify_waiters();
    }

    /// These records have come to their end.
    pub(in crate::recorder) fn ended(&self, places: impl Iterator<Item = Place>) {
        let mut offsets: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        for place in places.filter(|place| place.segment > 0) {
            offsets.entry(place.segment).or_default().push(place.offset);
        }
        if offsets.is_empty() {
            return;
        }
        let mut state = self.state();
        for (segment, offsets) in offsets {
            if self.count_ended(&mut state, segment, offsets.len() as u64) {
                // Without the mark the record is sent again by the next run, under the same id.
                if let Err(error) = mark(&self.marks_path(segment), &offsets) {
                    state.failed(&error);
                }
            }
        }
        drop(state);
        self.freed.notify_waiters();
    }

    /// Returns whether the segment is still there.
    fn count_ended(&self, state: &mut State, number: u64, count: u64) -> bool {
        let Some(segment) = state.segments.get_mut(&number) else { return false };
        segment.pending -= count;
        if segment.pending > 0 {
            return true;
        }
        if state.current.as_ref().is_some_and(|(current, _)| *current == number) {
            state.current = None;
        }
        self.remove(state, number);
        state.segments.contains_key(&number)
    }

    /// Frees a segment. Its marks go last: without them all of it would be sent again.
    fn remove(&self, state: &mut State, number: u64) {
        let Some(segment) = state.segments.get(&number) else { return };
        let path = self.path(number);
        let removed = if segment.damaged {
            fs::rename(&path, path.with_extension("damaged"))
        } else {
            fs::remove_file(&path)
        };
        if let Err(error) = removed {
            // It stays and is counted; a later start sends its records again, under the same ids.
            state.failed(&error);
            return;
        }
        // There are none where all ended at once.
        let _ = fs::remove_file(self.marks_path(number));
        state.bytes -= segment.bytes;
        state.unsynced.forget(number);
        state.segments.remove(&number);
    }

    /// Takes back what was written since the last sync, of which nobody was told that it was taken.
    pub(super) fn undo(&self, state: &mut State) {
        for (number, file, before, records) in state.unsynced.undo() {
            // If this fails, those records may be sent by the next run although they were refused.
            let _ = file.set_len(before);
            if let Some(segment) = state.segments.get_mut(&number) {
                state.bytes -= segment.bytes - before;
                segment.bytes = before;
                self.count_ended(state, number, records);
            }
        }
        self.seal(state);
        self.freed.notify_waiters();
    }

    /// Resolves once there may be more room than when this was called.
    pub(in crate::recorder) fn freed(&self) -> Notified<'_> {
        self.freed.notified()
    }

    /// Wakes all who wait for room.
    pub(in crate::recorder) fn close(&self) {
        self.freed.notify_waiters();
    }

    /// Brings everything to the disk, and leaves the folder to another recorder. Nothing is written afterwards.
    pub(in crate::recorder) fn leave(&self) {
        self.sync();
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    pub(in crate::recorder) fn health(&self) -> DiskBufferHealth {
        let state = self.state();
        DiskBufferHealth {
            folder: self.options.folder.clone(),
            bytes: state.bytes,
            unsynced_bytes: state.unsynced.bytes(),
            syncs: state.unsynced.syncs,
            max_bytes: self.options.max_bytes,
            overflowed: 0,
            replayed: state.replayed,
            superseded: state.superseded,
            damaged: state.damaged,
            unreplayable: state.unreplayable,
            last_error: state.last_error.clone(),
        }
    }

    pub(super) fn replayed(&self) {
        self.state().replayed += 1;
    }

    pub(super) fn superseded(&self) {
        self.state().superseded += 1;
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

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Puts another file in the place of the current segment's.
    #[cfg(test)]
    pub(super) fn replace_current(&mut self, file: Arc<File>) -> Option<Arc<File>> {
        let (number, _) = self.current.take()?;
        Some(self.current.insert((number, file)).1.clone())
    }

    pub(super) fn failed(&mut self, error: &io::Error) {
        tracing::error!(%error, "the disk buffer of the recorder met an error");
        self.last_error = Some(LastError { at: Utc::now(), message: error.to_string() });
    }
}

/// What an earlier run left. Marks without a segment go.
fn segments(options: &DiskBuffer) -> io::Result<BTreeMap<u64, Segment>> {
    let mut segments = BTreeMap::new();
    let mut marks = Vec::new();
    for entry in fs::read_dir(&options.folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some((number, ending)) = name.to_str().and_then(|name| name.split_once('.')) else { continue };
        match (number.parse(), ending) {
            (Ok(number), "segment") => {
                let bytes = entry.metadata()?.len();
                segments.insert(number, Segment { bytes, pending: 1, damaged: false });
            }
            (Ok(number), "ended") => marks.push((number, entry.path())),
            _ => {}
        }
    }
    for (_, path) in marks.into_iter().filter(|(number, _)| !segments.contains_key(number)) {
        fs::remove_file(path)?;
    }
    Ok(segments)
}

fn mark(path: &std::path::Path, offsets: &[u32]) -> io::Result<()> {
    let mut bytes = Vec::new();
    append_marks(&mut bytes, offsets);
    OpenOptions::new().create(true).append(true).open(path)?.write_all(&bytes)
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("options", &self.options).finish_non_exhaustive()
    }
}
