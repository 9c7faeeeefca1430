//! Queries on the values of one field, and on none.

use serde_json::{Map, Value};

use super::{Common, one_field};
use crate::date::Zone;
use crate::error::{Refusal, token};
use crate::query::ast::{Bound, Clause, Query, Range, Term};
use crate::query::pattern::Flags;
use crate::query::place::{self, Place, illegal, parsing, unknown_key, unsupported};

/// How many terms a query may list (Elasticsearch's `index.max_terms_count`).
const MAX_TERMS: usize = 65_536;

/// `match_all` and `match_none`.
pub(super) fn without_keys(
    query: &str,
    body: &Map<String, Value>,
    place: &Place<'_>,
    clause: Clause,
) -> Result<Query, Refusal> {
    let mut common = Common::default();
    for (key, value) in body {
        if !common.take(key, value, place)? {
            return Err(parsing(place, format_args!("[{query}] unknown field [{key}]")));
        }
    }
    Ok(common.of(clause))
}

pub(super) fn term(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (field, value) = one_field("term", body, place)?;
    let at = place.key(field);
    let (mut common, mut case_insensitive) = (Common::default(), false);
    let value = match value {
        Value::Object(body) => {
            let mut found = None;
            for (key, value) in body {
                match key.as_str() {
                    "value" => found = Some(value),
                    "case_insensitive" => case_insensitive = place::boolean(value, &at.key(key))?,
                    _ if common.take(key, value, &at)? => {}
                    _ => return Err(unknown_key(&at, "term", key)),
                }
            }
            found.unwrap_or(&Value::Null)
        }
        short => short,
    };
    match value {
        Value::Null => Err(illegal(&at, "value cannot be null")),
        Value::Array(_) => Err(parsing(&at, "[term] query does not support array of values")),
        Value::Object(_) => Err(parsing(&at, "[term] query does not support objects as values")),
        value => Ok(common.of(Clause::Term(Term {
            field: field.to_owned(),
            value: value.clone(),
            case_insensitive,
        }))),
    }
}

pub(super) fn terms(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (mut common, mut clause) = (Common::default(), None);
    for (key, value) in body {
        if common.take(key, value, place)? {
            continue;
        }
        let at = place.key(key);
        if clause.is_some() {
            return Err(parsing(place, "[terms] query does not support multiple fields"));
        }
        let values = match value {
            Value::Array(values) => values,
            Value::Object(_) => return Err(unsupported(&at, "a lookup of terms in a document")),
            _ => return Err(unknown_key(place, "terms", key)),
        };
        if values.len() > MAX_TERMS {
            let count = values.len();
            let reason = format_args!(
                "The number of terms [{count}] used in the Terms Query request has exceeded the allowed maximum of [{MAX_TERMS}]. This maximum can be set by changing the [index.max_terms_count] index level setting."
            );
            return Err(illegal(&at, reason));
        }
        for (index, value) in values.iter().enumerate() {
            match value {
                Value::Null => return Err(parsing(&at.item(index), "No value specified for terms query")),
                Value::Array(_) | Value::Object(_) => {
                    let reason = format_args!("[terms] unknown token [{}]", token(value));
                    return Err(parsing(&at.item(index), reason));
                }
                _ => {}
            }
        }
        clause = Some(Clause::Terms { field: key.clone(), values: values.clone() });
    }
    let clause = clause.ok_or_else(|| {
        parsing(
            place,
            "[terms] query requires a field name, followed by array of terms or a document lookup specification",
        )
    })?;
    Ok(common.of(clause))
}

pub(super) fn range(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (field, bounds) = one_field("range", body, place)?;
    let at = place.key(field);
    let Some(bounds) = bounds.as_object() else {
        return Err(unknown_key(place, "range", field));
    };
    let mut common = Common::default();
    let mut range = Range { field: field.to_owned(), from: None, until: None, format: None, time_zone: None };
    for (key, value) in bounds {
        let at = at.key(key);
        match key.as_str() {
            "gte" | "gt" => set(&mut range.from, bound(value, key == "gte", &at)?, &at)?,
            "lte" | "lt" => set(&mut range.until, bound(value, key == "lte", &at)?, &at)?,
            "format" => range.format = optional_text(value, &at)?,
            "time_zone" => range.time_zone = optional_text(value, &at)?,
            "relation" => relation(value, &at)?,
            _ if common.take(key, value, &place.key(field))? => {}
            _ => return Err(unknown_key(&place.key(field), "range", key)),
        }
    }
    if let Some(zone) = range.time_zone.as_deref().filter(|zone| Zone::parse(zone).is_none()) {
        return Err(illegal(
            &at,
            format_args!("java.time.zone.ZoneRulesException: Unknown time-zone ID: {zone}"),
        ));
    }
    Ok(common.of(Clause::Range(range)))
}

