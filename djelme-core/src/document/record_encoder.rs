//! From a record to its place in a batch: time, index, id, document.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::acceptance::Acceptance;
use super::batch::{BatchBuilder, WriteOp};
use super::encode::{Encoded, RecordProblem, encode_source};
use super::envelope::Envelope;
use super::fields::DocumentFields;
use crate::compat::Compat;
use crate::error::{Error, Result};
use crate::identity::{EventId, OpaqueKey, event_id};
use crate::naming::Naming;
use crate::record::{Record, RecordTime};
use crate::record_type::{TIMESTAMP, TypeRef};
use crate::time::TimeParts;

/// Appends records of one type to batches. Made once for a type under the settings in force; it keeps nothing of the
/// records, so that many threads can share it.
///
/// An event allocates nothing: its index name, id and document are written straight into the batch's buffer.
#[derive(Debug, Clone)]
pub struct RecordEncoder {
    fields: DocumentFields,
    naming: Arc<Naming>,
    acceptance: Acceptance,
    op: WriteOp,
}

/// The id of a document.
enum Id {
    Event(EventId),
    Unique(String),
}

impl Id {
    /// Neither alphabet has a letter that JSON escapes.
    fn append_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self {
            Self::Event(id) => id.as_bytes(),
            Self::Unique(id) => id.as_bytes(),
        });
    }
}

impl RecordEncoder {
    /// An encoder of this record type, with these names.
    #[must_use]
    pub fn new(record_type: TypeRef, naming: Arc<Naming>) -> Self {
        let op = if record_type.creates_only() { WriteOp::Create } else { WriteOp::Index };
        let acceptance = Acceptance::of(&record_type, naming.depth());
        Self { fields: DocumentFields::new(record_type), naming, acceptance, op }
    }

    /// The same, but for events of any age and any time ahead: for imports and replays.
    #[must_use]
    pub fn accepting_any_time(mut self) -> Self {
        self.acceptance = Acceptance::ANY;
        self
    }

    /// The fields of the type's documents.
    #[must_use]
    pub fn fields(&self) -> &DocumentFields {
        &self.fields
    }

    /// Whether the mapping of the type has this field, given by its path with dots. What lies below a field such as
    /// `flattened` counts as known; multi-fields, which no document holds, do not.
    #[must_use]
    pub fn knows_field(&self, path: &str) -> bool {
        self.fields.has_path(path)
    }

    /// Appends a record. `now` is when it is recorded: the time of an event without a timestamp of its own, and of
    /// its id. `random` makes the id unique and is called only for events without `unique_together`.
    ///
    /// # Errors
    /// [`Error::NotAccepted`] if the event's time is too far in the future or in the past, [`Error::Record`] if a
    /// value cannot be stored (see [`encode_source`]), or cannot be part of the id. The batch is then as before.
    pub fn append<R: Record>(
        &self,
        batch: &mut BatchBuilder,
        record: &R,
        now: DateTime<Utc>,
        random: impl FnOnce() -> [u8; 10],
    ) -> Result<Encoded> {
        let timeparts = self.timeparts(record.time(), now)?;
        let id = self.id(record, now, random)?;
        let mut encoded = Encoded::default();
        let write_index = |out: &mut Vec<u8>| {
            self.naming.append_index_name(timeparts, out);
            Ok(())
        };
        let write_source = |out: &mut Vec<u8>| {
            encoded = encode_source(&self.fields, record, &Envelope { instant: now, timeparts }, out)?;
            Ok(())
        };
        batch
            .push_with(self.op, |out| id.append_to(out), write_index, write_source)
            .map_err(|problem| self.problem(problem))?;
        Ok(encoded)
    }

    fn timeparts(&self, time: RecordTime, now: DateTime<Utc>) -> Result<TimeParts> {
        let instant = match time {
            RecordTime::Now => now,
            RecordTime::At(instant) => instant,
            RecordTime::Cycle(parts) => return Ok(parts),
            RecordTime::None => return Ok(TimeParts::EMPTY),
        };
        let parts = TimeParts::of(instant).map_err(|error| {
            self.problem(RecordProblem { field: TIMESTAMP.to_owned(), reason: error.to_string() })
        })?;
        self.acceptance.check(instant, parts, now).map_err(|reason| Error::NotAccepted {
            record_type: self.fields.record_type().rust_name.to_string(),
            reason,
        })?;
        Ok(parts)
    }

    fn id<R: Record>(&self, record: &R, now: DateTime<Utc>, random: impl FnOnce() -> [u8; 10]) -> Result<Id> {
        if !self.fields.record_type().has_unique_ids() {
            return Ok(Id::Event(event_id(now, random())));
        }
        let mut key = match self.fields.record_type().options.compat {
            Some(Compat::Python) => OpaqueKey::python(),
            None => OpaqueKey::new(),
        };
        record.unique_parts(&mut key);
        key.finish().map(Id::Unique).map_err(|error| match error {
            Error::Record { field, reason, .. } => self.problem(RecordProblem { field, reason }),
            other => other,
        })
    }

    #[cold]
    fn problem(&self, problem: RecordProblem) -> Error {
        Error::Record {
            record_type: self.fields.record_type().rust_name.to_string(),
            field: problem.field,
            reason: problem.reason,
        }
    }
}
