//! The order of hits, as a request gives it.

use serde_json::{Map, Value};

use crate::error::Refusal;

/// One key of an order, not yet bound to a mapping.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SortKey {
    pub(crate) by: By,
    pub(crate) descending: bool,
}

impl SortKey {
    /// The order of a request without one.
    pub(crate) const SCORE: Self = Self { by: By::Score, descending: true };
}

/// What a key orders by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum By {
    Score,
    /// The order in which documents were written.
    Doc,
    Field(FieldSort),
}

/// A field to order by.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldSort {
    pub(crate) path: String,
    /// `_first`, `_last` or a value; `None` is as `_last`.
    pub(crate) missing: Option<Value>,
    pub(crate) mode: Option<Mode>,
    pub(crate) unmapped_type: Option<String>,
    pub(crate) numeric_type: Option<NumericType>,
    pub(crate) format: Option<String>,
}

/// Which of several values counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Min,
    Max,
    Sum,
    Avg,
    Median,
}

/// What numbers are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumericType {
    Long,
    Double,
    Date,
}

/// Reads the value of `sort`.
pub(crate) fn parse(sort: &Value) -> Result<Vec<SortKey>, Refusal> {
    let keys = match sort {
        Value::Array(keys) => {
            let mut order = Vec::with_capacity(keys.len());
            for key in keys {
                match key {
                    Value::String(name) => order.push(named(name)),
                    Value::Object(fields) => object(fields, &mut order)?,
                    _ => {
                        return Err(Refusal::illegal(
                            "malformed sort format, within the sort array, an object, or an actual string are allowed",
                        ));
                    }
                }
            }
            order
        }
        Value::Object(fields) => {
            let mut order = Vec::with_capacity(fields.len());
            object(fields, &mut order)?;
            order
        }
        Value::String(name) => vec![named(name)],
        Value::Number(name) => vec![named(&name.to_string())],
        Value::Bool(name) => vec![named(&name.to_string())],
        Value::Null => return Err(Refusal::parsing("Unknown key for a VALUE_NULL in [sort].")),
    };
    // The score alone, the best first, is the order of a request without one.
    if keys == [SortKey::SCORE] {
        return Ok(Vec::new());
    }
    Ok(keys)
}

fn named(name: &str) -> SortKey {
    match name {
        "_score" => SortKey::SCORE,
        "_doc" => SortKey { by: By::Doc, descending: false },
        path => SortKey {
            by: By::Field(FieldSort { path: path.to_owned(), ..FieldSort::default() }),
            descending: false,
        },
    }
}

fn object(fields: &Map<String, Value>, order: &mut Vec<SortKey>) -> Result<(), Refusal> {
    for (name, options) in fields {
        let mut key = named(name);
        match (name.as_str(), options) {
            ("_script" | "_geo_distance" | "_geoDistance", _) => {
                return Err(Refusal::unsupported(format_args!("sort by [{name}]")));
            }
            (_, Value::String(text)) => key.descending = descending(text)?,
            ("_score", Value::Object(options)) => score_options(options, &mut key)?,
            (_, Value::Object(options)) => field_options(options, &mut key)?,
            _ => {
                return Err(Refusal::new(
                    400,
                    "x_content_parse_exception",
                    "[field_sort] Expected START_OBJECT but was: END_OBJECT",
                ));
            }
        }
        order.push(key);
    }
    Ok(())
}

fn score_options(options: &Map<String, Value>, key: &mut SortKey) -> Result<(), Refusal> {
    for (name, value) in options {
        if name != "order" {
            return Err(unknown("_score", name));
        }
        key.descending = descending(text("_score", name, value)?)?;
    }
    Ok(())
}

fn field_options(options: &Map<String, Value>, key: &mut SortKey) -> Result<(), Refusal> {
    const SORT: &str = "field_sort";
    let mut of_doc = FieldSort::default();
    let field = match &mut key.by {
        By::Field(field) => field,
        // Elasticsearch takes all options for `_doc`, and none changes anything.
        By::Doc | By::Score => &mut of_doc,
    };
    for (name, value) in options {
        match name.as_str() {
            "order" => key.descending = descending(text(SORT, name, value)?)?,
            "missing" if value.is_null() => {}
            "missing" if value.is_array() || value.is_object() => return Err(malformed(SORT, name)),
            "missing" => field.missing = Some(value.clone()),
            "unmapped_type" => field.unmapped_type = Some(text(SORT, name, value)?.to_owned()),
            "format" => field.format = Some(text(SORT, name, value)?.to_owned()),
            "mode" => field.mode = Some(mode(text(SORT, name, value)?)?),
            "numeric_type" => field.numeric_type = Some(numeric_type(text(SORT, name, value)?)?),
            "nested" => return Err(Refusal::unsupported("sort with [nested]")),
            other => return Err(unknown(SORT, other)),
        }
    }
    Ok(())
}

fn unknown(sort: &str, key: &str) -> Refusal {
    Refusal::new(400, "x_content_parse_exception", format!("[{sort}] unknown field [{key}]"))
}

fn malformed(sort: &str, key: &str) -> Refusal {
    Refusal::new(400, "x_content_parse_exception", format!("[{sort}] failed to parse field [{key}]"))
}

fn text<'a>(sort: &str, key: &str, value: &'a Value) -> Result<&'a str, Refusal> {
    value.as_str().ok_or_else(|| malformed(sort, key))
}

fn descending(order: &str) -> Result<bool, Refusal> {
    match order.to_ascii_lowercase().as_str() {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(Refusal::illegal(format!(
            "No enum constant org.elasticsearch.search.sort.SortOrder.{}",
            order.to_uppercase()
        ))),
    }
}

fn mode(mode: &str) -> Result<Mode, Refusal> {
    Ok(match mode.to_ascii_lowercase().as_str() {
        "min" => Mode::Min,
        "max" => Mode::Max,
        "sum" => Mode::Sum,
        "avg" => Mode::Avg,
        "median" => Mode::Median,
        _ => return Err(Refusal::illegal(format!("Unknown SortMode [{mode}]"))),
    })
}

fn numeric_type(name: &str) -> Result<NumericType, Refusal> {
    Ok(match name {
        "long" => NumericType::Long,
        "double" => NumericType::Double,
        "date" => NumericType::Date,
        "date_nanos" => return Err(Refusal::unsupported("[numeric_type] [date_nanos]")),
        _ => {
            return Err(Refusal::illegal(format!(
                "invalid value for [numeric_type], must be [long, double, date, date_nanos], got {name}"
            )));
        }
    })
}
