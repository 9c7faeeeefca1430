//! Requests: the aggregations that they name, one within the other.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::cardinality::Cardinality;
use super::composite::Composite;
use super::date_histogram::DateHistogram;
use super::filter::Filters;
use super::format::{Decimal, Format};
use super::histogram::Histogram;
use super::level::{Aggregator, Level, Node};
use super::metric_request::Simple;
use super::missing::text_of;
use super::params::Params;
use super::pipeline::{Around, PipelineRequest};
use super::range::Ranges;
use super::single::Single;
use super::source::{Source, ValueKind};
use super::terms::Terms;
use super::top_hits::{Scores, TopHits};
use super::weighted::WeightedAvg;
use crate::date::{DateFormat, Zone, parse_bound};
use crate::error::{Refusal, token};
use crate::store::Part;

/// How deep aggregations may lie within each other.
const DEEPEST: usize = 20;

/// What Elasticsearch has and this engine has not.
const REFUSED: &[&str] = &[
    "adjacency_matrix",
    "auto_date_histogram",
    "boxplot",
    "categorize_text",
    "children",
    "counted_terms",
    "diversified_sampler",
    "frequent_item_sets",
    "geo_bounds",
    "geo_centroid",
    "geo_distance",
    "geo_line",
    "geohash_grid",
    "geohex_grid",
    "geotile_grid",
    "ip_prefix",
    "ip_range",
    "matrix_stats",
    "multi_terms",
    "nested",
    "parent",
    "random_sampler",
    "rare_terms",
    "rate",
    "reverse_nested",
    "sampler",
    "scripted_metric",
    "significant_terms",
    "significant_text",
    "string_stats",
    "t_test",
    "time_series",
    "top_metrics",
    "variable_width_histogram",
];

/// Aggregations side by side.
#[derive(Debug, Clone, Default)]
pub(super) struct LevelRequest {
    nodes: Vec<Arc<NodeRequest>>,
    /// In the order in which they are computed.
    pipelines: Vec<PipelineRequest>,
}

/// One aggregation.
#[derive(Debug)]
struct NodeRequest {
    name: String,
    meta: Option<Value>,
    kind: Kind,
    below: LevelRequest,
}

/// The aggregation itself.
#[derive(Debug)]
enum Kind {
    Terms(Box<Terms>),
    DateHistogram(Box<DateHistogram>),
    Histogram(Histogram),
    Ranges(Ranges),
    Composite(Composite),
    TopHits(Box<TopHits>),
    Filters(Filters),
    Single(Single),
    Simple(Simple),
    Cardinality(Cardinality),
    WeightedAvg(WeightedAvg),
}

/// What aggregations are made for.
pub(super) struct Build<'a> {
    pub(super) parts: &'a [Part],
    pub(super) now: DateTime<Utc>,
    pub(super) scores: Scores,
}

impl LevelRequest {
    /// Reads the value of `aggs`.
    pub(super) fn parse(value: &Value, place: &str, depth: usize) -> Result<Self, Refusal> {
        let Value::Object(aggregations) = value else {
            return Err(Refusal::parsing(format!("Unknown key for a {} in [{place}].", token(value))));
        };
        if depth > DEEPEST {
            return Err(Refusal::illegal(format!(
                "The aggregations at [{place}] are nested deeper than [{DEEPEST}] levels"
            )));
        }
        let mut level = Self::default();
        for (name, definition) in aggregations {
            match NodeRequest::parse(name, definition, place, depth)? {
                Parsed::Node(node) => level.nodes.push(node),
                Parsed::Pipeline(pipeline) => level.pipelines.push(*pipeline),
            }
        }
        level.pipelines = PipelineRequest::in_order(level.pipelines)?;
        for pipeline in &level.pipelines {
            pipeline.check_paths(|names| level.lacks(names))?;
        }
        if depth == 1 {
            level.check_pipelines(Around::Nothing)?;
        }
        Ok(level)
    }

    /// Which of these names, one within the other, is not there.
    fn lacks(&self, names: &[&str]) -> Option<usize> {
        let mut level = Some(self);
        for (at, name) in names.iter().enumerate() {
            let here = level?;
            if here.pipelines.iter().any(|pipeline| pipeline.name == *name) {
                level = None;
                continue;
            }
            match here.nodes.iter().find(|node| node.name == *name) {
                Some(node) => level = Some(&node.below),
                None => return Some(at),
            }
        }
        None
    }

    /// Whether the pipelines here lie within the right aggregation.
    fn check_pipelines(&self, around: Around) -> Result<(), Refusal> {
        self.pipelines.iter().try_for_each(|pipeline| pipeline.check(around))
    }

