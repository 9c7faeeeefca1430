//! Queries whose text is analyzed.

use serde_json::{Map, Value};

use super::{Common, one_field};
use crate::error::{Refusal, token};
use crate::query::ast::{Clause, Fuzziness, Fuzzy, MultiMatch, Query, Shape, Term, Text};
use crate::query::minimum::MinimumShouldMatch;
use crate::query::place::{self, Place, illegal, parsing, unknown_key, unsupported};

/// The keys of `match` and its relatives, beside `query`, `analyzer` and those of every query.
const MATCH: [&str; 10] = [
    "operator",
    "minimum_should_match",
    "fuzziness",
    "prefix_length",
    "max_expansions",
    "fuzzy_rewrite",
    "fuzzy_transpositions",
    "lenient",
    "zero_terms_query",
    "auto_generate_synonyms_phrase_query",
];
const MATCH_PHRASE: [&str; 2] = ["slop", "zero_terms_query"];
const MATCH_PHRASE_PREFIX: [&str; 3] = ["slop", "max_expansions", "zero_terms_query"];
const MATCH_BOOL_PREFIX: [&str; 7] = [
    "operator",
    "minimum_should_match",
    "fuzziness",
    "prefix_length",
    "max_expansions",
    "fuzzy_rewrite",
    "fuzzy_transpositions",
];

/// `match`, `match_phrase`, `match_phrase_prefix` and `match_bool_prefix`.
pub(super) fn on_field(
    name: &str,
    shape: Shape,
    body: &Map<String, Value>,
    place: &Place<'_>,
) -> Result<Query, Refusal> {
    if body.is_empty() {
        return Err(parsing(place, "No text specified for text query"));
    }
    let (field, value) = one_field(name, body, place)?;
    let at = place.key(field);
    let (mut common, mut text, mut query) = (Common::default(), Text::default(), None);
    match value {
        Value::Object(body) => {
            for (key, value) in body {
                let known = text.take(key, value, keys(shape), name, &at)?;
                match key.as_str() {
                    _ if known || common.take(key, value, &at)? => {}
                    "query" => query = Some(scalar(value, &at.key(key), name)?),
                    _ => return Err(unknown_key(&at, name, key)),
                }
            }
        }
        Value::Array(_) | Value::Null => {
            return Err(illegal(&at, format_args!("Expected text but found {}", token(value))));
        }
        short => query = Some(short.clone()),
    }
    text.query = query.ok_or_else(|| parsing(&at, "No text specified for text query"))?;
    Ok(common.of(Clause::Match { field: field.to_owned(), shape, text: Box::new(text) }))
}

fn keys(shape: Shape) -> &'static [&'static str] {
    match shape {
        Shape::Words => &MATCH,
        Shape::Phrase => &MATCH_PHRASE,
        Shape::PhrasePrefix => &MATCH_PHRASE_PREFIX,
        Shape::BoolPrefix => &MATCH_BOOL_PREFIX,
    }
}

/// What is searched for: text, a number or a boolean.
fn scalar(value: &Value, place: &Place<'_>, query: &str) -> Result<Value, Refusal> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(parsing(place, format_args!("[{query}] unknown token [{}]", token(value))))
        }
        value => Ok(value.clone()),
    }
}

impl Text {
    /// Reads a key if it is one of `keys`, or `analyzer`.
    fn take(
        &mut self,
        key: &str,
        value: &Value,
        keys: &[&str],
        query: &str,
        place: &Place<'_>,
    ) -> Result<bool, Refusal> {
        let at = &place.key(key);
        if key != "analyzer" && !keys.contains(&key) {
            return Ok(false);
        }
        match key {
            "analyzer" => self.analyzer = Some(place::text(value, at)?),
            "operator" => self.all = operator(value, at)?,
            "minimum_should_match" => self.minimum = MinimumShouldMatch::parse(value, at)?,
            "fuzziness" => self.fuzziness = Some(fuzziness(value, at)?),
            "prefix_length" => self.fuzzy.prefix_length = place::whole(value, at)?,
            "max_expansions" => self.fuzzy.max_expansions = max_expansions(value, at)?,
            "fuzzy_transpositions" => self.fuzzy.transpositions = place::boolean(value, at)?,
            "fuzzy_rewrite" => rewrite(value, at)?,
            "lenient" => self.lenient = Some(place::boolean(value, at)?),
            "slop" => self.slop = slop(value, at)?,
            "zero_terms_query" => self.zero_terms_all = zero_terms(value, at)?,
            // There are no synonyms here.
            "auto_generate_synonyms_phrase_query" => drop(place::boolean(value, at)?),
            _ => return Err(unknown_key(place, query, key)),
        }
        Ok(true)
    }
}

