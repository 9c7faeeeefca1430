//! Rules for the time of an event. That its type is an instant is for the compiler to see.

use crate::ast::{Shape, Struct};
use crate::ctxt::Ctxt;
use crate::kind::TIMESTAMP;

pub(super) fn check(input: &Struct<'_>, cx: &Ctxt) {
    for field in input.fields.iter().filter(|field| input.is_timestamp(field)) {
        if let Some(span) = field.serde.not_written.or(field.serde.sometimes_written) {
            cx.error_at(
                span,
                format!("`{TIMESTAMP}` is not always written, and no search finds an event without it: write it always, or rename the field"),
            );
            continue;
        }
        let is_date = match field.shape() {
            Shape::Typed(spec) => matches!(spec.es_type.name, "date" | "date_nanos"),
            Shape::Inferred => true,
            _ => false,
        };
        if !is_date {
            cx.error_at(
                field.keys.first.unwrap_or(field.name_span),
                format!("the `{TIMESTAMP}` of an event is a `date` or `date_nanos`: leave the type out, or rename the field"),
            );
        }
    }
}
