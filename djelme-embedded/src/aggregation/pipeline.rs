//! Pipelines: aggregations of what others answer.

use serde_json::{Map, Value};

use crate::error::Refusal;

/// An aggregation of answers.
#[derive(Debug, Clone)]
pub(super) struct Pipeline;

impl Pipeline {
    /// Adds its answer beside those that it is made of.
    pub(super) fn apply_to_siblings(&self, answers: &mut Map<String, Value>) -> Result<(), Refusal> {
        let _ = answers;
        Ok(())
    }

    /// Adds its answers to the buckets that it lies within, or changes which there are.
    pub(super) fn apply_to_buckets(&self, buckets: &mut Vec<Map<String, Value>>) -> Result<(), Refusal> {
        let _ = buckets;
        Ok(())
    }
}
