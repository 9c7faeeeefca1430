//! What only the compiler can see, because it depends on other structs: assertions among constants.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::field;
use crate::ast::{Field, Shape, Struct, TIMEPARTS, TIMESTAMP};

/// The assertions about fields.
pub(super) fn expand(input: &Struct<'_>) -> TokenStream {
    let mut checks = TokenStream::new();
    let objects = |field: &&Field<'_>| matches!(field.shape(), Shape::Object | Shape::Nested);
    if let Some(field) = input.written().find(objects) {
        checks.extend(objects_are_not_too_deep(input, field));
    }
    let mut flattened = input.written().filter(|field| field.serde.flatten.is_some()).peekable();
    if let Some(field) = flattened.peek() {
        checks.extend(names_differ(input, field));
    }
    for field in flattened {
        if input.has_options() && matches!(field.shape(), Shape::Flattened) {
            checks.extend(envelope_is_not_flattened(field));
        }
    }
    checks
}

/// The assertions about inherited options.
pub(super) fn inherited(input: &Struct<'_>) -> TokenStream {
    let Some(base) = input.base() else { return TokenStream::new() };
    let (alias, name, span) = (field::alias(base), &input.original.ident, base.ty().span());
    let mut checks = TokenStream::new();
    if !input.options.app_label.is_given() {
        let message = format!(
            "`{name}` and its base have no `app_label`: give one of them `#[djelme(app_label = \"shop\")]`"
        );
        checks.extend(quote_spanned! {span=>
            const _: () = ::core::assert!(<#alias as __djelme::Base>::OPTIONS.app_label.is_some(), #message);
        });
    }
    if let Some(span) = input.options.on_conflict.span()
        && !input.options.unique_together.is_given()
    {
        let message = "`on_conflict` needs unique fields, without which every id is new: add `unique_together(..)` to the record or its base, or remove it";
        checks.extend(quote_spanned! {span=>
            const _: () = ::core::assert!(<#alias as __djelme::Base>::OPTIONS.unique_together.is_some(), #message);
        });
    }
    checks
}

/// A path has room for so many segments.
fn objects_are_not_too_deep(input: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let (name, span) = (&input.original.ident, field.ty().span());
    let message = format!(
        "objects lie too deep in each other in `{name}`: a path has at most 8 names, sub-fields included"
    );
    quote_spanned! {span=>
        const _: () = ::core::assert!(
            <#name as __djelme::Properties>::DEPTH <= __djelme::FieldPath::MAX_DEPTH,
            #message
        );
    }
}

fn names_differ(input: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let (name, span) = (&input.original.ident, field.ty().span());
    let message = format!(
        "two fields of `{name}`, those of flattened structs included, have one name in documents: rename one"
    );
    quote_spanned! {span=>
        const _: () = ::core::assert!(__djelme::names_differ(<#name as __djelme::Properties>::PROPERTIES), #message);
    }
}

/// The record itself, or its base, has to know its time.
fn envelope_is_not_flattened(field: &Field<'_>) -> TokenStream {
    let (alias, ident, span) = (field::alias(field), field.ident, field.ty().span());
    let message = format!(
        "`{ident}` has a field `{TIMESTAMP}` or `{TIMEPARTS}`, which djelme adds: declare `{TIMESTAMP}` in the record or in its base"
    );
    quote_spanned! {span=>
        const _: () = ::core::assert!(
            __djelme::count(<#alias as __djelme::Properties>::PROPERTIES, #TIMESTAMP) == 0
                && __djelme::count(<#alias as __djelme::Properties>::PROPERTIES, #TIMEPARTS) == 0,
            #message
        );
    }
}
