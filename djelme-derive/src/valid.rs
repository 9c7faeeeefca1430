//! The rules between keys. One function for each, named after the rule.

use crate::ast::{Derive, Struct};
use crate::ctxt::Ctxt;

/// Checks every rule.
pub(crate) fn check(input: &Struct<'_>, cx: &Ctxt) {
    has_app_label(input, cx);
}

fn has_app_label(input: &Struct<'_>, cx: &Ctxt) {
    if input.derive == Derive::EventRecord && !input.options.app_label.is_given() && input.base().is_none() {
        let name = &input.original.ident;
        cx.error(
            name,
            format!("`{name}` has no `app_label`: name the application that it belongs to\nhelp: the right form is `#[djelme(app_label = \"shop\")]`"),
        );
    }
}
