//! Many records: queued, sent in batches, retried, and accounted for one by one.

mod builder;
mod disk;
mod dispatch;
mod engine;
mod health;
mod in_flight;
mod keys;
mod lane;
mod memory;
mod queued;
mod receipt;
mod rejected;
mod scratch;
mod settle;
mod shutdown;
mod spares;
mod stats;

pub(crate) mod backoff;

use std::sync::Arc;
use std::time::Duration;

use djelme_core::{Error, Result};
use tokio::sync::oneshot;

use crate::Djelme;
use crate::usage::Recordable;
use disk::{Journal, NotWritten};
use engine::{Engine, Shared};
use lane::Lane;
use memory::NoRoom;
use queued::{Extra, RecordState};
use scratch::Scratch;

pub use builder::{RecorderBuilder, WhenFull};
pub use disk::{DiskBuffer, DiskBufferHealth, Fsync};
pub use health::{BlockedType, DeadLetterHealth, LastError, RecorderHealth, TypeHealth};
pub use receipt::Receipt;
pub use shutdown::{Shutdown, Unsent};
pub use stats::{Counts, RecorderStats, TypeStats};

impl Djelme {
    /// A recorder for many records: it takes all record types, sends them in batches, sends again what fails, and
    /// counts every end.
    pub fn recorder(&self) -> RecorderBuilder {
        RecorderBuilder::new(self.clone())
    }
}

/// Takes records from any number of tasks and threads and sends them in batches. Cheap to clone; clones share
/// everything.
///
/// A record that was taken ends in exactly one way, and [`stats`](Self::stats) counts it: stored, already stored,
/// duplicate, replaced, rejected, or abandoned by a [`shutdown`](Self::shutdown). What may pass by itself (an
/// unreachable or busy server) is tried again until then; a type that somebody has to mend (no template, no
/// privilege, no room on the disk) waits, the others go on, and [`health`](Self::health) says why. Records are held in
/// memory until their end, and only there unless there is a [`DiskBuffer`].
///
/// ```no_run
/// # use djelme::{Djelme, EventRecord};
/// # use serde::{Deserialize, Serialize};
/// # use std::time::Duration;
/// # #[derive(Serialize, Deserialize, EventRecord)]
/// # #[djelme(app_label = "shop")]
/// # struct View { path: String }
/// # async fn run(djelme: Djelme, views: Vec<View>) -> djelme::Result<()> {
/// let recorder = djelme.recorder().build()?;
/// for view in &views {
///     recorder.push(view).await?;
/// }
/// let end = recorder.shutdown(Duration::from_secs(30)).await;
/// println!("{} stored, {} unsent", end.stats.total.stored, end.unsent.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Recorder {
    handle: Arc<Handle>,
}

/// Goes with the last clone.
#[derive(Debug)]
struct Handle(Shared);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.dropped();
    }
}

/// A record that is encoded and waits for room.
struct Offered<'a> {
    lane: &'a Lane,
    scratch: Scratch,
    bytes: usize,
}

impl Recorder {
    fn new(engine: Shared) -> Self {
        Self { handle: Arc::new(Handle(engine)) }
    }

    fn engine(&self) -> &Engine {
        &self.handle.0
    }

    /// Takes a record. It is encoded at once; under [`WhenFull::Wait`] this waits until there is room for it. Dropped
    /// before it returns, the record is not taken.
    ///
    /// # Errors
    /// The record was then not taken: [`Error::Record`], [`Error::NotAccepted`] and [`Error::Refused`] as with
    /// [`Djelme::record`](crate::Djelme::record), [`Error::Full`] under [`WhenFull::Refuse`] or if it alone is larger
    /// than its type may hold, [`Error::Closed`] after a shut-down. With a disk buffer: [`Error::File`] if it cannot be
    /// written, such as on a full disk, and [`Error::Full`] by its own policy.
    pub async fn push(&self, record: impl Recordable) -> Result<()> {
        let offered = self.offer(record)?;
        let segment = self.wait_for_room(&offered).await?;
        self.accept(offered, segment, None)
    }

