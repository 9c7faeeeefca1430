//! Writes rejected records to the file of dead letters.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use djelme_core::document::Batch;
use djelme_core::outcome::{Outcome, Rejection};

use super::health::{DeadLetterHealth, LastError};
use super::lane::Lane;
use super::settle::Ended;
use crate::dead_letters::{DeadLetter, append, prepare};

/// The file of dead letters, and how writing to it went.
#[derive(Debug)]
pub(super) struct RejectedRecords {
    health: Mutex<DeadLetterHealth>,
}

impl RejectedRecords {
    pub(super) fn new(path: PathBuf) -> io::Result<Self> {
        prepare(&path)?;
        let health = DeadLetterHealth { path, written: 0, unwritten: 0, last_error: None };
        Ok(Self { health: Mutex::new(health) })
    }

    pub(super) fn health(&self) -> DeadLetterHealth {
        self.state().clone()
    }

    /// Writes those of the records that were rejected. What cannot be written is said aloud.
    pub(super) fn write(&self, lane: &Lane, batch: &Batch, ended: &[Ended]) {
        let rejected = ended.iter().filter_map(|ended| match &ended.outcome {
            Outcome::Rejected(rejection) => Some((ended.position, rejection)),
            _ => None,
        });
        let (mut lines, mut count) = (Vec::new(), 0);
        for (position, rejection) in rejected {
            let Some(letter) = letter(lane, batch, position, rejection) else { continue };
            match letter.append_to(&mut lines) {
                Ok(()) => count += 1,
                Err(problem) => self.failed(lane, 1, &format!("record `{}`: {problem}", letter.id)),
            }
        }
        if count == 0 {
            return;
        }
        let path = self.state().path.clone();
        match append(&path, &lines) {
            Ok(()) => self.state().written += count,
            Err(error) => self.failed(lane, count, &error.to_string()),
        }
    }

    fn failed(&self, lane: &Lane, records: u64, message: &str) {
        let mut state = self.state();
        state.unwritten += records;
        state.last_error = Some(LastError { at: Utc::now(), message: message.to_owned() });
        tracing::error!(
            record_type = lane.type_name(),
            records,
            path = %state.path.display(),
            error = message,
            "rejected records could not be written to the file of dead letters; only the observers have them"
        );
    }

    fn state(&self) -> MutexGuard<'_, DeadLetterHealth> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn letter(lane: &Lane, batch: &Batch, position: usize, rejection: &Rejection) -> Option<DeadLetter> {
    let item = batch.items().get(position)?;
    Some(DeadLetter {
        at: Utc::now(),
        record_type: lane.type_name().to_owned(),
        index: batch.index(item).to_owned(),
        id: batch.id(item).into_owned(),
        op: item.op,
        rejection: rejection.clone(),
        source: batch.source(item),
    })
}
