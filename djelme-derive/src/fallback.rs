//! What is generated for a type with mistakes: the messages, and a stub, so that no error follows from them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::DeriveInput;

use crate::ast::Derive;
use crate::attr::Options;
use crate::ctxt::Ctxt;
use crate::expand::in_const;
use crate::kind::Kind;

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
    let name = &input.ident;
    let wrong = quote!(__djelme::KindOf<(), { #mistakes true }>);
    let stub = match derive {
        Derive::EsField => quote! {
            impl __djelme::EsField for #name { type Kind = #wrong; }
            impl __djelme::QueryValue<#name> for #name {}
            impl __djelme::QueryValue<#name> for &#name {}
            impl __djelme::KeyPart for #name {
                fn append_key_text(&self, _: &mut __djelme::String) -> ::core::result::Result<(), &'static str> {
                    ::core::result::Result::Ok(())
                }
            }
        },
        Derive::Properties => {
            let base = options.is_abstract.is_given().then(|| {
                // It has all that any kind of record asks for.
                quote! {
                    impl __djelme::Base for #name {
                        const OPTIONS: __djelme::TypeOptions = __djelme::TypeOptions::NONE;
                        const CYCLE: u8 = 1;
                        const USAGE: bool = true;
                        type Cycle = __djelme::Cycle<__djelme::Year>;
                        type Usage = __djelme::CountedUsage;
                        fn cycle(&self) -> Self::Cycle { loop {} }
                        fn usage(&self) -> &Self::Usage { loop {} }
                    }
                }
            });
            let properties = properties(name, &wrong);
            quote!(#properties #base)
        }
        Derive::Record(kind) => {
            let (properties, record) = (properties(name, &wrong), record(name, kind));
            quote!(#properties #record)
        }
    };
    in_const(&options, &stub)
}

fn properties(name: &Ident, wrong: &TokenStream) -> TokenStream {
    quote! {
        impl __djelme::Properties for #name {
            const PROPERTIES: &'static [__djelme::Property] = &[];
            const DEPTH: usize = 1;
            type Fields = #wrong;
            fn fields_at(_: __djelme::FieldPath) -> Self::Fields { loop {} }
        }
        impl __djelme::Flatten for #name {}
    }
}

fn record(name: &Ident, kind: Kind) -> TokenStream {
    let (variant, derive) = (format_ident!("{}", kind.variant()), format_ident!("{}", kind.derive()));
    let timeseries = kind.is_timeseries().then(|| quote!(impl __djelme::TimeseriesRecord for #name {}));
    let content = match kind {
        Kind::CountedUsage => quote!(
            fn usage(&self) -> &__djelme::CountedUsage {
                loop {}
            }
        ),
        Kind::CyclicReport => quote! {
            type Depth = __djelme::Year;
            fn cycle(&self) -> __djelme::Cycle<Self::Depth> { loop {} }
        },
        Kind::Event | Kind::Simple => TokenStream::new(),
    };
    quote! {
        static __DJELME_TYPE: __djelme::RecordType =
            __djelme::RecordType::derived(__djelme::RecordKind::#variant, "", "", __djelme::TypeOptions::NONE, &[]);
        impl __djelme::Record for #name {
            const TYPE: &'static __djelme::RecordType = &__DJELME_TYPE;
            fn time(&self) -> __djelme::RecordTime { __djelme::RecordTime::Now }
        }
        #timeseries
        impl __djelme::#derive for #name { #content }
        impl __djelme::RecordedAlone for #name {}
        impl __djelme::RecordedUnderId for #name {}
    }
}
