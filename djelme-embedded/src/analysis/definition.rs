//! One definition of the settings: a type, and parameters that are taken one by one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::filter::{ENGLISH_STOP_WORDS, Filter, simple_lower};
use crate::error::Refusal;

/// One definition of the settings; its parameters are taken one by one.
pub(super) struct Definition<'a> {
    kind: &'a str,
    pub(super) name: &'a str,
    /// The type.
    pub(super) of: String,
    left: BTreeMap<String, Value>,
}

impl<'a> Definition<'a> {
    pub(super) fn new(
        kind: &'a str,
        name: &'a str,
        mut left: BTreeMap<String, Value>,
    ) -> Result<Self, Refusal> {
        let of = left.remove("type").as_ref().map(text);
        // Lucene's versions change none of the answers, and only old indexes have them.
        left.remove("version");
        match of {
            Some(of) => Ok(Self { kind, name, of, left }),
            None => Err(Refusal::illegal(format!(
                "{kind} [{name}] must specify either an analyzer type, or a tokenizer"
            ))),
        }
    }

    pub(super) fn string(&mut self, key: &str) -> Option<String> {
        self.left.remove(key).as_ref().map(text)
    }

    /// A list, or one text with commas.
    pub(super) fn strings(&mut self, key: &str) -> Vec<String> {
        match self.left.remove(key) {
            Some(Value::Array(items)) => items.iter().map(text).collect(),
            Some(single) => {
                let whole = text(&single);
                whole.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn whole(&mut self, key: &str, default: usize) -> Result<usize, Refusal> {
        let Some(value) = self.string(key) else { return Ok(default) };
        value.parse().map_err(|_| {
            Refusal::illegal(format!(
                "Failed to parse value [{value}] for setting [{key}] of [{}]",
                self.name
            ))
        })
    }

    pub(super) fn positive(&mut self, key: &str, default: usize) -> Result<usize, Refusal> {
        match self.whole(key, default)? {
            0 => Err(Refusal::illegal(format!(
                "[{key}] of the {} [{}] must be positive",
                self.kind, self.name
            ))),
            value => Ok(value),
        }
    }

    pub(super) fn boolean(&mut self, key: &str) -> Result<bool, Refusal> {
        match self.string(key).as_deref() {
            Some("true") => Ok(true),
            None | Some("false") => Ok(false),
            Some(other) => Err(Refusal::illegal(format!(
                "Failed to parse value [{other}] as only [true] or [false] are allowed."
            ))),
        }
    }

    /// A parameter that the engine has only as `false`.
    pub(super) fn only_false(&mut self, key: &str) -> Result<(), Refusal> {
        if self.boolean(key)? { Err(self.unsupported(key)) } else { Ok(()) }
    }

    pub(super) fn character(&mut self, key: &str, default: char) -> Result<char, Refusal> {
        let Some(value) = self.string(key) else { return Ok(default) };
        let mut characters = value.chars();
        match (characters.next(), characters.next()) {
            (Some(single), None) if single.len_utf16() == 1 => Ok(single),
            _ => Err(Refusal::illegal(format!("{key} must be a one char value"))),
        }
    }

    /// The filter of `stopwords`, a list or the name of one.
    pub(super) fn stop_words(&mut self, default: Option<Filter>) -> Result<Option<Filter>, Refusal> {
        if self.left.contains_key("stopwords_path") {
            return Err(self.unsupported("stopwords_path"));
        }
        if !self.left.contains_key("stopwords") {
            return Ok(default);
        }
        let mut words = Vec::new();
        for word in self.strings("stopwords") {
            match word.as_str() {
                "_none_" => {}
                "_english_" => words.extend(ENGLISH_STOP_WORDS.iter().map(|word| (*word).to_owned())),
                name if name.starts_with('_') && name.ends_with('_') && name.len() > 2 => {
                    return Err(Refusal::unsupported(format_args!("the stop words [{name}]")));
                }
                _ => words.push(word),
            }
        }
        Ok((!words.is_empty()).then_some(Filter::Stop { words, ignore_case: false }))
    }

    pub(super) fn stop_filter(&mut self) -> Result<Filter, Refusal> {
        let ignore_case = self.boolean("ignore_case")?;
        if self.string("remove_trailing").is_some_and(|value| value != "true") {
            return Err(self.unsupported("remove_trailing"));
        }
        let words = match self.stop_words(Some(Filter::english_stop()))? {
            Some(Filter::Stop { words, .. }) => words,
            _ => Vec::new(),
        };
        let lower = |word: String| {
            if ignore_case { word.chars().map(simple_lower).collect() } else { word }
        };
        Ok(Filter::Stop { words: words.into_iter().map(lower).collect(), ignore_case })
    }

    pub(super) fn unknown(&self) -> Refusal {
        let Self { kind, name, of, .. } = self;
        Refusal::unsupported(format_args!("the {kind} [{name}] of type [{of}]"))
    }

    pub(super) fn unsupported(&self, parameter: &str) -> Refusal {
        let Self { kind, name, of, .. } = self;
        Refusal::unsupported(format_args!("[{parameter}] of the {kind} [{name}] of type [{of}]"))
    }

    /// All parameters must have been taken by now.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        match self.left.keys().next() {
            Some(parameter) => Err(self.unsupported(parameter)),
            None => Ok(()),
        }
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
