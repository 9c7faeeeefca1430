//! Index templates: the mapping and settings that new indexes of a type get.

use blake2::{Blake2b512, Digest};
use serde_json::{Map, Value, json};

use crate::JsonConst;
use crate::compat::Compat;
use crate::error::{Error, Result};
use crate::json_const;
use crate::naming::Naming;
use crate::record_type::RecordType;

/// The key of djelme's own notes within `_meta`.
pub const META_KEY: &str = "djelme";

/// A composable index template.
///
/// What a type wants is [`desired`](Self::desired); what a server has is read by [`from_json`](Self::from_json).
/// [`drift`](crate::drift) compares the two.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// The index patterns that it applies to.
    pub index_patterns: Vec<String>,
    /// Which of two templates wins; Elasticsearch takes a missing one for 0.
    pub priority: Option<u64>,
    /// Component templates that it is composed of.
    pub composed_of: Vec<String>,
    /// Index settings.
    pub settings: Map<String, Value>,
    /// The mapping.
    pub mappings: Map<String, Value>,
    /// Notes of whoever wrote it.
    pub meta: Map<String, Value>,
    /// What else the template says beside settings and mappings, such as aliases. djelme writes none, and keeps what it
    /// finds.
    pub more: Map<String, Value>,
    /// What else it says about itself, such as its version. djelme writes none, and keeps what it finds.
    pub more_about: Map<String, Value>,
}

/// The keys of a template that have fields of their own.
const ABOUT: [&str; 5] = ["index_patterns", "priority", "composed_of", "template", "_meta"];

/// The keys that Elasticsearch 9 writes by itself, and refuses where a request has them.
const MANAGED: [&str; 4] = ["created_date", "created_date_millis", "modified_date", "modified_date_millis"];

impl Template {
    /// The priority of a type that names none. Elasticsearch's own templates have at most 201.
    pub const DEFAULT_PRIORITY: u32 = 500;

    /// The template that a record type asks for under these names.
    ///
    /// Mappings are strict, so that a field which nobody declared is an error and not a new field. `_meta` of the
    /// template and of the mapping says who wrote it: the type, a hash of the schema, and djelme's version. Of a type
    /// with [`Compat::Python`], the mapping has the properties alone.
    #[must_use]
    pub fn desired(record_type: &RecordType, naming: &Naming) -> Self {
        let settings = settings(record_type);
        let mut properties = Map::new();
        let compat = record_type.options.compat;
        record_type.each_field(|name, mapping| {
            properties.insert(name.to_owned(), mapping.to_json(compat));
        });
        let is_pythons = compat == Some(Compat::Python);
        let mut mappings = Map::new();
        if !is_pythons {
            mappings.insert("dynamic".into(), "strict".into());
        }
        mappings.insert("properties".into(), properties.into());
        let note = json!({
            "record_type": type_name(record_type),
            "schema_hash": schema_hash(&settings, &mappings),
            "version": env!("CARGO_PKG_VERSION"),
        });
        let meta = Map::from_iter([(META_KEY.to_owned(), note)]);
        if !is_pythons {
            mappings.insert("_meta".into(), meta.clone().into());
        }
        Self {
            name: naming.template_name().to_owned(),
            index_patterns: vec![naming.pattern().to_owned()],
            priority: Some(record_type.options.priority.unwrap_or(Self::DEFAULT_PRIORITY).into()),
            composed_of: Vec::new(),
            settings,
            mappings,
            meta,
            more: Map::new(),
            more_about: Map::new(),
        }
    }

    /// The record type that djelme wrote this template for, such as `shop.pageview`; `None` if somebody else did.
    #[must_use]
    pub fn record_type(&self) -> Option<&str> {
        self.note("record_type")
    }

    /// The hash of the schema that djelme wrote into this template.
    #[must_use]
    pub fn schema_hash(&self) -> Option<&str> {
        self.note("schema_hash")
    }

    fn note(&self, key: &str) -> Option<&str> {
        self.meta.get(META_KEY)?.get(key)?.as_str()
    }