    /// Whether a `composite` lies here, or within filters here.
    fn has_composite(&self) -> bool {
        self.nodes.iter().any(|node| match node.kind {
            Kind::Composite(_) => true,
            _ => node.below.has_composite(),
        })
    }

    /// Whether scores are needed.
    pub(super) fn needs_scores(&self) -> bool {
        self.nodes.iter().any(|node| match &node.kind {
            Kind::TopHits(hits) => hits.needs_scores(),
            _ => node.below.needs_scores(),
        })
    }

    fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.pipelines.is_empty()
    }

    pub(super) fn build(&self, build: &Build<'_>) -> Result<Level, Refusal> {
        let mut level = Level::default();
        level.pipelines.extend(self.pipelines.iter().map(|pipeline| pipeline.pipeline.clone()));
        for node in &self.nodes {
            let below = node.below.build(build)?;
            level.nodes.push(Node {
                name: node.name.clone(),
                meta: node.meta.clone(),
                aggregator: node.kind.build(build, below)?,
            });
        }
        Ok(level)
    }
}

/// What a definition says.
enum Parsed {
    Node(Arc<NodeRequest>),
    Pipeline(Box<PipelineRequest>),
}

impl NodeRequest {
    fn parse(name: &str, definition: &Value, place: &str, depth: usize) -> Result<Parsed, Refusal> {
        if name.is_empty() || name.contains(['[', ']', '>']) {
            return Err(Refusal::parsing(format!(
                "Invalid aggregation name [{name}]. Aggregation names can contain any character except '[', ']', and \
                 '>'"
            )));
        }
        let Value::Object(definition) = definition else {
            return Err(Refusal::parsing(format!(
                "Aggregation definition for [{name} starts with a [{}], expected a [START_OBJECT].",
                token(definition)
            )));
        };
        let (mut meta, mut below, mut found) = (None, None, None);
        for (key, value) in definition {
            match (key.as_str(), value) {
                ("meta", Value::Object(_)) => meta = Some(value.clone()),
                ("aggs" | "aggregations", Value::Object(_)) if below.is_some() => {
                    return Err(Refusal::parsing(format!(
                        "Found two sub aggregation definitions under [{name}]"
                    )));
                }
                ("aggs" | "aggregations", Value::Object(_)) => {
                    below = Some(LevelRequest::parse(value, &format!("{place}.{name}.{key}"), depth + 1)?);
                }
                (kind, Value::Object(params)) => match found {
                    None => found = Some((kind, params)),
                    Some((first, _)) => {
                        return Err(Refusal::parsing(format!(
                            "Found two aggregation type definitions in [{name}]: [{first}] and [{kind}]"
                        )));
                    }
                },
                (key, value) => {
                    return Err(Refusal::parsing(format!(
                        "Expected [START_OBJECT] under [{key}], but got a [{}] in [{name}]",
                        token(value)
                    )));
                }
            }
        }
        let Some((kind, params)) = found else {
            return Err(Refusal::parsing(format!("Missing definition for aggregation [{name}]")));
        };
        if let Some(pipeline) = PipelineRequest::parse(&Params::new(kind, name, params), meta.clone())? {
            if below.is_some() {
                return Err(Refusal::illegal(format!("Aggregation [{name}] cannot define sub-aggregations")));
            }
            return Ok(Parsed::Pipeline(Box::new(pipeline)));
        }
        let below = below.unwrap_or_default();
        let kind = Kind::parse((kind, name), params, &below, (place, depth))?;
        below.check_pipelines(kind.around())?;
        if let Some(factory) = kind.factory()
            && below.has_composite()
        {
            return Err(Refusal::illegal(format!(
                "[composite] aggregation cannot be used with a parent aggregation of type: [{factory}]"
            )));
        }
        Ok(Parsed::Node(Arc::new(Self { name: name.to_owned(), meta, kind, below })))
    }
}

