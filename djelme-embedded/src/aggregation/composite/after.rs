//! The parameter `after`: the key that the page before ended with.

use serde_json::{Map, Value};

use super::super::format::Format;
use super::super::missing::{self, Replacement};
use super::super::request::Build;
use super::super::source::ValueKind;
use super::source::Stage;
use crate::error::Refusal;

/// A key; `None` stands for documents without a value.
pub(super) struct After(pub(super) Vec<Option<Replacement>>);

impl After {
    pub(super) fn read(
        build: &Build<'_>,
        after: &Map<String, Value>,
        stages: &[Stage],
    ) -> Result<Self, Refusal> {
        if after.len() != stages.len() {
            return Err(Refusal::illegal(format!(
                "[after] has {} value(s) but [sources] has {}",
                after.len(),
                stages.len()
            )));
        }
        let part = |stage: &Stage| {
            let name = &stage.name;
            let invalid = |expected: &str, value: &Value| {
                Refusal::illegal(format!(
                    "Invalid value for [after.{name}], expected {expected}, got [{value}]"
                ))
            };
            match after.get(name) {
                None => Err(Refusal::illegal(format!("Missing value for [after.{name}]"))),
                Some(Value::Null) if stage.missing_bucket => Ok(None),
                Some(value @ (Value::Null | Value::Array(_) | Value::Object(_))) => {
                    Err(invalid("comparable", value))
                }
                Some(value) if stage.kind.is_text() && !value.is_string() => Err(invalid("string", value)),
                Some(value) => match (&stage.format, value) {
                    (Some(Format::Date { format, zone }), Value::String(_)) => {
                        Ok(Some(Replacement::Whole(build.date(format, value, *zone)?)))
                    }
                    _ => {
                        // Without a format, dates are numbers.
                        let kind = if stage.kind == ValueKind::Date { ValueKind::Whole } else { stage.kind };
                        missing::read(build, &stage.source, kind, Some(value))
                    }
                },
            }
        };
        stages.iter().map(part).collect::<Result<_, _>>().map(Self)
    }
}
