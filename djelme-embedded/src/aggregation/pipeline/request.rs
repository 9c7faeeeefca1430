//! What requests say about pipelines, and whether it can be done where it is said.

use std::fmt;

use serde_json::Value;

use super::super::format::{Decimal, Format};
use super::super::interval;
use super::super::params::Params;
use super::functions::Function;
use super::path::{BucketsPath, GapPolicy};
use super::sort::BucketSort;
use super::{Input, Kind, Parent, Pipeline, Sibling};
use crate::error::Refusal;

/// Pipelines of Elasticsearch that need scripts or models.
const REFUSED: &[&str] = &[
    "bucket_script",
    "bucket_selector",
    "bucket_correlation",
    "bucket_count_ks_test",
    "change_point",
    "cumulative_cardinality",
    "inference",
    "moving_percentiles",
    "normalize",
];

/// How many may stand side by side, which may all need each other.
const MOST: usize = 1_000;

/// A pipeline as it was read.
#[derive(Debug, Clone)]
pub(in super::super) struct PipelineRequest {
    pub(in super::super) name: String,
    /// Its type.
    kind: String,
    pub(in super::super) pipeline: Pipeline,
}

/// The aggregation that pipelines lie within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Around {
    /// None: the request itself.
    Nothing,
    /// One without buckets in order.
    Other,
    /// One with any buckets.
    Buckets,
    Histogram {
        /// Whether empty buckets are left out.
        gaps: bool,
    },
}

/// A request that Elasticsearch refuses before it does anything.
pub(super) fn invalid(why: impl fmt::Display) -> Refusal {
    Refusal::new(400, "action_request_validation_exception", format!("Validation Failed: 1: {why};"))
}

impl PipelineRequest {
    /// Reads a pipeline; `None` if the type is none.
    pub(in super::super) fn parse(params: &Params<'_>, meta: Option<Value>) -> Result<Option<Self>, Refusal> {
        if REFUSED.contains(&params.kind) {
            return Err(Refusal::unsupported(format_args!(
                "[{}] aggregations ([{}])",
                params.kind, params.name
            )));
        }
        let Some(kind) = parse_kind(params)? else { return Ok(None) };
        params.finish()?;
        let name = params.name.to_owned();
        let pipeline = Pipeline { name: name.clone(), meta, kind };
        Ok(Some(Self { name, kind: params.kind.to_owned(), pipeline }))
    }

    /// The aggregations beside it that it is made of, each with what follows in the path.
    fn paths(&self) -> Vec<&BucketsPath> {
        match &self.pipeline.kind {
            Kind::Parent { input, .. } | Kind::Sibling { input, .. } => vec![&input.path],
            Kind::Sort(sort) => sort.keys.iter().map(|(path, _)| path).collect(),
        }
    }

    /// Whether it lies where it can be computed.
    pub(in super::super) fn check(&self, around: Around) -> Result<(), Refusal> {
        let (kind, name) = (&self.kind, &self.name);
        match (&self.pipeline.kind, around) {
            (Kind::Sibling { .. }, _)
            | (Kind::Sort(_), Around::Buckets | Around::Histogram { .. })
            | (Kind::Parent { .. }, Around::Histogram { gaps: false }) => Ok(()),
            (Kind::Sort(_), _) => Err(invalid(format_args!(
                "{kind} aggregation [{name}] must be declared inside of another aggregation"
            ))),
            (Kind::Parent { .. }, Around::Histogram { gaps: true }) => Err(invalid(format_args!(
                "parent histogram of {kind} aggregation [{name}] must have min_doc_count of 0"
            ))),
            (Kind::Parent { .. }, around) => {
                let without = if around == Around::Nothing { " but doesn't have a parent" } else { "" };
                Err(invalid(format_args!(
                    "{kind} aggregation [{name}] must have a histogram, date_histogram or auto_date_histogram as \
                     parent{without}"
                )))
            }
        }
    }

    /// Whether the aggregations that it names are there; `exists` follows names downwards.
    pub(in super::super) fn check_paths(
        &self,
        exists: impl Fn(&[&str]) -> Option<usize>,
    ) -> Result<(), Refusal> {
        for path in self.paths() {
            let names: Vec<&str> = path.aggregations().collect();
            match exists(&names) {
                None => {}
                Some(0) => {
                    return Err(invalid(format_args!("No aggregation found for path [{}]", path.whole())));
                }
                Some(at) => {
                    let (missing, whole) = (names[at], path.whole());
                    return Err(invalid(format_args!("No aggregation [{missing}] found for path [{whole}]")));
                }
            }
        }
        Ok(())
    }

    /// Whether it needs the answer of the other one.
    fn needs(&self, other: &Self) -> bool {
        self.paths().iter().any(|path| path.split().0 == other.name)
    }

    /// Puts pipelines into the order of Elasticsearch: as they stand, each one after those that it needs.
    pub(in super::super) fn in_order(pipelines: Vec<Self>) -> Result<Vec<Self>, Refusal> {
        if pipelines.len() > MOST {
            return Err(Refusal::illegal(format!("more than [{MOST}] pipeline aggregations side by side")));
        }
        let mut marks = vec![Mark::Waiting; pipelines.len()];
        let mut order = Vec::with_capacity(pipelines.len());
        for at in 0..pipelines.len() {
            Self::visit(&pipelines, at, &mut marks, &mut order)?;
        }
        let mut pipelines: Vec<_> = pipelines.into_iter().map(Some).collect();
        Ok(order.into_iter().filter_map(|at| pipelines[at].take()).collect())
    }

