//! One record to the bytes of its document.

use serde::Serialize;

use super::envelope::Envelope;
use super::fields::DocumentFields;
use super::place::Watch;
use super::top_level::TopLevel;

/// Why a record cannot be written as a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProblem {
    /// The path of the field, with dots; empty if it is the record itself.
    pub field: String,
    /// What is wrong with its value, and what is allowed.
    pub reason: String,
}

/// What is worth knowing about a document that was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct Encoded {
    /// Fields with a value longer than their `ignore_above`: stored, but no search finds them by it. Empty for
    /// nearly every record, and then nothing was allocated.
    pub unindexed_keywords: Vec<String>,
}

/// Appends the document of a record to `out`: the record's own fields as serde writes them, then those of the
/// envelope. Nothing is allocated beyond `out` itself.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use djelme_core::document::{DocumentFields, Envelope, encode_source};
/// use djelme_core::mapping::{FieldMapping, Property};
/// use djelme_core::options::TypeOptions;
/// use djelme_core::record_type::{RecordKind, RecordType};
/// use djelme_core::time::TimeParts;
///
/// const FIELDS: &[Property] = &[Property::field("page", FieldMapping::new("keyword"))];
/// static VIEW: RecordType =
///     RecordType::derived(RecordKind::Event, "shop::View", "View", TypeOptions::NONE, FIELDS);
///
/// let fields = DocumentFields::new((&VIEW).into());
/// let instant = Utc.with_ymd_and_hms(2017, 8, 21, 0, 0, 0).unwrap();
/// let envelope = Envelope { instant, timeparts: TimeParts::of(instant)?, session: None };
/// let mut out = Vec::new();
/// encode_source(&fields, &serde_json::json!({"page": "/a"}), &envelope, &mut out).unwrap();
/// assert_eq!(
///     String::from_utf8(out).unwrap(),
///     r#"{"page":"/a","timestamp":"2017-08-21T00:00:00Z","timeseries_timeparts":"2017.8.21.0.0.0"}"#
/// );
/// # Ok::<(), djelme_core::Error>(())
/// ```
///
/// # Errors
/// A [`RecordProblem`] for what JSON or Elasticsearch would lose or change in silence: a float that is not finite, an
/// integer that the field cannot hold, a key that the mapping does not have, that the envelope has, or that comes
/// twice, a record that is not an object; and whatever the record's own `Serialize` fails with. `out` then ends with
/// a part of the document: who calls cuts it off.
pub fn encode_source<R: Serialize + ?Sized>(
    fields: &DocumentFields,
    record: &R,
    envelope: &Envelope<'_>,
    out: &mut Vec<u8>,
) -> Result<Encoded, RecordProblem> {
    let start = out.len();
    let watch = Watch::new(fields);
    let written = record.serialize(TopLevel { out: &mut *out, at: &watch.root() });
    let (problem, unindexed_keywords) = watch.into_findings();
    // A problem counts even if the record's own `Serialize` has swallowed its error.
    match (problem, written) {
        (Some(problem), _) => return Err(problem),
        (None, Err(error)) => return Err(RecordProblem { field: String::new(), reason: error.to_string() }),
        (None, Ok(())) => {}
    }
    envelope.append(fields.envelope(), out.len() == start + 1, out)?;
    out.push(b'}');
    Ok(Encoded { unindexed_keywords })
}
