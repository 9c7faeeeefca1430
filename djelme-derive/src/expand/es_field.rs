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
    let items = match content {
        Content::Variants => quote!(
            type Kind = __djelme::kind::Keyword;
        ),
        Content::Of(ty) => quote! {
            type Kind = __djelme::KindOf<#ty, { <#ty as __djelme::EsField>::OK }>;
            const MAPPING: __djelme::FieldMapping = <Self::Kind as __djelme::MappingOf<#ty>>::MAPPING;
        },
    };
    super::in_const(
        options,
        &quote! {
            #[automatically_derived]
            impl __djelme::EsField for #name { #items }
            #[automatically_derived]
            impl __djelme::QueryValue<#name> for #name {}
            #[automatically_derived]
            impl __djelme::QueryValue<#name> for &#name {}
        },
    )
}
