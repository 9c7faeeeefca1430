//! What every aggregation is made of: a kind, a name, parameters and aggregations within.

use serde_json::{Map, Value};

use super::Aggregation;
use super::set::Aggregations;
use crate::error::{Error, Result};
use crate::field::Field;

/// An aggregation in the making. A parameter that cannot be sent is remembered and reported by
/// [`to_json`](Self::to_json).
#[derive(Debug, Clone)]
pub(super) struct Request {
    kind: &'static str,
    name: String,
    parameters: Map<String, Value>,
    within: Aggregations,
    problem: Option<String>,
}

impl Request {
    pub(super) fn new(kind: &'static str, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            parameters: Map::new(),
            within: Aggregations::default(),
            problem: None,
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "handles are small, and given by value everywhere")]
    pub(super) fn on_field<T, K, S>(
        kind: &'static str,
        name: impl Into<String>,
        field: Field<T, K, S>,
    ) -> Self {
        Self::new(kind, name).with("field", field.name())
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn within(&self) -> &Aggregations {
        &self.within
    }

    pub(super) fn has(&self, parameter: &str) -> bool {
        self.parameters.contains_key(parameter)
    }

    pub(super) fn with(mut self, parameter: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(parameter.to_owned(), value.into());
        self
    }

    pub(super) fn without(mut self, parameter: &str) -> Self {
        self.parameters.remove(parameter);
        self
    }

    /// A parameter that is a number, and so must be finite.
    pub(super) fn with_number(self, parameter: &str, number: f64) -> Self {
        if number.is_finite() {
            self.with(parameter, number)
        } else {
            self.refuse(format!("`{parameter}` is {number}, which is not finite"))
        }
    }

    /// A parameter that may have turned out wrong.
    pub(super) fn with_checked(self, parameter: &str, value: Result<Value, String>) -> Self {
        match value {
            Ok(value) => self.with(parameter, value),
            Err(problem) => self.refuse(format!("`{parameter}`: {problem}")),
        }
    }

    /// One more value of a parameter that is a list.
    pub(super) fn push(mut self, parameter: &str, value: Value) -> Self {
        match self.parameters.get_mut(parameter).and_then(Value::as_array_mut) {
            Some(list) => list.push(value),
            None => {
                self.parameters.insert(parameter.to_owned(), vec![value].into());
            }
        }
        self
    }

    /// Remembers the first thing that is wrong.
    pub(super) fn refuse(mut self, problem: String) -> Self {
        self.problem.get_or_insert(problem);
        self
    }

    pub(super) fn aggregate(mut self, aggregation: &(impl Aggregation + ?Sized)) -> Self {
        self.within.add(aggregation);
        self
    }

    pub(super) fn to_json(&self) -> Result<Value> {
        match &self.problem {
            Some(problem) => Err(Error::Query(problem.clone())),
            None => self.within.around(self.kind, self.parameters.clone()),
        }
    }
}