    /// The body of `PUT _index_template/<name>`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut template = self.more.clone();
        if !self.settings.is_empty() {
            template.insert("settings".into(), self.settings.clone().into());
        }
        if !self.mappings.is_empty() {
            template.insert("mappings".into(), self.mappings.clone().into());
        }
        let mut body = self.more_about.clone();
        body.insert("index_patterns".into(), self.index_patterns.clone().into());
        if let Some(priority) = self.priority {
            body.insert("priority".into(), priority.into());
        }
        if !self.composed_of.is_empty() {
            body.insert("composed_of".into(), self.composed_of.clone().into());
        }
        body.insert("template".into(), template.into());
        if !self.meta.is_empty() {
            body.insert("_meta".into(), self.meta.clone().into());
        }
        body.into()
    }

    /// Reads one element of the list `index_templates` in the answer to `GET _index_template`.
    ///
    /// # Errors
    /// [`Error::UnexpectedAnswer`] if it does not have the shape that Elasticsearch gives it.
    pub fn from_json(element: &Value) -> Result<Self> {
        let wrong =
            |what: &str| Error::UnexpectedAnswer(format!("an index template without {what}: {element}"));
        let name = element.get("name").and_then(Value::as_str).ok_or_else(|| wrong("a name"))?;
        let body = element.get("index_template").ok_or_else(|| wrong("`index_template`"))?;
        let index_patterns = strings(body.get("index_patterns")).ok_or_else(|| wrong("`index_patterns`"))?;
        let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
        let template = body.get("template");
        let without = |mut whole: Map<String, Value>, known: &[&str]| {
            whole.retain(|key, _| !known.contains(&key.as_str()));
            whole
        };
        Ok(Self {
            name: name.to_owned(),
            index_patterns,
            priority: body.get("priority").and_then(Value::as_u64),
            composed_of: strings(body.get("composed_of")).unwrap_or_default(),
            settings: object(template.and_then(|template| template.get("settings"))),
            mappings: object(template.and_then(|template| template.get("mappings"))),
            meta: object(body.get("_meta")),
            more: without(object(template), &["settings", "mappings"]),
            more_about: without(without(object(Some(body)), &ABOUT), &MANAGED),
        })
    }
}

/// A list of strings, or a single one, as Elasticsearch takes both.
fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    match value? {
        Value::String(single) => Some(vec![single.clone()]),
        Value::Array(list) => list.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// The name of a record type in `_meta`: `shop.pageview`, in the letters that its indexes have.
#[must_use]
pub fn type_name(record_type: &RecordType) -> String {
    format!("{}.{}", record_type.app_label, record_type.name).to_lowercase().replace('_', "")
}

/// The settings of a type, all of them below `index`, as Elasticsearch gives them back.
fn settings(record_type: &RecordType) -> Map<String, Value> {
    let mut index = Map::new();
    if let Some(JsonConst::Object(given)) = record_type.options.settings {
        for (key, value) in json_const::object(given) {
            nest(&mut index, key.strip_prefix("index.").unwrap_or(&key), value);
        }
    }
    if let Some(analysis) = record_type.options.analysis {
        nest(&mut index, "analysis", analysis.to_json());
    }
    // `settings(index(..))` and `settings(..)` are the same to Elasticsearch.
    if let Some(Value::Object(inner)) = index.remove("index") {
        for (key, value) in inner {
            nest(&mut index, &key, value);
        }
    }
    if index.is_empty() { Map::new() } else { Map::from_iter([("index".to_owned(), index.into())]) }
}

/// Puts a value where its dotted name says; objects at the same place are joined.
fn nest(into: &mut Map<String, Value>, name: &str, value: Value) {
    if let Some((first, rest)) = name.split_once('.') {
        match into.entry(first).or_insert_with(|| Map::new().into()) {
            Value::Object(inner) => nest(inner, rest, value),
            // A setting that is also the prefix of others keeps its dots.
            _ => drop(into.insert(name.to_owned(), value)),
        }
        return;
    }
    match (into.get_mut(name), value) {
        (Some(Value::Object(there)), Value::Object(new)) => {
            new.into_iter().for_each(|(key, value)| nest(there, &key, value));
        }
        (_, Value::Object(new)) => {
            let mut inner = Map::new();
            new.into_iter().for_each(|(key, value)| nest(&mut inner, &key, value));
            into.insert(name.to_owned(), inner.into());
        }
        (_, value) => drop(into.insert(name.to_owned(), value)),
    }
}

/// A hash of what new indexes get, which stays the same from build to build and whatever the order of keys.
fn schema_hash(settings: &Map<String, Value>, mappings: &Map<String, Value>) -> String {
    let mut text = String::new();
    append_canonical(&json!({ "settings": settings, "mappings": mappings }), &mut text);
    let digest = Blake2b512::digest(text.as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Appends JSON with the keys of objects in order; `serde_json` has them in order only without `preserve_order`.
fn append_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in entries {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                append_canonical(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for value in values {
                append_canonical(value, text);
                text.push(',');
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}
