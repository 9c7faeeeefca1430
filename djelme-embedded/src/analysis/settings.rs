//! Reads `analysis` from the settings of an index.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::definition::{Definition, text};
use super::filter::Filter;
use super::parts::{built_in_filter, built_in_tokenizer, configured, filter, tokenizer};
use super::tokenizer::Split;
use super::{Analyzer, Analyzers};
use crate::error::Refusal;

/// The definitions of one kind (`analyzer`, `filter`, ..), by name, each with its parameters.
type Definitions = BTreeMap<String, BTreeMap<String, Value>>;

impl Analyzers {
    /// Reads the analysis of an index's settings, whether nested or with dots in the names. All of it must be known.
    pub(crate) fn new(settings: &Map<String, Value>) -> Result<Self, Refusal> {
        let mut kinds: BTreeMap<&str, Definitions> = BTreeMap::new();
        let mut flat = Vec::new();
        flatten(settings, "", 0, &mut flat)?;
        for (name, value) in flat {
            let name = name.strip_prefix("index.").unwrap_or(&name);
            let Some(rest) = name.strip_prefix("analysis.") else { continue };
            let mut parts = rest.splitn(3, '.');
            let (Some(kind), Some(own), Some(parameter)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(Refusal::unsupported(format_args!("the setting [{name}]")));
            };
            let kind = *["analyzer", "normalizer", "tokenizer", "filter", "char_filter"]
                .iter()
                .find(|known| **known == kind)
                .ok_or_else(|| Refusal::unsupported(format_args!("the setting [{name}]")))?;
            let definition = kinds.entry(kind).or_default().entry(own.to_owned()).or_default();
            definition.insert(parameter.to_owned(), value.clone());
        }
        Parts::new(kinds)?.analyzers()
    }
}

/// The settings with whole names, down to what is no object.
fn flatten<'a>(
    settings: &'a Map<String, Value>,
    prefix: &str,
    depth: usize,
    into: &mut Vec<(String, &'a Value)>,
) -> Result<(), Refusal> {
    if depth > 20 {
        return Err(Refusal::illegal(format!("the setting [{prefix}] is nested too deeply")));
    }
    for (key, value) in settings {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Object(inner) => flatten(inner, &name, depth + 1, into)?,
            value => into.push((name, value)),
        }
    }
    Ok(())
}

/// Tokenizers and filters that the settings define, and analyzers to be made of them.
struct Parts {
    analyzers: Definitions,
    normalizers: Definitions,
    tokenizers: BTreeMap<String, Split>,
    filters: BTreeMap<String, Filter>,
}

impl Parts {
    fn new(mut kinds: BTreeMap<&str, Definitions>) -> Result<Self, Refusal> {
        let mut take = |kind: &str| kinds.remove(kind).unwrap_or_default();
        if let Some((name, definition)) = take("char_filter").into_iter().next() {
            let of = definition.get("type").map(text).unwrap_or_default();
            return Err(Refusal::unsupported(format_args!("the char_filter [{name}] of type [{of}]")));
        }
        let tokenizers = take("tokenizer").into_iter().map(|(name, definition)| {
            let split = tokenizer(Definition::new("tokenizer", &name, definition)?)?;
            Ok((name, split))
        });
        let tokenizers = tokenizers.collect::<Result<_, Refusal>>()?;
        let filters = take("filter").into_iter().map(|(name, definition)| {
            let filter = filter(Definition::new("filter", &name, definition)?)?;
            Ok((name, filter))
        });
        let filters = filters.collect::<Result<_, Refusal>>()?;
        Ok(Self { analyzers: take("analyzer"), normalizers: take("normalizer"), tokenizers, filters })
    }

    fn analyzers(mut self) -> Result<Analyzers, Refusal> {
        let mut made = Analyzers::default();
        for (name, definition) in std::mem::take(&mut self.analyzers) {
            let analyzer = self.analyzer(&name, definition)?;
            made.analyzers.insert(name, Arc::new(analyzer));
        }
        for (name, definition) in std::mem::take(&mut self.normalizers) {
            let normalizer = self.normalizer(&name, definition)?;
            made.normalizers.insert(name, Arc::new(normalizer));
        }
        Ok(made)
    }

    fn analyzer(&self, name: &str, mut parameters: BTreeMap<String, Value>) -> Result<Analyzer, Refusal> {
        if !parameters.contains_key("type") && parameters.contains_key("tokenizer") {
            parameters.insert("type".to_owned(), "custom".into());
        }
        let mut definition = Definition::new("analyzer", name, parameters)?;
        if definition.of != "custom" {
            return configured(definition);
        }
        let Some(tokenizer) = definition.string("tokenizer") else {
            return Err(Refusal::illegal(format!("analyzer [{name}] must be configured with a tokenizer")));
        };
        let split = match self.tokenizers.get(&tokenizer) {
            Some(split) => split.clone(),
            None => built_in_tokenizer(&tokenizer)?.ok_or_else(|| {
                Refusal::illegal(format!(
                    "Custom Analyzer [{name}] failed to find tokenizer under name [{tokenizer}]"
                ))
            })?,
        };
        let filters = self.filters(&mut definition, "Custom Analyzer")?;
        if definition.whole("position_increment_gap", 100)? != 100 {
            return Err(definition.unsupported("position_increment_gap"));
        }
        definition.finish()?;
        Ok(Analyzer { split, filters })
    }

    fn normalizer(&self, name: &str, mut parameters: BTreeMap<String, Value>) -> Result<Analyzer, Refusal> {
        parameters.entry("type".to_owned()).or_insert_with(|| "custom".into());
        let mut definition = Definition::new("normalizer", name, parameters)?;
        if definition.of == "lowercase" {
            definition.finish()?;
            return Ok(Analyzer { split: Split::Keyword, filters: vec![Filter::Lowercase] });
        }
        if definition.of != "custom" {
            return Err(Refusal::illegal(format!(
                "Unknown normalizer type [{}] for [{name}]",
                definition.of
            )));
        }
        let filters = self.filters(&mut definition, "Custom normalizer")?;
        definition.finish()?;
        if filters.iter().all(Filter::normalizes) {
            return Ok(Analyzer { split: Split::Keyword, filters });
        }
        Err(Refusal::unsupported(format_args!("the normalizer [{name}]: one of its filters")))
    }

    fn filters(&self, definition: &mut Definition<'_>, what: &str) -> Result<Vec<Filter>, Refusal> {
        if let Some(char_filter) = definition.strings("char_filter").first() {
            return Err(Refusal::unsupported(format_args!("the char_filter [{char_filter}]")));
        }
        let mut filters = Vec::new();
        for name in definition.strings("filter") {
            let found = match self.filters.get(&name) {
                Some(filter) => Some(filter.clone()),
                None => built_in_filter(&name)?,
            };
            filters.push(found.ok_or_else(|| {
                Refusal::illegal(format!(
                    "{what} [{}] failed to find filter under name [{name}]",
                    definition.name
                ))
            })?);
        }
        Ok(filters)
    }
}