/// An end of a range; `null` is an open one.
fn bound(value: &Value, included: bool, place: &Place<'_>) -> Result<Option<Bound>, Refusal> {
    match value {
        Value::Null => Ok(None),
        Value::Array(_) | Value::Object(_) => Err(place::wrong_type(value, place, "a value")),
        value => Ok(Some(Bound { value: value.clone(), included })),
    }
}

/// One end cannot be given twice: Elasticsearch takes the one that comes last in the text.
fn set(end: &mut Option<Bound>, bound: Option<Bound>, place: &Place<'_>) -> Result<(), Refusal> {
    match (end.is_some(), bound) {
        (true, Some(_)) => Err(unsupported(place, "two bounds at one end of a range")),
        (_, Some(bound)) => {
            *end = Some(bound);
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

/// How a range of a range field lies to that of the query; the values of other fields are points.
fn relation(value: &Value, place: &Place<'_>) -> Result<(), Refusal> {
    let Some(name) = optional_text(value, place)? else { return Ok(()) };
    match name.to_ascii_lowercase().as_str() {
        "intersects" | "contains" | "within" => Ok(()),
        "disjoint" => Err(illegal(place, "[range] query does not support relation [disjoint]")),
        _ => Err(illegal(place, format_args!("{name} is not a valid relation"))),
    }
}

fn optional_text(value: &Value, place: &Place<'_>) -> Result<Option<String>, Refusal> {
    if value.is_null() { Ok(None) } else { place::text(value, place).map(Some) }
}

pub(super) fn exists(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (mut common, mut field) = (Common::default(), None);
    for (key, value) in body {
        match key.as_str() {
            "field" => field = Some(place::text(value, &place.key(key))?),
            _ if common.take(key, value, place)? => {}
            _ => return Err(unknown_key(place, "exists", key)),
        }
    }
    let field = field.ok_or_else(|| parsing(place, "[exists] must be provided with a [field]"))?;
    if field.is_empty() {
        return Err(illegal(place, "field name is null or empty"));
    }
    Ok(common.of(Clause::Exists { field }))
}

pub(super) fn ids(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (mut common, mut ids) = (Common::default(), Vec::new());
    for (key, value) in body {
        let at = place.key(key);
        match key.as_str() {
            "values" => {
                ids = match value {
                    Value::Array(values) => {
                        let read = |(index, value)| place::text(value, &at.item(index));
                        values.iter().enumerate().map(read).collect::<Result<_, _>>()?
                    }
                    value => vec![place::text(value, &at)?],
                }
            }
            _ if common.take(key, value, place)? => {}
            _ => return Err(parsing(place, format_args!("[ids] unknown field [{key}]"))),
        }
    }
    Ok(common.of(Clause::Ids(ids)))
}

pub(super) fn regexp(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (field, value) = one_field("regexp", body, place)?;
    let at = place.key(field);
    let (mut common, mut case_insensitive, mut flags, mut found) =
        (Common::default(), false, Flags::ALL, None);
    match value {
        Value::Object(body) => {
            for (key, value) in body {
                let here = at.key(key);
                match key.as_str() {
                    "value" => found = Some(place::text(value, &here)?),
                    "case_insensitive" => case_insensitive = place::boolean(value, &here)?,
                    "flags" => flags = regexp_flags(&place::text(value, &here)?, &here)?,
                    "flags_value" => return Err(unsupported(&here, "[flags_value]; give [flags]")),
                    // A limit of Elasticsearch's; patterns here have one of their own.
                    "max_determinized_states" => drop(place::whole(value, &here)?),
                    "rewrite" => super::text::rewrite(value, &here)?,
                    _ if common.take(key, value, &at)? => {}
                    _ => return Err(unknown_key(&at, "regexp", key)),
                }
            }
        }
        short => found = Some(place::text(short, &at)?),
    }
    let value = found.ok_or_else(|| illegal(&at, "value cannot be null"))?.into();
    let term = Term { field: field.to_owned(), value, case_insensitive };
    Ok(common.of(Clause::Regexp { term, flags }))
}

fn regexp_flags(text: &str, place: &Place<'_>) -> Result<Flags, Refusal> {
    match Flags::parse(text) {
        None => Ok(Flags::ALL),
        Some(flags) => flags.map_err(|name| illegal(place, format_args!("Unknown regexp flag [{name}]"))),
    }
}
