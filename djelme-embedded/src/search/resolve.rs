//! Which field a key of an order means in a mapping, and what of it can be ordered by.

use super::order::Class;
use super::sort::{FieldSort, Mode, NumericType};
use crate::date::DateFormat;
use crate::error::Refusal;
use crate::schema::{FieldType, Kind, NumberType, has_type};
use crate::store::Part;

/// What Elasticsearch calls a field that is not mapped.
const ANONYMOUS: &str = "__anonymous_";

/// The field, and whether it is mapped; if not, it is what `unmapped_type` says.
pub(super) fn field(sort: &FieldSort, part: &Part) -> Result<(FieldType, bool), Refusal> {
    match sort.path.as_str() {
        "_id" => Err(Refusal::illegal(
            "Fielddata access on the _id field is disallowed, you can re-enable it by updating the dynamic cluster setting: indices.id_field_data.enabled",
        )),
        path @ ("_version" | "_shard_doc" | "_ignored" | "_tier") => {
            Err(Refusal::unsupported(format_args!("sort by [{path}]")))
        }
        path @ ("_source" | "_routing" | "_field_names") => {
            Err(Refusal::illegal(format!("Fielddata is not supported on field [{path}] of type [{path}]")))
        }
        path => match part.schema.field(path) {
            Some(field) => sortable(&field, part).map(|()| (field, true)),
            None => unmapped(sort, part).map(|field| (field, false)),
        },
    }
}

fn sortable(field: &FieldType, part: &Part) -> Result<(), Refusal> {
    match field.kind {
        Kind::Text { .. } => Err(no_fielddata(&field.path, part)),
        Kind::Binary => Err(no_doc_values(field)),
        _ if !field.doc_values => Err(no_doc_values(field)),
        _ => Ok(()),
    }
}

fn no_doc_values(field: &FieldType) -> Refusal {
    Refusal::illegal(format!(
        "Can't load fielddata on [{}] because fielddata is unsupported on fields of type [{}]. Use doc values instead.",
        field.path, field.es_type
    ))
}

fn no_fielddata(field: &str, part: &Part) -> Refusal {
    let index = part.indexes.first().map_or("", String::as_str);
    Refusal::illegal(format!(
        "Fielddata is disabled on [{field}] in [{index}]. Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [{field}] in order to load field data by uninverting the inverted index. Note that this can use significant memory."
    ))
}

fn unmapped(sort: &FieldSort, part: &Part) -> Result<FieldType, Refusal> {
    let Some(es_type) = &sort.unmapped_type else {
        let reason = format!("No mapping found for [{}] in order to sort on", sort.path);
        return Err(Refusal::new(400, "query_shard_exception", reason));
    };
    let (es_type, kind) = match es_type.as_str() {
        "keyword" => ("keyword", Kind::Keyword),
        "wildcard" => ("wildcard", Kind::Keyword),
        "constant_keyword" => ("constant_keyword", Kind::Keyword),
        "ip" => ("ip", Kind::Ip),
        "version" => ("version", Kind::Version),
        "flattened" => ("flattened", Kind::Flattened),
        "boolean" => ("boolean", Kind::Boolean),
        "date" => ("date", Kind::Date),
        "date_nanos" => ("date_nanos", Kind::Date),
        "byte" => ("byte", Kind::Number(NumberType::Byte)),
        "short" => ("short", Kind::Number(NumberType::Short)),
        "integer" => ("integer", Kind::Number(NumberType::Integer)),
        "long" => ("long", Kind::Number(NumberType::Long)),
        "unsigned_long" => ("unsigned_long", Kind::Number(NumberType::UnsignedLong)),
        "half_float" => ("half_float", Kind::Number(NumberType::HalfFloat)),
        "float" => ("float", Kind::Number(NumberType::Float)),
        "double" => ("double", Kind::Number(NumberType::Double)),
        "scaled_float" => ("scaled_float", Kind::Number(NumberType::ScaledFloat { factor: 1.0 })),
        "text" | "match_only_text" => return Err(no_fielddata(ANONYMOUS, part)),
        "binary" => ("binary", Kind::Binary),
        "object" | "nested" => {
            return Err(Refusal::illegal(format!("Mapper for type [{es_type}] must be a leaf field")));
        }
        other if has_type(other) => {
            return Err(Refusal::unsupported(format_args!("[unmapped_type] [{other}]")));
        }
        other => return Err(Refusal::illegal(format!("No mapper found for type [{other}]"))),
    };
    let field = FieldType::new(sort.path.clone(), es_type, kind);
    sortable(&field, part).map(|()| field)
}

/// What Elasticsearch compares of the field.
pub(super) fn class(field: &FieldType, sort: &FieldSort) -> Result<Class, Refusal> {
    let natural = match field.kind {
        Kind::Text { .. } | Kind::Binary | Kind::Keyword | Kind::Ip | Kind::Version | Kind::Flattened => {
            Class::Text
        }
        Kind::Boolean | Kind::Date | Kind::Number(NumberType::Long | NumberType::UnsignedLong) => Class::Long,
        Kind::Number(NumberType::Byte | NumberType::Short | NumberType::Integer) => Class::Int,
        Kind::Number(NumberType::HalfFloat | NumberType::Float) => Class::Float,
        Kind::Number(NumberType::Double | NumberType::ScaledFloat { .. }) => Class::Double,
    };
    match sort.numeric_type {
        None => Ok(natural),
        Some(_) if natural == Class::Text => {
            let es_type = field.es_type;
            let reason = format!("[numeric_type] option cannot be set on a non-numeric field, got {es_type}");
            Err(Refusal::new(400, "query_shard_exception", reason))
        }
        Some(_) if field.kind == Kind::Number(NumberType::UnsignedLong) => {
            Err(Refusal::unsupported("[numeric_type] of an unsigned_long"))
        }
        Some(NumericType::Double) => Ok(Class::Double),
        Some(NumericType::Long | NumericType::Date) => Ok(Class::Long),
    }
}

/// Sums, means and medians are of numbers.
pub(super) fn check_mode(mode: Mode, class: Class, field: &FieldType) -> Result<(), Refusal> {
    if matches!(mode, Mode::Min | Mode::Max) {
        return Ok(());
    }
    if class == Class::Text {
        let reason = "we only support AVG, MEDIAN and SUM on number based fields";
        return Err(Refusal::new(400, "query_shard_exception", reason));
    }
    if field.kind == Kind::Number(NumberType::UnsignedLong) {
        return Err(Refusal::unsupported("[mode] sum, avg or median of an unsigned_long"));
    }
    Ok(())
}

/// How the values of a date are written, if the request says so.
pub(super) fn format(field: &FieldType, sort: &FieldSort) -> Result<Option<DateFormat>, Refusal> {
    let Some(format) = &sort.format else { return Ok(None) };
    match field.kind {
        Kind::Date => DateFormat::new(format).map(Some),
        Kind::Number(_) => Err(Refusal::illegal("require a date_time formatter; got [decimal]")),
        _ => Err(Refusal::illegal(format!(
            "Field [{}] of type [{}] does not support custom formats",
            field.path, field.es_type
        ))),
    }
}
