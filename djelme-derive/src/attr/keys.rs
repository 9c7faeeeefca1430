//! The keys of a place, each spelled once beside the form that a message shows for it.

use proc_macro2::TokenStream;
use syn::LitStr;

use super::item::{Form, Item, Value, ValueKind};
use super::suggest::closest;
use crate::ctxt::Ctxt;

/// The keys that are valid in one place.
pub(crate) struct Keys {
    /// The place, as messages call it.
    pub(crate) place: &'static str,
    /// Each key and its right form.
    pub(crate) forms: &'static [(&'static str, &'static str)],
}

impl Keys {
    /// Reports a key that no entry has.
    pub(crate) fn unknown(&self, cx: &Ctxt, item: &Item) {
        let names: Vec<&str> = self.forms.iter().map(|(name, _)| *name).collect();
        let remedy = closest(&item.key, names.iter().copied())
            .map_or_else(String::new, |likeliest| format!(": did you mean `{likeliest}`?"));
        cx.error_at(
            item.span,
            format!(
                "unknown key `{}`{remedy}\nhelp: the keys of {} are `{}`",
                item.key,
                self.place,
                names.join("`, `")
            ),
        );
    }

    /// Reports a key whose value has the wrong form.
    pub(crate) fn malformed(&self, cx: &Ctxt, item: &Item, takes: &str) {
        let at = match &item.form {
            Form::Value(value) => value.span,
            Form::Named(named) => named.span,
            _ => item.span,
        };
        cx.error_at(at, format!("`{}` takes {takes}{}", item.key, self.help(&item.key)));
    }

    /// The line that shows the right form of a key.
    pub(crate) fn help(&self, key: &str) -> String {
        self.forms
            .iter()
            .find(|(name, _)| *name == key)
            .map_or_else(String::new, |(_, form)| format!("\nhelp: the right form is `#[djelme({form})]`"))
    }

    /// `key`
    pub(crate) fn flag(&self, cx: &Ctxt, item: &Item) -> Option<()> {
        match item.form {
            Form::Bare => Some(()),
            _ => {
                self.malformed(cx, item, "no value");
                None
            }
        }
    }

    /// `key = ".."`
    pub(crate) fn string<'a>(&self, cx: &Ctxt, item: &'a Item) -> Option<&'a LitStr> {
        match &item.form {
            Form::Value(Value { kind: ValueKind::Str(string), .. }) => Some(string),
            _ => {
                self.malformed(cx, item, "a string");
                None
            }
        }
    }

    /// `key = 1`
    pub(crate) fn natural(&self, cx: &Ctxt, item: &Item) -> Option<u32> {
        if let Form::Value(Value { kind: ValueKind::Int { negative: false, literal }, .. }) = &item.form
            && let Ok(number) = literal.base10_parse()
        {
            return Some(number);
        }
        self.malformed(cx, item, "a whole number from 0 to 4294967295");
        None
    }

    /// `key(..)`
    pub(crate) fn list(&self, cx: &Ctxt, item: &Item) -> Option<TokenStream> {
        match &item.form {
            Form::List(content) => Some(content.clone()),
            _ => {
                self.malformed(cx, item, "a list in parentheses");
                None
            }
        }
    }
}
