//! The filter that keeps a search within its range of time.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::error::Result;
use crate::query::{milliseconds, next_millisecond};
use crate::record_type::{RecordKind, RecordType, TIMESERIES_TIMEPARTS, TIMESTAMP};
use crate::time::{TimeBound, TimeParts, TimeRange};

/// The filter of a range on records of this type; `None` for records that lie in no time.
pub(super) fn filter(record_type: &RecordType, range: &TimeRange) -> Result<Option<Value>> {
    match record_type.kind {
        RecordKind::Event | RecordKind::CountedUsage => Ok(Some(by_timestamp(record_type, range))),
        RecordKind::CyclicReport => by_timeparts(range).map(Some),
        RecordKind::Simple => Ok(None),
    }
}

/// Events lie within the range by their instant. A `date` field keeps milliseconds, so both ends are moved outwards to
/// whole milliseconds: an event of the range is never left out, and none from beyond its first and last millisecond
/// gets in. A `date_nanos` field takes the ends as they are.
fn by_timestamp(record_type: &RecordType, range: &TimeRange) -> Value {
    let (from, until) = (range.from().instant(), range.until().instant());
    let (gte, lt) = if keeps_nanoseconds(record_type) {
        let nanoseconds = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::Nanos, true);
        (nanoseconds(from), nanoseconds(until))
    } else {
        (milliseconds(from), milliseconds(next_millisecond(until)))
    };
    json!({ "range": { TIMESTAMP: { "gte": gte, "lt": lt, "format": "strict_date_optional_time" } } })
}

fn keeps_nanoseconds(record_type: &RecordType) -> bool {
    let mut nanoseconds = false;
    record_type
        .each_field(|name, mapping| nanoseconds |= name == TIMESTAMP && mapping.es_type == "date_nanos");
    nanoseconds
}

/// Reports lie within the range by the start of their cycle, compared part by part.
fn by_timeparts(range: &TimeRange) -> Result<Value> {
    let (from, until) = (bound(range.from())?, bound(range.until())?);
    Ok(json!({ "range": { TIMESERIES_TIMEPARTS: { "gte": from.to_string(), "lt": until.to_string() } } }))
}

/// The first time parts at or after the bound: no cycle starts within a second.
fn bound(bound: TimeBound) -> Result<TimeParts> {
    let fraction = i64::from(bound.instant().timestamp_subsec_nanos());
    if fraction == 0 {
        return Ok(bound.parts().trimmed());
    }
    let next_second = bound.instant() + TimeDelta::nanoseconds(1_000_000_000 - fraction);
    Ok(TimeParts::of(next_second)?.trimmed())
}