pub(super) fn operator(value: &Value, place: &Place<'_>) -> Result<bool, Refusal> {
    let name = place::text(value, place)?.to_ascii_uppercase();
    match name.as_str() {
        "AND" => Ok(true),
        "OR" => Ok(false),
        _ => {
            let reason = format_args!("No enum constant org.elasticsearch.index.query.Operator.{name}");
            Err(illegal(place, reason))
        }
    }
}

fn zero_terms(value: &Value, place: &Place<'_>) -> Result<bool, Refusal> {
    let name = place::text(value, place)?;
    match name.to_ascii_lowercase().as_str() {
        "none" => Ok(false),
        "all" => Ok(true),
        _ => Err(parsing(place, format_args!("Unsupported zero_terms_query value [{name}]"))),
    }
}

pub(super) fn slop(value: &Value, place: &Place<'_>) -> Result<u32, Refusal> {
    if value.as_i64().is_some_and(|slop| slop < 0) {
        return Err(illegal(place, "No negative slop allowed."));
    }
    place::whole(value, place)
}

pub(super) fn max_expansions(value: &Value, place: &Place<'_>) -> Result<u32, Refusal> {
    match place::whole(value, place)? {
        0 => Err(illegal(place, "maxExpansions must be positive.")),
        expansions => Ok(expansions),
    }
}

/// `0`, `1`, `2`, `AUTO` or `AUTO:3,6`.
pub(super) fn fuzziness(value: &Value, place: &Place<'_>) -> Result<Fuzziness, Refusal> {
    let text = place::text(value, place)?;
    let upper = text.to_ascii_uppercase();
    let bogus = || illegal(place, format_args!("fuzziness cannot be [{text}]."));
    if upper == "AUTO" {
        return Ok(Fuzziness::DEFAULT);
    }
    if let Some(limits) = upper.strip_prefix("AUTO:") {
        let (low, high) = limits.split_once(',').ok_or_else(bogus)?;
        let number = |digits: &str| digits.trim().parse::<u32>().map_err(|_| bogus());
        let (low, high) = (number(low)?, number(high)?);
        return if low > high { Err(bogus()) } else { Ok(Fuzziness::Auto { low, high }) };
    }
    let edits = upper.parse::<f32>().ok().filter(|edits| edits.is_finite()).ok_or_else(bogus)?;
    match edits as i64 {
        edits @ 0..=2 => Ok(Fuzziness::Edits(edits as u8)),
        edits => Err(illegal(place, format_args!("Valid edit distances are [0, 1, 2] but was [{edits}]"))),
    }
}

/// How a query of many terms is carried out: no difference to what matches, except for those that drop terms.
pub(super) fn rewrite(value: &Value, place: &Place<'_>) -> Result<(), Refusal> {
    if value.is_null() {
        return Ok(());
    }
    let name = place::text(value, place)?;
    match name.as_str() {
        "constant_score" | "constant_score_blended" | "constant_score_boolean" | "scoring_boolean" => Ok(()),
        _ if name.starts_with("top_terms_") => Err(unsupported(place, format_args!("rewrite [{name}]"))),
        _ => {
            let reason =
                format!("failed to create query: Failed to parse rewrite_method [{name}], at [{place}]");
            Err(Refusal::new(400, "query_shard_exception", reason))
        }
    }
}

/// `fuzzy`.
pub(super) fn fuzzy(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (field, value) = one_field("fuzzy", body, place)?;
    let at = place.key(field);
    let (mut common, mut fuzzy, mut edits) = (Common::default(), Fuzzy::default(), Fuzziness::DEFAULT);
    let value = match value {
        Value::Object(body) => {
            let mut found = None;
            for (key, value) in body {
                let here = at.key(key);
                match key.as_str() {
                    "value" => found = Some(value),
                    "fuzziness" => edits = fuzziness(value, &here)?,
                    "prefix_length" => fuzzy.prefix_length = place::whole(value, &here)?,
                    "max_expansions" => fuzzy.max_expansions = max_expansions(value, &here)?,
                    "transpositions" => fuzzy.transpositions = place::boolean(value, &here)?,
                    "rewrite" => rewrite(value, &here)?,
                    _ if common.take(key, value, &at)? => {}
                    _ => return Err(unknown_key(&at, "fuzzy", key)),
                }
            }
            found.ok_or_else(|| illegal(&at, "query value cannot be null"))?
        }
        short => short,
    };
    let text = place::text(value, &at)?;
    Ok(common.of(Clause::Fuzzy { field: field.to_owned(), text, fuzziness: edits, fuzzy }))
}

