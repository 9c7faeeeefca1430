//! Rules for the struct as a whole.

use syn::ext::IdentExt;

use crate::ast::{Derive, Shape, Struct};
use crate::attr::{Options, SerdeContainer, name_problem};
use crate::ctxt::Ctxt;

/// What makes serde write or read something else than the struct's fields.
const CHANGES: [&str; 9] = [
    "into",
    "from",
    "try_from",
    "remote",
    "untagged",
    "tag",
    "content",
    "transparent",
    "deny_unknown_fields",
];

pub(super) fn check(input: &Struct<'_>, cx: &Ctxt) {
    is_written_as_it_is(&input.serde, &CHANGES, cx);
    only_bases_are_abstract(input, cx);
    if !input.has_options() {
        has_no_options(input.derive, &input.options, cx);
    }
    if input.kind().is_some() {
        has_app_label(input, cx);
        has_a_fitting_name(input, cx);
    }
    has_one_base(input, cx);
}

/// serde must write the fields as they stand, and read what djelme has written.
pub(crate) fn is_written_as_it_is(serde: &SerdeContainer, changes: &[&str], cx: &Ctxt) {
    for (key, span) in serde.any_of(changes) {
        let problem = match key {
            "deny_unknown_fields" => {
                "refuses the fields that djelme adds, and those of a newer version of the program: remove it"
            }
            "remote" => {
                "is for a type of another crate, whose documents djelme cannot see: write a struct of your own"
            }
            "from" | "try_from" => {
                "reads another type than is mapped: remove it, and convert where the value is used"
            }
            _ => "writes something else than is mapped: remove it, and convert where the value is made",
        };
        cx.error_at(span, format!("`#[serde({key})]` {problem}"));
    }
}

/// Keys of records have no effect elsewhere.
pub(crate) fn has_no_options(derive: Derive, options: &Options, cx: &Ctxt) {
    for (key, span) in &options.of_records {
        let remedy = match derive {
            Derive::EsField => "it is a key of records: remove it",
            _ => "an inner object has no options: remove it, or mark a base of records `#[djelme(abstract)]`",
        };
        cx.error_at(*span, format!("`{key}` does nothing here, {remedy}"));
    }
    if derive == Derive::EsField
        && let Some(span) = options.is_abstract.span()
    {
        cx.error_at(span, "`abstract` does nothing here, it is for bases of records: remove it");
    }
}

fn only_bases_are_abstract(input: &Struct<'_>, cx: &Ctxt) {
    if let Some(kind) = input.kind()
        && let Some(span) = input.options.is_abstract.span()
    {
        let derive = kind.derive();
        cx.error_at(span, format!("a record is not `abstract`: derive `Properties` instead, and the records with this base `{derive}`"));
    }
}

fn has_app_label(input: &Struct<'_>, cx: &Ctxt) {
    if !input.options.app_label.is_given() && input.base().is_none() {
        let name = &input.original.ident;
        cx.error(
            name,
            format!("`{name}` has no `app_label`: name the application that it belongs to\nhelp: the right form is `#[djelme(app_label = \"shop\")]`"),
        );
    }
}

/// The struct's name is in the names of indexes, unless another is given.
fn has_a_fitting_name(input: &Struct<'_>, cx: &Ctxt) {
    let name = &input.original.ident;
    if !input.options.recordtype_name.is_given()
        && let Some(problem) = name_problem(&name.unraw().to_string())
    {
        cx.error(
            name,
            format!("`{name}` {problem}\nhelp: or name the type for indexes, `#[djelme(recordtype_name = \"page_view\")]`"),
        );
    }
}

fn has_one_base(input: &Struct<'_>, cx: &Ctxt) {
    for field in input.written().filter(|field| matches!(field.shape(), Shape::Base)) {
        let name = &input.original.ident;
        if !input.has_options() {
            cx.error(
                field.ident,
                format!("`{name}` is not a record, and only records and their bases have a base: leave `base` out, and the fields are still flattened"),
            );
        } else if input.base().is_some_and(|base| base.ident != field.ident) {
            cx.error(
                field.ident,
                format!("`{name}` has two bases: keep one, and leave `base` out at the other, whose fields are still flattened"),
            );
        }
    }
}
