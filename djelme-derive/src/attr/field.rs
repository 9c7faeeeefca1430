//! The keys of a field.

use proc_macro2::Span;
use syn::Attribute;

use super::cell::Attr;
use super::es_type::{EsType, TYPE_NAMES, TypeSpec};
use super::item::{Form, Item};
use super::json::{self, Json};
use super::keys::Keys;
use super::suggest::closest;
use crate::ctxt::Ctxt;

const FIELD: Keys = Keys {
    place: "a field, beside the Elasticsearch types,",
    forms: &[("base", "base"), ("params", "params(copy_to = \"all\")")],
};

/// The keys of a field, as given.
pub(crate) struct FieldKeys {
    pub(crate) es_type: Attr<TypeSpec>,
    pub(crate) params: Attr<Vec<(String, Json)>>,
    pub(crate) base: Attr<()>,
    /// The first key of any kind.
    pub(crate) first: Option<Span>,
}

impl FieldKeys {
    /// Reads every `#[djelme(..)]` of a field.
    pub(crate) fn read(attributes: &[Attribute], cx: &Ctxt) -> Self {
        let mut keys = Self { es_type: Attr::none(), params: Attr::none(), base: Attr::none(), first: None };
        for item in super::djelme_items(attributes, cx) {
            keys.first.get_or_insert(item.span);
            keys.take(item, cx);
        }
        keys
    }

    /// Reports keys where there are none.
    pub(crate) fn refuse(&self, because: &str, cx: &Ctxt) {
        if let Some(span) = self.first {
            cx.error_at(span, format!("`#[djelme(..)]` does nothing here, {because}: remove it"));
        }
    }

    fn take(&mut self, item: Item, cx: &Ctxt) {
        let (key, span) = (item.key.clone(), item.span);
        if let Some(es_type) = EsType::find(&key) {
            self.take_type(es_type, item, cx);
            return;
        }
        match key.as_str() {
            "base" => self.base.set(cx, &key, span, FIELD.flag(cx, &item)),
            "params" => {
                let params = FIELD.list(cx, &item).map(|content| json::object(content, cx));
                self.params.set(cx, &key, span, params);
            }
            "skip" => cx.error_at(
                span,
                "unknown key `skip`: say `#[serde(skip)]`, and the field is not mapped either",
            ),
            _ => unknown(cx, &item),
        }
    }

    fn take_type(&mut self, es_type: &'static EsType, item: Item, cx: &Ctxt) {
        let span = item.span;
        if let Some(first) = self.es_type.get().map(|spec| spec.es_type.name)
            && first != es_type.name
        {
            let second = es_type.name;
            cx.error_at(
                span,
                format!("a field has one Elasticsearch type, and this one is a `{first}`: remove `{second}`\nhelp: to index it in a second way, write `{first}(fields({second} = {second}))`"),
            );
            return;
        }
        let spec = TypeSpec::read(es_type, item, cx);
        self.es_type.set(cx, es_type.name, span, spec);
    }
}

fn unknown(cx: &Ctxt, item: &Item) {
    let keys = FIELD.forms.iter().map(|(name, _)| *name);
    let remedy = closest(&item.key, TYPE_NAMES.iter().copied().chain(keys))
        .map_or_else(String::new, |likeliest| format!(": did you mean `{likeliest}`?"));
    let parameter = match item.form {
        Form::Value(_) => format!(
            "; a mapping parameter stands with its type, `keyword({} = ..)`, or in `params(..)`",
            item.key
        ),
        _ => String::new(),
    };
    cx.error_at(
        item.span,
        format!(
            "unknown key `{}`{remedy}\nhelp: the keys of a field are `base`, `params(..)` and the types `{}`{parameter}",
            item.key,
            TYPE_NAMES.join("`, `"),
        ),
    );
}
