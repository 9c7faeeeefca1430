//! What is generated for a struct with mistakes: the messages, and a stub, so that no error follows from them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

/// The mistakes as errors of the compiler.
pub(crate) fn expand(_input: &DeriveInput, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    quote!(#errors)
}
