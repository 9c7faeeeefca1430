//! `EsField` for enums and newtypes.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;

use crate::attr::Options;

/// What an `EsField` is made of.
pub(crate) enum Content<'a> {
    /// The name of one of several variants.
    Variants,
    /// The value of another type.
    Of(&'a Type),
}

/// The implementations of `EsField` and `QueryValue`, and of `KeyPart` for names.
pub(crate) fn expand(options: &Options, name: &Ident, content: &Content<'_>) -> TokenStream {
    let (items, key_part) = match content {
        Content::Variants => (
            quote!(
                type Kind = __djelme::kind::Keyword;
            ),
            Some(key_part(name)),
        ),
        Content::Of(ty) => (of_content(ty), None),
    };
    let items = quote! {
        #[automatically_derived]
        impl __djelme::EsField for #name { #items }
        #[automatically_derived]
        impl __djelme::QueryValue<#name> for #name {}
        #[automatically_derived]
        impl __djelme::QueryValue<#name> for &#name {}
        #key_part
    };
    super::in_const(options, &items)
}

fn of_content(ty: &Type) -> TokenStream {
    quote! {
        type Kind = __djelme::KindOf<#ty, { <#ty as __djelme::EsField>::OK }>;
        const MAPPING: __djelme::FieldMapping = <Self::Kind as __djelme::MappingOf<#ty>>::MAPPING;
    }
}

/// A name can make a record unique; whether a newtype can, depends on its content.
fn key_part(name: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl __djelme::KeyPart for #name {
            fn append_key_text(&self, text: &mut __djelme::String) -> ::core::result::Result<(), &'static str> {
                __djelme::append_variant(self, text)
            }
        }
    }
}