    fn visit(
        pipelines: &[Self],
        at: usize,
        marks: &mut [Mark],
        order: &mut Vec<usize>,
    ) -> Result<(), Refusal> {
        match marks[at] {
            Mark::Done => return Ok(()),
            Mark::Waiting => marks[at] = Mark::Begun,
            Mark::Begun => {
                let name = &pipelines[at].name;
                return Err(Refusal::illegal(format!(
                    "Cyclical dependency found with pipeline aggregator {name}"
                )));
            }
        }
        for (other, needed) in pipelines.iter().enumerate() {
            if pipelines[at].needs(needed) {
                // At most as deep as there are pipelines side by side, each of which is one step.
                Self::visit(pipelines, other, marks, order)?;
            }
        }
        marks[at] = Mark::Done;
        order.push(at);
        Ok(())
    }
}

/// How far a pipeline is on its way into the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Waiting,
    Begun,
    Done,
}

fn parse_kind(params: &Params<'_>) -> Result<Option<Kind>, Refusal> {
    let sibling = |what| Ok::<_, Refusal>(Some(Kind::Sibling { what, input: input(params)? }));
    let parent = |what| Ok::<_, Refusal>(Some(Kind::Parent { what, input: input(params)? }));
    match params.kind {
        "avg_bucket" => sibling(Sibling::Avg),
        "sum_bucket" => sibling(Sibling::Sum),
        "min_bucket" => sibling(Sibling::Min),
        "max_bucket" => sibling(Sibling::Max),
        "stats_bucket" => sibling(Sibling::Stats),
        "extended_stats_bucket" => {
            sibling(Sibling::ExtendedStats { sigma: params.number("sigma")?.unwrap_or(2.0) })
        }
        "percentiles_bucket" => {
            let percents = params.numbers("percents")?;
            sibling(Sibling::Percentiles {
                percents: percents.unwrap_or_else(|| vec![1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0]),
                keyed: params.boolean("keyed")?.unwrap_or(true),
            })
        }
        "cumulative_sum" => parent(Parent::CumulativeSum),
        "derivative" => {
            let unit = match params.text("unit")? {
                None => None,
                Some(text) => {
                    let wrong = || params.wrong("unit", format_args!("[{text}] is not a unit of time"));
                    Some(interval::unit(text).ok_or_else(wrong)? as f64)
                }
            };
            parent(Parent::Derivative { unit })
        }
        "serial_diff" => match params.integer("lag")?.unwrap_or(1) {
            lag if lag <= 0 => Err(Refusal::parsing(format!(
                "Lag must be a positive, non-zero integer.  Value supplied was{lag} in [{}]: [lag].",
                params.name
            ))),
            lag => parent(Parent::SerialDiff { lag: lag as usize }),
        },
        "moving_fn" => parent(moving(params)?),
        "bucket_sort" => Ok(Some(Kind::Sort(BucketSort::parse(params, gap_policy(params)?)?))),
        _ => Ok(None),
    }
}

fn moving(params: &Params<'_>) -> Result<Parent, Refusal> {
    let script = match params.value("script") {
        Some(Value::String(script)) => script.clone(),
        Some(Value::Object(script)) if script.len() == 1 => match script.get("source") {
            Some(Value::String(source)) => source.clone(),
            _ => return Err(Refusal::unsupported("scripts other than functions of [moving_fn]")),
        },
        Some(other) => return Err(params.wrong_type("script", other)),
        None => return Err(Refusal::illegal("Required [script]")),
    };
    let function = Function::parse(&script).ok_or_else(|| {
        Refusal::unsupported(format_args!("the script [{script}] in the aggregation [{}]", params.name))
    })?;
    match params.integer("window")? {
        None => Err(Refusal::illegal("Required [window]")),
        Some(window) if window <= 0 || window > i64::from(u32::MAX) => {
            Err(params.wrong("window", "[window] must be a positive, non-zero integer."))
        }
        Some(window) => {
            let shift = params.integer("shift")?.unwrap_or(0).clamp(i64::from(i32::MIN), i64::from(i32::MAX));
            Ok(Parent::Moving { function, window, shift })
        }
    }
}

fn gap_policy(params: &Params<'_>) -> Result<GapPolicy, Refusal> {
    let Some(text) = params.text("gap_policy")? else { return Ok(GapPolicy::Skip) };
    GapPolicy::parse(text).ok_or_else(|| {
        Refusal::parsing(format!(
            "Invalid gap policy: [{text}], accepted values: [insert_zeros, skip, keep_values]"
        ))
    })
}

fn input(params: &Params<'_>) -> Result<Input, Refusal> {
    let path = match params.value("buckets_path") {
        Some(Value::String(path)) => path,
        Some(Value::Array(paths)) => match paths.as_slice() {
            [Value::String(path)] => path,
            _ => return Err(params.wrong("buckets_path", "there must be one path")),
        },
        Some(other) => return Err(params.wrong_type("buckets_path", other)),
        None => return Err(Refusal::illegal("Required [buckets_path]")),
    };
    let format = match params.text("format")? {
        Some(format) => Format::Decimal(Decimal::parse(format)?),
        None => Format::Plain,
    };
    Ok(Input { path: BucketsPath::parse(path), gaps: gap_policy(params)?, format })
}
