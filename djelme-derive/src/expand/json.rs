//! JSON and options as constants.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::Json;

/// `JsonConst::..`
pub(super) fn json(value: &Json) -> TokenStream {
    match value {
        Json::Bool(value) => quote!(__djelme::JsonConst::Bool(#value)),
        Json::Int(value) => quote!(__djelme::JsonConst::Int(#value)),
        Json::Float(value) => quote!(__djelme::JsonConst::Float(#value)),
        Json::Str(value) => quote!(__djelme::JsonConst::Str(#value)),
        Json::Array(values) => {
            let values = values.iter().map(json);
            quote!(__djelme::JsonConst::Array(&[#(#values),*]))
        }
        Json::Object(values) => {
            let entries = entries(values);
            quote!(__djelme::JsonConst::Object(#entries))
        }
    }
}

/// `&[("key", JsonConst::..)]`
pub(super) fn entries<'a>(entries: impl IntoIterator<Item = &'a (String, Json)>) -> TokenStream {
    let entries = entries.into_iter().map(|(key, value)| {
        let value = json(value);
        quote!((#key, #value))
    });
    quote!(&[#(#entries),*])
}
