//! `EsField` for enums and newtypes.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;

/// What an `EsField` is made of.
pub(crate) enum Content<'a> {
    /// The name of one of several variants.
    Variants,
    /// The value of another type.
    Of(&'a Type),
}

/// The implementations of `EsField` and `QueryValue`.
pub(crate) fn expand(name: &Ident, content: &Content<'_>, private: &TokenStream) -> TokenStream {
    let items = match content {
        Content::Variants => quote!(type Kind = #private::kind::Keyword;),
        Content::Of(ty) => quote! {
            type Kind = #private::KindOf<#ty, { <#ty as #private::EsField>::OK }>;
            const MAPPING: #private::FieldMapping = <Self::Kind as #private::MappingOf<#ty>>::MAPPING;
        },
    };
    super::in_const(&quote! {
        #[automatically_derived]
        impl #private::EsField for #name { #items }
        #[automatically_derived]
        impl #private::QueryValue<#name> for #name {}
        #[automatically_derived]
        impl #private::QueryValue<#name> for &#name {}
    })
}
