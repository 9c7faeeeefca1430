//! `query_string` and `simple_query_string`: their keys. The syntaxes themselves are in [`syntax`](crate::query::syntax).

use serde_json::{Map, Value};

use super::{Common, text};
use crate::error::Refusal;
use crate::query::ast::{Clause, Query, QueryString, Text};
use crate::query::minimum::MinimumShouldMatch;
use crate::query::place::{self, Place, parsing, unknown_key, unsupported};
use crate::query::syntax::{self, Operators, Problem};

/// What both of them read.
struct Keys {
    common: Common,
    query: Option<String>,
    fields: Vec<(String, f32)>,
    text: Text,
}

impl Keys {
    fn new() -> Self {
        Self { common: Common::default(), query: None, fields: Vec::new(), text: Text::default() }
    }

    fn take(&mut self, key: &str, value: &Value, place: &Place<'_>) -> Result<bool, Refusal> {
        let at = &place.key(key);
        match key {
            "query" => self.query = Some(place::text(value, at)?),
            "fields" if value.is_array() => self.fields = text::weighted_fields(value, at)?,
            "default_operator" => self.text.all = text::operator(value, at)?,
            "analyzer" => self.text.analyzer = Some(place::text(value, at)?),
            "lenient" => self.text.lenient = Some(place::boolean(value, at)?),
            "minimum_should_match" => self.text.minimum = MinimumShouldMatch::parse(value, at)?,
            "fuzzy_prefix_length" => self.text.fuzzy.prefix_length = place::whole(value, at)?,
            "fuzzy_max_expansions" => self.text.fuzzy.max_expansions = text::max_expansions(value, at)?,
            "fuzzy_transpositions" => self.text.fuzzy.transpositions = place::boolean(value, at)?,
            // There are no synonyms here.
            "auto_generate_synonyms_phrase_query" => drop(place::boolean(value, at)?),
            "analyze_wildcard" => off(value, at, "[analyze_wildcard]")?,
            "quote_field_suffix" => return Err(unsupported(at, "[quote_field_suffix]")),
            _ => return self.common.take(key, value, place),
        }
        Ok(true)
    }
}

/// An option that can only be left off here.
fn off(value: &Value, place: &Place<'_>, what: &str) -> Result<(), Refusal> {
    if place::boolean(value, place)? { Err(unsupported(place, what)) } else { Ok(()) }
}

pub(super) fn classic(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let mut keys = Keys::new();
    let (mut default_field, mut time_zone, mut tie_breaker, mut leading) = (None, None, 0.0, true);
    for (key, value) in body {
        let at = place.key(key);
        match key.as_str() {
            "default_field" => default_field = Some(place::text(value, &at)?),
            "time_zone" => time_zone = Some(place::text(value, &at)?),
            "tie_breaker" => tie_breaker = place::float(value, &at)?,
            "phrase_slop" => keys.text.slop = text::slop(value, &at)?,
            "fuzziness" => keys.text.fuzziness = Some(text::fuzziness(value, &at)?),
            "allow_leading_wildcard" => leading = place::boolean(value, &at)?,
            "rewrite" | "fuzzy_rewrite" => text::rewrite(value, &at)?,
            // A limit of Elasticsearch's; patterns here have one of their own.
            "max_determinized_states" => drop(place::whole(value, &at)?),
            "enable_position_increments" if place::boolean(value, &at)? => {}
            "enable_position_increments" => return Err(unsupported(&at, "[enable_position_increments] off")),
            "escape" => off(value, &at, "[escape]")?,
            "quote_analyzer" => return Err(unsupported(&at, "[quote_analyzer]")),
            "type" => match place::text(value, &at)?.as_str() {
                "best_fields" => {}
                kind @ ("most_fields" | "cross_fields" | "phrase" | "phrase_prefix" | "bool_prefix") => {
                    return Err(unsupported(&at, format_args!("[query_string] of type [{kind}]")));
                }
                kind => return Err(text::unknown_type(kind, &at)),
            },
            _ if keys.take(key, value, place)? => {}
            _ => return Err(unknown_key(place, "query_string", key)),
        }
    }
    let query = keys.query.ok_or_else(|| parsing(place, "[query_string] must be provided with a [query]"))?;
    if let Some(field) = default_field {
        if !keys.fields.is_empty() {
            let reason = "failed to create query: Validation Failed: 1: [query_string] cannot use [fields] parameter in conjunction with [default_field];";
            return Err(Refusal::new(400, "query_shard_exception", format!("{reason}, at [{place}]")));
        }
        keys.fields.push((field, 1.0));
    }
    let node = syntax::parse_classic(&query, leading).map_err(|problem| match problem {
        Problem::Malformed => Refusal::new(
            400,
            "query_shard_exception",
            format!("Failed to parse query [{query}], at [{place}]"),
        ),
        Problem::Unsupported(what) => unsupported(place, what),
    })?;
    Ok(keys.common.of(Clause::QueryString(Box::new(QueryString {
        simple: false,
        node,
        fields: keys.fields,
        text: keys.text,
        time_zone,
        tie_breaker,
    }))))
}

pub(super) fn simple(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (mut keys, mut operators) = (Keys::new(), Operators::ALL);
    for (key, value) in body {
        let at = place.key(key);
        match key.as_str() {
            "flags" if value.is_string() => {
                operators = Operators::parse(value.as_str().unwrap_or_default()).map_err(|name| {
                    place::illegal(&at, format_args!("Unknown simple_query_string flag [{name}]"))
                })?;
            }
            "flags" => return Err(unsupported(&at, "[flags] as a number")),
            _ if keys.take(key, value, place)? => {}
            _ => {
                return Err(parsing(place, format_args!("[simple_query_string] unsupported field [{key}]")));
            }
        }
    }
    let query = keys.query.ok_or_else(|| parsing(place, "[simple_query_string] query text missing"))?;
    Ok(keys.common.of(Clause::QueryString(Box::new(QueryString {
        simple: true,
        node: syntax::parse_simple(&query, operators, keys.text.all),
        fields: keys.fields,
        text: keys.text,
        time_zone: None,
        tie_breaker: 1.0,
    }))))
}
