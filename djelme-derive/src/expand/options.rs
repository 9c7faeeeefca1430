//! The struct's keys as `TypeOptions`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use super::{field, json};
use crate::ast::Struct;
use crate::attr::{Attr, Compat, FieldRef, Json, OnConflict, Options, TimeDepth};

/// The struct's options, and its base's where it gives none.
pub(super) fn with_inherited(input: &Struct<'_>) -> TokenStream {
    let own = own(input);
    let inherited = input.base().map(|base| {
        let base = field::alias(base);
        quote!(.or(<#base as __djelme::Base>::OPTIONS))
    });
    quote!(#own #inherited)
}

/// The options that the struct itself gives.
fn own(input: &Struct<'_>) -> TokenStream {
    let options = &input.options;
    let mut set = TokenStream::new();
    let mut some = |key: &str, value: Option<TokenStream>| {
        if let Some(value) = value {
            let key = Ident::new(key, Span::call_site());
            set.extend(quote!(#key: ::core::option::Option::Some(#value),));
        }
    };
    some("app_label", plain(&options.app_label));
    some("recordtype_name", plain(&options.recordtype_name));
    some("timedepth", options.timedepth.get().map(|depth| timedepth(*depth)));
    some("template", plain(&options.template));
    some("template_name", plain(&options.template_name));
    some("index_prefix", plain(&options.index_prefix));
    some("backend", plain(&options.backend));
    some("double_click", options.double_click.get().map(|seconds| duration(*seconds)));
    some("expires_after", options.expires_after.get().map(|seconds| duration(*seconds)));
    some("settings", object(&options.settings));
    some("analysis", object(&options.analysis));
    some("unique_together", options.unique_together.get().map(|fields| unique_names(input, fields)));
    some("on_conflict", options.on_conflict.get().map(|choice| on_conflict(*choice)));
    some("accept", accept(options));
    some("priority", plain(&options.priority));
    some("compat", options.compat.get().map(|Compat::Python| quote!(__djelme::Compat::Python)));
    quote!(__djelme::TypeOptions { #set ..__djelme::TypeOptions::NONE })
}

fn plain(key: &Attr<impl ToTokens>) -> Option<TokenStream> {
    key.get().map(ToTokens::to_token_stream)
}

fn timedepth(depth: TimeDepth) -> TokenStream {
    let variant = match depth {
        TimeDepth::Year => quote!(Year),
        TimeDepth::Month => quote!(Month),
        TimeDepth::Day => quote!(Day),
        TimeDepth::Hour => quote!(Hour),
    };
    quote!(__djelme::TimeDepth::#variant)
}

fn duration(seconds: u64) -> TokenStream {
    quote!(::core::time::Duration::from_secs(#seconds))
}

fn object(key: &Attr<Vec<(String, Json)>>) -> Option<TokenStream> {
    let entries = json::entries(key.get()?);
    Some(quote!(__djelme::JsonConst::Object(#entries)))
}

fn unique_names(input: &Struct<'_>, fields: &[FieldRef]) -> TokenStream {
    let names = fields.iter().map(|field| input.unique_name(field));
    quote!(&[#(#names),*])
}

fn on_conflict(choice: OnConflict) -> TokenStream {
    let variant = match choice {
        OnConflict::Replace => quote!(Replace),
        OnConflict::Keep => quote!(Keep),
    };
    quote!(__djelme::OnConflict::#variant)
}

fn accept(options: &Options) -> Option<TokenStream> {
    let accept = options.accept.get()?;
    let side = |side: &Attr<u64>| match side.get() {
        Some(seconds) => {
            let duration = duration(*seconds);
            quote!(::core::option::Option::Some(#duration))
        }
        None => quote!(::core::option::Option::None),
    };
    let (past, future) = (side(&accept.past), side(&accept.future));
    Some(quote!(__djelme::Accept { past: #past, future: #future }))
}
