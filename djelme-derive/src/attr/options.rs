//! The keys of a struct.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident, Path};

use super::cell::Attr;
use super::item::{Form, Item, Value, ValueKind, items};
use super::json::{self, Json};
use super::keys::Keys;
use super::text;
use crate::ctxt::Ctxt;

const STRUCT: Keys = Keys {
    place: "a struct",
    forms: &[
        ("app_label", r#"app_label = "shop""#),
        ("timedepth", r#"timedepth = "month""#),
        ("template", r#"template = "shop_pageview_*""#),
        ("template_name", r#"template_name = "shop_pageview""#),
        ("recordtype_name", r#"recordtype_name = "PageView""#),
        ("index_prefix", r#"index_prefix = "dev-""#),
        ("backend", r#"backend = "metrics""#),
        ("expires_after", r#"expires_after = "90d""#),
        ("settings", "settings(number_of_shards = 2)"),
        ("analysis", r#"analysis(analyzer(tags(type = "custom", tokenizer = "whitespace")))"#),
        ("unique_together", "unique_together(user, day)"),
        ("on_conflict", r#"on_conflict = "keep""#),
        ("double_click", r#"double_click = "30s""#),
        ("accept", r#"accept(past = "30d", future = "1h")"#),
        ("priority", "priority = 600"),
        ("compat", r#"compat = "python""#),
        ("abstract", "abstract"),
        ("crate", r#"crate = "my_facade::djelme""#),
    ],
};

const ACCEPT: Keys = Keys {
    place: "`accept`",
    forms: &[("past", r#"accept(past = "30d")"#), ("future", r#"accept(future = "1h")"#)],
};

/// The keys of a struct, as given.
pub(crate) struct Options {
    pub(crate) app_label: Attr<String>,
    pub(crate) timedepth: Attr<TimeDepth>,
    pub(crate) template: Attr<String>,
    pub(crate) template_name: Attr<String>,
    pub(crate) recordtype_name: Attr<String>,
    pub(crate) index_prefix: Attr<String>,
    pub(crate) backend: Attr<String>,
    pub(crate) expires_after: Attr<u64>,
    pub(crate) settings: Attr<Vec<(String, Json)>>,
    pub(crate) analysis: Attr<Vec<(String, Json)>>,
    pub(crate) unique_together: Attr<Vec<FieldRef>>,
    pub(crate) on_conflict: Attr<OnConflict>,
    pub(crate) double_click: Attr<u64>,
    pub(crate) accept: Attr<Accept>,
    pub(crate) priority: Attr<u32>,
    pub(crate) compat: Attr<Compat>,
    pub(crate) is_abstract: Attr<()>,
    pub(crate) krate: Attr<Path>,
    /// The keys that were given, other than `abstract` and `crate`.
    pub(crate) of_records: Vec<(String, Span)>,
}

/// The value of `timedepth`; the names are those of core's variants.
#[derive(Clone, Copy)]
pub(crate) enum TimeDepth {
    Year,
    Month,
    Day,
    Hour,
}

/// The value of `on_conflict`.
#[derive(Clone, Copy)]
pub(crate) enum OnConflict {
    Replace,
    Keep,
}

/// The value of `compat`.
#[derive(Clone, Copy)]
pub(crate) enum Compat {
    Python,
}

/// The value of `accept`, in seconds.
pub(crate) struct Accept {
    pub(crate) past: Attr<u64>,
    pub(crate) future: Attr<u64>,
}

/// A field named in `unique_together`: `item`, or `base.item` for a field of a base.
pub(crate) struct FieldRef {
    pub(crate) path: Vec<Ident>,
    pub(crate) span: Span,
}

impl Options {
    /// Reads every `#[djelme(..)]` of a struct.
    pub(crate) fn read(attributes: &[Attribute], cx: &Ctxt) -> Self {
        let mut options = Self::none();
        for item in super::djelme_items(attributes, cx) {
            if !matches!(item.key.as_str(), "abstract" | "crate") {
                options.of_records.push((item.key.clone(), item.span));
            }
            options.take(&item, cx);
        }
        options
    }

    fn none() -> Self {
        Self {
            app_label: Attr::none(),
            timedepth: Attr::none(),
            template: Attr::none(),
            template_name: Attr::none(),
            recordtype_name: Attr::none(),
            index_prefix: Attr::none(),
            backend: Attr::none(),
            expires_after: Attr::none(),
            settings: Attr::none(),
            analysis: Attr::none(),
            unique_together: Attr::none(),
            on_conflict: Attr::none(),
            double_click: Attr::none(),
            accept: Attr::none(),
            priority: Attr::none(),
            compat: Attr::none(),
            is_abstract: Attr::none(),
            krate: Attr::none(),
            of_records: Vec::new(),
        }
    }

    fn take(&mut self, item: &Item, cx: &Ctxt) {
        macro_rules! set {
            ($cell:ident, $value:expr) => {
                self.$cell.set(cx, &item.key, item.span, $value)
            };
        }
        match item.key.as_str() {
            "app_label" => set!(app_label, named(cx, item, text::name_problem)),
            "timedepth" => set!(timedepth, timedepth(cx, item)),
            "template" => set!(template, named(cx, item, text::template_problem)),
            "template_name" => set!(template_name, named(cx, item, text::index_problem)),
            "recordtype_name" => set!(recordtype_name, named(cx, item, text::name_problem)),
            "index_prefix" => set!(index_prefix, named(cx, item, text::prefix_problem)),
            "backend" => set!(backend, named(cx, item, not_empty)),
            "expires_after" => set!(expires_after, duration(&STRUCT, cx, item)),
            "settings" => set!(settings, STRUCT.list(cx, item).map(|content| json::object(content, cx))),
            "analysis" => set!(analysis, STRUCT.list(cx, item).map(|content| json::object(content, cx))),
            "unique_together" => set!(unique_together, unique_together(cx, item)),
            "on_conflict" => set!(on_conflict, on_conflict(cx, item)),
            "double_click" => set!(double_click, window(cx, item)),
            "accept" => set!(accept, STRUCT.list(cx, item).map(|content| accept(content, cx))),
            "priority" => set!(priority, STRUCT.natural(cx, item)),
            "compat" => set!(compat, compat(cx, item)),
            "abstract" => set!(is_abstract, STRUCT.flag(cx, item)),
            "crate" => set!(krate, path(cx, item)),
            _ => STRUCT.unknown(cx, item),
        }
    }
}

fn named(cx: &Ctxt, item: &Item, problem: impl Fn(&str) -> Option<String>) -> Option<String> {
    let string = STRUCT.string(cx, item)?;
    let name = string.value();
    if let Some(problem) = problem(&name) {
        cx.error(string, format!("`{} = {name:?}` {problem}{}", item.key, STRUCT.help(&item.key)));
        return None;
    }
    Some(name)
}

fn not_empty(name: &str) -> Option<String> {
    name.trim().is_empty().then(|| "is empty: leave the key out, or name it".to_owned())
}

fn timedepth(cx: &Ctxt, item: &Item) -> Option<TimeDepth> {
    let depth = match &item.form {
        Form::Value(Value { kind: ValueKind::Int { negative: false, literal }, .. }) => {
            match literal.base10_digits() {
                "1" => Some(TimeDepth::Year),
                "2" => Some(TimeDepth::Month),
                "3" => Some(TimeDepth::Day),
                "4" => Some(TimeDepth::Hour),
                _ => None,
            }
        }
        Form::Value(Value { kind: ValueKind::Str(name), .. }) => match name.value().as_str() {
            "year" => Some(TimeDepth::Year),
            "month" => Some(TimeDepth::Month),
            "day" => Some(TimeDepth::Day),
            "hour" => Some(TimeDepth::Hour),
            _ => None,
        },
        _ => None,
    };
    if depth.is_none() {
        STRUCT.malformed(cx, item, "\"year\", \"month\", \"day\" or \"hour\", or their numbers 1 to 4");
    }
    depth
}

fn on_conflict(cx: &Ctxt, item: &Item) -> Option<OnConflict> {
    if let Form::Value(Value { kind: ValueKind::Str(name), .. }) = &item.form {
        match name.value().as_str() {
            "replace" => return Some(OnConflict::Replace),
            "keep" => return Some(OnConflict::Keep),
            _ => {}
        }
    }
    STRUCT.malformed(cx, item, "\"replace\" or \"keep\"");
    None
}

fn compat(cx: &Ctxt, item: &Item) -> Option<Compat> {
    if let Form::Value(Value { kind: ValueKind::Str(name), .. }) = &item.form
        && name.value() == "python"
    {
        return Some(Compat::Python);
    }
    STRUCT.malformed(cx, item, "\"python\", the only other program whose data djelme shares");
    None
}

fn duration(keys: &Keys, cx: &Ctxt, item: &Item) -> Option<u64> {
    if let Form::Value(Value { kind: ValueKind::Str(length), .. }) = &item.form
        && let Some(seconds) = text::seconds(&length.value())
    {
        return Some(seconds);
    }
    keys.malformed(
        cx,
        item,
        "a length of time, a number and a unit: \"45s\", \"30m\", \"12h\", \"90d\" or \"2w\"",
    );
    None
}

/// A length of time that is not nothing.
fn window(cx: &Ctxt, item: &Item) -> Option<u64> {
    let seconds = duration(&STRUCT, cx, item)?;
    if seconds == 0 {
        STRUCT.malformed(
            cx,
            item,
            "a length of time, COUNTER's is \"30s\"; leave the key out to count every click",
        );
        return None;
    }
    Some(seconds)
}

fn accept(content: TokenStream, cx: &Ctxt) -> Accept {
    let mut accept = Accept { past: Attr::none(), future: Attr::none() };
    for item in items(content, cx) {
        match item.key.as_str() {
            "past" => accept.past.set(cx, "past", item.span, duration(&ACCEPT, cx, &item)),
            "future" => accept.future.set(cx, "future", item.span, duration(&ACCEPT, cx, &item)),
            _ => ACCEPT.unknown(cx, &item),
        }
    }
    accept
}

fn path(cx: &Ctxt, item: &Item) -> Option<Path> {
    let string = STRUCT.string(cx, item)?;
    let path = string.parse_with(Path::parse_mod_style).ok();
    if path.is_none() {
        STRUCT.malformed(cx, item, "a path in a string");
    }
    path
}

fn unique_together(cx: &Ctxt, item: &Item) -> Option<Vec<FieldRef>> {
    use syn::parse::{ParseStream, Parser};
    use syn::punctuated::Punctuated;
    use syn::{Token, ext::IdentExt};

    let content = STRUCT.list(cx, item)?;
    let field = |input: ParseStream<'_>| {
        let span = input.span();
        let path = Punctuated::<Ident, Token![.]>::parse_separated_nonempty_with(input, Ident::parse_any)?;
        Ok(FieldRef { path: path.into_iter().collect(), span })
    };
    let fields = Punctuated::<FieldRef, Token![,]>::parse_terminated_with;
    let fields = (|input: ParseStream<'_>| fields(input, field)).parse2(content);
    match fields {
        Ok(fields) if !fields.is_empty() => Some(fields.into_iter().collect()),
        _ => {
            STRUCT.malformed(cx, item, "names of fields, without quotes");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn the_forms_that_messages_show_are_right() {
        for (key, form) in STRUCT.forms.iter().chain(ACCEPT.forms) {
            let form: TokenStream = form.parse().unwrap();
            let input: syn::DeriveInput = syn::parse2(quote!(
                #[djelme(#form)]
                struct Shown {}
            ))
            .unwrap();
            let cx = Ctxt::new();
            Options::read(&input.attrs, &cx);
            assert_eq!(cx.check().map_err(|error| error.to_string()), Ok(()), "{key}");
        }
    }
}
