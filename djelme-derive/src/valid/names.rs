//! Rules for the names in documents.

use std::collections::HashMap;

use syn::ext::IdentExt;

use crate::ast::Struct;
use crate::ctxt::Ctxt;
use crate::kind::{Kind, TIMEPARTS, TIMESTAMP};

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

/// Only the time of an event may be a field of the struct.
fn envelope_is_not_declared(input: &Struct<'_>, cx: &Ctxt) {
    let written = match input.kind() {
        Some(kind) => {
            kind.envelope().iter().map(|field| field.name).filter(|name| *name != TIMESTAMP).collect()
        }
        // Which others there are depends on the records that have this base.
        None if input.has_options() => vec![TIMEPARTS],
        None => return,
    };
    for field in input.named().filter(|field| written.contains(&field.name.as_str())) {
        cx.error_at(
            field.name_span,
            format!("djelme itself adds `{}` to each document: rename the field", field.name),
        );
    }
}

/// `f.timestamp` must be the field `timestamp` of documents.
fn handles_do_not_hide_the_envelope(input: &Struct<'_>, cx: &Ctxt) {
    let envelope = input.kind().map_or(&[][..], Kind::envelope);
    for field in input.written() {
        let plain = field.ident.unraw().to_string();
        let flattened = field.serde.flatten.is_some();
        if envelope.iter().any(|field| field.name == plain) && (flattened || field.name != plain) {
            cx.error(
                field.ident,
                format!("`{plain}` would hide the field that djelme adds under this name: rename the field in Rust"),
            );
        }
    }
}
