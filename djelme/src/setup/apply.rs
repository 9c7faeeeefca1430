//! Applying a plan.

use djelme_core::Result;

use super::TypeSetup;
use super::plan::TypePlan;
use crate::hooks::Hooks;

/// Applies the plan of one type, and notes in `done` each step that is through.
pub(super) async fn apply(plan: &TypePlan<'_>, hooks: &Hooks, done: &mut TypeSetup) -> Result<()> {
    let backend = &plan.resolved.backend;
    if let Some(template) = &plan.template {
        backend.put_template(template).await?;
        done.change = plan.change;
        hooks.post_template(template);
    }
    for extension in &plan.extensions {
        backend.put_mapping(&extension.index, &extension.mapping).await?;
        done.extended_indexes.push((extension.index.clone(), extension.fields.clone()));
    }
    Ok(())
}
