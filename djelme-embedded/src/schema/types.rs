//! What a field's parameters mean, type by type.

use std::sync::Arc;

use serde_json::Value;

use super::mapping::Leaf;
use super::params::{Params, refused, text};
use super::{FieldType, Kind, NumberType};
use crate::analysis::{Analyzer, Analyzers};
use crate::date::DateFormat;
use crate::error::Refusal;

/// The types that the engine has.
const TYPES: [&str; 21] = [
    "text",
    "match_only_text",
    "keyword",
    "wildcard",
    "constant_keyword",
    "byte",
    "short",
    "integer",
    "long",
    "unsigned_long",
    "half_float",
    "float",
    "double",
    "scaled_float",
    "date",
    "boolean",
    "ip",
    "version",
    "flattened",
    "binary",
    "object",
];

/// Types of Elasticsearch that the engine has not.
const FOREIGN: [&str; 36] = [
    "nested",
    "date_nanos",
    "geo_point",
    "geo_shape",
    "point",
    "shape",
    "dense_vector",
    "sparse_vector",
    "join",
    "percolator",
    "completion",
    "search_as_you_type",
    "token_count",
    "rank_feature",
    "rank_features",
    "rank_vectors",
    "histogram",
    "alias",
    "integer_range",
    "long_range",
    "float_range",
    "double_range",
    "date_range",
    "ip_range",
    "aggregate_metric_double",
    "semantic_text",
    "annotated_text",
    "murmur3",
    "counted_keyword",
    "passthrough",
    "icu_collation_keyword",
    "exponential_histogram",
    "pattern_text",
    "patterned_text",
    "tdigest",
    "inference",
];

/// Whether the engine has this field type.
pub(crate) fn has_type(name: &str) -> bool {
    TYPES.contains(&name)
}

/// Reads the parameters of a field.
pub(super) fn leaf(params: &mut Params<'_>, analyzers: &Analyzers) -> Result<Leaf, Refusal> {
    let es_type = params.es_type;
    let Some(&es_type) = TYPES.iter().find(|name| **name == es_type) else {
        return Err(unknown_type(params));
    };
    params.meta()?;
    params.refuse(&[
        "script",
        "on_script_error",
        "time_series_dimension",
        "time_series_dimensions",
        "time_series_metric",
    ])?;
    match es_type {
        "text" | "match_only_text" => text_field(params, es_type, analyzers),
        "keyword" => keyword(params, analyzers),
        "wildcard" => {
            let mut leaf = new(params, es_type, Kind::Keyword);
            leaf.ignore_above = params.whole("ignore_above", usize::MAX)?;
            leaf.null_value = null_value(params);
            Ok(leaf)
        }
        "constant_keyword" => constant_keyword(params),
        "date" => date(params),
        "boolean" => {
            let mut leaf = new(params, es_type, Kind::Boolean);
            common(params, &mut leaf)?;
            if let Some(value) = &leaf.null_value {
                super::params::boolean(value).map_err(refused)?;
            }
            Ok(leaf)
        }
        "ip" => {
            let mut leaf = new(params, es_type, Kind::Ip);
            common(params, &mut leaf)?;
            if let Some(value) = &leaf.null_value {
                super::ip::parse(&text(value)).map_err(|error| {
                    refused(format!("Error parsing [null_value] on field [{}]: {error}", params.name))
                })?;
            }
            Ok(leaf)
        }
        "version" => Ok(new(params, es_type, Kind::Version)),
        "flattened" => flattened(params),
        "binary" => {
            params.pass(&["store", "doc_values"]);
            Ok(Leaf { kept: false, ..new(params, es_type, Kind::Binary) })
        }
        _ => number(params, es_type),
    }
}

fn unknown_type(params: &Params<'_>) -> Refusal {
    let Params { path, name, es_type, .. } = params;
    if FOREIGN.contains(es_type) {
        return Refusal::unsupported(format_args!("the type [{es_type}] of field [{path}]"));
    }
    refused(format!(
        "The mapper type [{es_type}] declared on field [{name}] does not exist. It might have been created within a \
         future version or requires a plugin to be installed. Check the documentation."
    ))
}

