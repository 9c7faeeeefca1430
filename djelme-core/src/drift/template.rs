//! The server's template, compared with what the code wants.

use std::fmt;

use serde_json::Value;

use super::difference::{Difference, Effect, Part};
use super::{DriftKind, mapping, settings};
use crate::template::{META_KEY, Template};

/// What differs between the code and the index template of the server.
///
/// Notes in `_meta` do not count, and neither does a priority that is not set at all: the Python package, which sets
/// up the same types, writes neither.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateDrift {
    /// The name of the template.
    pub name: String,
    /// Everything that is not as the code wants it; empty if there is no template.
    pub differences: Vec<Difference>,
    standing: Standing,
}

/// Whose template was found.
#[derive(Debug, Clone, PartialEq)]
enum Standing {
    Missing,
    /// Of another record type if it says so, and otherwise of somebody else.
    Foreign(Option<String>),
    Ours,
}

impl TemplateDrift {
    /// Compares the template that the code wants with the one that the server has under its name.
    #[must_use]
    pub fn new(desired: &Template, found: Option<&Template>) -> Self {
        let mut differences = Vec::new();
        let standing = match found {
            None => Standing::Missing,
            Some(found) => {
                compare_patterns(desired, found, &mut differences);
                compare_priority(desired, found, &mut differences);
                settings::compare(&desired.settings, &found.settings, &mut differences);
                mapping::compare(&desired.mappings, &found.mappings, &mut differences);
                standing(desired, found)
            }
        };
        Self { name: desired.name.clone(), differences, standing }
    }

    /// How far the template is from what the code wants.
    #[must_use]
    pub fn kind(&self) -> DriftKind {
        let is_field = |difference: &Difference| difference.part == Part::Mappings;
        let any = |effect| self.differences.iter().any(|difference| difference.effect == effect);
        let any_field = |effect| {
            self.differences.iter().any(|difference| difference.effect == effect && is_field(difference))
        };
        let is_superset = any_field(Effect::Extra) && !any_field(Effect::Lacking);
        match &self.standing {
            Standing::Missing => DriftKind::Missing,
            Standing::Foreign(_) => DriftKind::Foreign,
            Standing::Ours if any(Effect::Fixed) || any(Effect::Changeable) => {
                if is_superset {
                    DriftKind::Conflict
                } else {
                    DriftKind::Changed
                }
            }
            Standing::Ours if any(Effect::Lacking) => DriftKind::Additive,
            Standing::Ours if any(Effect::Extra) => DriftKind::Newer,
            Standing::Ours => DriftKind::InSync,
        }
    }

    /// Why no record may be written under this template; `None` if records may. New indexes would otherwise get a
    /// mapping that Elasticsearch guesses, or fields of another type than the program's.
    #[must_use]
    pub fn stands_against_writes(&self) -> Option<String> {
        let finds = |effect: Effect, part: Part| {
            self.differences.iter().find(|difference| difference.effect == effect && difference.part == part)
        };
        match &self.standing {
            Standing::Missing => return Some(format!("the index template `{}` is missing", self.name)),
            Standing::Foreign(_) => return Some(self.whose()),
            Standing::Ours => {}
        }
        let is_dynamic = self.differences.iter().find(|difference| difference.path == "dynamic");
        let unguarded = is_dynamic.and(finds(Effect::Lacking, Part::Mappings));
        let other_type = self.differences.iter().find(|difference| loses_values(difference));
        let problem = finds(Effect::Lacking, Part::Patterns).or(unguarded).or(other_type)?;
        Some(format!("the index template `{}` is out of date: {problem}", self.name))
    }

    fn whose(&self) -> String {
        match &self.standing {
            Standing::Foreign(Some(record_type)) => {
                format!("the index template `{}` is that of the record type `{record_type}`", self.name)
            }
            _ => {
                format!("the index template `{}` is somebody else's: none of its patterns is ours", self.name)
            }
        }
    }
}

