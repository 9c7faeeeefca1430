//! Rules for one field.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;

use crate::ast::{Field, Shape, Struct};
use crate::attr::{EsType, Json};
use crate::ctxt::Ctxt;

pub(super) fn check(input: &Struct<'_>, field: &Field<'_>, cx: &Ctxt) {
    if field.serde.not_written.is_some() {
        skipped_fields_have_no_keys(field, cx);
        skipped_fields_can_be_read(input, field, cx);
        return;
    }
    if field.serde.flatten.is_some() {
        flattened_fields_have_no_type(field, cx);
    } else {
        bases_are_flattened(field, cx);
        functions_need_a_type(field, cx);
        params_are_given_once(field, cx);
        scaled_floats_have_a_factor(field, cx);
    }
    structs_are_not_recursive(input, field, cx);
}

fn skipped_fields_have_no_keys(field: &Field<'_>, cx: &Ctxt) {
    field.keys.refuse("because serde skips the field", cx);
}

/// A field that is written never must come from elsewhere when a record is read.
fn skipped_fields_can_be_read(input: &Struct<'_>, field: &Field<'_>, cx: &Ctxt) {
    let serde = &field.serde;
    if let Some(span) = serde.not_written
        && !serde.not_read
        && !serde.default
        && !input.serde.default
        && !is_option(field)
    {
        cx.error_at(
            span,
            format!("`{}` is read but never written, so no record could be read back: say `#[serde(skip)]`, or add `default`", field.ident),
        );
    }
}

/// serde reads a missing `Option` as `None`; by the name of the type, as serde itself does.
fn is_option(field: &Field<'_>) -> bool {
    matches!(field.ty(), syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

fn flattened_fields_have_no_type(field: &Field<'_>, cx: &Ctxt) {
    if let Some(span) = field.keys.es_type.span().or(field.keys.params.span()) {
        cx.error_at(
            span,
            format!("`{}` is flattened, and each of its fields has its own type: remove the type, or `#[serde(flatten)]`", field.ident),
        );
    }
    if let Some((key, span)) = &field.serde.with {
        cx.error_at(
            *span,
            format!("`{key}` on a flattened field changes which fields are written: remove it, or `#[serde(flatten)]`"),
        );
    }
}

fn bases_are_flattened(field: &Field<'_>, cx: &Ctxt) {
    if let Some(span) = field.keys.base.span() {
        cx.error_at(
            span,
            format!(
                "the fields of a base stand in the record itself: add `#[serde(flatten)]` to `{}`",
                field.ident
            ),
        );
    }
}

fn functions_need_a_type(field: &Field<'_>, cx: &Ctxt) {
    if let Some((key, span)) = &field.serde.with
        && matches!(field.shape(), Shape::Inferred)
    {
        cx.error_at(
            *span,
            format!("`{key}` decides what is written, which the derive cannot see: name the type of `{}`, such as `#[djelme(keyword)]`", field.ident),
        );
    }
}

/// A parameter stands beside the type or in `params(..)`; types and inner fields have keys of their own.
fn params_are_given_once(field: &Field<'_>, cx: &Ctxt) {
    let (Some(params), Some(span)) = (field.keys.params.get(), field.keys.params.span()) else { return };
    let spec = field.keys.es_type.get();
    for (key, value) in params {
        if spec.is_some_and(|spec| spec.params.iter().any(|(other, _)| other == key)) {
            cx.error_at(
                span,
                format!("`{key}` is given twice, beside the type and in `params(..)`: keep one"),
            );
        }
        let problem = match (key.as_str(), value) {
            ("fields", _) => "sub-fields stand with the type: write `text(fields(raw = keyword))`".to_owned(),
            ("properties", _) => "inner fields come from a struct: write `#[djelme(object)]` on a field whose struct derives `Properties`".to_owned(),
            ("type", Json::Str(name)) if EsType::find(name).is_some() => {
                format!("`{name}` is a key of its own: write `#[djelme({name})]`")
            }
            ("type", Json::Str(_)) if spec.is_none() => continue,
            ("type", Json::Str(_)) => "the field has a type already: keep one".to_owned(),
            ("type", _) => "the type is a string: write `params(type = \"rank_feature\")`".to_owned(),
            _ => continue,
        };
        cx.error_at(span, format!("`{key}` does not belong into `params(..)`, {problem}"));
    }
}

fn scaled_floats_have_a_factor(field: &Field<'_>, cx: &Ctxt) {
    let Some(spec) = field.keys.es_type.get() else { return };
    let sub_fields = spec.sub_fields.iter().map(|sub_field| (&sub_field.spec, false));
    for (spec, is_whole) in [(spec, true)].into_iter().chain(sub_fields) {
        let mut given =
            spec.params.iter().chain(field.keys.params.get().into_iter().flatten().filter(|_| is_whole));
        if spec.es_type.name == "scaled_float" && !given.any(|(key, _)| key == "scaling_factor") {
            cx.error_at(
                spec.span,
                "`scaled_float` needs a factor: say how many steps there are between whole numbers\nhelp: the right form is `#[djelme(scaled_float(scaling_factor = 100))]`",
            );
        }
    }
}

/// A mapping of a struct in itself would have no end.
fn structs_are_not_recursive(input: &Struct<'_>, field: &Field<'_>, cx: &Ctxt) {
    if matches!(field.shape(), Shape::Typed(_) | Shape::Other(_)) {
        return;
    }
    let name = &input.original.ident;
    if mentions(field.ty().to_token_stream(), name) {
        cx.error(
            field.ty(),
            format!("`{}` holds `{name}` itself, whose mapping would have no end: map it as a whole, `#[djelme(flattened)]`", field.ident),
        );
    }
}

/// Whether the type names the struct, as `Self` or by itself; `other::Name` is another one.
fn mentions(ty: TokenStream, name: &Ident) -> bool {
    let mut after_path = false;
    for token in ty {
        match &token {
            TokenTree::Ident(ident) if ident == "Self" || (ident == name && !after_path) => return true,
            TokenTree::Group(group) if mentions(group.stream(), name) => return true,
            _ => {}
        }
        after_path = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
    }
    false
}