fn new(params: &mut Params<'_>, es_type: &'static str, kind: Kind) -> Leaf {
    Leaf {
        field: FieldType::new(params.path.to_owned(), es_type, kind),
        kept: true,
        ignore_above: usize::MAX,
        coerce: true,
        ignore_malformed: false,
        null_value: None,
        depth_limit: 20,
        multi: Vec::new(),
        copy_paths: params.strings("copy_to"),
        copy_to: Vec::new(),
        handle: None,
        keyed: None,
    }
}

/// The parameters that most types have.
fn common(params: &mut Params<'_>, leaf: &mut Leaf) -> Result<(), Refusal> {
    leaf.field.indexed = params.boolean("index", true)?;
    leaf.field.doc_values = params.boolean("doc_values", true)?;
    leaf.kept = leaf.field.indexed || leaf.field.doc_values;
    leaf.ignore_malformed = match leaf.field.kind {
        Kind::Keyword | Kind::Flattened => false,
        _ => params.boolean("ignore_malformed", false)?,
    };
    leaf.null_value = null_value(params);
    params.pass(&["store"]);
    Ok(())
}

fn null_value(params: &mut Params<'_>) -> Option<Value> {
    params.take("null_value").filter(|value| !value.is_null()).cloned()
}

fn keyword(params: &mut Params<'_>, analyzers: &Analyzers) -> Result<Leaf, Refusal> {
    let mut leaf = new(params, "keyword", Kind::Keyword);
    common(params, &mut leaf)?;
    leaf.ignore_above = params.whole("ignore_above", usize::MAX)?;
    if let Some(name) = params.string("normalizer").filter(|name| name != "default") {
        let found = analyzers.normalizer(&name);
        let found = found
            .ok_or_else(|| refused(format!("normalizer [{name}] not found for field [{}]", params.name)))?;
        leaf.field.normalizer = Some(found);
    }
    // Scores are no part of the promise that answers are the same.
    params.pass(&["eager_global_ordinals", "index_options", "norms", "similarity"]);
    if params.boolean("split_queries_on_whitespace", false)? {
        return Err(Refusal::unsupported(format_args!(
            "[split_queries_on_whitespace] of field [{}]",
            params.path
        )));
    }
    Ok(leaf)
}

fn constant_keyword(params: &mut Params<'_>) -> Result<Leaf, Refusal> {
    let mut leaf = new(params, "constant_keyword", Kind::Keyword);
    let Some(value) = params.string("value") else {
        return Err(Refusal::unsupported(format_args!(
            "field [{}] of type [constant_keyword] without a [value]",
            params.path
        )));
    };
    leaf.field.constant = Some(value);
    Ok(leaf)
}

fn text_field(
    params: &mut Params<'_>,
    es_type: &'static str,
    analyzers: &Analyzers,
) -> Result<Leaf, Refusal> {
    let analyzer = params.string("analyzer").unwrap_or_else(|| "default".to_owned());
    let search = params.string("search_analyzer");
    let quoted = params.string("search_quote_analyzer");
    let known = |name: &str| match analyzers.analyzer(name)? {
        Some(_) => Ok(()),
        None => Err(refused(format!("analyzer [{name}] has not been configured in mappings"))),
    };
    known(&analyzer)?;
    let search_analyzer = match search {
        Some(search) => search,
        None if analyzer == "default" => analyzers.default_search(),
        None => analyzer.clone(),
    };
    known(&search_analyzer)?;
    if let Some(quoted) = quoted.filter(|quoted| *quoted != search_analyzer) {
        known(&quoted)?;
        return Err(Refusal::unsupported(format_args!(
            "[search_quote_analyzer: {quoted}] of field [{}], which differs from its search analyzer",
            params.path
        )));
    }
    let mut leaf = new(params, es_type, Kind::Text { analyzer, search_analyzer });
    leaf.field.doc_values = false;
    if es_type == "text" {
        leaf.field.indexed = params.boolean("index", true)?;
        leaf.kept = leaf.field.indexed;
        if params.boolean("fielddata", false)? {
            return Err(Refusal::unsupported(format_args!("[fielddata] of field [{}]", params.path)));
        }
        if params.whole("position_increment_gap", 100)? != 100 {
            return Err(Refusal::unsupported(format_args!(
                "[position_increment_gap] of field [{}]",
                params.path
            )));
        }
        if let Some(options) =
            params.string("index_options").filter(|options| *options != "positions" && *options != "offsets")
        {
            return Err(Refusal::unsupported(format_args!(
                "[index_options: {options}] of field [{}]",
                params.path
            )));
        }
        params.pass(&[
            "store",
            "norms",
            "similarity",
            "eager_global_ordinals",
            "fielddata_frequency_filter",
            "index_phrases",
            "index_prefixes",
            "term_vector",
        ]);
    }
    Ok(leaf)
}

