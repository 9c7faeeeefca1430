//! Applying a plan.

use djelme_core::backend::Backend;
use djelme_core::{Error, ErrorKind, Result};
use serde_json::{Value, json};

use super::TypeSetup;
use super::plan::{Extension, TypePlan};
use crate::hooks::Hooks;

/// Applies the plan of one type, and notes in `done` each step that is through.
pub(super) async fn apply(plan: &TypePlan<'_>, hooks: &Hooks, done: &mut TypeSetup) -> Result<()> {
    let backend = &plan.resolved.backend;
    if let Some(template) = &plan.template {
        backend.put_template(template).await?;
        done.change = plan.change;
        hooks.post_template(template);
    }
    if plan.creates_index {
        backend.create_index(plan.resolved.naming.stem()).await?;
        done.created_index = Some(plan.resolved.naming.stem().to_owned());
    }
    for extension in &plan.extensions {
        let added = extend(backend.as_ref(), extension, &mut done.warnings).await?;
        if !added.is_empty() {
            done.extended_indexes.push((extension.index.clone(), added));
        }
    }
    Ok(())
}

/// Adds to one index what it takes, and returns the names of that. What it refuses for good, such as a field whose
/// analyzer only newer indexes have, is a warning: the index keeps as it is until its period ends, and no second set-up
/// could do better, so it must not be in the way of the other indexes and types.
async fn extend(
    backend: &dyn Backend,
    extension: &Extension,
    warnings: &mut Vec<String>,
) -> Result<Vec<String>> {
    let Extension { index, fields, mapping } = extension;
    let Some(refusal) = refusal(backend.put_mapping(index, mapping).await)? else {
        return Ok(fields.clone());
    };
    let properties = mapping.get("properties").and_then(Value::as_object).into_iter().flatten();
    let single: Vec<_> = properties.collect();
    let mut added = Vec::new();
    for &(name, field) in &single {
        let alone = json!({ "properties": { name.as_str(): field } });
        let refusal = match single.len() {
            1 => Some(refusal.clone()),
            _ => self::refusal(backend.put_mapping(index, &alone).await)?,
        };
        match refusal {
            Some(refusal) => {
                warnings.push(format!("index `{index}` does not take the field `{name}`: {refusal}"));
            }
            None => added.extend(fields.iter().filter(|path| path.split('.').next() == Some(name)).cloned()),
        }
    }
    Ok(added)
}

/// Why this index in particular refuses it; an error that has another cause stays one.
fn refusal(answer: Result<()>) -> Result<Option<String>> {
    match answer {
        Ok(()) => Ok(None),
        Err(Error::Backend(error))
            if error.kind == ErrorKind::BadRequest
                || error.error_type.as_deref() == Some("cluster_block_exception") =>
        {
            Ok(Some(error.message))
        }
        Err(error) => Err(error),
    }
}
