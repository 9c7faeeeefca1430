//! `Base`: what records inherit from an abstract struct, which may have a base itself.

use proc_macro2::TokenStream;
use quote::quote;

use super::{cycle, field, options, record};
use crate::ast::Struct;

/// The implementation of `Base`.
pub(super) fn expand(input: &Struct<'_>) -> TokenStream {
    let name = &input.original.ident;
    let options = options::with_inherited(input);
    let time = record::time(input);
    let unique_parts = record::own_or_inherited_parts(input).map(|body| record::unique_parts_of(&body));
    let (alias, cycle) = own_cycle(input);
    let usage = usage(input);
    let has_usage = input.base().map(|base| {
        let base = field::alias(base);
        quote!(const __DJELME_USAGE: bool = <#base as __djelme::Base>::USAGE;)
    });
    quote! {
        #alias
        #has_usage
        #[automatically_derived]
        impl __djelme::Base for #name {
            const OPTIONS: __djelme::TypeOptions = #options;
            #cycle
            #usage
            fn time(&self) -> __djelme::RecordTime { #time }
            #unique_parts
        }
    }
}

/// The cycle of the struct's own field, or of its base.
fn own_cycle(input: &Struct<'_>) -> (Option<TokenStream>, TokenStream) {
    if let Some(field) = input.cycle() {
        let value = cycle::value(field);
        let cycle = quote! {
            const CYCLE: u8 =
                <<__DjelmeCycle as __djelme::CycleCoverage>::Depth as __djelme::CycleDepth>::DEPTH.number();
            type Cycle = __djelme::Cycle<<__DjelmeCycle as __djelme::CycleCoverage>::Depth>;
            fn cycle(&self) -> Self::Cycle { #value }
        };
        return (Some(cycle::alias(input)), cycle);
    }
    let cycle = match input.base() {
        Some(base) => {
            let number = cycle::number_of(base);
            let (ident, base, numbered) = (base.ident, field::alias(base), cycle::numbered());
            let cycle = quote! {
                const CYCLE: u8 = __DJELME_CYCLE;
                type Cycle = #numbered;
                fn cycle(&self) -> Self::Cycle { <#base as __djelme::Base>::cycle(&self.#ident) }
            };
            return (Some(number), cycle);
        }
        None => quote! {
            type Cycle = ();
            fn cycle(&self) {}
        },
    };
    (None, cycle)
}

/// What was used, of its base.
fn usage(input: &Struct<'_>) -> TokenStream {
    match input.base() {
        Some(base) => {
            let (ident, base) = (base.ident, field::alias(base));
            quote! {
                const USAGE: bool = __DJELME_USAGE;
                type Usage = <__djelme::UsageIf<{ __DJELME_USAGE }> as __djelme::NumberedUsage>::Usage;
                fn usage(&self) -> &Self::Usage { <#base as __djelme::Base>::usage(&self.#ident) }
            }
        }
        None => quote! {
            type Usage = ();
            fn usage(&self) -> &() { &() }
        },
    }
}
