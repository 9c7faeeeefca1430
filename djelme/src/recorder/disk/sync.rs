//! Bringing to the disk itself what was written: one sync for all who wait for it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, PoisonError, Weak};

use super::journal::Journal;
use super::{Fsync, Written};

/// What was written and is not known to be on the disk itself.
#[derive(Debug, Default)]
pub(super) struct Unsynced {
    /// Records written so far; each has its number.
    written: u64,
    /// The last of them that is on the disk.
    synced: u64,
    /// How often that was done.
    pub(super) syncs: u64,
    segments: BTreeMap<u64, Part>,
    /// The numbers of records that never came there, from and until, and the reason.
    failed: Vec<(u64, u64, Failure)>,
}

/// The end of a segment that is not synced.
#[derive(Debug, Clone)]
struct Part {
    file: Arc<File>,
    /// Where it begins.
    from: u64,
    bytes: u64,
    records: u64,
}

/// An error that is told several times.
#[derive(Debug, Clone)]
struct Failure(io::ErrorKind, Option<i32>, String);

impl Failure {
    fn new(error: &io::Error) -> Self {
        Self(error.kind(), error.raw_os_error(), error.to_string())
    }

    fn error(&self) -> io::Error {
        let Self(kind, code, text) = self;
        code.map_or_else(|| io::Error::new(*kind, text.clone()), io::Error::from_raw_os_error)
    }
}

impl Unsynced {
    /// Counts a record that was written to this segment at this place. Returns its number.
    pub(super) fn written(&mut self, segment: u64, file: &Arc<File>, from: u64, bytes: u64) -> u64 {
        let new = || Part { file: file.clone(), from, bytes: 0, records: 0 };
        let part = self.segments.entry(segment).or_insert_with(new);
        (part.bytes, part.records) = (part.bytes + bytes, part.records + 1);
        self.written += 1;
        self.written
    }

    /// The segment is gone, or nobody is to sync it.
    pub(super) fn forget(&mut self, segment: u64) {
        self.segments.remove(&segment);
    }

    pub(super) fn bytes(&self) -> u64 {
        self.segments.values().map(|part| part.bytes).sum()
    }

    /// Whether the record is on the disk, once that is decided.
    fn is_durable(&self, number: u64) -> Option<io::Result<()>> {
        let failed = self.failed.iter().find(|(from, until, _)| (*from..*until).contains(&number));
        match failed {
            Some((.., failure)) => Some(Err(failure.error())),
            None => (number <= self.synced).then_some(Ok(())),
        }
    }

    /// All up to this record is on the disk, as far as the parts had grown to then.
    fn synced(&mut self, through: u64, parts: BTreeMap<u64, Part>) {
        self.syncs += 1;
        self.synced = self.synced.max(through);
        for (segment, done) in parts {
            let Some(part) = self.segments.get_mut(&segment) else { continue };
            part.from += done.bytes;
            part.bytes -= done.bytes;
            part.records = part.records.saturating_sub(done.records);
            if part.bytes == 0 {
                self.segments.remove(&segment);
            }
        }
    }

    /// None of what was written and not synced ever will be.
    fn failed(&mut self, error: &io::Error) {
        let (from, until) = (self.synced + 1, self.written + 1);
        match self.failed.last_mut() {
            // Nothing came to the disk since the last failure.
            Some(last) if last.0 >= from => *last = (last.0, until, Failure::new(error)),
            _ => self.failed.push((from, until, Failure::new(error))),
        }
    }

    /// Nobody waits for this record of the segment any more; it counts as ended.
    fn leave_out(&mut self, segment: u64) {
        if let Some(part) = self.segments.get_mut(&segment) {
            part.records = part.records.saturating_sub(1);
        }
    }

    /// All that is not synced: segment, file, where it begins, and how many records it is.
    pub(super) fn undo(&mut self) -> Vec<(u64, Arc<File>, u64, u64)> {
        let parts = std::mem::take(&mut self.segments).into_iter();
        parts.map(|(segment, part)| (segment, part.file, part.from, part.records)).collect()
    }
}

impl Journal {
    /// Starts the thread that syncs, if one is wanted.
    pub(super) fn start_syncing(journal: &Arc<Self>) -> io::Result<()> {
        if journal.options.fsync == Fsync::None {
            return Ok(());
        }
        let (wake, woken) = sync_channel(1);
        *journal.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
        let (of, fsync) = (Arc::downgrade(journal), journal.options.fsync);
        let thread = std::thread::Builder::new().name("djelme-disk-sync".into());
        thread.spawn(move || keep_syncing(&of, &woken, fsync)).map(drop)
    }

