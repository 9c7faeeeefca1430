//! From a record to its place in a batch: time, index, id, document.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::acceptance::Acceptance;
use super::batch::{BatchBuilder, WriteOp, append_escaped};
use super::encode::{Encoded, RecordProblem, encode_source};
use super::envelope::Envelope;
use super::fields::DocumentFields;
use crate::error::{Error, Result};
use crate::identity::{EventId, event_id};
use crate::naming::Naming;
use crate::record::{Record, RecordTime};
use crate::record_type::{RecordKind, TIMESTAMP, TypeRef};
use crate::time::TimeParts;
use crate::usage::SESSIONHOUR_ID;

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

/// What is given beside a record because it does not hold it: nothing for most.
///
/// ```
/// use djelme_core::document::Given;
///
/// let under_an_id = Given { id: Some("front-page"), ..Given::NOTHING };
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    /// The session of a counted usage, made from its visitor, who is not stored.
    pub session: Option<&'a str>,
    /// The id, where it is not made of unique fields: of a simple record always, of an event or a usage in the place of
    /// a new one.
    pub id: Option<&'a str>,
}

impl Given<'_> {
    /// Nothing.
    pub const NOTHING: Self = Self { session: None, id: None };
}

/// The longest id that Elasticsearch takes, in bytes.
const LONGEST_ID: usize = 512;

/// The id of a document.
enum Id<'a> {
    New(EventId),
    Unique(String),
    Given(&'a str),
}

impl Id<'_> {
    /// The alphabets of ids that djelme makes have no letter that JSON escapes.
    fn append_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::New(id) => out.extend_from_slice(id.as_bytes()),
            Self::Unique(id) => out.extend_from_slice(id.as_bytes()),
            Self::Given(id) => append_escaped(id, out),
        }
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

    /// Appends a record with what is given beside it. `now` is when it is recorded: the time of an event without a timestamp of its own, and of
    /// its id. `random` makes a new id unique and is called only for that.
    ///
    /// # Errors
    /// [`Error::NotAccepted`] if the event's time is too far in the future or in the past, [`Error::Record`] if a
    /// value cannot be stored (see [`encode_source`]) or cannot be part of the id, or if what is given does not fit the
    /// kind of the record. The batch is then as before.
    pub fn append<R: Record>(
        &self,
        batch: &mut BatchBuilder,
        record: &R,
        given: Given<'_>,
        now: DateTime<Utc>,
        random: impl FnOnce() -> [u8; 10],
    ) -> Result<Encoded> {
        let timeparts = self.timeparts(record.time(), now)?;
        let id = self.id(record, given, now, random)?;
        let envelope = Envelope { instant: now, timeparts, session: self.session(given)? };
        let mut encoded = Encoded::default();
        let write_index = |out: &mut Vec<u8>| {
            self.naming.append_index_name(timeparts, out);
            Ok(())
        };
        let write_source = |out: &mut Vec<u8>| {
            encoded = encode_source(&self.fields, record, &envelope, out)?;
            Ok(())
        };
        batch
            .push_with(self.op, |out| id.append_to(out), write_index, write_source)
            .map_err(|problem| self.problem(problem))?;
        Ok(encoded)
    }

    /// Checks that a record of this time would be taken.
    ///
    /// # Errors
    /// [`Error::NotAccepted`] if it is too far in the future or in the past, [`Error::Record`] if the calendar does not
    /// have it.
    pub fn check_time(&self, time: RecordTime, now: DateTime<Utc>) -> Result<()> {
        self.timeparts(time, now).map(drop)
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

    fn id<'a, R: Record>(
        &self,
        record: &R,
        given: Given<'a>,
        now: DateTime<Utc>,
        random: impl FnOnce() -> [u8; 10],
    ) -> Result<Id<'a>> {
        let record_type = self.fields.record_type();
        match (record_type.makes_ids_of_fields(), given.id) {
            (true, Some(_)) => Err(self.wrong_id("it is made of the unique fields, so none can be given")),
            (false, Some(id)) => self.check_id(id).map(Id::Given),
            (false, None) if record_type.kind == RecordKind::Simple => {
                Err(self.wrong_id("the type has no unique fields, so an id must be given"))
            }
            (false, None) => Ok(Id::New(event_id(now, random()))),
            (true, None) => {
                let mut key = record_type.key().in_session(given.session);
                record.unique_parts(&mut key);
                key.finish().map(Id::Unique).map_err(|error| match error {
                    Error::Record { field, reason, .. } => self.problem(RecordProblem { field, reason }),
                    other => other,
                })
            }
        }
    }

    fn check_id<'a>(&self, id: &'a str) -> Result<&'a str> {
        match id.len() {
            0 => Err(self.wrong_id("it is empty")),
            1..=LONGEST_ID => Ok(id),
            bytes => {
                Err(self
                    .wrong_id(&format!("it has {bytes} bytes, and Elasticsearch takes at most {LONGEST_ID}")))
            }
        }
    }

    /// The session, which a counted usage needs (its envelope says so) and no other record has.
    fn session<'a>(&self, given: Given<'a>) -> Result<Option<&'a str>> {
        let is_usage = self.fields.record_type().kind == RecordKind::CountedUsage;
        let reason = match given.session {
            Some(_) if !is_usage => "only a counted usage belongs to a session",
            Some("") => "it is empty, so that all such usages would be of one session",
            session => return Ok(session),
        };
        Err(self.problem(RecordProblem { field: SESSIONHOUR_ID.to_owned(), reason: reason.to_owned() }))
    }

    #[cold]
    fn wrong_id(&self, reason: &str) -> Error {
        self.problem(RecordProblem { field: "_id".to_owned(), reason: reason.to_owned() })
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