    /// Takes a record if there is room for it now, and never waits: for code that is not async, and for web handlers
    /// that have better to do than to wait.
    ///
    /// ```no_run
    /// # use djelme::{EventRecord, Recorder};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, EventRecord)]
    /// # #[djelme(app_label = "shop")]
    /// # struct View { path: String }
    /// # fn page(recorder: &Recorder, path: String) {
    /// let _ = recorder.try_push(&View { path }); // a record that is not taken is counted as refused
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`push`](Self::push); [`Error::Full`] under every policy.
    pub fn try_push(&self, record: impl Recordable) -> Result<()> {
        let offered = self.offer(record)?;
        self.take_room(&offered)?;
        let segment = self.write_down(&offered).map_err(|not_written| self.refuse(&offered, not_written))?;
        self.accept(offered, segment, None)
    }

    /// Takes a record as [`push`](Self::push) does; the receipt, awaited, says how it ended.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub async fn push_tracked(&self, record: impl Recordable) -> Result<Receipt> {
        let offered = self.offer(record)?;
        let segment = self.wait_for_room(&offered).await?;
        let (sender, end) = oneshot::channel();
        let (index, id) = offered.scratch.index_and_id();
        self.accept(offered, segment, Some(sender))?;
        Ok(Receipt { index, id, end })
    }

    /// Waits until every record taken before has come to its end. What is not sent for its age yet, is sent now.
    ///
    /// While a server is out of reach this waits, as long as that lasts.
    ///
    /// # Errors
    /// [`Error::Blocked`] if records of a type wait until somebody mends the cause, and all others have ended;
    /// [`Error::Closed`] if they can no longer be sent.
    pub async fn flush(&self) -> Result<()> {
        self.engine().flush().await
    }

    /// Takes no more records, sends what is there, and returns what could not be sent within this time. Blocked types
    /// are tried once more, and not waited for. After the deadline no request is in flight.
    ///
    /// Called again, it returns the final counts.
    pub async fn shutdown(&self, within: Duration) -> Shutdown {
        self.engine().shutdown(within).await
    }

    /// The counts as they are now. They always add up.
    #[must_use]
    pub fn stats(&self) -> RecorderStats {
        self.engine().stats()
    }

    /// How each type fares now: what it holds, and whether and why it is blocked.
    #[must_use]
    pub fn health(&self) -> RecorderHealth {
        self.engine().health()
    }

    fn offer<T: Recordable>(&self, record: T) -> Result<Offered<'_>> {
        let engine = self.engine();
        let resolved = engine.djelme.resolved::<T::Record>()?;
        let lane = engine
            .lanes
            .get(resolved.position)
            .ok_or(Error::Closed("it has no place for this record type"))?;
        let mut scratch = Scratch::take();
        match engine.djelme.encode(resolved, record, &mut scratch.builder) {
            Ok(unindexed) => scratch.unindexed_keywords = unindexed,
            Err(error) => return Err(refused(lane, error)),
        }
        let bytes = scratch.builder.items().iter().map(|item| lane.held_bytes(item)).sum();
        Ok(Offered { lane, scratch, bytes })
    }

    fn take_room(&self, offered: &Offered<'_>) -> Result<()> {
        let engine = self.engine();
        engine.memory.try_take(offered.lane.position, offered.bytes).map_err(|no_room| {
            let reason = full(no_room, offered.bytes, engine.memory.limit());
            let record_type = offered.lane.type_name().to_owned();
            refused(offered.lane, Error::Full { record_type, reason })
        })
    }

    /// Waits for room in memory and in the disk buffer. Returns the segment.
    async fn wait_for_room(&self, offered: &Offered<'_>) -> Result<u64> {
        loop {
            let freed = self.engine().journal.as_ref().map(Journal::freed);
            self.wait_for_memory(offered).await?;
            match (self.write_down(offered), freed) {
                (Ok(segment), _) => return Ok(segment),
                (Err(NotWritten::Full), Some(freed)) if self.waits_for_disk(offered) => {
                    self.engine().memory.give_back(offered.lane.position, offered.bytes);
                    freed.await;
                }
                (Err(not_written), _) => return Err(self.refuse(offered, not_written)),
            }
        }
    }

    fn waits_for_disk(&self, offered: &Offered<'_>) -> bool {
        let waits = self.engine().journal.as_ref().is_some_and(|journal| journal.options.waits());
        waits && offered.lane.state().closed.is_none()
    }

    /// Writes the record to the disk buffer, if there is one. Returns its segment.
    fn write_down(&self, offered: &Offered<'_>) -> std::result::Result<u64, NotWritten> {
        let journal = self.engine().journal.as_ref();
        journal.map_or(Ok(0), |journal| journal.write_record(offered.lane, &offered.scratch.builder))
    }

    /// Refuses a record that has its room in memory.
    fn refuse(&self, offered: &Offered<'_>, not_written: NotWritten) -> Error {
        self.engine().memory.give_back(offered.lane.position, offered.bytes);
        let options = self.engine().journal.as_ref().map(|journal| &journal.options);
        let full = |reason: &str| Error::Full {
            record_type: offered.lane.type_name().to_owned(),
            reason: reason.to_owned(),
        };
        let error = match not_written {
            NotWritten::Failed(source) => {
                let path = options.map(|options| options.folder().to_owned()).unwrap_or_default();
                Error::File { path, source }
            }
            _ if offered.lane.state().closed.is_some() => self.closed(offered.lane),
            NotWritten::Full => full("the disk buffer has reached its limit"),
            NotWritten::TooLarge => full("the record alone is larger than the limit of the disk buffer"),
        };
        refused(offered.lane, error)
    }

    async fn wait_for_memory(&self, offered: &Offered<'_>) -> Result<()> {
        let engine = self.engine();
        let memory = &engine.memory;
        match (memory.try_take(offered.lane.position, offered.bytes), engine.when_full) {
            (Ok(()), _) => Ok(()),
            (Err(NoRoom::Now), WhenFull::Wait) => memory
                .take(offered.lane.position, offered.bytes)
                .await
                .ok_or_else(|| refused(offered.lane, self.closed(offered.lane))),
            _ => self.take_room(offered),
        }
    }

    /// Takes the record; there is room for it.
    fn accept(
        &self,
        offered: Offered<'_>,
        segment: u64,
        receipt: Option<oneshot::Sender<crate::writes::Recorded>>,
    ) -> Result<()> {
        let Offered { lane, mut scratch, bytes } = offered;
        let unindexed_keywords = std::mem::take(&mut scratch.unindexed_keywords);
        let extra = (receipt.is_some() || !unindexed_keywords.is_empty())
            .then(|| Box::new(Extra { unindexed_keywords, receipt }));
        let record = RecordState { segment, extra, ..RecordState::default() };
        let mut state = lane.state();
        if state.closed.is_some() {
            drop(state);
            self.engine().memory.give_back(lane.position, bytes);
            self.engine().journal.iter().for_each(|journal| journal.ended([segment].into_iter()));
            return Err(refused(lane, self.closed(lane)));
        }
        let wake = state.accept(&scratch.builder, record, self.engine());
        drop(state);
        if wake {
            lane.changed.notify_one();
        }
        Ok(())
    }

    fn closed(&self, lane: &Lane) -> Error {
        Error::Closed(lane.state().closed.unwrap_or("it was shut down"))
    }
}

/// Counts a record that was not taken.
fn refused(lane: &Lane, error: Error) -> Error {
    lane.state().counts.refuse();
    error
}

fn full(no_room: NoRoom, bytes: usize, limit: usize) -> String {
    match no_room {
        NoRoom::Now => format!(
            "all of the memory that it may hold ({limit} bytes, a blocked type a quarter of them) is taken by records \
             that are not yet stored"
        ),
        NoRoom::Ever => format!(
            "it needs {bytes} bytes, and one record may have a quarter of the memory limit of {limit} bytes"
        ),
    }
}
