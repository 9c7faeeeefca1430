//! Simple records: documents in the one index of their type, read and changed by their ids.

pub(crate) mod conditional;
pub(crate) mod turns;

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use djelme_core::backend::StoredDocument;
use djelme_core::document::Given;
use djelme_core::identity::{KeyPart, OpaqueKey};
use djelme_core::outcome::Outcome;
use djelme_core::record::{Record, RecordedAlone, RecordedUnderId, SimpleRecord};
use djelme_core::response::Hit;
use djelme_core::{Error, Result};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};

use crate::recorder::backoff::{later, random_fraction};
use crate::resolve::ResolvedType;
use crate::{Djelme, Recorded};
use conditional::{Condition, Conditional, DEADLINE, Written};

/// The simple records of one type; made by [`Djelme::simple`].
///
/// Reads see every acknowledged write at once: they go by the id and wait for no refresh. Searches do wait:
/// [`Record::search`](djelme_core::record::Record::search) and [`Djelme::refresh`] work as for all records.
///
/// Three ways to write:
///
/// | | when the id is taken |
/// |---|---|
/// | [`Djelme::record`], [`Djelme::put`] | the newer record takes the older one's place |
/// | [`create`](Self::create) | [`Error::Conflict`] |
/// | [`upsert`](Self::upsert) | the record that is there is changed, and nothing that others do meanwhile is lost |
///
/// A record that was read is written back by [`replace`](Self::replace) and removed by [`Djelme::delete`], both only if
/// nobody changed it in between; otherwise it is [`Error::Conflict`].
#[derive(Debug)]
pub struct SimpleRecords<'a, R> {
    djelme: &'a Djelme,
    resolved: Arc<ResolvedType>,
    record: PhantomData<fn() -> R>,
}

impl Djelme {
    /// The simple records of this type, to be read and changed by their ids.
    ///
    /// # Errors
    /// [`Error::Definition`] if the type is not among those of this handle.
    pub fn simple<R: SimpleRecord>(&self) -> Result<SimpleRecords<'_, R>> {
        Ok(SimpleRecords { djelme: self, resolved: self.resolved::<R>()?.clone(), record: PhantomData })
    }

    /// Stores a simple record under an id that is given, in the place of whatever has it; of a type without unique
    /// fields. One with unique fields is stored by [`record`](Self::record).
    ///
    /// # Errors
    /// [`Error::Record`] if the id is empty or has more than 512 bytes, and those of [`record`](Self::record).
    pub async fn put<R: SimpleRecord + RecordedUnderId>(&self, id: &str, record: &R) -> Result<Recorded> {
        self.record_given(record, Given { id: Some(id), ..Given::NOTHING }).await
    }
}

