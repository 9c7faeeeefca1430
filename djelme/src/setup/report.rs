//! What a set-up did.

use std::fmt;

use super::indexes::grouped;
use super::plan::TypePlan;

/// What [`setup`](crate::Djelme::setup) did, type by type; `Display` has a line for each change, and
/// one for each warning, whatever the number of indexes that it is about.
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
    /// The one index of a type that is shared with Python, if it was missing.
    pub created_index: Option<String>,
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
            created_index: None,
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
        let created = self.created_index.iter().map(|index| format!("index `{index}` created"));
        template
            .into_iter()
            .chain(created)
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

/// The index that the warning is about, and what it says of it; `None` if it is about something else, or says of the
/// index what can hold for no other.
fn of_index(warning: &str) -> Option<(&str, &str)> {
    let (name, rest) = warning.strip_prefix("index `")?.split_once('`')?;
    Some((name, rest.strip_prefix(": ")?))
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
            if let Some(index) = &done.created_index {
                writeln!(f, "  index `{index}` created")?;
            }
            for (index, fields) in &done.extended_indexes {
                writeln!(f, "  index `{index}` got {}", fields.join(", "))?;
            }
            for warning in done.warnings.iter().filter(|warning| of_index(warning).is_none()) {
                writeln!(f, "  warning: {warning}")?;
            }
            for (indexes, difference) in grouped(done.warnings.iter().filter_map(|warning| of_index(warning)))
            {
                writeln!(f, "  warning: {indexes}: {difference}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_about_many_indexes_is_one_line() {
        let difference = "mappings.properties.page.type: wanted keyword, found text";
        let mut warnings: Vec<_> =
            (1..=5).map(|month| format!("index `shop_view_2026.{month}.`: {difference}")).collect();
        warnings.insert(0, "index `shop_view_2026.1.` does not take the field `f`: status 400: no".into());
        warnings.push("template `shop_view__template`: differs".into());
        let done = TypeSetup {
            record_type: "View".into(),
            template: "shop_view__template".into(),
            change: TemplateChange::Unchanged,
            created_index: None,
            extended_indexes: Vec::new(),
            warnings,
        };
        assert_eq!(
            SetupReport { types: vec![done] }.to_string().lines().collect::<Vec<_>>(),
            [
                "View: template `shop_view__template` in place",
                "  warning: index `shop_view_2026.1.` does not take the field `f`: status 400: no",
                "  warning: template `shop_view__template`: differs",
                &format!(
                    "  warning: 5 indexes, first `shop_view_2026.1.` until `shop_view_2026.5.`: {difference}"
                ),
            ]
        );
    }
}
