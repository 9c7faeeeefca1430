//! What only the compiler can see, because it depends on other structs: assertions among constants.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
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
    checks.extend(types_are_as_in_python(input));
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
    let (alias, name) = (field::alias(base), &input.original.ident);
    let mut checks = TokenStream::new();
    if !input.options.app_label.is_given() {
        checks.extend(assertion(
            base.ty().span(),
            &quote!(<#alias as __djelme::Base>::OPTIONS.app_label.is_some()),
            &format!(
                "`{name}` and its base have no `app_label`: give one of them `#[djelme(app_label = \"shop\")]`"
            ),
        ));
    }
    if let Some(span) = input.options.on_conflict.span()
        && !input.options.unique_together.is_given()
    {
        checks.extend(assertion(
            span,
            &quote!(<#alias as __djelme::Base>::OPTIONS.unique_together.is_some()),
            "`on_conflict` needs unique fields, without which every id is new: add `unique_together(..)` to the record or its base, or remove it",
        ));
    }
    checks
}

/// Whether records are shared with Python can be said by the base. Who says it answers for the base's fields too.
fn types_are_as_in_python(input: &Struct<'_>) -> TokenStream {
    let says_so = input.options.compat.is_given();
    let shared = match input.base() {
        _ if says_so => quote!(true),
        Some(base) => {
            let base = field::alias(base);
            quote!(<#base as __djelme::Base>::OPTIONS.compat.is_some())
        }
        None => return TokenStream::new(),
    };
    let checked = input.written().filter_map(|field| {
        let (ty, alias, ident) = (field::type_of(input, field), field::alias(field), field.ident);
        let properties = quote!(__djelme::all_as_in_python(<#alias as __djelme::Properties>::PROPERTIES));
        let (as_in_python, message) = match field.shape() {
            Shape::Inferred if input.is_timestamp(field) => return None,
            Shape::Inferred => (
                quote!(__djelme::as_in_python(&<#alias as __djelme::MappingOf<#ty>>::MAPPING)),
                format!(
                    "Python has no type like that of `{ident}`, and maps `int` as `integer`, `float` as `float`, and `date` with a format of its own: with `compat = \"python\"`, name the Elasticsearch type that the Python class has, such as `#[djelme(integer)]`, `#[djelme(long)]`, `#[djelme(float)]` or `#[djelme(date(format = \"yyyy-MM-dd\"))]`"
                ),
            ),
            Shape::Base if !says_so => return None,
            Shape::Object | Shape::Nested | Shape::Flattened | Shape::Base => (
                properties,
                format!(
                    "a field within `{ident}` has a type that Python has no like of (`i64`, `u32`, `f64`, `NaiveDate` and the like): with `compat = \"python\"`, name its Elasticsearch type as the Python class has it, such as `#[djelme(integer)]`"
                ),
            ),
            Shape::Typed(_) | Shape::Other(_) => return None,
        };
        Some(assertion(field.ty().span(), &quote!(!#shared || #as_in_python), &message))
    });
    checked.collect()
}

/// Parameters in an attribute take the place of those that an implementation of `EsField` gives.
pub(super) fn no_parameters_are_lost(field: &Field<'_>, ty: &TokenStream) -> TokenStream {
    let alias = field::alias(field);
    assertion(
        field.ty().span(),
        &quote!(<#alias as __djelme::MappingOf<#ty>>::MAPPING.params.is_empty()),
        &format!(
            "the Rust type of `{}` has mapping parameters of its own: name the Elasticsearch type with all of them, such as `keyword(..)`",
            field.ident
        ),
    )
}

/// A path has room for so many segments.
fn objects_are_not_too_deep(input: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let name = &input.original.ident;
    assertion(
        field.ty().span(),
        &quote!(<#name as __djelme::Properties>::DEPTH <= __djelme::FieldPath::MAX_DEPTH),
        &format!(
            "objects lie too deep in each other in `{name}`: a path has at most 8 names, sub-fields included"
        ),
    )
}

fn names_differ(input: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let name = &input.original.ident;
    assertion(
        field.ty().span(),
        &quote!(__djelme::names_differ(<#name as __djelme::Properties>::PROPERTIES)),
        &format!(
            "two fields of `{name}`, those of flattened structs included, have one name in documents: rename one"
        ),
    )
}

/// The record itself, or its base, has to know its time.
fn envelope_is_not_flattened(field: &Field<'_>) -> TokenStream {
    let (alias, ident) = (field::alias(field), field.ident);
    let count = |name: &str| quote!(__djelme::count(<#alias as __djelme::Properties>::PROPERTIES, #name));
    let (timestamp, timeparts) = (count(TIMESTAMP), count(TIMEPARTS));
    assertion(
        field.ty().span(),
        &quote!(#timestamp == 0 && #timeparts == 0),
        &format!(
            "`{ident}` has a field `{TIMESTAMP}` or `{TIMEPARTS}`, which djelme adds: declare `{TIMESTAMP}` in the record or in its base"
        ),
    )
}

/// An assertion that fails at this place. The condition keeps the place of the derive, where lints pass it over.
fn assertion(at: Span, condition: &TokenStream, message: &str) -> TokenStream {
    quote_spanned!(at=> const _: () = ::core::assert!(#condition, #message);)
}
