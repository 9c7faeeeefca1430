//! Composable index templates.

use djelme_core::backend::Overlap;
use djelme_core::template::Template;
use djelme_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::nodes::Nodes;
use crate::path;
use crate::request::{Method, Request};

/// A pattern and name that no template uses, for questions to the server that store nothing.
const UNUSED: &str = "djelme-unused-field-type-question";

/// As high as Elasticsearch takes, so that no catch-all template of the same priority is in the way.
const HIGHEST_PRIORITY: u64 = i32::MAX as u64;

#[derive(Deserialize)]
struct Templates {
    index_templates: Vec<Value>,
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
    let named =
        index_templates.iter().find(|template| template.get("name").is_some_and(|found| found == name));
    named.map(Template::from_json).transpose()
}

/// Stores the template under its name.
pub(crate) async fn put(nodes: &Nodes, template: &Template) -> Result<()> {
    let body = template.to_json().to_string();
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
    let answer = nodes.send(&Request::query(target, template.to_json().to_string())).await?.success()?;
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
