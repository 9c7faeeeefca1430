//! What only the compiler can see, because it depends on other structs: assertions among constants.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::field;
use crate::ast::{Field, Shape, Struct};
use crate::kind::{CYCLE, Kind, TIMEPARTS, TIMESTAMP};

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
            checks.extend(envelope_is_not_flattened(input, field));
        }
    }
    checks
}

/// The assertions about what a record inherits.
pub(super) fn inherited(input: &Struct<'_>, kind: Kind) -> TokenStream {
    let Some(base) = input.base() else { return TokenStream::new() };
    let name = &input.original.ident;
    let option = |key: &str| {
        let (alias, key) = (field::alias(base), format_ident!("{key}"));
        quote!(<#alias as __djelme::Base>::OPTIONS.#key)
    };
    let at = base.ty().span();
    let mut checks = envelope_is_not_inherited(base, kind);
    if !input.options.app_label.is_given() {
        let given = option("app_label");
        checks.extend(assertion(
            at,
            &quote!(#given.is_some()),
            &format!(
                "`{name}` and its base have no `app_label`: give one of them `#[djelme(app_label = \"shop\")]`"
            ),
        ));
    }
    if kind.has_timestamp() && !input.options.unique_together.is_given() {
        let on_conflict = input.options.on_conflict.span();
        let (conflict, unique) = (option("on_conflict"), option("unique_together"));
        let condition = match on_conflict {
            Some(_) => quote!(#unique.is_some()),
            None => quote!(#conflict.is_none() || #unique.is_some()),
        };
        checks.extend(assertion(
            on_conflict.unwrap_or(at),
            &condition,
            "`on_conflict` needs unique fields, without which every id is new: add `unique_together(..)` to the record or its base, or remove it",
        ));
    }
    if kind == Kind::CyclicReport && !input.options.unique_together.is_given() {
        let unique = option("unique_together");
        checks.extend(assertion(
            at,
            &quote!(__djelme::names_or_none(#unique, #CYCLE)),
            &format!("`unique_together` of the base leaves out `{CYCLE}`, so that each report would replace that of the cycle before: give `{name}` its own, such as `unique_together({CYCLE}, base.field)`"),
        ));
    }
    for (key, reason) in kind.impossible() {
        let given = option(key);
        checks.extend(assertion(
            at,
            &quote!(#given.is_none()),
            &format!(
                "the base of `{name}` has `{key}`, and {} has none, because {reason}: take a base without it",
                kind.noun()
            ),
        ));
    }
    checks
}

/// A base may have the time of an event, and nothing else that djelme adds.
fn envelope_is_not_inherited(base: &Field<'_>, kind: Kind) -> TokenStream {
    let mut checks = TokenStream::new();
    // The base itself refuses the time parts.
    for added in kind.envelope().iter().filter(|added| ![TIMESTAMP, TIMEPARTS].contains(&added.name)) {
        let (alias, ident, name) = (field::alias(base), base.ident, added.name);
        checks.extend(assertion(
            base.ty().span(),
            &quote!(__djelme::count(<#alias as __djelme::Properties>::PROPERTIES, #name) == 0),
            &format!(
                "`{ident}` has a field `{name}`, which djelme itself adds to each document: rename the field"
            ),
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

/// What djelme adds is not in a flattened struct: the record itself, or its base, has to know its time.
fn envelope_is_not_flattened(input: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    let (alias, ident) = (field::alias(field), field.ident);
    let added: Vec<&str> = match input.kind() {
        Some(kind) => kind.envelope().iter().map(|added| added.name).collect(),
        None => vec![TIMESTAMP, TIMEPARTS],
    };
    let Some((last, others)) = added.split_last() else { return TokenStream::new() };
    let condition = quote!(#(__djelme::count(<#alias as __djelme::Properties>::PROPERTIES, #added) == 0)&&*);
    let names = others.join("`, `");
    let remedy = if added.contains(&TIMESTAMP) {
        format!("declare `{TIMESTAMP}` in the record or in its base")
    } else {
        "rename it".to_owned()
    };
    assertion(
        field.ty().span(),
        &condition,
        &format!("`{ident}` has a field `{names}` or `{last}`, which djelme adds: {remedy}"),
    )
}

/// An assertion that fails at this place. The condition keeps the place of the derive, where lints pass it over.
fn assertion(at: Span, condition: &TokenStream, message: &str) -> TokenStream {
    quote_spanned!(at=> const _: () = ::core::assert!(#condition, #message);)
}
