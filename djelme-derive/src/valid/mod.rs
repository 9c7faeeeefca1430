//! The rules between keys, and between keys and what serde does. One function for each, named after the rule.

mod fields;
mod kinds;
mod names;
mod structs;
mod timestamp;
mod unique;

pub(crate) use structs::{has_no_options, is_written_as_it_is};

use crate::ast::Struct;
use crate::ctxt::Ctxt;

/// Checks every rule.
pub(crate) fn check(input: &Struct<'_>, cx: &Ctxt) {
    structs::check(input, cx);
    names::check(input, cx);
    timestamp::check(input, cx);
    kinds::check(input, cx);
    unique::check(input, cx);
    for field in &input.fields {
        fields::check(input, field, cx);
    }
}
