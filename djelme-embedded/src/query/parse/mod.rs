//! Reading queries: Elasticsearch's JSON, every key known or refused by name.

mod compound;
mod leaf;
mod query_string;
mod text;

use serde_json::{Map, Value};

use super::ast::{Clause, Query, Shape};
use super::place::{self, Place, parsing, unsupported};
use crate::error::{Refusal, token};

/// How deep queries may nest (Elasticsearch's `indices.query.bool.max_nested_depth`).
const MAX_DEPTH: u32 = 30;

/// Queries that Elasticsearch has and this engine has not.
const UNSUPPORTED: [&str; 41] = [
    "combined_fields",
    "distance_feature",
    "field_masking_span",
    "function_score",
    "geo_bounding_box",
    "geo_distance",
    "geo_grid",
    "geo_polygon",
    "geo_shape",
    "has_child",
    "has_parent",
    "intervals",
    "knn",
    "more_like_this",
    "nested",
    "parent_id",
    "percolate",
    "pinned",
    "rank_feature",
    "rule",
    "rule_query",
    "script",
    "script_score",
    "semantic",
    "shape",
    "span_containing",
    "span_first",
    "span_gap",
    "span_multi",
    "span_near",
    "span_not",
    "span_or",
    "span_term",
    "span_within",
    "sparse_vector",
    "terms_set",
    "text_expansion",
    "type",
    "weighted_tokens",
    "wrapper",
    "xpack_rule",
];

/// A reader of queries, so many levels down.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    depth: u32,
}

/// What every query takes beside its own keys.
pub(super) struct Common {
    name: Option<String>,
    boost: f32,
}

impl Default for Common {
    fn default() -> Self {
        Self { name: None, boost: 1.0 }
    }
}

impl Common {
    /// Reads `boost` and `_name`; `false` if the key is neither.
    pub(super) fn take(&mut self, key: &str, value: &Value, place: &Place<'_>) -> Result<bool, Refusal> {
        match key {
            "boost" => self.boost = place::boost(value, &place.key(key))?,
            "_name" => self.name = Some(place::text(value, &place.key(key))?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn of(self, clause: Clause) -> Query {
        Query { name: self.name, boost: self.boost, clause }
    }
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { depth: 0 }
    }

    /// Reads a query: an object with one key, its name.
    pub(super) fn query(self, query: &Value, place: &Place<'_>) -> Result<Query, Refusal> {
        let Some(query) = query.as_object() else {
            return Err(parsing(
                place,
                format_args!(
                    "[_na] query malformed, must start with start_object but found [{}]",
                    token(query)
                ),
            ));
        };
        let mut entries = query.iter();
        let Some((name, body)) = entries.next() else {
            return Err(place::illegal(place, "query malformed, empty clause found"));
        };
        if let Some((other, _)) = entries.next() {
            return Err(parsing(
                place,
                format_args!(
                    "[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME] [{other}]"
                ),
            ));
        }
        self.named(name, body, &place.key(name))
    }

    fn named(self, name: &str, body: &Value, place: &Place<'_>) -> Result<Query, Refusal> {
        let body = || place::body(body, place, name);
        match name {
            "match_all" => leaf::without_keys(name, body()?, place, Clause::MatchAll),
            "match_none" => leaf::without_keys(name, body()?, place, Clause::MatchNone),
            "term" => leaf::term(body()?, place),
            "terms" => leaf::terms(body()?, place),
            "range" => leaf::range(body()?, place),
            "exists" => leaf::exists(body()?, place),
            "ids" => leaf::ids(body()?, place),
            "prefix" | "wildcard" => text::pattern(name, body()?, place),
            "regexp" => leaf::regexp(body()?, place),
            "fuzzy" => text::fuzzy(body()?, place),
            "match" => text::on_field(name, Shape::Words, body()?, place),
            "match_phrase" => text::on_field(name, Shape::Phrase, body()?, place),
            "match_phrase_prefix" => text::on_field(name, Shape::PhrasePrefix, body()?, place),
            "match_bool_prefix" => text::on_field(name, Shape::BoolPrefix, body()?, place),
            "multi_match" => text::multi_match(body()?, place),
            "query_string" => query_string::classic(body()?, place),
            "simple_query_string" => query_string::simple(body()?, place),
            "bool" => self.deeper(place)?.bool(body()?, place),
            "constant_score" => self.deeper(place)?.constant_score(body()?, place),
            "dis_max" => self.deeper(place)?.dis_max(body()?, place),
            "boosting" => self.deeper(place)?.boosting(body()?, place),
            _ if UNSUPPORTED.contains(&name) => Err(unsupported(place, format_args!("the query [{name}]"))),
            _ => Err(parsing(place, format_args!("unknown query [{name}]"))),
        }
    }

    fn deeper(self, place: &Place<'_>) -> Result<Self, Refusal> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            let reason = format_args!(
                "The nested depth of the query exceeds the maximum nested depth for bool queries set in [indices.query.bool.max_nested_depth] [{MAX_DEPTH}]"
            );
            return Err(place::illegal(place, reason));
        }
        Ok(Self { depth })
    }
}

/// A body of the form `{"field": …, "boost": …}` where only the field is not common: the field with its value.
pub(super) fn one_field<'v>(
    query: &str,
    body: &'v Map<String, Value>,
    place: &Place<'_>,
) -> Result<(&'v str, &'v Value), Refusal> {
    let mut fields = body.iter();
    let Some((field, value)) = fields.next() else {
        return Err(place::illegal(place, "field name is null or empty"));
    };
    if let Some((second, _)) = fields.next() {
        let reason =
            format_args!("[{query}] query doesn't support multiple fields, found [{field}] and [{second}]");
        return Err(parsing(place, reason));
    }
    if field.is_empty() {
        return Err(place::illegal(place, "field name is null or empty"));
    }
    Ok((field, value))
}
