//! Rules for `unique_together`.

use syn::Ident;
use syn::ext::IdentExt;

use crate::ast::Struct;
use crate::attr::{FieldRef, closest};
use crate::ctxt::Ctxt;
use crate::kind::{Kind, TIMESTAMP};

pub(super) fn check(input: &Struct<'_>, cx: &Ctxt) {
    conflicts_need_unique_fields(input, cx);
    let mut seen: Vec<String> = Vec::new();
    for field in input.options.unique_together.get().into_iter().flatten() {
        if input.is_session(field) {
            continue;
        }
        let path = field.path.iter().map(|ident| ident.unraw().to_string()).collect::<Vec<_>>().join(".");
        if seen.contains(&path) {
            cx.error_at(field.span, format!("`{path}` is named twice in `unique_together`: keep one"));
        } else {
            names_a_field(input, field, &path, cx);
            seen.push(path);
        }
    }
}

/// Without unique fields every id is new, and nothing can conflict.
fn conflicts_need_unique_fields(input: &Struct<'_>, cx: &Ctxt) {
    let options = &input.options;
    if let Some(span) = options.on_conflict.span()
        && matches!(input.kind(), Some(Kind::Event | Kind::CountedUsage))
        && !options.unique_together.is_given()
        && input.base().is_none()
    {
        cx.error_at(
            span,
            "`on_conflict` needs unique fields, without which every id is new: add `unique_together(..)`, or remove it",
        );
    }
}

fn names_a_field(input: &Struct<'_>, field: &FieldRef, path: &str, cx: &Ctxt) {
    let find = |ident: &Ident| input.fields.iter().find(|field| field.ident.unraw() == ident.unraw());
    let problem = match field.path.as_slice() {
        [own] => match find(own) {
            None => unknown(input, path),
            Some(own) if own.serde.not_written.is_some() => {
                "is not written, so that nobody could find out what the id was made of: write it, or leave it out".to_owned()
            }
            Some(own) if own.serde.flatten.is_some() => {
                format!("is flattened: name one of its fields, `{path}.field`")
            }
            Some(_) => return,
        },
        [base, _, ..] if find(base).is_some_and(|base| base.serde.flatten.is_some()) => return,
        _ => "is not a field of a flattened struct: name a field, or `base.field`".to_owned(),
    };
    cx.error_at(field.span, format!("`{path}` in `unique_together` {problem}"));
}

fn unknown(input: &Struct<'_>, given: &str) -> String {
    let names: Vec<String> = input.named().map(|field| field.ident.unraw().to_string()).collect();
    if given == TIMESTAMP && input.kind().is_none_or(Kind::has_timestamp) {
        return "is the time of recording here: declare the field `timestamp: DateTime<Utc>`, or leave it out".to_owned();
    }
    let renamed =
        input.named().find(|field| field.name == given).map(|field| field.ident.unraw().to_string());
    let likeliest = renamed.or_else(|| closest(given, names.iter().map(String::as_str)).map(str::to_owned));
    let remedy = likeliest.map_or_else(String::new, |likeliest| format!(": did you mean `{likeliest}`?"));
    format!("is not a field{remedy}\nhelp: the fields are `{}`", names.join("`, `"))
}
