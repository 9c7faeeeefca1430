//! Records: options, time, unique parts, the traits of their kind, and the entry in the list of record types.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::{checks, cycle, field, options};
use crate::ast::{Field, Struct};
use crate::attr::FieldRef;
use crate::kind::{CYCLE, Kind};

/// The traits of a record of this kind, and the registration.
pub(super) fn expand(input: &Struct<'_>, kind: Kind) -> TokenStream {
    let name = &input.original.ident;
    let plain_name = name.unraw().to_string();
    let rust_name = format!("::{plain_name}");
    let variant = format_ident!("{}", kind.variant());
    let options = options::with_inherited(input);
    let or_unique = (kind == Kind::CyclicReport && !input.options.unique_together.is_given())
        .then(|| quote!(.or_unique(&[#CYCLE])));
    let checks = checks::inherited(input, kind);
    let alias = alias(input, kind);
    let (time, unique_parts) = (record_time(input, kind), unique_parts(input, kind));
    let kinds_own = traits(input, kind);
    quote! {
        #alias
        const __DJELME_OPTIONS: __djelme::TypeOptions = #options #or_unique;
        #checks
        static __DJELME_TYPE: __djelme::RecordType = __djelme::RecordType::derived(
            __djelme::RecordKind::#variant,
            ::core::concat!(::core::module_path!(), #rust_name),
            #plain_name,
            __DJELME_OPTIONS,
            <#name as __djelme::Properties>::PROPERTIES,
        );
        #[automatically_derived]
        impl __djelme::Record for #name {
            const TYPE: &'static __djelme::RecordType = &__DJELME_TYPE;
            fn time(&self) -> __djelme::RecordTime { #time }
            #unique_parts
        }
        #kinds_own
        __djelme::inventory::submit! { __djelme::Registered(&__DJELME_TYPE) }
    }
}

/// The name of the type that has to be a cycle, or the number of the base's: each type is asked for once, since each
/// asking repeats the error of a wrong type.
fn alias(input: &Struct<'_>, kind: Kind) -> Option<TokenStream> {
    if kind != Kind::CyclicReport {
        return None;
    }
    Some(match input.base() {
        Some(base) if input.cycle().is_none() => cycle::number_of(base),
        _ => cycle::alias(input),
    })
}

/// The traits that the kind has beside `Record`.
fn traits(input: &Struct<'_>, kind: Kind) -> TokenStream {
    let name = &input.original.ident;
    let derive = format_ident!("{}", kind.derive());
    let timeseries = kind.is_timeseries().then(|| {
        quote! {
            #[automatically_derived]
            impl __djelme::TimeseriesRecord for #name {}
        }
    });
    let content = match (kind, input.base()) {
        (Kind::CountedUsage, Some(base)) => {
            let (ident, base) = (base.ident, field::alias(base));
            quote! {
                fn usage(&self) -> &__djelme::CountedUsage {
                    <#base as __djelme::UsageBase>::counted_usage(&self.#ident)
                }
            }
        }
        (Kind::CyclicReport, base) => cycle_of_report(input, base),
        _ => TokenStream::new(),
    };
    let alone = match kind {
        Kind::Event | Kind::CyclicReport => quote! {
            #[automatically_derived]
            impl __djelme::RecordedAlone for #name {}
        },
        Kind::CountedUsage => TokenStream::new(),
        Kind::Simple => quote! {
            #[automatically_derived]
            impl __djelme::RecordedAlone<{ __DJELME_OPTIONS.unique_together.is_some() }> for #name {}
            #[automatically_derived]
            impl __djelme::RecordedUnderId<{ __DJELME_OPTIONS.unique_together.is_none() }> for #name {}
        },
    };
    quote! {
        #timeseries
        #alone
        #[automatically_derived]
        impl __djelme::#derive for #name { #content }
    }
}

fn cycle_of_report(input: &Struct<'_>, base: Option<&Field<'_>>) -> TokenStream {
    match (input.cycle(), base) {
        (None, Some(base)) => {
            let (ident, base, cycle) = (base.ident, field::alias(base), cycle::numbered());
            quote! {
                type Depth = <#cycle as __djelme::CycleCoverage>::Depth;
                fn cycle(&self) -> __djelme::Cycle<Self::Depth> {
                    <#base as __djelme::ReportBase>::report_cycle(&self.#ident)
                }
            }
        }
        (own, _) => {
            let value = own.map(cycle::value);
            quote! {
                type Depth = <__DjelmeCycle as __djelme::CycleCoverage>::Depth;
                fn cycle(&self) -> __djelme::Cycle<Self::Depth> { #value }
            }
        }
    }
}

fn record_time(input: &Struct<'_>, kind: Kind) -> TokenStream {
    match kind {
        Kind::Event | Kind::CountedUsage => time(input),
        Kind::CyclicReport => {
            quote!(__djelme::RecordTime::Cycle(<Self as __djelme::CyclicReport>::cycle(self).parts()))
        }
        Kind::Simple => quote!(__djelme::RecordTime::None),
    }
}

/// The time of an event: its own field's, its base's, or that of recording.
pub(super) fn time(input: &Struct<'_>) -> TokenStream {
    match (input.timestamp(), input.base()) {
        (Some(Field { ident, original, .. }), _) => {
            let ty = &original.ty;
            quote!(__djelme::RecordTime::At(<#ty as __djelme::Timestamp>::instant(&self.#ident)))
        }
        (None, Some(base)) => {
            let (ident, base) = (base.ident, field::alias(base));
            quote!(<#base as __djelme::Base>::time(&self.#ident))
        }
        (None, None) => quote!(__djelme::RecordTime::Now),
    }
}

/// The unique fields: the record's own choice, its base's, or the default of its kind.
fn unique_parts(input: &Struct<'_>, kind: Kind) -> Option<TokenStream> {
    let inherited = own_or_inherited_parts(input);
    let body = if kind == Kind::CyclicReport && !input.options.unique_together.is_given() {
        let cycle_alone = quote!(key.part(#CYCLE, &<Self as __djelme::CyclicReport>::cycle(self)););
        match input.base() {
            Some(base) => {
                let base = field::alias(base);
                quote! {
                    if <#base as __djelme::Base>::OPTIONS.unique_together.is_some() { #inherited } else { #cycle_alone }
                }
            }
            None => cycle_alone,
        }
    } else {
        inherited?
    };
    Some(unique_parts_of(&body))
}

/// The method with this content.
pub(super) fn unique_parts_of(body: &TokenStream) -> TokenStream {
    quote!(fn unique_parts(&self, key: &mut __djelme::OpaqueKey) { #body })
}

/// What gives the unique fields to `key`: those of the struct itself, or those of its base.
pub(super) fn own_or_inherited_parts(input: &Struct<'_>) -> Option<TokenStream> {
    match (input.options.unique_together.get(), input.base()) {
        (Some(fields), _) => {
            let parts = fields.iter().map(|field| part(input, field));
            Some(quote!(#(#parts)*))
        }
        (None, Some(base)) => {
            let (ident, base) = (base.ident, field::alias(base));
            Some(quote!(<#base as __djelme::Base>::unique_parts(&self.#ident, key);))
        }
        (None, None) => None,
    }
}

fn part(input: &Struct<'_>, field: &FieldRef) -> TokenStream {
    if input.is_session(field) {
        return quote!(key.session_part(););
    }
    let path = &field.path;
    let name = input.unique_name(field);
    // A type that cannot be part of a key is an error at the name that asks for it.
    let named = path.last().map_or(field.span, syn::Ident::span);
    let value = quote_spanned!(Span::call_site().located_at(named)=> &self #(.#path)*);
    // The package takes lists too. Whoever shares records with it says so on the struct itself.
    let part = if input.options.compat.is_given() { quote!(python_part) } else { quote!(part) };
    quote!(key.#part(#name, #value);)
}
