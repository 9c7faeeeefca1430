//! Rules that only one kind of records has.

use syn::ext::IdentExt;

use crate::ast::{Derive, Shape, Struct};
use crate::ctxt::Ctxt;
use crate::kind::{CYCLE, Kind};

pub(super) fn check(input: &Struct<'_>, cx: &Ctxt) {
    if let Derive::Record(kind) = input.derive {
        has_only_possible_options(input, kind, cx);
    }
    cycles_are_written(input, cx);
    match input.derive {
        Derive::Record(Kind::CountedUsage) => says_what_was_used(input, cx),
        Derive::Record(Kind::CyclicReport) => {
            says_its_cycle(input, cx);
            is_unique_in_its_cycle(input, cx);
        }
        _ => {}
    }
}

fn has_only_possible_options(input: &Struct<'_>, kind: Kind, cx: &Ctxt) {
    for (key, span) in &input.options.of_records {
        if let Some((_, reason)) = kind.impossible().iter().find(|(impossible, _)| impossible == key) {
            cx.error_at(*span, format!("{} has no `{key}`, because {reason}: remove it", kind.noun()));
        }
    }
}

fn says_what_was_used(input: &Struct<'_>, cx: &Ctxt) {
    if input.base().is_none() {
        let name = &input.original.ident;
        cx.error(
            name,
            format!("`{name}` does not say what was used: add the field `usage: CountedUsage` as its base\nhelp: the right form is `#[serde(flatten)] #[djelme(base)] usage: djelme::usage::CountedUsage`"),
        );
    }
}

fn says_its_cycle(input: &Struct<'_>, cx: &Ctxt) {
    if input.cycle().is_none() && input.base().is_none() {
        let name = &input.original.ident;
        cx.error(
            name,
            format!("`{name}` has no `{CYCLE}`: add a field for the cycle that a report covers\nhelp: the right form is `{CYCLE}: Cycle<Month>`; `Year`, `Day` and `Hour` are the other depths"),
        );
    }
}

/// Without the cycle, the reports of all cycles in one index would have one id.
fn is_unique_in_its_cycle(input: &Struct<'_>, cx: &Ctxt) {
    let Some(fields) = input.options.unique_together.get() else { return };
    let is_cycle = |name: &str| name == CYCLE;
    if !fields.iter().any(|field| is_cycle(&input.unique_name(field))) {
        let cycle = input.cycle().map_or_else(|| CYCLE.to_owned(), |field| field.ident.unraw().to_string());
        cx.error_at(
            input.options.unique_together.span().unwrap_or_else(|| input.original.ident.span()),
            format!("`unique_together` leaves out `{cycle}`, so that each report would replace that of the cycle before: name it too\nhelp: the right form is `#[djelme(unique_together({cycle}, ..))]`"),
        );
    }
}

fn cycles_are_written(input: &Struct<'_>, cx: &Ctxt) {
    for field in input.fields.iter().filter(|field| input.is_cycle(field)) {
        if let Some(span) = field.serde.not_written.or(field.serde.sometimes_written) {
            cx.error_at(
                span,
                format!("`{CYCLE}` is not always written, and a report without it cannot be read back: write it always"),
            );
        } else if let Some((key, span)) = &field.serde.with {
            cx.error_at(
                *span,
                format!("`{key}` changes how `{CYCLE}` is written: remove it, a cycle writes itself"),
            );
        } else if !matches!(field.shape(), Shape::Inferred) && !is_version(&field.shape()) {
            cx.error_at(
                field.keys.first.unwrap_or(field.name_span),
                format!("the `{CYCLE}` of a report is a `version`, in whose order 2026.2 comes before 2026.11: leave the type out"),
            );
        }
    }
}

fn is_version(shape: &Shape<'_>) -> bool {
    matches!(shape, Shape::Typed(spec) if spec.es_type.name == "version")
}
