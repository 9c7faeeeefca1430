//! Index templates.

use std::sync::Arc;

use djelme_core::backend::Overlap;
use djelme_core::template::Template;

use crate::error::Refusal;
use crate::schema::Schema;
use crate::settings;
use crate::store::{Catalog, Store, pattern};

/// The template of this name.
pub(crate) fn get(store: &Store, name: &str) -> Option<Template> {
    store.snapshot().catalog.templates.get(name).map(|template| Template::clone(template))
}

/// Tries the template without storing it: the others that it overlaps with.
pub(crate) fn simulate(store: &Store, template: &Template) -> Result<Vec<Overlap>, Refusal> {
    check(template)?;
    Ok(overlapping(&store.snapshot().catalog, template))
}

/// Stores the template under its name.
pub(crate) fn put(store: &Store, template: &Template) -> Result<(), Refusal> {
    check(template)?;
    store.change(|catalog| {
        catalog.templates.insert(template.name.clone(), Arc::new(template.clone()));
        Ok(())
    })
}

/// Deletes the template. `false` if there was none.
pub(crate) fn delete(store: &Store, name: &str) -> Result<bool, Refusal> {
    if get(store, name).is_none() {
        return Ok(false);
    }
    store.change(|catalog| Ok(catalog.templates.remove(name).is_some()))
}

fn check(template: &Template) -> Result<(), Refusal> {
    Schema::new(&template.mappings, &settings::nested(&template.settings)).map(drop)
}

fn overlapping(catalog: &Catalog, template: &Template) -> Vec<Overlap> {
    let overlaps = |other: &Template| {
        let theirs = &other.index_patterns;
        template.index_patterns.iter().any(|ours| theirs.iter().any(|theirs| pattern::overlap(ours, theirs)))
    };
    let others = catalog.templates.values().filter(|other| other.name != template.name && overlaps(other));
    others
        .map(|other| Overlap {
            name: other.name.clone(),
            index_patterns: other.index_patterns.clone(),
            priority: Some(other.priority.unwrap_or_default()),
        })
        .collect()
}