impl<R: SimpleRecord> SimpleRecords<'_, R> {
    /// The id of the record with these unique fields, in the order of `unique_together`.
    ///
    /// # Errors
    /// [`Error::Record`] if there are more or fewer values than unique fields, none at all, or one of them cannot be
    /// part of an id.
    pub fn key(&self, parts: &[&dyn KeyPart]) -> Result<String> {
        let fields = R::TYPE.options.unique_together.unwrap_or_default();
        if parts.len() != fields.len() {
            let reason = format!(
                "its records are unique by {} fields ({}), and {} values were given",
                fields.len(),
                fields.join(", "),
                parts.len()
            );
            return Err(problem::<R>("_id", reason));
        }
        let mut key = R::TYPE.key();
        fields.iter().zip(parts).for_each(|(field, part)| key.part(field, *part));
        finish::<R>(key)
    }

    /// The record with this id; `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Backend`] and the like from the store.
    pub async fn get(&self, id: &str) -> Result<Option<Hit<R>>> {
        Ok(self.resolved.backend.get(self.index(), id).await?.map(Hit::from))
    }

    /// Deletes the record with this id, whatever it is by now. Returns whether it was there.
    ///
    /// # Errors
    /// [`Error::Backend`] and the like from the store.
    pub async fn delete(&self, id: &str) -> Result<bool> {
        self.resolved.backend.delete(self.index(), id, None).await
    }

    /// Stores a record whose id is not taken.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is, and those of [`Djelme::record`].
    pub async fn create(&self, record: &R) -> Result<Recorded>
    where
        R: RecordedAlone,
    {
        let (given, condition) = (Given::NOTHING, Condition::Absent);
        self.settled(&Conditional { record, given, condition, kept: &[] }).await
    }

    /// The same under an id that is given, of a type without unique fields.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub async fn create_under(&self, id: &str, record: &R) -> Result<Recorded>
    where
        R: RecordedUnderId,
    {
        let (given, condition) = (Given { id: Some(id), ..Given::NOTHING }, Condition::Absent);
        self.settled(&Conditional { record, given, condition, kept: &[] }).await
    }

    /// Writes a changed record back to where it was read, if nobody else has changed it since. Fields that only a newer
    /// program knows stay as they were read.
    ///
    /// # Errors
    /// [`Error::Conflict`] if somebody has; [`Error::Record`] if the record's unique fields are not those of the one
    /// that was read; [`Error::Query`] if the search left its version out; and those of [`Djelme::record`].
    pub async fn replace(&self, hit: &Hit<R>, record: &R) -> Result<Recorded> {
        let version = hit.version().ok_or_else(|| {
            Error::Query("the search left the version out, so a change in between cannot be seen".into())
        })?;
        let mut given = Given::NOTHING;
        if R::TYPE.makes_ids_of_fields() {
            same_id(hit.id(), record)?;
        } else {
            given.id = Some(hit.id());
        }
        let kept = self.unknown_fields(hit.source());
        let condition = Condition::Unchanged(version);
        self.settled(&Conditional { record, given, condition, kept: &kept }).await
    }

    /// Changes the record that has the id of `initial`, or stores `initial` with the change if there is none. However
    /// many do so at once, every change takes place once: one that finds the record changed in between is made again
    /// on what is there by then, for up to 30 s. So `change` may be called several times.
    ///
    /// ```no_run
    /// use djelme::{Djelme, SimpleRecord};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Debug, Clone, Serialize, Deserialize, SimpleRecord)]
    /// #[djelme(app_label = "shop", unique_together(page))]
    /// struct Counter {
    ///     page: String,
    ///     views: u64,
    /// }
    ///
    /// # async fn count(djelme: Djelme) -> djelme::Result<()> {
    /// let counters = djelme.simple::<Counter>()?;
    /// counters.upsert(&Counter { page: "/".into(), views: 0 }, |counter| counter.views += 1).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Conflict`] if others were faster for 30 s; [`Error::Record`] if the change makes another id;
    /// [`Error::Decode`] if what is stored does not decode; and those of [`Djelme::record`]. After
    /// [`Error::Timeout`], [`Error::UnexpectedAnswer`] and [`Error::Backend`], the change may have taken place.
    pub async fn upsert(&self, initial: &R, change: impl FnMut(&mut R)) -> Result<Recorded>
    where
        R: RecordedAlone + Clone,
    {
        self.change(&id_of(initial)?, Given::NOTHING, initial, change).await
    }

    /// The same under an id that is given, of a type without unique fields.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert).
    pub async fn upsert_under(&self, id: &str, initial: &R, change: impl FnMut(&mut R)) -> Result<Recorded>
    where
        R: RecordedUnderId + Clone,
    {
        self.change(id, Given { id: Some(id), ..Given::NOTHING }, initial, change).await
    }

    /// Reads, changes and writes, again and again until nobody came in between.
    async fn change(
        &self,
        id: &str,
        given: Given<'_>,
        initial: &R,
        mut change: impl FnMut(&mut R),
    ) -> Result<Recorded>
    where
        R: Clone,
    {
        let mut turn = self.djelme.inner.turns.take(self.index(), id).await;
        let deadline = Instant::now() + DEADLINE;
        let mut lost_races = 0;
        loop {
            let found = match turn.take(self.index(), id) {
                Some(last) => Some(last),
                None => self.resolved.backend.get(self.index(), id).await?,
            };
            let condition = Condition::after(found.as_ref());
            let kept = self.unknown_fields(found.as_ref().map(|found| &found.source));
            let mut record = found.map_or_else(|| Ok(initial.clone()), |found| Hit::from(found).record())?;
            change(&mut record);
            if R::TYPE.makes_ids_of_fields() {
                same_id(id, &record)?;
            }
            let write = Conditional { record: &record, given, condition, kept: &kept };
            let conflict = match self.djelme.write_if(&self.resolved, &write).await? {
                Written::Done(recorded, source) => {
                    if let Some(version) = recorded.version {
                        let (index, id) = (recorded.index.clone(), recorded.id.clone());
                        turn.remember(StoredDocument { index, id, version, source });
                    }
                    return Ok(recorded);
                }
                // Whether the change took place is not known, and a second time would be once too often.
                Written::Lost { unsure: Some(unsure), .. } => return Err(unsure),
                Written::Lost { conflict, unsure: None } => conflict,
            };
            lost_races += 1;
            let wait = after_lost_race(lost_races);
            if later(Instant::now(), wait) >= deadline {
                return Err(conflict);
            }
            sleep(wait).await;
        }
    }

    /// A conditional write, of which it does not matter whether it took place by this request or an earlier one.
    async fn settled(&self, write: &Conditional<'_, R>) -> Result<Recorded> {
        let (conflict, unsure) = match self.djelme.write_if(&self.resolved, write).await? {
            Written::Done(recorded, _) => return Ok(recorded),
            Written::Lost { conflict, unsure } => (conflict, unsure),
        };
        // After a request without an answer, the race may be lost to that request.
        match (&conflict, unsure) {
            (Error::Conflict { id, .. }, Some(_)) => match self.get(id).await? {
                Some(hit) if is_same(&hit, write.record) => Ok(Recorded {
                    index: hit.index().to_owned(),
                    id: hit.id().to_owned(),
                    outcome: Outcome::AlreadyStored,
                    version: hit.version(),
                    unindexed_keywords: Vec::new(),
                }),
                _ => Err(conflict),
            },
            _ => Err(conflict),
        }
    }

    /// The fields of a stored document that this program does not know, since a newer one wrote it: `,"a":1,"b":2`.
    fn unknown_fields(&self, source: Option<&Bytes>) -> Vec<u8> {
        let mut kept = Vec::new();
        // What is no object does not decode as a record either, which is told then.
        let stored: HashMap<String, Box<RawValue>> =
            source.and_then(|source| serde_json::from_slice(source).ok()).unwrap_or_default();
        for (name, value) in stored.iter().filter(|(name, _)| !self.resolved.encoder.knows_field(name)) {
            kept.extend_from_slice(format!(",{}:{}", Value::from(name.as_str()), value.get()).as_bytes());
        }
        kept
    }

    fn index(&self) -> &str {
        self.resolved.naming.stem()
    }
}

