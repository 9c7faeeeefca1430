//! Which parts of a document come back under `_source`.

use serde_json::Value;

use crate::error::Refusal;

/// What a request wants of the documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SourceFilter {
    /// All of it, byte for byte.
    Whole,
    Nothing,
}

impl SourceFilter {
    /// Reads the value of `_source`.
    pub(crate) fn parse(source: &Value) -> Result<Self, Refusal> {
        match source {
            Value::Bool(true) => Ok(Self::Whole),
            Value::Bool(false) => Ok(Self::Nothing),
            _ => Err(Refusal::unsupported("[_source] with patterns")),
        }
    }
}
