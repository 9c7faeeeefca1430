//! What one field adds: its handle, its mapping and how deep it lies.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;

use super::{checks, json};
use crate::ast::{Field, Shape, Struct};
use crate::attr::{Json, SubField, TypeSpec};
use crate::kind::Kind;

/// The parts of the generated code that belong to one field.
pub(super) struct Parts {
    /// Items that stand before the struct of handles.
    pub(super) items: TokenStream,
    /// The type of the handle.
    pub(super) handle: TokenStream,
    /// The handle, made of `path`.
    pub(super) value: TokenStream,
    /// The entry of `PROPERTIES`.
    pub(super) property: TokenStream,
    /// How many segments of a path the field takes.
    pub(super) depth: TokenStream,
}

/// The parts of a field.
pub(super) fn parts(input: &Struct<'_>, field: &Field<'_>) -> Parts {
    match field.shape() {
        Shape::Inferred if input.is_timestamp(field) => typed(input, field, "date", "Date", &[]),
        Shape::Inferred => inferred(input, field),
        Shape::Typed(TypeSpec { es_type, sub_fields, .. }) => {
            typed(input, field, es_type.name, es_type.kind, sub_fields)
        }
        Shape::Other(es_type) => typed(input, field, es_type, "Other", &[]),
        Shape::Object | Shape::Nested | Shape::Flattened | Shape::Base => object(input, field),
    }
}

/// The alias of a field's kind or type. Each is named once, since each naming repeats the error of a wrong type.
pub(super) fn alias(field: &Field<'_>) -> Ident {
    format_ident!("__DjelmeTypeOf_{}", field.ident.unraw(), span = proc_macro2::Span::call_site())
}

/// The field's type, with the struct's name for `Self`.
pub(super) fn type_of(input: &Struct<'_>, field: &Field<'_>) -> TokenStream {
    fn without_self(tokens: TokenStream, name: &Ident) -> TokenStream {
        let replace = |token| match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let mut named = name.clone();
                named.set_span(ident.span());
                TokenTree::Ident(named)
            }
            TokenTree::Group(group) => {
                let mut replaced =
                    proc_macro2::Group::new(group.delimiter(), without_self(group.stream(), name));
                replaced.set_span(group.span());
                TokenTree::Group(replaced)
            }
            other => other,
        };
        tokens.into_iter().map(replace).collect()
    }
    without_self(field.ty().to_token_stream(), &input.original.ident)
}

