//! Sends again what an earlier run left in the disk buffer.

use std::io;

use djelme_core::document::{BatchBuilder, WriteOp};

use super::frame::{Found, Frame, scan};
use super::journal::Journal;
use crate::attempt::Tries;
use crate::recorder::engine::Shared;
use crate::recorder::lane::Lane;
use crate::recorder::memory::NoRoom;
use crate::recorder::queued::RecordState;

/// Takes the records of these segments, as there is room for them, until the recorder is closed.
pub(in crate::recorder) async fn replay(engine: Shared, segments: Vec<u64>) {
    let Some(journal) = &engine.journal else { return };
    for segment in segments {
        let path = journal.path(segment);
        let bytes = match tokio::task::spawn_blocking(move || std::fs::read(path)).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) => {
                journal.failed(&error);
                continue;
            }
            Err(error) => {
                journal.failed(&io::Error::other(error));
                return;
            }
        };
        for found in scan(&bytes) {
            match found {
                Found::Record(frame) => {
                    if !take(&engine, journal, segment, &frame).await {
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
        journal.ended([segment].into_iter());
    }
}

/// Takes one record; what cannot be taken stays in the segment. Returns whether to go on.
async fn take(engine: &Shared, journal: &Journal, segment: u64, frame: &Frame<'_>) -> bool {
    let stays = |reason: &str| {
        journal.hold(segment);
        journal.unreplayable();
        let record_type = frame.record_type;
        tracing::error!(record_type, id = frame.id, reason, "a record stays in the disk buffer");
        true
    };
    let Some(lane) = engine.lanes.iter().find(|lane| lane.type_name() == frame.record_type) else {
        return stays("its type is not among the record types of this handle");
    };
    let Some(builder) = encoded(frame, journal.options.replay_as_pushed) else {
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
    accept(engine, lane, journal, segment, &builder, bytes)
}

fn accept(
    engine: &Shared,
    lane: &Lane,
    journal: &Journal,
    segment: u64,
    builder: &BatchBuilder,
    bytes: usize,
) -> bool {
    journal.hold(segment);
    // The earlier run may have sent it, so that an id which is taken may be its own.
    let tries = Tries { sent: 1, ..Tries::default() };
    let record = RecordState { tries, segment, ..RecordState::default() };
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
fn encoded(frame: &Frame<'_>, as_pushed: bool) -> Option<BatchBuilder> {
    let id: String = serde_json::from_str(&format!("\"{}\"", frame.id)).ok()?;
    let op = if as_pushed { frame.op } else { WriteOp::Create };
    let index = |out: &mut Vec<u8>| {
        out.extend_from_slice(frame.index.as_bytes());
        Ok(())
    };
    let source = |out: &mut Vec<u8>| {
        out.extend_from_slice(frame.source);
        Ok::<(), std::convert::Infallible>(())
    };
    let mut builder = BatchBuilder::default();
    builder.push(op, &id, index, source).ok()?;
    Some(builder)
}
