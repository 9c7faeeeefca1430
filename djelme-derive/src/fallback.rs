//! What is generated for a type with mistakes: the messages, and a stub, so that no error follows from them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::DeriveInput;

use crate::ast::{Derive, private};
use crate::attr::Options;
use crate::ctxt::Ctxt;

/// The mistakes as errors of the compiler. They stand inside a const argument of the stub's types, which makes each
/// use of these types an error that rustc keeps silent about.
pub(crate) fn expand(derive: Derive, input: &DeriveInput, mistakes: &syn::Error) -> TokenStream {
    let mistakes = mistakes.to_compile_error();
    if !input.generics.params.is_empty() {
        return mistakes;
    }
    let cx = Ctxt::new();
    let options = Options::read(&input.attrs, &cx);
    // The mistakes in them are among those given.
    let _ = cx.check();
    let (name, private) = (&input.ident, private(&options));
    let wrong = quote!(#private::KindOf<(), { #mistakes true }>);
    let stub = match derive {
        Derive::EsField => quote! {
            impl #private::EsField for #name { type Kind = #wrong; }
            impl #private::QueryValue<#name> for #name {}
            impl #private::QueryValue<#name> for &#name {}
        },
        Derive::Properties => {
            let base = options.is_abstract.is_given().then(|| {
                quote! {
                    impl #private::Base for #name {
                        const OPTIONS: #private::TypeOptions = #private::TypeOptions::NONE;
                    }
                }
            });
            let properties = properties(name, &wrong, &private);
            quote!(#properties #base)
        }
        Derive::EventRecord => {
            let (properties, record) = (properties(name, &wrong, &private), event(name, &private));
            quote!(#properties #record)
        }
    };
    quote!(const _: () = { #stub };)
}

fn properties(name: &Ident, wrong: &TokenStream, private: &TokenStream) -> TokenStream {
    quote! {
        impl #private::Properties for #name {
            const PROPERTIES: &'static [#private::Property] = &[];
            const DEPTH: usize = 1;
            type Fields = #wrong;
            fn fields_at(_: #private::FieldPath) -> Self::Fields { loop {} }
        }
    }
}

fn event(name: &Ident, private: &TokenStream) -> TokenStream {
    quote! {
        static __DJELME_TYPE: #private::RecordType =
            #private::RecordType::derived(#private::RecordKind::Event, "", "", #private::TypeOptions::NONE, &[]);
        impl #private::Record for #name {
            const TYPE: &'static #private::RecordType = &__DJELME_TYPE;
            fn time(&self) -> #private::RecordTime { #private::RecordTime::Now }
        }
        impl #private::TimeseriesRecord for #name {}
        impl #private::EventRecord for #name {}
    }
}
