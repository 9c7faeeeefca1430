//! Applying a plan.

use djelme_core::Result;

use super::TypeSetup;
use super::plan::TypePlan;
use super::report::TemplateChange;
use crate::hooks::Hooks;

/// Applies the plan of one type, and notes in `done` each step that is through.
pub(super) async fn apply(plan: &TypePlan<'_>, hooks: &Hooks, done: &mut TypeSetup) -> Result<()> {
    let resolved = plan.resolved;
    if matches!(plan.change, TemplateChange::Created | TemplateChange::Updated) {
        resolved.backend.put_template(&resolved.template).await?;
        done.change = plan.change;
        hooks.post_template(&resolved.template);
    }
    for extension in &plan.extensions {
        resolved.backend.put_mapping(&extension.index, &extension.mapping).await?;
        done.extended_indexes.push((extension.index.clone(), extension.fields.clone()));
    }
    Ok(())
}