/// `prefix` and `wildcard`.
pub(super) fn pattern(name: &str, body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (field, value) = one_field(name, body, place)?;
    let at = place.key(field);
    let (mut common, mut case_insensitive, mut found) = (Common::default(), false, None);
    match value {
        Value::Object(body) => {
            for (key, value) in body {
                let here = at.key(key);
                match key.as_str() {
                    "value" | "wildcard" if key == "value" || name == "wildcard" => {
                        if found.replace(place::text(value, &here)?).is_some() {
                            return Err(unsupported(&at, "both [value] and [wildcard]"));
                        }
                    }
                    "case_insensitive" => case_insensitive = place::boolean(value, &here)?,
                    "rewrite" => rewrite(value, &here)?,
                    _ if common.take(key, value, &at)? => {}
                    _ => return Err(unknown_key(&at, name, key)),
                }
            }
        }
        short => found = Some(place::text(short, &at)?),
    }
    let value = found.ok_or_else(|| illegal(&at, "value cannot be null"))?.into();
    let term = Term { field: field.to_owned(), value, case_insensitive };
    Ok(common.of(if name == "prefix" { Clause::Prefix(term) } else { Clause::Wildcard(term) }))
}

/// `multi_match`.
pub(super) fn multi_match(body: &Map<String, Value>, place: &Place<'_>) -> Result<Query, Refusal> {
    let (mut common, mut text, mut query) = (Common::default(), Text::default(), None);
    let mut multi = MultiMatch { fields: Vec::new(), most: false, tie_breaker: None, shape: Shape::Words };
    for (key, value) in body {
        let at = place.key(key);
        match key.as_str() {
            "query" => query = Some(scalar(value, &at, "multi_match")?),
            "fields" => multi.fields = weighted_fields(value, &at)?,
            "tie_breaker" => multi.tie_breaker = Some(place::float(value, &at)?),
            "type" => (multi.shape, multi.most) = kind(value, &at)?,
            "slop" => text.slop = slop(value, &at)?,
            _ if text.take(key, value, &MATCH, "multi_match", place)? => {}
            _ if common.take(key, value, place)? => {}
            _ => return Err(unknown_key(place, "multi_match", key)),
        }
    }
    text.query = query.ok_or_else(|| parsing(place, "No text specified for multi_match query"))?;
    if text.fuzziness.is_some() && matches!(multi.shape, Shape::Phrase | Shape::PhrasePrefix) {
        return Err(parsing(place, "Fuzziness not allowed for type [phrase]"));
    }
    Ok(common.of(Clause::MultiMatch { multi: Box::new(multi), text: Box::new(text) }))
}

fn kind(value: &Value, place: &Place<'_>) -> Result<(Shape, bool), Refusal> {
    let name = place::text(value, place)?;
    Ok(match name.as_str() {
        "best_fields" => (Shape::Words, false),
        "most_fields" => (Shape::Words, true),
        "phrase" => (Shape::Phrase, false),
        "phrase_prefix" => (Shape::PhrasePrefix, false),
        "bool_prefix" => (Shape::BoolPrefix, true),
        "cross_fields" => return Err(unsupported(place, "[multi_match] of type [cross_fields]")),
        _ => return Err(unknown_type(&name, place)),
    })
}

pub(super) fn unknown_type(name: &str, place: &Place<'_>) -> Refusal {
    let reason = format!("failed to parse [multi_match] query type [{name}]. unknown type., at [{place}]");
    Refusal::new(400, "parse_exception", reason)
}

/// Names of fields, each with the weight that `^` gives it.
pub(super) fn weighted_fields(value: &Value, place: &Place<'_>) -> Result<Vec<(String, f32)>, Refusal> {
    let one = |value: &Value, at: &Place<'_>| {
        let text = place::text(value, at)?;
        let Some((name, weight)) = text.split_once('^') else { return Ok((text, 1.0)) };
        match weight.parse::<f32>() {
            Ok(weight) if weight.is_finite() && weight >= 0.0 => Ok((name.to_owned(), weight)),
            _ => Err(illegal(at, format_args!("For input string: \"{weight}\""))),
        }
    };
    match value {
        Value::Array(fields) => {
            fields.iter().enumerate().map(|(index, field)| one(field, &place.item(index))).collect()
        }
        field => Ok(vec![one(field, place)?]),
    }
}
