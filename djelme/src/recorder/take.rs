//! Taking a record: room in memory, a place in the disk buffer, and then the queue of its type.

use djelme_core::{Error, Result};
use tokio::sync::oneshot;

use super::builder::WhenFull;
use super::disk::{NotWritten, Written};
use super::engine::Engine;
use super::lane::Lane;
use super::memory::NoRoom;
use super::queued::{Extra, RecordState};
use super::scratch::Scratch;
use crate::writes::Recorded;

/// A record that is encoded and waits to be taken.
pub(super) struct Offered<'a> {
    pub(super) lane: &'a Lane,
    pub(super) scratch: Scratch,
    pub(super) bytes: usize,
}

/// What a record was given so far. It is given back if the record is not taken in the end.
pub(super) struct Taken<'a> {
    engine: &'a Engine,
    lane: &'a Lane,
    /// Bytes of memory; none for a record that is to lie on the disk alone.
    bytes: usize,
    written: Option<Written>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.engine.memory.give_back(self.lane.position, self.bytes);
        }
        if let (Some(journal), Some(written)) = (&self.engine.journal, self.written) {
            journal.give_up(written);
        }
    }
}

impl Engine {
    /// Waits for room in memory and in the disk buffer, and for the disk where that is wanted.
    pub(super) async fn take<'a>(&'a self, offered: &Offered<'a>) -> Result<Taken<'a>> {
        let taken = loop {
            let freed = self.journal.as_ref().map(|journal| journal.freed());
            let bytes = self.wait_for_memory(offered).await?;
            match (self.write_down(offered, bytes), freed) {
                (Ok(taken), _) => break taken,
                (Err(NotWritten::Full), Some(freed)) if self.waits_for_disk(offered) => freed.await,
                (Err(not_written), _) => return Err(self.refuse(offered, not_written)),
            }
        };
        match (&self.journal, taken.written) {
            (Some(journal), Some(written)) => journal.durable(written).await,
            _ => Ok(()),
        }
        .map_err(|error| self.refuse(offered, NotWritten::Failed(error)))?;
        Ok(taken)
    }

    /// The same, at once or not at all.
    pub(super) fn take_now<'a>(&'a self, offered: &Offered<'a>) -> Result<Taken<'a>> {
        let bytes = self.take_memory(offered)?;
        let taken =
            self.write_down(offered, bytes).map_err(|not_written| self.refuse(offered, not_written))?;
        match (&self.journal, taken.written) {
            (Some(journal), Some(written)) => journal.durable_now(written),
            _ => Ok(()),
        }
        .map_err(|error| self.refuse(offered, NotWritten::Failed(error)))?;
        Ok(taken)
    }

    /// The bytes of memory that the record has then.
    async fn wait_for_memory(&self, offered: &Offered<'_>) -> Result<usize> {
        let lane = offered.lane;
        match (self.try_memory(offered), self.when_full) {
            (Ok(bytes), _) => Ok(bytes),
            (Err(NoRoom::Now), WhenFull::Wait) => {
                let room = self.memory.take(lane.position, offered.bytes).await;
                room.map(|()| offered.bytes).ok_or_else(|| refused(lane, closed(lane)))
            }
            _ => self.take_memory(offered),
        }
    }

    fn take_memory(&self, offered: &Offered<'_>) -> Result<usize> {
        self.try_memory(offered).map_err(|no_room| {
            let reason = full(no_room, offered.bytes, self.memory.limit());
            let record_type = offered.lane.type_name().to_owned();
            refused(offered.lane, Error::Full { record_type, reason })
        })
    }

    /// The bytes of memory for the record: none if it goes to the disk alone, behind others of its type that do.
    fn try_memory(&self, offered: &Offered<'_>) -> std::result::Result<usize, NoRoom> {
        let Offered { lane, bytes, .. } = *offered;
        if self.when_full != WhenFull::DiskBuffer {
            return self.memory.try_take(lane.position, bytes).map(|()| bytes);
        }
        self.memory.check(bytes)?;
        let goes_behind = !lane.state().overflow.is_empty();
        if goes_behind || self.memory.try_take(lane.position, bytes).is_err() { Ok(0) } else { Ok(bytes) }
    }

    /// Writes a record that has so many bytes of memory to the disk buffer, if there is one.
    fn write_down<'a>(
        &'a self,
        offered: &Offered<'a>,
        bytes: usize,
    ) -> std::result::Result<Taken<'a>, NotWritten> {
        let mut taken = Taken { engine: self, lane: offered.lane, bytes, written: None };
        if let Some(journal) = &self.journal {
            taken.written = Some(journal.write_record(offered.lane, &offered.scratch.builder)?);
        }
        Ok(taken)
    }

    fn waits_for_disk(&self, offered: &Offered<'_>) -> bool {
        let waits = self.journal.as_ref().is_some_and(|journal| journal.options.when_full == WhenFull::Wait);
        waits && offered.lane.state().closed.is_none()
    }

    /// Refuses a record that the disk buffer did not take.
    fn refuse(&self, offered: &Offered<'_>, not_written: NotWritten) -> Error {
        let lane = offered.lane;
        let full = |reason: &str| Error::Full {
            record_type: lane.type_name().to_owned(),
            reason: reason.to_owned(),
        };
        let error = match not_written {
            NotWritten::Failed(source) => {
                let folder = self.journal.as_ref().map(|journal| journal.options.folder().to_owned());
                Error::File { path: folder.unwrap_or_default(), source }
            }
            _ if lane.state().closed.is_some() => closed(lane),
            NotWritten::Full => full("the disk buffer has reached its limit"),
            NotWritten::TooLarge => full("the record alone is larger than the limit of the disk buffer"),
        };
        refused(lane, error)
    }
}

impl Offered<'_> {
    /// Takes the record, which has all that it needs.
    pub(super) fn accept(
        mut self,
        engine: &Engine,
        mut taken: Taken<'_>,
        receipt: Option<oneshot::Sender<Recorded>>,
    ) -> Result<()> {
        let lane = self.lane;
        let unindexed_keywords = std::mem::take(&mut self.scratch.unindexed_keywords);
        let extra = (receipt.is_some() || !unindexed_keywords.is_empty())
            .then(|| Box::new(Extra { unindexed_keywords, receipt, earlier: Vec::new() }));
        let place = taken.written.map(|written| written.place).unwrap_or_default();
        let record = RecordState { place, extra, ..RecordState::default() };
        let mut state = lane.state();
        if state.closed.is_some() {
            drop(state);
            return Err(refused(lane, closed(lane)));
        }
        let on_disk_alone = taken.bytes == 0;
        let wake = if on_disk_alone {
            state.accept_on_disk(record);
            false
        } else {
            state.accept(&self.scratch.builder, record, engine)
        };
        drop(state);
        (taken.bytes, taken.written) = (0, None);
        if wake {
            lane.changed.notify_one();
        }
        if on_disk_alone {
            engine.overflowed.notify_one();
        }
        Ok(())
    }
}

fn closed(lane: &Lane) -> Error {
    Error::Closed(lane.state().closed.unwrap_or("it was shut down"))
}

/// Counts a record that was not taken.
pub(super) fn refused(lane: &Lane, error: Error) -> Error {
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
