//! The disk buffer: records are in files before `push` returns, so that they outlive the program.

mod frame;
mod journal;
mod overflow;
mod replay;
mod sync;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use djelme_core::document::BatchBuilder;

use super::engine::{Engine, Shared};
use super::health::LastError;
use super::{Lane, WhenFull};
use frame::Frame;
pub(super) use journal::{Journal, NotWritten};
pub(super) use overflow::Overflow;
pub(super) use replay::number_of;

/// A folder in which a recorder keeps its records until they have come to their end.
///
/// A record is written to it before `push` returns. What a run leaves there, since it was killed or shut down before
/// the server had all, is sent by the next recorder that opens the folder, under the same ids: one that turns out to
/// be stored already counts as such. What had ended is not sent again; only a record whose end the run could not write
/// down any more may be, so that one that was rejected in its last moment may be rejected (and be a dead letter) twice.
///
/// Memory is bounded as without it. While the recorder holds too much, `push` waits or refuses by
/// [`RecorderBuilder::when_full`], or, with [`WhenFull::DiskBuffer`], goes on with records that lie here alone.
///
/// ```no_run
/// # use djelme::Djelme;
/// # use djelme::recorder::{DiskBuffer, Fsync};
/// # fn run(djelme: &Djelme) -> djelme::Result<()> {
/// let buffer = DiskBuffer::new("/var/lib/shop/events").fsync(Fsync::Each).max_bytes(10 << 30);
/// let recorder = djelme.recorder().disk_buffer(buffer).build()?;
/// # Ok(())
/// # }
/// ```
///
/// [`RecorderBuilder::when_full`]: super::RecorderBuilder::when_full
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskBuffer {
    folder: PathBuf,
    fsync: Fsync,
    max_bytes: u64,
    pub(super) when_full: WhenFull,
    replay_as_pushed: bool,
}

/// When what was written is brought to the disk itself. Records outlive the end of the program in any case; this is
/// about the end of the whole machine, such as a loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fsync {
    /// Before `push` returns: a record that was taken is durable. Each `push` waits for the disk; those that wait at
    /// the same time share one sync.
    Each,
    /// After this time at the latest: a loss of power costs the records of that time.
    Interval(Duration),
    /// Whenever the operating system does.
    None,
}

impl DiskBuffer {
    /// A buffer in this folder, which is created if there is none. One recorder at a time can have it.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            fsync: Fsync::Interval(Duration::from_secs(1)),
            max_bytes: 1 << 30,
            when_full: WhenFull::Wait,
            replay_as_pushed: false,
        }
    }

    /// When records are brought to the disk itself; each second unless set.
    #[must_use]
    pub fn fsync(mut self, fsync: Fsync) -> Self {
        self.fsync = fsync;
        self
    }

    /// The most bytes of all segments, 1 GiB unless set. Room comes back by segments of 8 MiB, once all records of
    /// one have ended.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// What becomes of a record when that limit is reached: [`WhenFull::Wait`] unless set, or [`WhenFull::Refuse`]. A disk
    /// that is full is an error of `push` at once, whatever the policy.
    #[must_use]
    pub fn when_full(mut self, policy: WhenFull) -> Self {
        self.when_full = policy;
        self
    }

    /// Sends the records of earlier runs with their own operation, in their order: those of types with
    /// `unique_together` then replace whatever has their id, also what was stored since.
    ///
    /// Unless set they go as `create`, and are duplicates where another record has their id. Of several with one id
    /// only the newest is sent, and it replaces what the same run had stored under the id, as far as the folder still
    /// has that.
    #[must_use]
    pub fn replay_as_pushed(mut self) -> Self {
        self.replay_as_pushed = true;
        self
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// How the disk buffer fares.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiskBufferHealth {
    /// Its folder.
    pub folder: PathBuf,
    /// Bytes of all segments.
    pub bytes: u64,
    /// The bytes of them that are not known to be on the disk itself.
    pub unsynced_bytes: u64,
    /// How often this recorder has brought there what was written.
    pub syncs: u64,
    /// The most that they may have.
    pub max_bytes: u64,
    /// Records that lie there alone, until memory has room for them: with [`WhenFull::DiskBuffer`].
    pub overflowed: u64,
    /// Records of earlier runs that were taken up so far.
    pub replayed: u64,
    /// Records of earlier runs that were not sent, since the same run had a newer one of the same id.
    pub superseded: u64,
    /// Places that are damaged. Their files are kept, with the ending `.damaged`, and an error event names each place.
    pub damaged: u64,
    /// Records of earlier runs that stay in the buffer, since their type is unknown or their size is beyond the limit.
    pub unreplayable: u64,
    /// The last error, also one that has passed.
    pub last_error: Option<LastError>,
}

/// Where a record lies. Segments are numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Place {
    pub(super) segment: u64,
    offset: u32,
}

/// A record that was written, the how many-th of this recorder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) place: Place,
    number: u64,
}

impl Journal {
    /// Writes the one record of this builder.
    pub(super) fn write_record(&self, lane: &Lane, encoded: &BatchBuilder) -> Result<Written, NotWritten> {
        let nothing = || NotWritten::Failed(std::io::Error::other("nothing is encoded"));
        let [item] = encoded.items() else { return Err(nothing()) };
        let text = |range: &std::ops::Range<usize>| {
            std::str::from_utf8(&encoded.body()[range.clone()]).unwrap_or_default()
        };
        self.append(&Frame {
            record_type: lane.type_name(),
            op: item.op,
            index: text(&item.index),
            id: text(&item.id),
            source: &encoded.body()[item.source.clone()],
        })
    }
}

impl Engine {
    /// Takes up what an earlier run left, and what memory had no room for.
    pub(super) fn start_reading(engine: &Shared, runtime: &tokio::runtime::Handle) {
        let Some(journal) = &engine.journal else { return };
        if engine.when_full == WhenFull::DiskBuffer {
            runtime.spawn(overflow::take_up(engine.clone(), journal.clone()));
        }
        let segments = journal.segments();
        if !segments.is_empty() {
            engine.replaying.store(true, Ordering::Release);
            runtime.spawn(replay::replay(engine.clone(), journal.clone(), segments));
        }
    }
}
