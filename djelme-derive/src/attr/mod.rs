//! Attributes into values: `#[djelme(..)]` on structs and fields, and what serde's say about names.
//!
//! The rules for a single key are here; those between keys are in `valid`.

mod cell;
mod es_type;
mod field;
mod item;
mod json;
mod keys;
mod options;
mod serde;
mod suggest;
mod text;

pub(crate) use cell::Attr;
pub(crate) use es_type::{EsType, SubField, TypeSpec};
pub(crate) use field::FieldKeys;
pub(crate) use json::Json;
pub(crate) use options::{Compat, FieldRef, OnConflict, Options, TimeDepth};
pub(crate) use serde::{SerdeContainer, SerdeField};
pub(crate) use suggest::closest;
pub(crate) use text::name_problem;

use syn::Attribute;

use crate::ctxt::Ctxt;

/// The entries of every `#[djelme(..)]` among the attributes.
fn djelme_items(attributes: &[Attribute], cx: &Ctxt) -> Vec<item::Item> {
    let mut items = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("djelme")) {
        match &attribute.meta {
            syn::Meta::List(list) => items.extend(item::items(list.tokens.clone(), cx)),
            other => cx.error(other, "`djelme` takes keys in parentheses: `#[djelme(key = \"value\")]`"),
        }
    }
    items
}
