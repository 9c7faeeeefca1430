//! The fields that djelme adds at the end of every document.

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::batch::append_escaped;
use super::encode::RecordProblem;
use crate::record_type::TIMESERIES_TIMEPARTS;
use crate::time::TimeParts;
use crate::usage::SESSIONHOUR_ID;

/// What stands against a counted usage without a session.
const NO_SESSION: &str =
    "a counted usage belongs to a session: record it with its visitor, `record(usage.by(&visitor))`";

/// The values of the envelope's fields; which of them a document gets is decided by its kind of record.
///
/// An event gets `timestamp` (unless it is a field of its own), a report `created`: both are
/// [`instant`](Self::instant). A counted usage gets the event's and `sessionhour_id`. All get `timeseries_timeparts`, in the end, as in the Python package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// When the event happened, or the report was made.
    pub instant: DateTime<Utc>,
    /// Where the record belongs in time: six parts of an event, the cycle of a report.
    pub timeparts: TimeParts,
    /// The session of a counted usage.
    pub session: Option<&'a str>,
}

impl Envelope<'_> {
    /// Appends the named fields to an object whose closing brace is still missing.
    pub(super) fn append(
        &self,
        names: &[&'static str],
        mut is_first: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordProblem> {
        for name in names {
            out.extend_from_slice(if is_first { b"\"" } else { b",\"" });
            is_first = false;
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":\"");
            self.append_value(name, out)
                .map_err(|reason| RecordProblem { field: (*name).to_owned(), reason })?;
            out.push(b'"');
        }
        Ok(())
    }

    /// Appends the inside of a JSON string.
    fn append_value(&self, name: &str, out: &mut Vec<u8>) -> Result<(), String> {
        match (name, self.session) {
            (TIMESERIES_TIMEPARTS, _) => self.timeparts.append_to(out),
            (SESSIONHOUR_ID, Some(session)) => append_escaped(session, out),
            (SESSIONHOUR_ID, None) => return Err(NO_SESSION.to_owned()),
            _ => append_instant(self.instant, out)?,
        }
        Ok(())
    }
}

/// Appends an instant as `2026-02-14T07:08:09.123456Z`, without the fraction if it is zero: as precise as Python's
/// times, and read by Elasticsearch's default date format.
fn append_instant(instant: DateTime<Utc>, out: &mut Vec<u8>) -> Result<(), String> {
    let (date, time) = (instant.date_naive(), instant.time());
    let year = u32::try_from(date.year()).ok().filter(|year| (1..=9999).contains(year));
    let year = year.ok_or_else(|| format!("the year of {instant} must be within 1 to 9999"))?;
    append_two_digits(year / 100, out);
    append_two_digits(year % 100, out);
    for (mark, number) in [
        (b'-', date.month()),
        (b'-', date.day()),
        (b'T', time.hour()),
        (b':', time.minute()),
        (b':', time.second()),
    ] {
        out.push(mark);
        append_two_digits(number, out);
    }
    // A leap second counts beyond a second's end; times like that are refused with the time parts.
    let micros = time.nanosecond() / 1_000 % 1_000_000;
    if micros > 0 {
        out.push(b'.');
        append_two_digits(micros / 10_000, out);
        append_two_digits(micros / 100 % 100, out);
        append_two_digits(micros % 100, out);
    }
    out.push(b'Z');
    Ok(())
}

fn append_two_digits(number: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]);
}
