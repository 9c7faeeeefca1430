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
mod take;

pub(crate) mod backoff;

use std::sync::Arc;
use std::time::Duration;

use djelme_core::{Error, Result};
use tokio::sync::oneshot;

use crate::Djelme;
use crate::usage::Recordable;
use engine::{Engine, Shared};
use lane::Lane;
use scratch::Scratch;
use take::{Offered, refused};

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
        let taken = self.engine().take(&offered).await?;
        offered.accept(self.engine(), taken, None)
    }

    /// Takes a record if there is room for it now, and never waits, but for the disk under [`Fsync::Each`]: for code that
    /// is not async, and for web handlers that have better to do than to wait.
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
    /// As [`push`](Self::push); [`Error::Full`] also under [`WhenFull::Wait`].
    pub fn try_push(&self, record: impl Recordable) -> Result<()> {
        let offered = self.offer(record)?;
        let taken = self.engine().take_now(&offered)?;
        offered.accept(self.engine(), taken, None)
    }

    /// Takes a record as [`push`](Self::push) does; the receipt, awaited, says how it ended.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub async fn push_tracked(&self, record: impl Recordable) -> Result<Receipt> {
        let offered = self.offer(record)?;
        let taken = self.engine().take(&offered).await?;
        let (sender, end) = oneshot::channel();
        let (index, id) = offered.scratch.index_and_id();
        offered.accept(self.engine(), taken, Some(sender))?;
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
}
