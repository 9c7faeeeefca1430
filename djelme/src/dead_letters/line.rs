//! The form of a dead letter: one line of JSON.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use djelme_core::backend::DocumentVersion;
use djelme_core::document::WriteOp;
use djelme_core::outcome::Rejection;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A record that the server rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetter {
    /// When it was rejected, the last time.
    pub at: DateTime<Utc>,
    /// The Rust path of its type.
    pub record_type: String,
    /// The index that it was meant for.
    pub index: String,
    /// Its id.
    pub id: String,
    /// What was to be done.
    pub op: WriteOp,
    /// Status, error type and reason of the server's answer.
    pub rejection: Rejection,
    /// The document, byte for byte.
    pub source: Bytes,
}

/// One line of a file of dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A dead letter.
    Letter(DeadLetter),
    /// Not a dead letter, such as one that was being written when the power went.
    Damaged {
        /// The number of the line, from 1.
        number: u64,
        /// What is wrong with it.
        problem: String,
    },
}

/// The fields of a line, in order.
#[derive(Serialize, Deserialize)]
struct Fields<'a> {
    time: DateTime<Utc>,
    #[serde(borrow)]
    record_type: Cow<'a, str>,
    #[serde(borrow)]
    index: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    op: Op,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    if_seq_no: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    if_primary_term: Option<u64>,
    error_type: Cow<'a, str>,
    status: u16,
    reason: Cow<'a, str>,
    #[serde(borrow)]
    source: &'a RawValue,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Op {
    Create,
    Index,
}

impl DeadLetter {
    /// Appends the line, with its end. On an error, nothing is appended.
    pub(crate) fn append_to(&self, out: &mut Vec<u8>) -> Result<(), String> {
        let source: &RawValue = serde_json::from_slice(&self.source).map_err(|error| error.to_string())?;
        let version = match self.op {
            WriteOp::IndexIf(version) => Some(version),
            WriteOp::Create | WriteOp::Index => None,
        };
        let fields = Fields {
            time: self.at,
            record_type: Cow::Borrowed(&self.record_type),
            index: Cow::Borrowed(&self.index),
            id: Cow::Borrowed(&self.id),
            op: if self.op == WriteOp::Create { Op::Create } else { Op::Index },
            if_seq_no: version.map(|version| version.seq_no),
            if_primary_term: version.map(|version| version.primary_term),
            error_type: Cow::Borrowed(&self.rejection.error_type),
            status: self.rejection.status,
            reason: Cow::Borrowed(&self.rejection.reason),
            source,
        };
        let line = serde_json::to_vec(&fields).map_err(|error| error.to_string())?;
        if line.contains(&b'\n') {
            return Err("the document holds a line end".into());
        }
        out.extend_from_slice(&line);
        out.push(b'\n');
        Ok(())
    }

    /// Reads a line, without its end.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let fields: Fields<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let op = match (fields.op, fields.if_seq_no, fields.if_primary_term) {
            (Op::Create, None, None) => WriteOp::Create,
            (Op::Index, None, None) => WriteOp::Index,
            (Op::Index, Some(seq_no), Some(primary_term)) => {
                WriteOp::IndexIf(DocumentVersion { seq_no, primary_term })
            }
            _ => return Err("`if_seq_no` and `if_primary_term` go together, and with the op `index`".into()),
        };
        if !fields.source.get().starts_with('{') {
            return Err("`source` is not an object".into());
        }
        Ok(Self {
            at: fields.time,
            record_type: fields.record_type.into_owned(),
            index: fields.index.into_owned(),
            id: fields.id.into_owned(),
            op,
            rejection: Rejection {
                status: fields.status,
                error_type: fields.error_type.into_owned(),
                reason: fields.reason.into_owned(),
            },
            source: Bytes::copy_from_slice(fields.source.get().as_bytes()),
        })
    }
}

impl Line {
    pub(super) fn parse(line: &[u8], number: u64) -> Self {
        match DeadLetter::parse(line) {
            Ok(letter) => Self::Letter(letter),
            Err(problem) => Self::Damaged { number, problem },
        }
    }
}
