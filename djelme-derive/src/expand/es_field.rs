//! `EsField` for enums and newtypes.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Member, Type};

use crate::attr::Options;

/// What an `EsField` is made of.
pub(crate) enum Content<'a> {
    /// The name of one of several variants.
    Variants,
    /// The value of another type, in a field.
    Of(Member, &'a Type),
}

/// The implementations of `EsField`, `QueryValue` and `KeyPart`.
pub(crate) fn expand(options: &Options, name: &Ident, content: &Content<'_>) -> TokenStream {
    let (items, key_part) = match content {
        Content::Variants => (
            quote!(
                type Kind = __djelme::kind::Keyword;
            ),
            key_part(name, None, &key_text(&quote!(__djelme::append_variant(self, text)))),
        ),
        Content::Of(member, ty) => {
            // Whether a newtype can make a record unique depends on its content, so the bound may not hold. Without
            // a lifetime that would be an error here already; with one it is an error only where a key needs it.
            let bound = quote!(where for<'__djelme> #ty: __djelme::KeyPart);
            let text = key_text(&quote!(<#ty as __djelme::KeyPart>::append_key_text(&self.#member, text)));
            let python = ["append_python_str", "append_python_repr"].map(|function| {
                let function = format_ident!("{function}");
                writer(&function, &quote!(<#ty as __djelme::KeyPart>::#function(&self.#member, text)))
            });
            (of_content(ty), key_part(name, Some(&bound), &quote!(#text #(#python)*)))
        }
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

fn key_part(name: &Ident, bound: Option<&TokenStream>, functions: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl __djelme::KeyPart for #name #bound { #functions }
    }
}

fn key_text(body: &TokenStream) -> TokenStream {
    writer(&format_ident!("append_key_text"), body)
}

/// A function of `KeyPart`.
fn writer(function: &Ident, body: &TokenStream) -> TokenStream {
    quote! {
        fn #function(&self, text: &mut __djelme::String) -> ::core::result::Result<(), &'static str> {
            #body
        }
    }
}
