//! Composable index templates.

use djelme_core::backend::Overlap;
use djelme_core::template::Template;
use djelme_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::nodes::Nodes;
use crate::path;
use crate::request::{Method, Request};

/// A pattern and name that no template uses, for questions to the server that store nothing.
const UNUSED: &str = "djelme-unused-field-type-question";

/// As high as Elasticsearch takes, so that no catch-all template of the same priority is in the way.
const HIGHEST_PRIORITY: u64 = i32::MAX as u64;

#[derive(Deserialize)]
struct Templates {
    index_templates: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    index_template: Stored,
}

#[derive(Deserialize)]
struct Stored {
    index_patterns: Patterns,
    priority: Option<u64>,
    #[serde(default)]
    composed_of: Vec<String>,
    #[serde(default)]
    template: Content,
    #[serde(default, rename = "_meta")]
    meta: Map<String, Value>,
}

/// Elasticsearch takes one pattern also without brackets.
#[derive(Deserialize)]
#[serde(untagged)]
enum Patterns {
    Several(Vec<String>),
    One(String),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    settings: Map<String, Value>,
    mappings: Map<String, Value>,
}

#[derive(Deserialize)]
struct Simulated {
    #[serde(default)]
    overlapping: Vec<Overlapping>,
}

#[derive(Deserialize)]
struct Overlapping {
    name: String,
    index_patterns: Vec<String>,
}

/// The template of this name.
pub(crate) async fn get(nodes: &Nodes, name: &str) -> Result<Option<Template>> {
    let request = Request::get(target(name)?);
    let Some(answer) = nodes.send(&request).await?.found()? else { return Ok(None) };
    let Templates { index_templates } = answer.json()?;
    let named = index_templates.into_iter().find(|template| template.name == name);
    Ok(named.map(|Named { name, index_template: stored }| Template {
        name,
        index_patterns: match stored.index_patterns {
            Patterns::Several(patterns) => patterns,
            Patterns::One(pattern) => vec![pattern],
        },
        priority: stored.priority,
        composed_of: stored.composed_of,
        settings: stored.template.settings,
        mappings: stored.template.mappings,
        meta: stored.meta,
    }))
}

/// Stores the template under its name.
pub(crate) async fn put(nodes: &Nodes, template: &Template) -> Result<()> {
    let body = body_of(template).to_string();
    let request = Request::write(Method::Put, target(&template.name)?, Some(body.into()));
    nodes.send(&request).await?.success().map(drop)
}

/// Deletes the template. `false` if there was none.
pub(crate) async fn delete(nodes: &Nodes, name: &str) -> Result<bool> {
    let request = Request::write(Method::Delete, target(name)?, None);
    Ok(nodes.send(&request).await?.found()?.is_some())
}

/// Tries the template under its own name, so that its stored version is not in its way.
pub(crate) async fn simulate(nodes: &Nodes, template: &Template) -> Result<Vec<Overlap>> {
    let target = format!("/_index_template/_simulate/{}", path::exact(&template.name)?);
    let answer = nodes.send(&Request::query(target, body_of(template).to_string())).await?.success()?;
    let Simulated { overlapping } = answer.json()?;
    let mut overlaps = Vec::with_capacity(overlapping.len());
    for other in overlapping.into_iter().filter(|other| other.name != template.name) {
        // Legacy templates are listed too and have no priority: any composable template wins against them.
        let priority = get(nodes, &other.name).await?.map(|stored| stored.priority.unwrap_or_default());
        overlaps.push(Overlap { name: other.name, index_patterns: other.index_patterns, priority });
    }
    Ok(overlaps)
}

/// Asks the server for each type, by a simulated template with one field of that type.
pub(crate) async fn lacking_field_types(nodes: &Nodes, types: &[&str]) -> Result<Vec<String>> {
    let mut lacking = Vec::new();
    for field_type in types {
        let body = json!({
            "index_patterns": [format!("{UNUSED}-*")],
            "priority": HIGHEST_PRIORITY,
            "template": { "mappings": { "properties": { "field": { "type": field_type } } } },
        });
        let target = format!("/_index_template/_simulate/{UNUSED}");
        match nodes.send(&Request::query(target, body.to_string())).await?.success() {
            Ok(_) => {}
            Err(error) if is_unknown_type(&error, field_type) => lacking.push((*field_type).to_owned()),
            // The type needs parameters, so it is known.
            Err(error) if error.backend_kind() == Some(ErrorKind::BadRequest) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(lacking)
}

/// The two ways in which Elasticsearch says it, by version.
fn is_unknown_type(error: &Error, field_type: &str) -> bool {
    let Error::Backend(error) = error else { return false };
    error.message.contains(&format!("No handler for type [{field_type}]"))
        || error.message.contains(&format!("The mapper type [{field_type}] declared on field"))
}

fn target(name: &str) -> Result<String> {
    Ok(format!("/_index_template/{}", path::exact(name)?))
}

fn body_of(template: &Template) -> Value {
    let mut content = Map::new();
    if !template.settings.is_empty() {
        content.insert("settings".to_owned(), template.settings.clone().into());
    }
    if !template.mappings.is_empty() {
        content.insert("mappings".to_owned(), template.mappings.clone().into());
    }
    let mut body = Map::new();
    body.insert("index_patterns".to_owned(), template.index_patterns.clone().into());
    body.insert("template".to_owned(), content.into());
    if let Some(priority) = template.priority {
        body.insert("priority".to_owned(), priority.into());
    }
    if !template.composed_of.is_empty() {
        body.insert("composed_of".to_owned(), template.composed_of.clone().into());
    }
    if !template.meta.is_empty() {
        body.insert("_meta".to_owned(), template.meta.clone().into());
    }
    body.into()
}