impl Kind {
    fn parse(
        (kind, name): (&str, &str),
        params: &Map<String, Value>,
        below: &LevelRequest,
        (place, depth): (&str, usize),
    ) -> Result<Self, Refusal> {
        let params = Params::new(kind, name, params);
        let parent = place.rsplit('.').nth(1).unwrap_or_default();
        let place = &format!("{place}.{name}.{kind}");
        let parsed = match kind {
            "terms" => Self::Terms(Box::new(Terms::parse(&params)?)),
            "date_histogram" => Self::DateHistogram(Box::new(DateHistogram::parse(&params)?)),
            "cardinality" => Self::Cardinality(Cardinality::parse(&params)?),
            "weighted_avg" => Self::WeightedAvg(WeightedAvg::parse(&params)?),
            "histogram" => Self::Histogram(Histogram::parse(&params)?),
            "range" | "date_range" => Self::Ranges(Ranges::parse(&params)?),
            "composite" => Self::Composite(Composite::parse(&params)?),
            "top_hits" => Self::TopHits(Box::new(TopHits::parse(&params)?)),
            "filter" | "missing" => Self::Single(Single::parse(&params, place)?),
            "global" if depth > 1 => {
                return Err(Refusal::illegal(format!(
                    "Aggregation [{parent}] cannot have a global sub-aggregation [{name}]. Global aggregations can only \
                     be defined as top level aggregations"
                )));
            }
            "global" => Self::Single(Single::parse(&params, place)?),
            "filters" => Self::Filters(Filters::parse(&params, place)?),
            "avg"
            | "sum"
            | "min"
            | "max"
            | "stats"
            | "extended_stats"
            | "value_count"
            | "percentiles"
            | "percentile_ranks"
            | "median_absolute_deviation" => Self::Simple(Simple::parse(&params)?),
            kind if REFUSED.contains(&kind) => {
                return Err(Refusal::unsupported(format_args!("[{kind}] aggregations ([{name}])")));
            }
            _ => return Err(Refusal::parsing(format!("Unknown aggregation type [{kind}]"))),
        };
        if matches!(parsed, Self::Simple(_) | Self::Cardinality(_) | Self::WeightedAvg(_) | Self::TopHits(_))
            && !below.is_empty()
        {
            return Err(Refusal::illegal(format!(
                "Aggregator [{name}] of type [{kind}] cannot accept sub-aggregations"
            )));
        }
        Ok(parsed)
    }

    /// Elasticsearch's name for those that cannot be around a `composite`.
    fn factory(&self) -> Option<&'static str> {
        Some(match self {
            Self::Terms(_) => "TermsAggregatorFactory",
            Self::DateHistogram(_) => "DateHistogramAggregatorFactory",
            Self::Histogram(_) => "HistogramAggregatorFactory",
            Self::Ranges(ranges) => ranges.factory(),
            Self::Composite(_) => "CompositeAggregationFactory",
            Self::Filters(_) => "FiltersAggregatorFactory",
            Self::Single(single) => return single.factory(),
            _ => return None,
        })
    }

    /// What it is for the pipelines within it.
    fn around(&self) -> Around {
        match self {
            Self::DateHistogram(histogram) => Around::Histogram { gaps: histogram.leaves_gaps() },
            Self::Histogram(histogram) => Around::Histogram { gaps: histogram.leaves_gaps() },
            Self::Terms(_) | Self::Ranges(_) | Self::Filters(_) | Self::Composite(_) => Around::Buckets,
            _ => Around::Other,
        }
    }

    fn build(&self, build: &Build<'_>, below: Level) -> Result<Box<dyn Aggregator>, Refusal> {
        match self {
            Self::Terms(terms) => terms.build(build, below),
            Self::DateHistogram(histogram) => histogram.build(build, below),
            Self::Histogram(histogram) => histogram.build(build, below),
            Self::Ranges(ranges) => ranges.build(build, below),
            Self::Composite(composite) => composite.build(build, below),
            Self::TopHits(hits) => hits.build(build),
            Self::Filters(filters) => filters.build(build, below),
            Self::Single(single) => single.build(build, below),
            Self::Simple(simple) => simple.build(build),
            Self::Cardinality(cardinality) => cardinality.build(build),
            Self::WeightedAvg(weighted) => weighted.build(build),
        }
    }
}

impl Build<'_> {
    /// How values of a field are written; `format` is that of the request.
    pub(super) fn format(&self, source: &Source, format: Option<&str>) -> Result<Format, Refusal> {
        let kind = source.kind;
        let format = match (kind, format) {
            (Some(ValueKind::Date), None) => {
                return Ok(Format::Date { format: source.date_format(), zone: Zone::UTC });
            }
            (Some(ValueKind::Boolean), None) => return Ok(Format::Boolean),
            (_, None) => return Ok(Format::Plain),
            (_, Some(format)) => format,
        };
        match kind {
            Some(ValueKind::Date) => {
                Ok(Format::Date { format: Arc::new(DateFormat::new(format)?), zone: Zone::UTC })
            }
            Some(ValueKind::Whole | ValueKind::Unsigned | ValueKind::Float) => {
                Decimal::parse(format).map(Format::Decimal)
            }
            Some(_) => Err(Refusal::illegal(format!(
                "Field [{}] of type [{}] does not support custom formats",
                source.path(),
                source.type_name()
            ))),
            None => Ok(Format::Plain),
        }
    }

    /// A date of the request, with date math, as milliseconds since 1970.
    pub(super) fn date(&self, format: &DateFormat, value: &Value, zone: Zone) -> Result<i64, Refusal> {
        match value {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
            _ => None,
        }
        .map_or_else(|| parse_bound(format, &text_of(value), false, self.now, zone), Ok)
    }
}