/// The id that the record's unique fields make.
fn id_of<R: Record>(record: &R) -> Result<String> {
    let mut key = R::TYPE.key();
    record.unique_parts(&mut key);
    finish::<R>(key)
}

fn finish<R: Record>(key: OpaqueKey) -> Result<String> {
    key.finish().map_err(|error| match error {
        Error::Record { field, reason, .. } => problem::<R>(&field, reason),
        other => other,
    })
}

/// Refuses a record that would be written elsewhere than it was read.
fn same_id<R: Record>(id: &str, record: &R) -> Result<()> {
    let made = id_of(record)?;
    if made == id {
        return Ok(());
    }
    let fields = R::TYPE.options.unique_together.unwrap_or_default().join(", ");
    Err(problem::<R>(
        &fields,
        format!(
            "a change of it makes another record, with the id `{made}` and not `{id}`; delete the one and record the other"
        ),
    ))
}

fn problem<R: Record>(field: &str, reason: String) -> Error {
    Error::Record { record_type: R::TYPE.rust_name.to_string(), field: field.to_owned(), reason }
}

/// Whether the stored document says what the record says.
fn is_same<R: Record>(hit: &Hit<R>, record: &R) -> bool {
    let stored: Option<Value> = hit.record().ok().and_then(|stored| serde_json::to_value(stored).ok());
    stored.is_some() && stored == serde_json::to_value(record).ok()
}

/// The wait after so many lost races: short, since the winners are done already, and growing, so that many programs on
/// one record come to take turns.
fn after_lost_race(lost_races: u32) -> Duration {
    Duration::from_millis(1).saturating_mul(1 << lost_races.min(6)).mul_f64(random_fraction())
}
