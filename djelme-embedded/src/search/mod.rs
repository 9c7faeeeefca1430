//! Searches: the body of a request, what matches, what is answered.

use chrono::{DateTime, Utc};
use djelme_core::plan::IndexPlan;
use serde_json::Value;

use crate::error::Refusal;
use crate::store::Snapshot;

/// Carries out a search; the answer has Elasticsearch's shape.
pub(crate) fn search(
    snapshot: &Snapshot,
    plan: &IndexPlan,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<Value, Refusal> {
    let _ = (snapshot.parts(plan), body, now);
    Err(Refusal::unsupported("searches"))
}

/// How many documents match.
pub(crate) fn count(
    snapshot: &Snapshot,
    plan: &IndexPlan,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<u64, Refusal> {
    let _ = (snapshot.parts(plan), body, now);
    Err(Refusal::unsupported("counts"))
}
