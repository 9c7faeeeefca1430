//! From a counted usage and its visitor to what is given beside the record: the session, and one id for double clicks.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::compat::Compat;
use djelme_core::document::{BatchBuilder, Encoded, Given, RecordProblem};
use djelme_core::identity::{EventId, OpaqueKey, event_id};
use djelme_core::record::{CountedUsageRecord, Record, RecordTime};
use djelme_core::usage::{
    CountedUsage, DoubleClicks, SessionKey, SessionKeys, Visitor, check_usage, click_key,
    keyed_sessionhour_id, opaque_sessionhour_id,
};
use djelme_core::{Error, Result};

use super::RandomSessionKeys;
use super::key_ring::new_key;
use crate::Djelme;
use crate::resolve::ResolvedType;

/// The keys of a handle.
pub(crate) struct Sessions {
    keys: Arc<dyn SessionKeys>,
}

impl Sessions {
    pub(crate) fn new(keys: impl SessionKeys + 'static) -> Self {
        Self { keys: Arc::new(keys) }
    }

    fn id(&self, compat: Option<Compat>, visitor: &Visitor<'_>, at: DateTime<Utc>) -> Result<String> {
        match compat {
            Some(Compat::Python) => opaque_sessionhour_id(visitor, at),
            _ => keyed_sessionhour_id(&self.keys.key(at.date_naive())?, visitor, at),
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self::new(RandomSessionKeys::new())
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(..)")
    }
}

/// The clicks of late of one record type, whose keys nobody else has.
pub(crate) struct Clicks {
    key: SessionKey,
    clicks: Mutex<DoubleClicks>,
}

impl Clicks {
    pub(crate) fn new(window: TimeDelta, limit: usize) -> Result<Self> {
        let key = new_key(DateTime::UNIX_EPOCH)?.key;
        Ok(Self { key, clicks: Mutex::new(DoubleClicks::new(window, limit)) })
    }

    fn forgotten(&self) -> u64 {
        self.clicks.lock().unwrap_or_else(PoisonError::into_inner).forgotten()
    }

    fn id_of(
        &self,
        rust_name: &str,
        visitor: &Visitor<'_>,
        parts: &str,
        at: DateTime<Utc>,
        new_id: EventId,
    ) -> Result<EventId> {
        let click = click_key(&self.key, visitor, parts)?;
        let mut clicks = self.clicks.lock().unwrap_or_else(PoisonError::into_inner);
        let before = clicks.forgotten();
        let id = clicks.id_of(click, at, new_id);
        let forgotten = clicks.forgotten();
        drop(clicks);
        // Once, and whenever it has doubled.
        if forgotten > before && forgotten.is_power_of_two() {
            tracing::warn!(
                record_type = rust_name,
                forgotten,
                "chains of clicks were dropped within their window, so double clicks may count twice; raise \
                 `double_click_limit`"
            );
        }
        Ok(id)
    }
}

impl fmt::Debug for Clicks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clicks(..)")
    }
}

impl Djelme {
    /// How many chains of double clicks of this type were dropped within their window, because there were more than
    /// [`double_click_limit`](crate::DjelmeBuilder::double_click_limit): as many actions at the most were counted
    /// twice. Always 0 for a type without `double_click`.
    ///
    /// # Errors
    /// [`Error::Definition`] if the type is not one of this handle's.
    pub fn forgotten_double_clicks<R: CountedUsageRecord>(&self) -> Result<u64> {
        Ok(self.resolved::<R>()?.clicks.as_ref().map_or(0, Clicks::forgotten))
    }

    /// Appends a counted usage to the batch, with the session that is made of its visitor.
    pub(crate) fn append_usage<R: Record>(
        &self,
        resolved: &ResolvedType,
        record: &R,
        (usage, visitor): (&CountedUsage, &Visitor<'_>),
        (now, random): (DateTime<Utc>, [u8; 10]),
        builder: &mut BatchBuilder,
    ) -> Result<Encoded> {
        let rust_name = &resolved.type_ref.rust_name;
        let named = |problem: RecordProblem| Error::Record {
            record_type: rust_name.to_string(),
            field: problem.field,
            reason: problem.reason,
        };
        let renamed = |error: Error| match error {
            Error::Record { field, reason, .. } => named(RecordProblem { field, reason }),
            other => other,
        };
        let compat = resolved.type_ref.options.compat;
        check_usage(usage, compat).map_err(named)?;
        // Before a key is made for a day that no record may lie in.
        resolved.encoder.check_time(record.time(), now)?;
        let at = match record.time() {
            RecordTime::At(at) => at,
            _ => now,
        };
        let session = self.inner.sessions.id(compat, visitor, at).map_err(renamed)?;
        let mut given = Given { session: Some(&session), ..Given::NOTHING };
        let id;
        if let Some(clicks) = &resolved.clicks {
            let parts = same_action(record, usage, &session, compat).map_err(renamed)?;
            id = clicks.id_of(rust_name, visitor, &parts, at, event_id(now, random)).map_err(renamed)?;
            given.id = Some(id.as_str());
        }
        resolved.encoder.append(builder, record, given, now, || random)
    }
}

/// What two clicks of one visitor have in common if they are one action: the fields of `unique_together`, or the item.
fn same_action<R: Record>(
    record: &R,
    usage: &CountedUsage,
    session: &str,
    compat: Option<Compat>,
) -> Result<String> {
    let mut key = match compat {
        Some(Compat::Python) => OpaqueKey::python(),
        _ => OpaqueKey::new(),
    }
    .in_session(Some(session));
    if R::TYPE.options.unique_together.is_some() {
        record.unique_parts(&mut key);
    } else {
        key.part("platform_iri", &usage.platform_iri);
        key.part("item_iri", &usage.item_iri);
    }
    key.finish()
}
