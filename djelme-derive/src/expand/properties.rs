//! `Properties`: the struct of handles and the constants of the mapping; `Base` for abstract structs.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Expr, Meta};

use super::checks;
use super::field::{self, Parts};
use crate::ast::{Field, Struct};
use crate::kind::{EnvelopeField, EnvelopeValue, Kind};

/// The implementation of `Properties`.
pub(super) fn expand(input: &Struct<'_>) -> TokenStream {
    let name = &input.original.ident;
    let fields: Vec<&Field<'_>> = input.written().collect();
    let parts: Vec<Parts> = fields.iter().map(|field| field::parts(input, field)).collect();
    let items = parts.iter().map(|parts| &parts.items);
    let properties = parts.iter().map(|parts| &parts.property);
    let depths = parts.iter().map(|parts| &parts.depth);
    let handles = format_ident!("__Djelme{}Fields", name.unraw());
    let envelope = envelope(input);
    let idents: Vec<&Ident> =
        fields.iter().map(|field| field.ident).chain(envelope.iter().map(|e| &e.ident)).collect();
    let docs = fields.iter().map(|field| docs(field)).chain(envelope.iter().map(|e| e.docs.clone()));
    let types = parts.iter().map(|parts| &parts.handle).chain(envelope.iter().map(|e| &e.handle));
    let values = parts.iter().map(|parts| &parts.value).chain(envelope.iter().map(|e| &e.value));
    let struct_doc = format!("The fields of `{name}`, for queries.");
    let checks = checks::expand(input);
    quote! {
        #(#items)*
        #[doc = #struct_doc]
        pub struct #handles {
            #(#docs pub #idents: #types,)*
        }
        #[automatically_derived]
        impl ::core::marker::Copy for #handles {}
        #[automatically_derived]
        impl ::core::clone::Clone for #handles {
            fn clone(&self) -> Self { *self }
        }
        #[automatically_derived]
        impl __djelme::Properties for #name {
            const PROPERTIES: &'static [__djelme::Property] = &[#(#properties),*];
            const DEPTH: usize = __djelme::deepest(&[1, #(#depths),*]);
            type Fields = #handles;
            fn fields_at(path: __djelme::FieldPath) -> #handles {
                #handles { #(#idents: #values,)* }
            }
        }
        #[automatically_derived]
        impl __djelme::Flatten for #name {}
        #checks
    }
}

/// The handle of a field that djelme adds to each document.
struct Envelope {
    ident: Ident,
    docs: TokenStream,
    handle: TokenStream,
    value: TokenStream,
}

/// The handles of the envelope, but for those of fields that the struct has.
fn envelope(input: &Struct<'_>) -> Vec<Envelope> {
    let own: Vec<String> = input.written().map(|field| field.ident.unraw().to_string()).collect();
    let all = input.kind().map_or(&[][..], Kind::envelope);
    all.iter()
        .filter(|field| !own.iter().any(|own| own == field.name))
        .map(|EnvelopeField { name, doc, value }| Envelope {
            ident: format_ident!("{name}"),
            docs: quote!(#[doc = #doc]),
            handle: match value {
                EnvelopeValue::Instant => {
                    quote!(__djelme::Field<__djelme::DateTime<__djelme::Utc>, __djelme::kind::Date>)
                }
                EnvelopeValue::TimeParts => {
                    quote!(__djelme::Field<__djelme::String, __djelme::kind::Version>)
                }
                EnvelopeValue::Keyword => quote!(__djelme::Field<__djelme::String, __djelme::kind::Keyword>),
            },
            value: quote!(__djelme::Field::new(path.join(#name), ())),
        })
        .collect()
}

/// The field's own documentation, or at least its name.
fn docs(field: &Field<'_>) -> TokenStream {
    let is_doc = |attribute: &&Attribute| matches!(&attribute.meta, Meta::NameValue(doc) if doc.path.is_ident("doc") && matches!(doc.value, Expr::Lit(_)));
    let mut docs = field.original.attrs.iter().filter(is_doc).peekable();
    if docs.peek().is_none() {
        let name = format!("The field `{}`.", field.name);
        return quote!(#[doc = #name]);
    }
    docs.map(ToTokens::to_token_stream).collect()
}
