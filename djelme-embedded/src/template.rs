//! Index templates.

use djelme_core::backend::Overlap;
use djelme_core::template::Template;

use crate::error::Refusal;
use crate::store::Store;

pub(crate) fn get(store: &Store, name: &str) -> Option<Template> {
    let _ = (store, name);
    None
}

pub(crate) fn simulate(store: &Store, template: &Template) -> Result<Vec<Overlap>, Refusal> {
    let _ = (store, template);
    Ok(Vec::new())
}

pub(crate) fn put(store: &Store, template: &Template) -> Result<(), Refusal> {
    let _ = (store, template);
    Err(Refusal::unsupported("templates"))
}

pub(crate) fn delete(store: &Store, name: &str) -> Result<bool, Refusal> {
    let _ = (store, name);
    Ok(false)
}
