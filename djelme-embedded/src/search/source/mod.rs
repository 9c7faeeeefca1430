//! Which parts of a document come back under `_source`.

mod json;
mod paths;
mod patterns;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use self::paths::Paths;
use self::patterns::Patterns;
use crate::error::{Refusal, token};

/// What a request wants of the documents.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SourceFilter {
    /// All of it, byte for byte.
    Whole,
    Nothing,
    /// Elasticsearch filters by path, name by name, unless a star stands in an exclude.
    Paths {
        includes: Option<Paths>,
        excludes: Option<Paths>,
    },
    /// With a star in an exclude it filters by patterns over whole paths, where a star also stands for dots.
    Patterns(Patterns),
}

impl SourceFilter {
    /// Reads the value of `_source`.
    pub(crate) fn parse(source: &Value) -> Result<Self, Refusal> {
        let (includes, excludes) = match source {
            Value::Bool(true) => return Ok(Self::Whole),
            Value::Bool(false) => return Ok(Self::Nothing),
            Value::String(pattern) => (vec![pattern.clone()], Vec::new()),
            Value::Array(patterns) => (patterns.iter().map(text).collect::<Result<_, _>>()?, Vec::new()),
            Value::Object(filter) => (read(filter, "include")?, read(filter, "exclude")?),
            Value::Null => return Err(Refusal::parsing("Unknown key for a VALUE_NULL in [_source].")),
            Value::Number(_) => {
                return Err(Refusal::parsing(
                    "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [VALUE_NUMBER]",
                ));
            }
        };
        Ok(if includes.is_empty() && excludes.is_empty() {
            Self::Whole
        } else if excludes.iter().any(|pattern| pattern.contains('*')) {
            Self::Patterns(Patterns::new(&includes, &excludes))
        } else {
            let paths = |patterns: &[String]| (!patterns.is_empty()).then(|| Paths::new(patterns));
            Self::Paths { includes: paths(&includes), excludes: paths(&excludes) }
        })
    }

    /// What the filter leaves of a document.
    pub(crate) fn apply(&self, document: Box<RawValue>) -> serde_json::Result<Option<Box<RawValue>>> {
        match self {
            Self::Whole => Ok(Some(document)),
            Self::Nothing => Ok(None),
            Self::Paths { includes, excludes } => {
                let excluded = match excludes {
                    Some(paths) => paths.exclude_from(&document)?,
                    None => document,
                };
                match includes {
                    Some(paths) => paths.include_of(&excluded).map(Some),
                    None => Ok(Some(excluded)),
                }
            }
            Self::Patterns(patterns) => patterns.filter(&document).map(Some),
        }
    }
}

fn text(pattern: &Value) -> Result<String, Refusal> {
    match pattern {
        Value::String(pattern) => Ok(pattern.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(pattern.to_string()),
        other => Err(Refusal::parsing(format!("Unknown key for a {} in [_source].", token(other)))),
    }
}

/// The patterns of `includes` or `excludes`, of which the singular is a name too.
fn read(filter: &Map<String, Value>, name: &str) -> Result<Vec<String>, Refusal> {
    let mut patterns = Vec::new();
    for (key, value) in filter {
        let refused =
            |value: &Value| Refusal::parsing(format!("Unknown key for a {} in [{key}].", token(value)));
        match key.as_str() {
            "include" | "includes" | "exclude" | "excludes" if !key.starts_with(name) => {}
            "include" | "includes" | "exclude" | "excludes" => match value {
                Value::String(pattern) => patterns = vec![pattern.clone()],
                Value::Array(several) => {
                    let text =
                        |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| refused(value));
                    patterns = several.iter().map(text).collect::<Result<_, _>>()?;
                }
                other => return Err(refused(other)),
            },
            _ => return Err(refused(value)),
        }
    }
    Ok(patterns)
}

#[cfg(test)]
mod tests;
