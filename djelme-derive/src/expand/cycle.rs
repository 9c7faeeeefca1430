//! The cycle that a report covers.

use proc_macro2::TokenStream;
use quote::quote;

use super::field;
use crate::ast::{Field, Struct};

/// Names the type of the struct's own `cycle_coverage`, which has to be a cycle.
pub(super) fn alias(input: &Struct<'_>) -> TokenStream {
    let ty = input.cycle().map(|field| field::type_of(input, field));
    quote!(type __DjelmeCycle = __djelme::CycleOf<#ty, { <#ty as __djelme::CycleCoverage>::OK }>;)
}

/// The value of the field.
pub(super) fn value(field: &Field<'_>) -> TokenStream {
    let ident = field.ident;
    quote!(<__DjelmeCycle as __djelme::CycleCoverage>::coverage(&self.#ident))
}

/// Names the number of the base's cycle.
pub(super) fn number_of(base: &Field<'_>) -> TokenStream {
    let base = field::alias(base);
    quote!(const __DJELME_CYCLE: u8 = <#base as __djelme::Base>::CYCLE;)
}

/// The base's cycle by its number, so that a private base is not named.
pub(super) fn numbered() -> TokenStream {
    quote!(<__djelme::CycleNumber<{ __DJELME_CYCLE }> as __djelme::NumberedCycle>::Cycle)
}
