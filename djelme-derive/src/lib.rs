//! The derive macros of djelme. Use them through the `djelme` crate, which has the traits that they implement.

mod ast;
mod attr;
mod case;
mod ctxt;
mod expand;
mod fallback;
mod valid;

use proc_macro::TokenStream;
use syn::DeriveInput;

use crate::ast::{Derive, Struct};
use crate::ctxt::Ctxt;

/// Derives `EventRecord`.
#[proc_macro_derive(EventRecord, attributes(djelme))]
pub fn event_record(input: TokenStream) -> TokenStream {
    derive(Derive::EventRecord, input)
}

/// Derives `Properties`.
#[proc_macro_derive(Properties, attributes(djelme))]
pub fn properties(input: TokenStream) -> TokenStream {
    derive(Derive::Properties, input)
}

fn derive(derive: Derive, input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    let generated = generate(derive, &input).unwrap_or_else(|error| fallback::expand(&input, &error));
    generated.into()
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