fn date(params: &mut Params<'_>) -> Result<Leaf, Refusal> {
    let mut leaf = new(params, "date", Kind::Date);
    common(params, &mut leaf)?;
    if let Some(format) = params.string("format") {
        leaf.field.format = Arc::new(DateFormat::new(&format).map_err(|mut error| {
            if error.error_type == "illegal_argument_exception" {
                error =
                    refused(format!("Error parsing [format] on field [{}]: {}", params.name, error.reason));
            } else {
                error.reason = format!("{} of field [{}]", error.reason, params.path);
            }
            error
        })?);
    }
    if let Some(locale) = params
        .string("locale")
        .filter(|locale| !matches!(locale.as_str(), "en" | "en_US" | "en-US" | "ROOT" | ""))
    {
        return Err(Refusal::unsupported(format_args!("[locale: {locale}] of field [{}]", params.path)));
    }
    if let Some(value) = &leaf.null_value {
        let parsed =
            leaf.field.format.parse(&text(value), crate::date::Missing::First, crate::date::Zone::UTC);
        parsed.map_err(|error| {
            refused(format!("Error parsing [null_value] on field [{}]: {error}", params.name))
        })?;
    }
    Ok(leaf)
}

fn flattened(params: &mut Params<'_>) -> Result<Leaf, Refusal> {
    let mut leaf = new(params, "flattened", Kind::Flattened);
    common(params, &mut leaf)?;
    leaf.ignore_above = params.whole("ignore_above", usize::MAX)?;
    leaf.depth_limit = params.whole("depth_limit", 20)?;
    params.pass(&["eager_global_ordinals", "index_options", "similarity"]);
    if params.boolean("split_queries_on_whitespace", false)? {
        return Err(Refusal::unsupported(format_args!(
            "[split_queries_on_whitespace] of field [{}]",
            params.path
        )));
    }
    Ok(leaf)
}

fn number(params: &mut Params<'_>, es_type: &'static str) -> Result<Leaf, Refusal> {
    let number = match es_type {
        "byte" => NumberType::Byte,
        "short" => NumberType::Short,
        "integer" => NumberType::Integer,
        "long" => NumberType::Long,
        "unsigned_long" => NumberType::UnsignedLong,
        "half_float" => NumberType::HalfFloat,
        "float" => NumberType::Float,
        "scaled_float" => NumberType::ScaledFloat { factor: scaling_factor(params)? },
        _ => NumberType::Double,
    };
    let mut leaf = new(params, es_type, Kind::Number(number));
    common(params, &mut leaf)?;
    leaf.coerce = number == NumberType::UnsignedLong || params.boolean("coerce", true)?;
    if let Some(value) = &leaf.null_value {
        super::value::number(number, &text(value), true).map_err(refused)?;
    }
    Ok(leaf)
}

fn scaling_factor(params: &mut Params<'_>) -> Result<f64, Refusal> {
    let Some(value) = params.take("scaling_factor") else {
        return Err(refused(format!("Field [{}] misses required parameter [scaling_factor]", params.name)));
    };
    let factor = value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(f64::NAN);
    if factor.is_finite() && factor > 0.0 {
        return Ok(factor);
    }
    Err(refused(format!("[scaling_factor] must be a positive number, got [{}]", text(value))))
}

/// The analyzers of a field, by name.
pub(super) fn analyzers(kind: &Kind, known: &Analyzers) -> Result<Vec<(String, Arc<Analyzer>)>, Refusal> {
    let Kind::Text { analyzer, search_analyzer } = kind else { return Ok(Vec::new()) };
    let mut found = Vec::with_capacity(2);
    for name in [analyzer, search_analyzer] {
        if let Some(analyzer) = known.analyzer(name)? {
            found.push((name.clone(), analyzer));
        }
    }
    Ok(found)
}
