//! What a set-up would do for one type: looked at before anything is applied.

use djelme_core::compat::Compat;
use djelme_core::drift::{DriftKind, IndexDrift, TemplateDrift};
use djelme_core::template::Template;
use djelme_core::{Error, Result};
use serde_json::Value;

use super::report::TemplateChange;
use crate::hooks::Hooks;
use crate::resolve::ResolvedType;

/// The steps for one type.
#[derive(Debug)]
pub(super) struct TypePlan<'a> {
    pub(super) resolved: &'a ResolvedType,
    pub(super) change: TemplateChange,
    /// What to store, where something is to be stored.
    pub(super) template: Option<Template>,
    /// Whether the one index of the type is to be made, for Python's check to find it.
    pub(super) creates_index: bool,
    pub(super) extensions: Vec<Extension>,
    pub(super) warnings: Vec<String>,
}

/// New fields for one live index.
#[derive(Debug)]
pub(super) struct Extension {
    pub(super) index: String,
    pub(super) fields: Vec<String>,
    pub(super) mapping: Value,
}

impl<'a> TypePlan<'a> {
    /// Asks the store and the hooks; changes nothing.
    pub(super) async fn new(resolved: &'a ResolvedType, hooks: &Hooks) -> Result<Self> {
        let mut plan = Self::of_template(resolved).await?;
        if let Some(template) = &plan.template {
            hooks.pre_template(template)?;
            refuse_outranked(resolved, template).await?;
        }
        let live = live_indexes(resolved).await?;
        plan.creates_index = live.is_empty() && resolved.is_an_index_of_python();
        for drift in live {
            plan.warnings.extend(
                drift.unmendable().map(|difference| format!("index `{}`: {difference}", drift.index)),
            );
            if let Some(mapping) = drift.additions() {
                let fields = drift.added_fields();
                plan.extensions.push(Extension { index: drift.index, fields, mapping });
            }
        }
        Ok(plan)
    }

    async fn of_template(resolved: &'a ResolvedType) -> Result<Self> {
        let wanted = &resolved.template;
        let found = resolved.stored_template().await?;
        let drift = TemplateDrift::new(wanted, found.as_ref());
        // The Python package writes no notes, and takes away ours.
        let is_shared = resolved.type_ref.options.compat == Some(Compat::Python);
        let mut warnings = Vec::new();
        let (change, template) = match (drift.kind(), found) {
            (DriftKind::Foreign, _) => {
                let problem =
                    format!("{drift}; give the type another `template_name`, or delete that template");
                return Err(Error::Definition {
                    record_type: resolved.type_ref.rust_name.to_string(),
                    problem,
                });
            }
            (DriftKind::InSync, _) => (TemplateChange::Unchanged, None),
            (DriftKind::Newer | DriftKind::Conflict, _) => (TemplateChange::KeptNewer, None),
            (_, None) => (TemplateChange::Created, Some(wanted.clone())),
            (_, Some(found)) if found.record_type().is_none() && !is_shared => {
                // Such as the Python package, whose own check would from then on refuse every record.
                let problem = format!(
                    "{drift}\nit was not written by djelme, and whoever wrote it would find it changed; delete it if nobody \
                     else needs it, or give the type another `template_name`"
                );
                return Err(Error::Definition {
                    record_type: resolved.type_ref.rust_name.to_string(),
                    problem,
                });
            }
            (_, Some(found)) => {
                if is_shared {
                    warnings.push(format!(
                        "{drift}\nPython programs whose class differs from this type refuse to record from now on, since their \
                         check takes no other template: deploy the same change there"
                    ));
                }
                (TemplateChange::Updated, Some(wanted.over(&found)))
            }
        };
        if drift.kind() == DriftKind::Conflict {
            warnings.push(drift.to_string());
        }
        Ok(Self { resolved, change, template, creates_index: false, extensions: Vec::new(), warnings })
    }
}

/// Every live index of the type, compared with what the type asks for.
pub(super) async fn live_indexes(resolved: &ResolvedType) -> Result<Vec<IndexDrift>> {
    let listed = resolved.backend.indexes(resolved.naming.pattern()).await?;
    // What the pattern matches but the type would never write, such as a restored copy, is not ours to touch.
    let ours = listed.into_iter().map(|index| index.name).filter(|name| resolved.naming.parse(name).is_ok());
    let mappings = resolved.backend.mappings(&ours.collect::<Vec<_>>()).await?;
    let compare = |(index, mapping): (String, Value)| IndexDrift::new(&resolved.template, index, &mapping);
    Ok(mappings.into_iter().map(compare).collect())
}

/// Where two templates match an index, the one of the higher priority wins, without a word.
async fn refuse_outranked(resolved: &ResolvedType, template: &Template) -> Result<()> {
    let own = template.priority.unwrap_or_default();
    let others = resolved.backend.simulate_template(template).await?;
    let Some(winner) = others
        .iter()
        .find(|other| other.name != template.name && other.priority.is_some_and(|priority| priority >= own))
    else {
        return Ok(());
    };
    Err(Error::Definition {
        record_type: resolved.type_ref.rust_name.to_string(),
        problem: format!(
            "the template `{}` for {} has the priority {}, and `{}` only {own}, so new indexes would get the other one; \
             raise this type's `priority`, or delete that template",
            winner.name,
            winner.index_patterns.join(", "),
            winner.priority.unwrap_or_default(),
            template.name
        ),
    })
}
