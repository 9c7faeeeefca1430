//! What is said of mistakes. The places of the messages are seen in `tests/ui` of the workspace.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Derive;
use crate::{es_field, generate};

/// The first lines of all messages.
fn messages(derive: Derive, input: TokenStream) -> Vec<String> {
    let input = syn::parse2(input).unwrap();
    let generated = match derive {
        Derive::EsField => es_field::generate(&input),
        _ => generate(derive, &input),
    };
    let mistakes = generated.err().into_iter().flatten();
    mistakes.map(|mistake| mistake.to_string().lines().next().unwrap().to_owned()).collect()
}

fn record(keys: TokenStream, fields: TokenStream) -> Vec<String> {
    messages(Derive::EventRecord, quote!(#[djelme(app_label = "shop", #keys)] struct PageView { #fields }))
}

fn field(keys: TokenStream) -> Vec<String> {
    record(quote!(), quote!(#[djelme(#keys)] path: String,))
}
