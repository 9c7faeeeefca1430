//! Takes up the records that memory had no room for, once it has.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use djelme_core::document::BatchBuilder;
use djelme_core::outcome::Outcome;

use super::Place;
use super::frame::{Found, Frame, scan};
use super::journal::Journal;
use super::replay::{blocking, encoded};
use crate::recorder::engine::{Engine, Shared};
use crate::recorder::lane::{Lane, LaneState};
use crate::recorder::memory::NoRoom;
use crate::recorder::queued::{Extra, RecordState};

/// How many records of one type are taken up before it is the turn of the next one.
const AT_ONCE: usize = 1_000;

/// After which time a file that could not be read is tried again.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// The records of a type that lie on the disk alone, in the order in which they were taken.
///
/// While there are any, the type's next ones come behind them: else a newer record could overtake an older one of its id.
#[derive(Debug, Default)]
pub(in crate::recorder) struct Overflow {
    records: VecDeque<OnDisk>,
}

/// What is kept in memory of such a record.
#[derive(Debug)]
struct OnDisk {
    place: Place,
    epoch: u64,
    extra: Option<Box<Extra>>,
}

impl Overflow {
    pub(in crate::recorder) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(in crate::recorder) fn len(&self) -> u64 {
        self.records.len() as u64
    }

    pub(in crate::recorder) fn push(&mut self, record: RecordState) {
        let RecordState { place, epoch, extra, .. } = record;
        self.records.push_back(OnDisk { place, epoch, extra });
    }

    fn pop(&mut self) -> Option<RecordState> {
        let OnDisk { place, epoch, extra } = self.records.pop_front()?;
        if self.records.is_empty() {
            // A long outage should not leave a large list behind.
            self.records = VecDeque::new();
        }
        Some(RecordState { place, epoch, extra, ..RecordState::default() })
    }
}

impl LaneState {
    /// Ends what lies on the disk alone, where it stays for the next run. Receipts see that nobody answers any more.
    pub(in crate::recorder) fn abandon_overflow(&mut self) -> u64 {
        let count = self.overflow.len();
        while let Some(record) = self.overflow.pop() {
            self.end_overflowed(&record);
        }
        count
    }

    fn end_overflowed(&mut self, record: &RecordState) {
        self.counts.end(&Outcome::Abandoned);
        self.epochs.end(record);
    }

    /// Where the first of them lie.
    fn overflowed(&self) -> Vec<Place> {
        self.overflow.records.iter().take(AT_ONCE).map(|record| record.place).collect()
    }
}

/// Takes records up as memory gets room for them, until there will be no more.
pub(in crate::recorder) async fn take_up(engine: Shared, journal: Arc<Journal>) {
    let mut progress = engine.progress.subscribe();
    let mut segment = Segment::default();
    loop {
        // Room that comes after this look at the memory is not missed.
        progress.mark_unchanged();
        let mut took = false;
        for lane in &engine.lanes {
            took |= take_up_some(&engine, &journal, lane, &mut segment).await;
        }
        let is_over = |lane: &Lane| {
            let state = lane.state();
            state.abandoned || (state.closed.is_some() && state.overflow.is_empty())
        };
        if engine.lanes.iter().all(is_over) {
            return;
        }
        let is_empty = engine.lanes.iter().all(|lane| lane.state().overflow.is_empty());
        if is_empty {
            // Until then it is kept: memory gets room for a part of a segment at a time, and during an outage for none.
            segment = Segment::default();
        }
        if !took {
            tokio::select! {
                changed = progress.changed() => if changed.is_err() { return },
                () = engine.overflowed.notified() => {}
                () = tokio::time::sleep(READ_AGAIN), if !is_empty => {}
            }
        }
    }
}

/// The bytes of a segment, as far as it was written when they were read.
#[derive(Default)]
struct Segment {
    number: u64,
    bytes: Vec<u8>,
}

impl Segment {
    /// The record at this place: `Some(None)` if it is damaged, nothing if the file cannot be read now.
    async fn record(&mut self, journal: &Arc<Journal>, place: Place) -> Option<Option<BatchBuilder>> {
        let known = if self.number == place.segment { self.parse(place) } else { None };
        if known.is_none() {
            // The file was not read yet, or before the record was in it, or while it was being written.
            let (of, number) = (journal.clone(), place.segment);
            let bytes = blocking(journal, move || std::fs::read(of.path(number))).await?;
            *self = Self { number, bytes };
            return Some(self.parse(place));
        }
        Some(known)
    }

    fn parse(&self, place: Place) -> Option<BatchBuilder> {
        let bytes = self.bytes.get(usize::try_from(place.offset).ok()?..)?;
        match scan(bytes, Frame::parse).next()? {
            Found::Whole { offset: 0, part } => encoded(part.op, &part),
            _ => None,
        }
    }
}

/// Takes up some records of this type. Returns whether there may be more to take at once.
async fn take_up_some(engine: &Engine, journal: &Arc<Journal>, lane: &Lane, segment: &mut Segment) -> bool {
    let places = lane.state().overflowed();
    let mut took = 0;
    for place in &places {
        let Some(record) = segment.record(journal, *place).await else { break };
        let going_on = match record {
            Some(record) => take_up_one(engine, lane, &record),
            None => lose(engine, journal, lane, *place),
        };
        if !going_on {
            break;
        }
        took += 1;
    }
    if took > 0 {
        // They have waited long enough.
        lane.state().seal();
        lane.changed.notify_one();
    }
    took > 0
}

/// Returns whether there was room for it.
fn take_up_one(engine: &Engine, lane: &Lane, encoded: &BatchBuilder) -> bool {
    let bytes = encoded.items().iter().map(|item| lane.held_bytes(item)).sum();
    if engine.memory.try_take(lane.position, bytes) == Err(NoRoom::Now) {
        return false;
    }
    let mut state = lane.state();
    let record = if state.abandoned { None } else { state.overflow.pop() };
    let Some(record) = record else {
        drop(state);
        engine.memory.give_back(lane.position, bytes);
        return false;
    };
    let wake = state.enqueue(encoded, record, engine);
    drop(state);
    if wake {
        lane.changed.notify_one();
    }
    true
}

/// A record that cannot be read any more. Its file is kept, for somebody to look at.
fn lose(engine: &Engine, journal: &Journal, lane: &Lane, place: Place) -> bool {
    let mut state = lane.state();
    let record = if state.abandoned { None } else { state.overflow.pop() };
    let Some(record) = record else { return false };
    state.end_overflowed(&record);
    drop(state);
    journal.damaged(place.segment);
    journal.ended([place].into_iter());
    let path = journal.path(place.segment);
    let record_type = lane.type_name();
    tracing::error!(path = %path.display(), offset = place.offset, record_type, "a record in the disk buffer is damaged");
    engine.progressed(lane);
    true
}

#[cfg(test)]
mod tests {
    use djelme_core::document::WriteOp;

    use super::super::DiskBuffer;
    use super::*;

    #[tokio::test]
    async fn a_record_that_was_half_written_when_the_file_was_read_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(DiskBuffer::new(folder.path())).unwrap();
        let frame =
            Frame { record_type: "shop::View", op: WriteOp::Create, index: "views", id: "a", source: b"{}" };
        let place = journal.append(&frame).unwrap().place;
        let mut bytes = std::fs::read(journal.path(place.segment)).unwrap();
        bytes.pop();
        let mut segment = Segment { number: place.segment, bytes };
        assert!(segment.parse(place).is_none());
        let record = segment.record(&journal, place).await.unwrap();
        assert_eq!(record.unwrap().items().len(), 1);
    }
}