/// Whether a field has a type that does not hold the program's values: 1.5 would be found as 1 in a `long`, and a text
/// in an `integer` would make Elasticsearch refuse its document. A wider type, which a newer program may have, does.
fn loses_values(difference: &Difference) -> bool {
    const NUMBERS: [&str; 7] = ["byte", "short", "integer", "long", "half_float", "float", "double"];
    const TEXTS: [&str; 4] = ["keyword", "text", "match_only_text", "wildcard"];
    let is_type = difference.path.starts_with("properties.") && difference.path.ends_with(".type");
    let name = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let (true, Some(wanted), Some(found)) = (is_type, name(&difference.wanted), name(&difference.found))
    else {
        return false;
    };
    let width = |name: &str| NUMBERS.iter().position(|number| *number == name);
    let is_wider = match (width(&wanted), width(&found)) {
        // Small floats hold few whole numbers exactly.
        (Some(wanted), Some(found)) => found >= wanted && (wanted >= 4 || found < 4 || found == 6),
        _ => false,
    };
    let both_dates = wanted.starts_with("date") && found.starts_with("date");
    !(is_wider || both_dates || TEXTS.contains(&found.as_str()))
}

fn standing(desired: &Template, found: &Template) -> Standing {
    match (found.record_type(), desired.record_type()) {
        (Some(theirs), Some(ours)) if theirs != ours => Standing::Foreign(Some(theirs.to_owned())),
        (None, _) if !found.index_patterns.iter().any(|pattern| desired.index_patterns.contains(pattern)) => {
            Standing::Foreign(None)
        }
        _ => Standing::Ours,
    }
}

fn compare_patterns(desired: &Template, found: &Template, out: &mut Vec<Difference>) {
    let difference = |wanted: Option<&String>, found: Option<&String>, effect| Difference {
        part: Part::Patterns,
        path: String::new(),
        wanted: wanted.map(|pattern| pattern.as_str().into()),
        found: found.map(|pattern| pattern.as_str().into()),
        effect,
    };
    let lacking = desired.index_patterns.iter().filter(|pattern| !found.index_patterns.contains(pattern));
    out.extend(lacking.map(|pattern| difference(Some(pattern), None, Effect::Lacking)));
    let extra = found.index_patterns.iter().filter(|pattern| !desired.index_patterns.contains(pattern));
    out.extend(extra.map(|pattern| difference(None, Some(pattern), Effect::Extra)));
}

fn compare_priority(desired: &Template, found: &Template, out: &mut Vec<Difference>) {
    if let Some(priority) = found.priority
        && desired.priority != Some(priority)
    {
        out.push(Difference {
            part: Part::Priority,
            path: String::new(),
            wanted: desired.priority.map(Into::into),
            found: Some(priority.into()),
            effect: Effect::Changeable,
        });
    }
}

impl Template {
    /// What a set-up writes over the template that is there: this one, and whatever only the found one has. So nothing
    /// is taken away that a newer program, or somebody by hand, has put there.
    #[must_use]
    pub fn over(&self, found: &Self) -> Self {
        let mut united = self.clone();
        united.settings = settings::united(&self.settings, &found.settings);
        united.mappings = mapping::united(&self.mappings, &found.mappings);
        let new = |list: &[String], item: &&String| !list.contains(item);
        united
            .index_patterns
            .extend(found.index_patterns.iter().filter(|item| new(&self.index_patterns, item)).cloned());
        united
            .composed_of
            .extend(found.composed_of.iter().filter(|item| new(&self.composed_of, item)).cloned());
        for (key, value) in found.meta.iter().filter(|(key, _)| *key != META_KEY) {
            united.meta.entry(key).or_insert_with(|| value.clone());
        }
        united.more.clone_from(&found.more);
        united.more_about.clone_from(&found.more_about);
        united
    }
}

/// The kind, then a line for each difference.
impl fmt::Display for TemplateDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.standing {
            Standing::Foreign(_) => return f.write_str(&self.whose()),
            _ => write!(f, "template `{}`: {}", self.name, self.kind())?,
        }
        self.differences.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
    }
}