    /// Brings to the disk what was written until now. It waits for the disk.
    pub(in crate::recorder) fn sync(&self) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (through, parts) = {
            let unsynced = &self.state().unsynced;
            (unsynced.written, unsynced.segments.clone())
        };
        if parts.is_empty() {
            return;
        }
        let new_names = parts.values().any(|part| part.from == 0);
        let files = parts.values().try_for_each(|part| part.file.sync_data());
        let done = files.and_then(|()| if new_names { sync_folder(&self.options.folder) } else { Ok(()) });
        let mut state = self.state();
        match done {
            Ok(()) => state.unsynced.synced(through, parts),
            Err(error) => {
                state.failed(&error);
                if self.options.fsync == Fsync::Each {
                    // What the disk has of it is not known, so all who wait are refused.
                    state.unsynced.failed(&error);
                    self.undo(&mut state);
                }
            }
        }
        drop(state);
        self.synced.send_replace(());
    }

    /// Waits until the record is on the disk itself, where that is wanted.
    pub(in crate::recorder) async fn durable(&self, written: Written) -> io::Result<()> {
        if self.options.fsync != Fsync::Each {
            return Ok(());
        }
        let mut synced = self.synced.subscribe();
        loop {
            if let Some(result) = self.is_durable(written) {
                return result;
            }
            if let Some(wake) = &*self.wake.lock().unwrap_or_else(PoisonError::into_inner) {
                // If it is full, a sync is still to begin, and will have this record.
                let _ = wake.try_send(());
            }
            // The sender is in `self`.
            let _ = synced.changed().await;
        }
    }

    /// The same, for callers that cannot wait but for the disk.
    pub(in crate::recorder) fn durable_now(&self, written: Written) -> io::Result<()> {
        if self.options.fsync != Fsync::Each {
            return Ok(());
        }
        loop {
            if let Some(result) = self.is_durable(written) {
                return result;
            }
            self.sync();
        }
    }

    /// Nobody wants this record any more, which was not yet taken.
    pub(in crate::recorder) fn give_up(&self, written: Written) {
        let mut state = self.state();
        match state.unsynced.is_durable(written.number) {
            Some(Err(_)) => return,
            Some(Ok(())) => {}
            None => state.unsynced.leave_out(written.place.segment),
        }
        drop(state);
        self.ended([written.place].into_iter());
    }

    fn is_durable(&self, written: Written) -> Option<io::Result<()>> {
        self.state().unsynced.is_durable(written.number)
    }
}

/// Syncs whenever it is woken, and under [`Fsync::Interval`] after each, until the journal is gone.
fn keep_syncing(of: &Weak<Journal>, woken: &Receiver<()>, fsync: Fsync) {
    loop {
        let next = match fsync {
            Fsync::Interval(every) => woken.recv_timeout(every),
            Fsync::Each | Fsync::None => woken.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match (next, of.upgrade()) {
            (Ok(()) | Err(RecvTimeoutError::Timeout), Some(journal)) => journal.sync(),
            _ => return,
        }
    }
}

/// Makes a new name last beyond a loss of power.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use djelme_core::document::WriteOp;

    use super::super::DiskBuffer;
    use super::super::frame::Frame;
    use super::*;

    const FRAME: Frame<'_> =
        Frame { record_type: "a::B", op: WriteOp::Create, index: "a_b", id: "1", source: b"{}" };

    fn journal() -> (tempfile::TempDir, Arc<Journal>) {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(DiskBuffer::new(folder.path()).fsync(Fsync::Each)).unwrap();
        (folder, journal)
    }

    #[test]
    fn all_who_wait_share_one_sync() {
        let (_folder, journal) = journal();
        let turn = journal.turn.lock().unwrap();
        let written: Vec<_> = (0..10).map(|_| journal.append(&FRAME).unwrap()).collect();
        assert!(written.iter().all(|written| journal.is_durable(*written).is_none()));
        let waiting = written.into_iter().map(|written| {
            let journal = journal.clone();
            std::thread::spawn(move || journal.durable_now(written).unwrap())
        });
        let waiting: Vec<_> = waiting.collect();
        drop(turn);
        waiting.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!((journal.health().syncs, journal.health().unsynced_bytes), (1, 0));
    }

    #[test]
    fn a_sync_that_fails_refuses_all_who_wait_and_nobody_else() {
        let (_folder, journal) = journal();
        let kept = journal.append(&FRAME).unwrap();
        journal.durable_now(kept).unwrap();
        let bytes = journal.health().bytes;
        // Nothing can be synced on this device.
        let device = Arc::new(std::fs::OpenOptions::new().append(true).open("/dev/null").unwrap());
        let turn = journal.turn.lock().unwrap();
        let file = journal.state().replace_current(device);
        let written: Vec<_> = (0..3).map(|_| journal.append(&FRAME).unwrap()).collect();
        let given_up = journal.append(&FRAME).unwrap();
        journal.give_up(given_up);
        drop(turn);
        for written in written {
            journal.durable_now(written).unwrap_err();
            journal.give_up(written);
        }
        journal.durable_now(kept).unwrap();
        assert!(journal.health().last_error.is_some());
        assert_eq!(journal.health().bytes, bytes);
        drop(file);
        let next = journal.append(&FRAME).unwrap();
        journal.durable_now(next).unwrap();
        assert!(next.place.segment > kept.place.segment);
        journal.ended([kept.place, next.place].into_iter());
        assert_eq!((journal.health().bytes, journal.segments().len()), (0, 0));
    }
}
