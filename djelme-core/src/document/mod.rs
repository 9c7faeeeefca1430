//! Documents on their way to the store: encoded once, kept as bytes, sent in batches.
//!
//! A [`RecordEncoder`] appends records to a [`BatchBuilder`]; below it, [`encode_source`] writes one document through
//! one [`serde::Serializer`] that forwards everything, checks what JSON would hide, and adds the envelope at the end.

mod acceptance;
mod batch;
mod encode;
mod envelope;
mod fields;
mod keys;
mod place;
mod record_encoder;
mod serializer;
mod top_level;

pub use batch::{Batch, BatchBuilder, BatchItem, WriteOp};
pub use encode::{Encoded, RecordProblem, encode_source};
pub use envelope::Envelope;
pub use fields::DocumentFields;
pub use record_encoder::{Given, RecordEncoder};
