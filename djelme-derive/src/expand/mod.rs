//! The generated code. Paths are absolute, so that nothing in the user's module changes their meaning.

mod checks;
pub(crate) mod es_field;
mod field;
mod json;
mod options;
mod properties;
mod record;

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::{Derive, Struct, private};

/// All that a derive generates for a valid struct.
pub(crate) fn expand(input: &Struct<'_>) -> TokenStream {
    let private = private(&input.options);
    let properties = properties::expand(input, &private);
    let record = match input.derive {
        Derive::EventRecord => record::event(input, &private),
        _ if input.options.is_abstract.is_given() => record::base(input, &private),
        _ => TokenStream::new(),
    };
    in_const(&quote!(#properties #record))
}

/// Hides the items from the user's module.
fn in_const(items: &TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(deprecated, non_camel_case_types, non_snake_case)]
        const _: () = {
            #items
        };
    }
}
