//! Rules for the names in documents.

use std::collections::HashMap;

use syn::ext::IdentExt;

use crate::ast::{Derive, Struct, TIMEPARTS, TIMESTAMP};
use crate::ctxt::Ctxt;

pub(super) fn check(input: &Struct<'_>, cx: &Ctxt) {
    names_differ(input, cx);
    names_can_stand_in_documents(input, cx);
    envelope_is_not_declared(input, cx);
    handles_do_not_hide_the_envelope(input, cx);
}

fn names_differ(input: &Struct<'_>, cx: &Ctxt) {
    let mut first = HashMap::new();
    for field in input.named() {
        if let Some(first) = first.insert(&field.name, field.ident) {
            let (name, second) = (&field.name, field.ident);
            cx.error_at(
                field.name_span,
                format!("`{first}` and `{second}` are both named \"{name}\" in documents: rename one"),
            );
        }
    }
}

fn names_can_stand_in_documents(input: &Struct<'_>, cx: &Ctxt) {
    for field in input.named() {
        let (name, ident) = (&field.name, field.ident);
        let problem = if name.trim().is_empty() {
            "Elasticsearch has no fields without a name: give it one".to_owned()
        } else if name.starts_with('_') {
            "names with `_` in front belong to Elasticsearch and djelme: rename it".to_owned()
        } else if name.contains('.') {
            "Elasticsearch takes a dot for an inner object: write one, `#[djelme(object)]`, or rename it"
                .to_owned()
        } else if name.chars().any(char::is_control) {
            "control characters do not fit into a name: rename it".to_owned()
        } else {
            continue;
        };
        cx.error_at(field.name_span, format!("`{ident}` is named {name:?} in documents: {problem}"));
    }
}

/// The time parts are written by djelme alone.
fn envelope_is_not_declared(input: &Struct<'_>, cx: &Ctxt) {
    if !input.has_options() {
        return;
    }
    for field in input.named().filter(|field| field.name == TIMEPARTS) {
        cx.error_at(
            field.name_span,
            format!("djelme itself adds `{TIMEPARTS}` to each document: rename the field"),
        );
    }
}

/// `f.timestamp` must be the field `timestamp` of documents.
fn handles_do_not_hide_the_envelope(input: &Struct<'_>, cx: &Ctxt) {
    if input.derive != Derive::EventRecord {
        return;
    }
    for field in input.written() {
        let plain = field.ident.unraw().to_string();
        let flattened = field.serde.flatten.is_some();
        if (plain == TIMESTAMP || plain == TIMEPARTS) && (flattened || field.name != plain) {
            cx.error(
                field.ident,
                format!("`{plain}` would hide the field that djelme adds under this name: rename the field in Rust"),
            );
        }
    }
}
