//! JSON and options as constants.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::Json;

/// `JsonConst::..`
pub(super) fn json(value: &Json, private: &TokenStream) -> TokenStream {
    match value {
        Json::Bool(value) => quote!(#private::JsonConst::Bool(#value)),
        Json::Int(value) => quote!(#private::JsonConst::Int(#value)),
        Json::Float(value) => quote!(#private::JsonConst::Float(#value)),
        Json::Str(value) => quote!(#private::JsonConst::Str(#value)),
        Json::Array(values) => {
            let values = values.iter().map(|value| json(value, private));
            quote!(#private::JsonConst::Array(&[#(#values),*]))
        }
        Json::Object(values) => {
            let entries = entries(values, private);
            quote!(#private::JsonConst::Object(#entries))
        }
    }
}

/// `&[("key", JsonConst::..)]`
pub(super) fn entries<'a>(
    entries: impl IntoIterator<Item = &'a (String, Json)>,
    private: &TokenStream,
) -> TokenStream {
    let entries = entries.into_iter().map(|(key, value)| {
        let value = json(value, private);
        quote!((#key, #value))
    });
    quote!(&[#(#entries),*])
}
