//! What serde's attributes say about names and about what is written. serde itself reports their mistakes.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Attribute, LitStr};

use super::item::{Form, Item, Value, ValueKind};
use crate::case::RenameRule;
use crate::ctxt::Ctxt;

/// The serde attributes of a struct or enum.
pub(crate) struct SerdeContainer {
    pub(crate) rename_all: Option<RenameRule>,
    pub(crate) transparent: Option<Span>,
    pub(crate) default: bool,
    items: Vec<Item>,
}

/// The serde attributes of a field.
pub(crate) struct SerdeField {
    pub(crate) rename: Option<(String, Span)>,
    pub(crate) flatten: Option<Span>,
    pub(crate) default: bool,
    /// `skip` or `skip_serializing`: the field is not written.
    pub(crate) not_written: Option<Span>,
    /// `skip` or `skip_deserializing`: the field is not read.
    pub(crate) not_read: bool,
    /// `skip_serializing_if`.
    pub(crate) sometimes_written: Option<Span>,
    /// `with`, `serialize_with` or `deserialize_with`.
    pub(crate) with: Option<(String, Span)>,
}

impl SerdeContainer {
    pub(crate) fn read(attributes: &[Attribute], cx: &Ctxt) -> Self {
        let items = items(attributes);
        let find = |key: &str| items.iter().find(|item| item.key == key);
        Self {
            rename_all: find("rename_all").and_then(|item| rename_all(item, cx)),
            transparent: find("transparent").map(|item| item.span),
            default: find("default").is_some(),
            items,
        }
    }

    /// The first of these keys that is given, and where it stands.
    pub(crate) fn any_of(&self, keys: &[&str]) -> Vec<(&str, Span)> {
        let given = self.items.iter().filter(|item| keys.contains(&item.key.as_str()));
        given.map(|item| (item.key.as_str(), item.span)).collect()
    }
}

impl SerdeField {
    pub(crate) fn read(attributes: &[Attribute], cx: &Ctxt) -> Self {
        let mut field = Self {
            rename: None,
            flatten: None,
            default: false,
            not_written: None,
            not_read: false,
            sometimes_written: None,
            with: None,
        };
        for item in items(attributes) {
            match item.key.as_str() {
                "rename" => field.rename = rename(&item, cx),
                "flatten" => field.flatten = Some(item.span),
                "default" => field.default = true,
                "skip" => (field.not_written, field.not_read) = (Some(item.span), true),
                "skip_serializing" => field.not_written = Some(item.span),
                "skip_deserializing" => field.not_read = true,
                "skip_serializing_if" => field.sometimes_written = Some(item.span),
                "with" | "serialize_with" | "deserialize_with" => field.with = Some((item.key, item.span)),
                "getter" => cx.error_at(
                    item.span,
                    "`getter` writes something else than the field: write the value itself into the field",
                ),
                _ => {}
            }
        }
        field
    }
}

/// The name, if reading and writing have the same.
fn rename(item: &Item, cx: &Ctxt) -> Option<(String, Span)> {
    let name = one_string(item);
    if name.is_none() && matches!(item.form, Form::List(_)) {
        cx.error_at(
            item.span,
            "the names for reading and for writing differ: give one, `#[serde(rename = \"..\")]`, and old names as `alias`",
        );
    }
    name.map(|name| (name.value(), name.span()))
}

fn rename_all(item: &Item, cx: &Ctxt) -> Option<RenameRule> {
    let rule = one_string(item);
    if rule.is_none() && matches!(item.form, Form::List(_)) {
        cx.error_at(
            item.span,
            "the names for reading and for writing differ: give one rule, `#[serde(rename_all = \"..\")]`",
        );
    }
    rule.and_then(|rule| RenameRule::parse(&rule.value()))
}

/// The string of `key = ".."` or of `key(serialize = "..", deserialize = "..")` with equal strings.
fn one_string(item: &Item) -> Option<LitStr> {
    let string = |item: &Item| match &item.form {
        Form::Value(Value { kind: ValueKind::Str(string), .. }) => Some(string.clone()),
        _ => None,
    };
    match &item.form {
        Form::List(content) => {
            let both = pieces(content.clone());
            let find = |key: &str| both.iter().find(|item| item.key == key).and_then(string);
            let (written, read) = (find("serialize")?, find("deserialize")?);
            (written.value() == read.value()).then_some(written)
        }
        _ => string(item),
    }
}

/// The entries of every `#[serde(..)]`, those that cannot be read left out.
fn items(attributes: &[Attribute]) -> Vec<Item> {
    let serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    serde
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::List(list) => Some(pieces(list.tokens.clone())),
            _ => None,
        })
        .flatten()
        .collect()
}

fn pieces(tokens: TokenStream) -> Vec<Item> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens
        .split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','))
        .filter_map(|piece| syn::parse2(piece.iter().cloned().collect()).ok())
        .collect()
}
