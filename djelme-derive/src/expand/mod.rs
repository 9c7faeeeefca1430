//! The generated code. Its paths begin at `::core` or at the alias `__djelme`, so that nothing in the user's module
//! changes their meaning.

mod base;
mod checks;
mod cycle;
pub(crate) mod es_field;
mod field;
mod json;
mod options;
mod properties;
mod record;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::ast::{Derive, Struct};
use crate::attr::Options;

/// All that a derive generates for a valid struct.
pub(crate) fn expand(input: &Struct<'_>) -> TokenStream {
    let properties = properties::expand(input);
    let record = match input.derive {
        Derive::Record(kind) => record::expand(input, kind),
        _ if input.options.is_abstract.is_given() => base::expand(input),
        _ => TokenStream::new(),
    };
    in_const(&input.options, &quote!(#properties #record))
}

/// Hides the items from the user's module, and names the module of djelme that they use.
pub(crate) fn in_const(options: &Options, items: &TokenStream) -> TokenStream {
    let krate = options.krate.get().map_or_else(|| quote!(::djelme), ToTokens::to_token_stream);
    quote! {
        #[allow(deprecated, non_camel_case_types, non_snake_case)]
        const _: () = {
            use #krate::__private as __djelme;
            #items
        };
    }
}
