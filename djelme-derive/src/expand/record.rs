//! Records and bases: options, time and unique parts, and the entry in the list of record types.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::{checks, field, options};
use crate::ast::{Field, Struct};

/// `Record`, `TimeseriesRecord`, `EventRecord` and the registration.
pub(super) fn event(input: &Struct<'_>) -> TokenStream {
    let name = &input.original.ident;
    let plain_name = name.unraw().to_string();
    let rust_name = format!("::{plain_name}");
    let options = options::own(input);
    let inherited = input.base().map(|base| {
        let base = field::alias(base);
        quote!(.or(<#base as __djelme::Base>::OPTIONS))
    });
    let checks = checks::inherited(input);
    let (time, unique_parts) = (time(input), unique_parts(input));
    quote! {
        const __DJELME_OPTIONS: __djelme::TypeOptions = #options #inherited;
        #checks
        static __DJELME_TYPE: __djelme::RecordType = __djelme::RecordType::derived(
            __djelme::RecordKind::Event,
            ::core::concat!(::core::module_path!(), #rust_name),
            #plain_name,
            __DJELME_OPTIONS,
            <#name as __djelme::Properties>::PROPERTIES,
        );
        #[automatically_derived]
        impl __djelme::Record for #name {
            const TYPE: &'static __djelme::RecordType = &__DJELME_TYPE;
            #time
            #unique_parts
        }
        #[automatically_derived]
        impl __djelme::TimeseriesRecord for #name {}
        #[automatically_derived]
        impl __djelme::EventRecord for #name {}
        __djelme::inventory::submit! { __djelme::Registered(&__DJELME_TYPE) }
    }
}

/// `Base`, with what records inherit.
pub(super) fn base(input: &Struct<'_>) -> TokenStream {
    let name = &input.original.ident;
    let options = options::own(input);
    let (time, unique_parts) = (time(input), unique_parts(input));
    quote! {
        #[automatically_derived]
        impl __djelme::Base for #name {
            const OPTIONS: __djelme::TypeOptions = #options;
            #time
            #unique_parts
        }
    }
}

/// The time of an event: its own field's, its base's, or that of recording.
fn time(input: &Struct<'_>) -> TokenStream {
    let time = match (input.timestamp(), input.base()) {
        (Some(Field { ident, original, .. }), _) => {
            let ty = &original.ty;
            quote!(__djelme::RecordTime::At(<#ty as __djelme::Timestamp>::instant(&self.#ident)))
        }
        (None, Some(base)) => {
            let (ident, base) = (base.ident, field::alias(base));
            quote!(<#base as __djelme::Base>::time(&self.#ident))
        }
        (None, None) => quote!(__djelme::RecordTime::Now),
    };
    quote!(fn time(&self) -> __djelme::RecordTime { #time })
}

/// The unique fields: the struct's own choice, its base's, or the default of none.
fn unique_parts(input: &Struct<'_>) -> Option<TokenStream> {
    let body = match (input.options.unique_together.get(), input.base()) {
        (Some(fields), _) => {
            let parts = fields.iter().map(|field| {
                let path = &field.path;
                let name = input.unique_name(field);
                // A type that cannot be part of a key is an error at the name that asks for it.
                let named = path.last().map_or(field.span, syn::Ident::span);
                let value = quote_spanned!(Span::call_site().located_at(named)=> &self #(.#path)*);
                // The package takes lists too. Whoever shares records with it says so on the struct itself.
                let part = if input.options.compat.is_given() { quote!(python_part) } else { quote!(part) };
                quote!(key.#part(#name, #value);)
            });
            quote!(#(#parts)*)
        }
        (None, Some(base)) => {
            let (ident, base) = (base.ident, field::alias(base));
            quote!(<#base as __djelme::Base>::unique_parts(&self.#ident, key);)
        }
        (None, None) => return None,
    };
    Some(quote!(fn unique_parts(&self, key: &mut __djelme::OpaqueKey) { #body }))
}
