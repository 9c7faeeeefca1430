//! Topics: the files below `topics/`, each with a mapping, documents and what is asked about them.
//!
//! ```json
//! {
//!   "about": "What the topic is for.",
//!   "fields": {"k": "keyword", "d": {"type": "date", "format": "epoch_second"}},
//!   "documents": [{"k": "a"}, {"_id": "x", "_index": "2026.2.", "k": ["b", "c"]}],
//!   "steps": {"an id is taken": {"write": [{"create": {"_id": "x", "k": "d"}}]}},
//!   "searches": {"one value": {"query": {"term": {"k": "b"}}}}
//! }
//! ```
//!
//! Documents are written first, then come the steps in their order, then the searches. A type alone stands for
//! `{"type": ..}`; documents without `_id` are numbered from 1, and those without `_index` go to `2026.`.
//! `{"$repeat": ["ab", 3]}` stands for `"ababab"`. The fields are strict unless `mappings` is given instead.

use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value, json};

use crate::step::Step;

/// A topic as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: String,
    #[serde(default)]
    fields: Option<Map<String, Value>>,
    #[serde(default)]
    mappings: Option<Map<String, Value>>,
    #[serde(default)]
    settings: Map<String, Value>,
    #[serde(default)]
    documents: Vec<Value>,
    #[serde(default)]
    steps: InOrder<Value>,
    #[serde(default)]
    searches: InOrder<Value>,
}

/// A mapping, documents, and what is asked about them.
#[derive(Debug, Clone)]
pub(crate) struct Topic {
    /// The name of its file, without the ending.
    pub(crate) name: String,
    pub(crate) mappings: Map<String, Value>,
    pub(crate) settings: Map<String, Value>,
    pub(crate) documents: Vec<Value>,
    pub(crate) steps: Vec<(String, Step)>,
    /// The steps as the file has them, for failures.
    pub(crate) written: Map<String, Value>,
    pub(crate) searches: Vec<(String, Value)>,
}

impl Topic {
    /// All topics, by name.
    pub(crate) fn all() -> anyhow::Result<Vec<Self>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/topics");
        let mut topics = Vec::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            topics.push(Self::read(&path).with_context(|| path.display().to_string())?);
        }
        topics.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(topics)
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.file_stem().and_then(|stem| stem.to_str()).context("a file without a name")?;
        let file: File = serde_json::from_str(&std::fs::read_to_string(path)?)?;
        if file.about.is_empty() {
            bail!("`about` is empty");
        }
        let mappings = match (file.fields, file.mappings) {
            (Some(fields), None) => strict(fields),
            (None, Some(mappings)) => mappings,
            _ => bail!("either `fields` or `mappings`"),
        };
        let mut steps = Vec::new();
        let written = file.steps.0.iter().cloned().collect();
        for (step, value) in file.steps.0 {
            let parsed = serde_json::from_value(expand(value)).with_context(|| step.clone())?;
            steps.push((step, parsed));
        }
        Ok(Self {
            name: name.to_owned(),
            mappings,
            settings: file.settings,
            written,
            documents: file.documents.into_iter().map(expand).collect(),
            steps,
            searches: file.searches.0.into_iter().map(|(name, body)| (name, expand(body))).collect(),
        })
    }

    /// What is asked in the case of this name, as its file has it.
    pub(crate) fn asked(&self, case: &str) -> String {
        let search = self.searches.iter().find(|(name, _)| name == case).map(|(_, body)| body);
        search.or_else(|| self.written.get(case)).map(Value::to_string).unwrap_or_default()
    }

    /// The field types of the mapping, those of objects and multi-fields included.
    pub(crate) fn field_types(&self) -> Vec<&str> {
        let mut types = Vec::new();
        collect_types(&self.mappings, &mut types);
        types.sort_unstable();
        types.dedup();
        types
    }
}

/// A strict mapping of these fields.
pub(crate) fn strict(fields: Map<String, Value>) -> Map<String, Value> {
    let whole = |field: Value| if field.is_string() { json!({ "type": field }) } else { field };
    let fields: Map<String, Value> = fields.into_iter().map(|(name, field)| (name, whole(field))).collect();
    Map::from_iter([("dynamic".to_owned(), "strict".into()), ("properties".to_owned(), fields.into())])
}

fn collect_types<'a>(mapping: &'a Map<String, Value>, types: &mut Vec<&'a str>) {
    for key in ["properties", "fields"] {
        let Some(fields) = mapping.get(key).and_then(Value::as_object) else { continue };
        for field in fields.values().filter_map(Value::as_object) {
            types.extend(field.get("type").and_then(Value::as_str));
            collect_types(field, types);
        }
    }
}

/// Replaces each `{"$repeat": [text, times]}` by what it stands for.
fn expand(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            if let Some(Value::Array(repeated)) = map.get("$repeat")
                && let [Value::String(text), times] = repeated.as_slice()
            {
                let times = times.as_u64().and_then(|times| usize::try_from(times).ok()).unwrap_or_default();
                return text.repeat(times).into();
            }
            Value::Object(map.into_iter().map(|(key, value)| (key, expand(value))).collect())
        }
        Value::Array(values) => values.into_iter().map(expand).collect(),
        scalar => scalar,
    }
}

/// An object whose entries stay in the order of the file, and whose names are all different.
#[derive(Debug)]
struct InOrder<T>(Vec<(String, T)>);

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for InOrder<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: DeserializeOwned> Visitor<'de> for Entries<T> {
            type Value = InOrder<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if entries.iter().any(|(other, _)| *other == name) {
                        return Err(A::Error::custom(format!("two entries are called `{name}`")));
                    }
                    entries.push((name, value));
                }
                Ok(InOrder(entries))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}
