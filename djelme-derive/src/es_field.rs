//! The derive of `EsField`: an enum of names, or a newtype that is written as its content.

use proc_macro2::TokenStream;
use syn::{Data, DataEnum, DataStruct, DeriveInput, Fields, Member, Type};

use crate::ast::{Derive, refuse_generics};
use crate::attr::{FieldKeys, Options, SerdeContainer, SerdeField};
use crate::ctxt::Ctxt;
use crate::expand::es_field::{Content, expand};
use crate::valid;

/// The code for an enum or newtype, or all its mistakes.
pub(crate) fn generate(input: &DeriveInput) -> syn::Result<TokenStream> {
    let cx = Ctxt::new();
    let options = Options::read(&input.attrs, &cx);
    valid::has_no_options(Derive::EsField, &options, &cx);
    refuse_generics(&input.ident, &input.generics, &cx);
    let serde = SerdeContainer::read(&input.attrs, &cx);
    valid::is_written_as_it_is(
        &serde,
        &["into", "from", "try_from", "remote", "untagged", "tag", "content"],
        &cx,
    );
    let content = match &input.data {
        Data::Enum(data) => {
            check_variants(input, data, &cx);
            Some(Content::Variants)
        }
        Data::Struct(data) => newtype(input, data, &serde, &cx),
        Data::Union(_) => {
            cx.error(&input.ident, format!("`{}` is a union, which cannot be serialized", input.ident));
            None
        }
    };
    cx.check()?;
    Ok(content.map(|content| expand(&options, &input.ident, &content)).unwrap_or_default())
}

fn check_variants(input: &DeriveInput, data: &DataEnum, cx: &Ctxt) {
    let name = &input.ident;
    if data.variants.is_empty() {
        cx.error(name, format!("`{name}` has no variants, so no value to write"));
    }
    for variant in &data.variants {
        FieldKeys::read(&variant.attrs, cx).refuse("a variant has none", cx);
        // Only for its own rule, that a name is the same for reading and writing.
        SerdeField::read(&variant.attrs, cx);
        if !matches!(variant.fields, Fields::Unit) {
            let variant_name = &variant.ident;
            cx.error(
                variant,
                format!("`{name}::{variant_name}` has data, so it is written as an object: remove the data, or name a type on the fields of type `{name}`, such as `#[djelme(flattened)]`"),
            );
        }
    }
}

/// The content of a newtype. As with serde, only `transparent` makes a struct with field names a newtype.
fn newtype<'a>(
    input: &'a DeriveInput,
    data: &'a DataStruct,
    serde: &SerdeContainer,
    cx: &Ctxt,
) -> Option<Content<'a>> {
    let name = &input.ident;
    let mut written = Vec::new();
    for (member, field) in data.fields.members().zip(&data.fields) {
        FieldKeys::read(&field.attrs, cx).refuse("a newtype's content has none", cx);
        let of_serde = SerdeField::read(&field.attrs, cx);
        if let Some((key, span)) = &of_serde.with {
            cx.error_at(
                *span,
                format!("`{key}` changes how `{name}` is written: remove it, or name the type on the fields of type `{name}`"),
            );
        }
        if serde.transparent.is_none() || of_serde.not_written.is_none() {
            written.push((member, &field.ty));
        }
    }
    let content = |(member, ty): &(Member, &'a Type)| Some(Content::Of(member.clone(), ty));
    match (written.as_slice(), &data.fields) {
        ([written], Fields::Unnamed(_)) => content(written),
        ([written], _) if serde.transparent.is_some() => content(written),
        ([_], _) => {
            cx.error(
                name,
                format!("`{name}` is written as an object: make it a newtype with `#[serde(transparent)]`, or derive `Properties` for an inner object"),
            );
            None
        }
        _ => {
            cx.error(
                name,
                format!("`{name}` does not have one field: `EsField` is for newtypes and enums; for an inner object derive `Properties`"),
            );
            None
        }
    }
}
