//! The derive macros of djelme. Use them through the `djelme` crate, which has the traits that they implement.

mod ast;
mod attr;
mod case;
mod ctxt;
mod es_field;
mod expand;
mod fallback;
mod kind;
#[cfg(test)]
mod tests;
mod valid;

use proc_macro::TokenStream;
use syn::DeriveInput;

use crate::ast::{Derive, Struct};
use crate::ctxt::Ctxt;
use crate::kind::Kind;

#[doc = include_str!("event_record.md")]
#[proc_macro_derive(EventRecord, attributes(djelme))]
pub fn event_record(input: TokenStream) -> TokenStream {
    derive(Derive::Record(Kind::Event), input)
}

#[doc = include_str!("counted_usage_record.md")]
#[proc_macro_derive(CountedUsageRecord, attributes(djelme))]
pub fn counted_usage_record(input: TokenStream) -> TokenStream {
    derive(Derive::Record(Kind::CountedUsage), input)
}

#[doc = include_str!("cyclic_report.md")]
#[proc_macro_derive(CyclicReport, attributes(djelme))]
pub fn cyclic_report(input: TokenStream) -> TokenStream {
    derive(Derive::Record(Kind::CyclicReport), input)
}

#[doc = include_str!("simple_record.md")]
#[proc_macro_derive(SimpleRecord, attributes(djelme))]
pub fn simple_record(input: TokenStream) -> TokenStream {
    derive(Derive::Record(Kind::Simple), input)
}

#[doc = include_str!("properties.md")]
#[proc_macro_derive(Properties, attributes(djelme))]
pub fn properties(input: TokenStream) -> TokenStream {
    derive(Derive::Properties, input)
}

#[doc = include_str!("es_field.md")]
#[proc_macro_derive(EsField, attributes(djelme))]
pub fn es_field(input: TokenStream) -> TokenStream {
    derive(Derive::EsField, input)
}

fn derive(derive: Derive, input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    derive_inner(derive, &input).into()
}

/// The code for a type, or its mistakes.
fn derive_inner(derive: Derive, input: &DeriveInput) -> proc_macro2::TokenStream {
    let generated = match derive {
        Derive::EsField => es_field::generate(input),
        Derive::Record(_) | Derive::Properties => generate(derive, input),
    };
    generated.unwrap_or_else(|mistakes| fallback::expand(derive, input, &mistakes))
}

/// The code for a struct, or all its mistakes.
fn generate(derive: Derive, input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    let cx = Ctxt::new();
    let input = Struct::read(derive, input, &cx);
    if let Some(input) = &input {
        valid::check(input, &cx);
    }
    cx.check()?;
    Ok(input.as_ref().map(expand::expand).unwrap_or_default())
}
