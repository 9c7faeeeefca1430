//! The parameters of a field in a mapping: each is taken once, and one that nobody takes is an error.

use serde_json::{Map, Value};

use crate::error::Refusal;

/// An error of a mapping, as Elasticsearch words it.
pub(super) fn refused(reason: impl Into<String>) -> Refusal {
    Refusal::new(400, "mapper_parsing_exception", format!("Failed to parse mapping: {}", reason.into()))
}

/// What is left of a field's parameters.
#[derive(Debug)]
pub(super) struct Params<'a> {
    pub(super) name: &'a str,
    pub(super) path: &'a str,
    pub(super) es_type: &'a str,
    left: Vec<(&'a str, &'a Value)>,
}

impl<'a> Params<'a> {
    pub(super) fn new(
        name: &'a str,
        path: &'a str,
        es_type: &'a str,
        definition: &'a Map<String, Value>,
    ) -> Self {
        let left =
            definition.iter().map(|(key, value)| (key.as_str(), value)).filter(|(key, _)| *key != "type");
        Self { name, path, es_type, left: left.collect() }
    }

    /// The value of a parameter.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a Value> {
        let at = self.left.iter().position(|(name, _)| *name == key)?;
        Some(self.left.swap_remove(at).1)
    }

    /// A parameter that changes no answer.
    pub(super) fn pass(&mut self, keys: &[&str]) {
        self.left.retain(|(key, _)| !keys.contains(key));
    }

    pub(super) fn boolean(&mut self, key: &str, default: bool) -> Result<bool, Refusal> {
        self.take(key).map_or(Ok(default), |value| boolean(value).map_err(refused))
    }

    /// A whole number that is not negative.
    pub(super) fn whole(&mut self, key: &str, default: usize) -> Result<usize, Refusal> {
        let Some(value) = self.take(key) else { return Ok(default) };
        let text = text(value);
        let number = text.parse::<i64>().map_err(|_| refused(format!("For input string: \"{text}\"")))?;
        usize::try_from(number).map_err(|_| refused(format!("[{key}] must be positive, got [{number}]")))
    }

    pub(super) fn string(&mut self, key: &str) -> Option<String> {
        self.take(key).map(text)
    }

    /// Takes `meta`, which has strings only.
    pub(super) fn meta(&mut self) -> Result<(), Refusal> {
        let Some(value) = self.take("meta") else { return Ok(()) };
        let wrong = value.as_object().map(|meta| meta.values().find(|value| !value.is_string()));
        match wrong {
            Some(None) => Ok(()),
            Some(Some(value)) => Err(refused(format!(
                "[meta] values can only be strings, but got {value} for field [{}]",
                self.name
            ))),
            None => Err(refused(format!("[meta] must be an object, got {value} for field [{}]", self.name))),
        }
    }

    /// One string or several.
    pub(super) fn strings(&mut self, key: &str) -> Vec<String> {
        match self.take(key) {
            Some(Value::Array(items)) => items.iter().map(text).collect(),
            Some(single) => vec![text(single)],
            None => Vec::new(),
        }
    }

    /// Refuses a parameter that changes answers in a way that the engine does not.
    pub(super) fn refuse(&mut self, keys: &[&str]) -> Result<(), Refusal> {
        match self.left.iter().find(|(key, _)| keys.contains(key)) {
            Some((key, value)) => Err(Refusal::unsupported(format_args!(
                "[{key}: {value}] of field [{}] of type [{}]",
                self.path, self.es_type
            ))),
            None => Ok(()),
        }
    }

    /// All parameters must have been taken by now.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        match self.left.first() {
            Some((key, _)) => Err(refused(format!(
                "unknown parameter [{key}] on mapper [{}] of type [{}]",
                self.name, self.es_type
            ))),
            None => Ok(()),
        }
    }
}

/// `true`, `false`, also in quotes.
pub(super) fn boolean(value: &Value) -> Result<bool, String> {
    match text(value).as_str() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        other => Err(format!("Failed to parse value [{other}] as only [true] or [false] are allowed.")),
    }
}

/// A string, or the text of what is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