fn inferred(input: &Struct<'_>, field: &Field<'_>) -> Parts {
    let (ty, alias, name) = (type_of(input, field), alias(field), &field.name);
    let params = params_call(field.params());
    let check = (!params.is_empty()).then(|| checks::no_parameters_are_lost(field, &ty));
    Parts {
        items: quote! {
            type #alias = __djelme::KindOf<#ty, { <#ty as __djelme::EsField>::OK }>;
            #check
        },
        handle: quote!(__djelme::Field<#ty, #alias>),
        value: quote!(__djelme::Field::new(path.join(#name), ())),
        property: property(name, &quote!(<#alias as __djelme::MappingOf<#ty>>::MAPPING #params)),
        depth: quote!(1),
    }
}

fn typed(input: &Struct<'_>, field: &Field<'_>, es_type: &str, kind: &str, sub_fields: &[SubField]) -> Parts {
    let (ty, name) = (type_of(input, field), &field.name);
    let kind = format_ident!("{kind}");
    let params = params_call(field.params());
    let mapping = quote!(__djelme::FieldMapping::new(#es_type) #params);
    if sub_fields.is_empty() {
        return Parts {
            items: TokenStream::new(),
            handle: quote!(__djelme::Field<#ty, __djelme::kind::#kind>),
            value: quote!(__djelme::Field::new(path.join(#name), ())),
            property: property(name, &mapping),
            depth: quote!(1),
        };
    }
    let struct_name = format_ident!("__DjelmeSubFieldsOf_{}", field.ident.unraw());
    let idents: Vec<&Ident> = sub_fields.iter().map(|sub_field| &sub_field.ident).collect();
    let names: Vec<String> = idents.iter().map(|ident| ident.unraw().to_string()).collect();
    let docs = names.iter().map(|sub_name| format!("The sub-field `{name}.{sub_name}`."));
    let kinds = sub_fields.iter().map(|sub_field| format_ident!("{}", sub_field.spec.es_type.kind));
    let mappings = sub_fields.iter().map(|SubField { spec, .. }| {
        let (es_type, params) = (spec.es_type.name, params_call(&spec.params));
        quote!(__djelme::FieldMapping::new(#es_type) #params)
    });
    Parts {
        items: quote! {
            pub struct #struct_name {
                #(#[doc = #docs] pub #idents: __djelme::Field<#ty, __djelme::kind::#kinds>,)*
            }
            #[automatically_derived]
            impl ::core::marker::Copy for #struct_name {}
            #[automatically_derived]
            impl ::core::clone::Clone for #struct_name {
                fn clone(&self) -> Self { *self }
            }
        },
        handle: quote!(__djelme::Field<#ty, __djelme::kind::#kind, #struct_name>),
        value: quote! {{
            let path = path.join(#name);
            __djelme::Field::new(path, #struct_name { #(#idents: __djelme::Field::new(path.join(#names), ()),)* })
        }},
        property: property(name, &quote!(#mapping.fields(&[#((#names, #mappings)),*]))),
        depth: quote!(2),
    }
}

fn object(input: &Struct<'_>, field: &Field<'_>) -> Parts {
    let (ty, alias, name) = (type_of(input, field), alias(field), &field.name);
    let (gate, bound) = match field.shape() {
        Shape::Base => base_gate(input),
        Shape::Flattened => (quote!(FlattenOf), quote!(Flatten)),
        _ => (quote!(PropertiesOf), quote!(Properties)),
    };
    let fields = quote!(<#alias as __djelme::Properties>::Fields);
    let fields_at = quote!(<#alias as __djelme::Properties>::fields_at);
    let properties = quote!(<#alias as __djelme::Properties>::PROPERTIES);
    let depth = quote!(<#alias as __djelme::Properties>::DEPTH);
    let params = params_call(field.params());
    let mapping = |es_type: &str| {
        let mapping = quote!(__djelme::FieldMapping::new(#es_type) #params.properties(#properties));
        property(name, &mapping)
    };
    let (handle, value, property, depth) = match field.shape() {
        Shape::Object => {
            (fields, quote!(#fields_at(path.join(#name))), mapping("object"), quote!(1 + #depth))
        }
        Shape::Nested => (
            quote!(__djelme::Nested<#fields>),
            quote!(__djelme::Nested::new(path.join(#name), #fields_at(path.join(#name)))),
            mapping("nested"),
            quote!(1 + #depth),
        ),
        _ => (fields, quote!(#fields_at(path)), quote!(__djelme::Property::Base(#properties)), depth),
    };
    Parts {
        items: quote!(type #alias = __djelme::#gate<#ty, { <#ty as __djelme::#bound>::OK }>;),
        handle,
        value,
        property,
        depth,
    }
}

/// What the base has to be: of some kinds more than a base.
fn base_gate(input: &Struct<'_>) -> (TokenStream, TokenStream) {
    match input.kind() {
        Some(Kind::CountedUsage) => (quote!(UsageBaseOf), quote!(UsageBase)),
        Some(Kind::CyclicReport) if input.cycle().is_none() => (quote!(ReportBaseOf), quote!(ReportBase)),
        _ => (quote!(BaseOf), quote!(Base)),
    }
}

fn property(name: &str, mapping: &TokenStream) -> TokenStream {
    quote!(__djelme::Property::field(#name, #mapping))
}

/// `.params(..)`, or nothing without any.
fn params_call<'a>(params: impl IntoIterator<Item = &'a (String, Json)>) -> TokenStream {
    let mut params = params.into_iter().peekable();
    if params.peek().is_none() {
        return TokenStream::new();
    }
    let entries = json::entries(params);
    quote!(.params(#entries))
}
