//! Sends again what an earlier run left in the disk buffer.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;

use djelme_core::document::{BatchBuilder, WriteOp};

use super::Place;
use super::frame::{Found, Frame, parse_marks, scan};
use super::journal::Journal;
use crate::attempt::Tries;
use crate::recorder::engine::{Engine, Shared};
use crate::recorder::lane::Lane;
use crate::recorder::memory::NoRoom;
use crate::recorder::queued::{Extra, RecordState, encode};

/// Takes the records of these segments, as there is room for them, until the recorder is closed.
pub(in crate::recorder) async fn replay(engine: Shared, journal: Arc<Journal>, segments: Vec<u64>) {
    let _end = End(&engine);
    let (of, numbers) = (journal.clone(), segments.clone());
    let surveyed = blocking(&journal, move || Survey::new(&of, &numbers)).await;
    let Some(mut survey) = surveyed else { return };
    for segment in segments {
        let of = journal.clone();
        let Some((bytes, ended)) = blocking(&journal, move || read(&of, segment)).await else { continue };
        for found in scan(&bytes, Frame::parse) {
            match found {
                Found::Whole { offset, part } => {
                    let place = Place { segment, offset: u32::try_from(offset).unwrap_or(u32::MAX) };
                    if ended.contains(&place.offset) {
                        continue;
                    }
                    let Some(earlier) = survey.earlier(place, &part) else {
                        journal.superseded();
                        journal.hold(segment);
                        journal.ended([place].into_iter());
                        continue;
                    };
                    if !take(&engine, &journal, place, &part, earlier).await {
                        return;
                    }
                }
                Found::Damaged { offset, bytes } => {
                    journal.damaged(segment);
                    let path = journal.path(segment);
                    tracing::error!(path = %path.display(), offset, bytes, "a record in the disk buffer is damaged");
                }
                Found::Torn { offset, bytes } => {
                    let path = journal.path(segment);
                    tracing::warn!(path = %path.display(), offset, bytes, "the disk buffer ends within a record");
                }
            }
        }
        journal.release(segment);
    }
}

/// Tells those who wait for the end of the replay, also when its runtime has ended.
struct End<'a>(&'a Engine);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.replaying.store(false, std::sync::atomic::Ordering::Release);
        self.0.progress.send_replace(());
    }
}

/// Reads files on a thread that may wait for the disk.
pub(super) async fn blocking<T: Send + 'static>(
    journal: &Journal,
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Option<T> {
    let done = tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    done.inspect_err(|error| journal.failed(error)).ok()
}

/// A segment, and the offsets of what of it has ended. Marks that are damaged mark nothing.
fn read(journal: &Journal, segment: u64) -> io::Result<(Vec<u8>, HashSet<u32>)> {
    let bytes = std::fs::read(journal.path(segment))?;
    let marks = match std::fs::read(journal.marks_path(segment)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        marks => marks?,
    };
    let marks = scan(&marks, parse_marks).filter_map(|found| match found {
        Found::Whole { part, .. } => Some(part),
        Found::Damaged { .. } | Found::Torn { .. } => None,
    });
    Ok((bytes, marks.flatten().collect()))
}

/// Several records of one id, in what an earlier run left.
#[derive(Default)]
struct Survey {
    /// The last one of each id, and the others' documents, as numbers.
    ids: HashMap<u128, (Place, Vec<u128>)>,
}

impl Survey {
    /// Where records go with their own operation, all of them do, in their order, and nothing has to be known.
    fn new(journal: &Journal, segments: &[u64]) -> io::Result<Self> {
        let mut survey = Self::default();
        if journal.options.replay_as_pushed {
            return Ok(survey);
        }
        for segment in segments {
            let bytes = std::fs::read(journal.path(*segment))?;
            for found in scan(&bytes, Frame::parse) {
                let Found::Whole { offset, part } = found else { continue };
                let place = Place { segment: *segment, offset: u32::try_from(offset).unwrap_or(u32::MAX) };
                if part.op != WriteOp::Create {
                    survey.add(place, &part);
                }
            }
        }
        Ok(survey)
    }

    fn add(&mut self, place: Place, frame: &Frame<'_>) {
        let (last, documents) = self.ids.entry(id_of(frame)).or_default();
        *last = place;
        documents.push(number_of(frame.source));
    }

    /// The documents that the earlier run wrote under this record's id before it; nothing if it wrote another one
    /// after it.
    fn earlier(&mut self, place: Place, frame: &Frame<'_>) -> Option<Vec<u128>> {
        let known = (frame.op != WriteOp::Create).then(|| self.ids.get_mut(&id_of(frame))).flatten();
        let Some((last, documents)) = known else { return Some(Vec::new()) };
        documents.pop_if(|_| *last == place);
        (*last == place).then(|| std::mem::take(documents))
    }
}

fn id_of(frame: &Frame<'_>) -> u128 {
    number_of((frame.record_type, frame.index, frame.id))
}

/// A number of 128 bits, which no two of them share by chance.
pub(in crate::recorder) fn number_of(of: impl Hash) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        of.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// Takes one record; what cannot be taken stays in the segment. Returns whether to go on.
async fn take(
    engine: &Engine,
    journal: &Journal,
    place: Place,
    frame: &Frame<'_>,
    earlier: Vec<u128>,
) -> bool {
    let stays = |reason: &str| {
        journal.hold(place.segment);
        journal.unreplayable();
        let record_type = frame.record_type;
        tracing::error!(record_type, id = frame.id, reason, "a record stays in the disk buffer");
        true
    };
    let Some(lane) = engine.lanes.iter().find(|lane| lane.type_name() == frame.record_type) else {
        return stays("its type is not among the record types of this handle");
    };
    let op = if journal.options.replay_as_pushed { frame.op } else { WriteOp::Create };
    let Some(builder) = encoded(op, frame) else {
        return stays("its id cannot be read");
    };
    let bytes = builder.items().iter().map(|item| lane.held_bytes(item)).sum();
    match engine.memory.try_take(lane.position, bytes) {
        Ok(()) => {}
        Err(NoRoom::Ever) => return stays("it is larger than a quarter of the memory limit"),
        Err(NoRoom::Now) => {
            if engine.memory.take(lane.position, bytes).await.is_none() {
                return false;
            }
        }
    }
    journal.hold(place.segment);
    // The earlier run may have sent it, so that an id which is taken may be its own.
    let tries = Tries { sent: 1, ..Tries::default() };
    let extra = (!earlier.is_empty()).then(|| Box::new(Extra { earlier, ..Extra::default() }));
    accept(
        engine,
        lane,
        journal,
        &builder,
        RecordState { tries, place, extra, ..RecordState::default() },
        bytes,
    )
}

fn accept(
    engine: &Engine,
    lane: &Lane,
    journal: &Journal,
    builder: &BatchBuilder,
    record: RecordState,
    bytes: usize,
) -> bool {
    let mut state = lane.state();
    if state.closed.is_some() {
        drop(state);
        engine.memory.give_back(lane.position, bytes);
        return false;
    }
    let wake = state.accept(builder, record, engine);
    drop(state);
    journal.replayed();
    if wake {
        lane.changed.notify_one();
    }
    true
}

/// The record as one that is to be sent.
pub(super) fn encoded(op: WriteOp, frame: &Frame<'_>) -> Option<BatchBuilder> {
    let id: String = serde_json::from_str(&format!("\"{}\"", frame.id)).ok()?;
    let mut builder = BatchBuilder::default();
    encode(&mut builder, op, frame.index, &id, frame.source)?;
    Some(builder)
}
