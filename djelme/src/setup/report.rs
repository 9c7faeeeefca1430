//! What a set-up did.

use std::fmt;

use super::plan::TypePlan;

/// What [`setup`](crate::Djelme::setup) did, type by type; `Display` has a line for each change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetupReport {
    /// The types, in the order of the handle.
    pub types: Vec<TypeSetup>,
}

/// What was done for one record type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeSetup {
    /// The type's Rust name.
    pub record_type: String,
    /// The template's name.
    pub template: String,
    /// What became of the template.
    pub change: TemplateChange,
    /// Live indexes that got new fields, with the names of those.
    pub extended_indexes: Vec<(String, Vec<String>)>,
    /// What this set-up cannot mend, such as a field whose type changed in a live index.
    pub warnings: Vec<String>,
}

/// What became of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateChange {
    /// It was missing.
    Created,
    /// It differed from what the type asks for.
    Updated,
    /// It was as the type asks for.
    Unchanged,
    /// It has more than the type asks for, so a newer deployment's; it stays.
    KeptNewer,
}

impl TypeSetup {
    /// Nothing done yet.
    pub(super) fn new(plan: &TypePlan<'_>) -> Self {
        Self {
            record_type: plan.resolved.type_ref.rust_name.to_string(),
            template: plan.resolved.template.name.clone(),
            change: if plan.change == TemplateChange::KeptNewer {
                plan.change
            } else {
                TemplateChange::Unchanged
            },
            extended_indexes: Vec::new(),
            warnings: plan.warnings.clone(),
        }
    }

    fn changes(&self) -> impl Iterator<Item = String> {
        let template = match self.change {
            TemplateChange::Created => Some(format!("template `{}` created", self.template)),
            TemplateChange::Updated => Some(format!("template `{}` updated", self.template)),
            TemplateChange::Unchanged | TemplateChange::KeptNewer => None,
        };
        let indexes = self.extended_indexes.iter();
        template
            .into_iter()
            .chain(indexes.map(|(index, fields)| format!("index `{index}` got {}", fields.join(", "))))
    }
}

impl SetupReport {
    /// Every change, in a few words each; empty if everything was in place.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        self.types.iter().flat_map(TypeSetup::changes).collect()
    }
}

impl fmt::Display for SetupReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for done in &self.types {
            let state = match done.change {
                TemplateChange::Created => "created",
                TemplateChange::Updated => "updated",
                TemplateChange::Unchanged => "in place",
                TemplateChange::KeptNewer => "kept: it has more than this program asks for",
            };
            writeln!(f, "{}: template `{}` {state}", done.record_type, done.template)?;
            for (index, fields) in &done.extended_indexes {
                writeln!(f, "  index `{index}` got {}", fields.join(", "))?;
            }
            for warning in &done.warnings {
                writeln!(f, "  warning: {warning}")?;
            }
        }
        Ok(())
    }
}
