//! The body of a search, read strictly.

use serde_json::{Map, Value};

use super::hits::{Shown, Total};
use super::sort::{self, By, SortKey};
use super::source::SourceFilter;
use super::timeout;
use crate::aggregation::Aggregations;
use crate::error::{Refusal, token};
use crate::query::Query;

/// How many hits a search can go through by `from` and `size`.
const WINDOW: usize = 10_000;

/// The same for each bucket of `top_hits`.
const TOP_HITS_WINDOW: usize = 100;

/// A search, not yet bound to mappings.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// `None` matches everything.
    pub(super) query: Option<Query>,
    /// Of what matches, what becomes a hit.
    pub(super) post_filter: Option<Query>,
    pub(super) min_score: Option<f32>,
    pub(super) aggregations: Option<Aggregations>,
    pub(super) from: usize,
    pub(super) size: usize,
    /// Empty: by score.
    pub(super) sort: Vec<SortKey>,
    pub(super) search_after: Option<Vec<Value>>,
    pub(super) source: SourceFilter,
    pub(super) shows_id: bool,
    pub(super) shows_version: bool,
    pub(super) track_scores: bool,
    pub(super) track_total_hits: TrackTotalHits,
}

/// How far documents are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TrackTotalHits {
    All,
    UpTo(u64),
    Off,
}

impl TrackTotalHits {
    pub(super) fn total(self, counted: u64) -> Option<Total> {
        match self {
            Self::Off => None,
            Self::UpTo(most) if counted > most => Some(Total::at_least(most)),
            Self::All | Self::UpTo(_) => Some(Total::exactly(counted)),
        }
    }
}

impl Default for Request {
    fn default() -> Self {
        Self {
            query: None,
            post_filter: None,
            min_score: None,
            aggregations: None,
            from: 0,
            size: 10,
            sort: Vec::new(),
            search_after: None,
            source: SourceFilter::Whole,
            shows_id: true,
            shows_version: false,
            track_scores: false,
            track_total_hits: TrackTotalHits::UpTo(10_000),
        }
    }
}

impl Request {
    /// Reads a body.
    pub(super) fn parse(body: &Value) -> Result<Self, Refusal> {
        let Value::Object(body) = body else {
            return Err(Refusal::parsing(format!("Expected [START_OBJECT] but found [{}]", token(body))));
        };
        let mut request = Self::default();
        for (key, value) in body {
            request.read(key, value)?;
        }
        request.stored_fields(body)?;
        request.check()?;
        Ok(request)
    }

    /// Reads the body of a count, which has no other key than `query`.
    pub(super) fn parse_count(body: &Value) -> Result<Option<Query>, Refusal> {
        let Value::Object(body) = body else {
            return Err(Refusal::parsing(format!("Expected [START_OBJECT] but found [{}]", token(body))));
        };
        match body.keys().find(|key| key.as_str() != "query") {
            Some(key) => Err(Refusal::parsing(format!("request does not support [{key}]"))),
            None => body.get("query").map(|value| query("query", value)).transpose(),
        }
    }

    /// Reads the body of the aggregation `top_hits` of this name.
    pub(super) fn parse_top_hits(body: &Value, name: &str) -> Result<Self, Refusal> {
        let Value::Object(body) = body else {
            return Err(Refusal::parsing(format!("Expected [START_OBJECT] but found [{}]", token(body))));
        };
        let mut request = Self { size: 3, ..Self::default() };
        for (key, value) in body {
            match key.as_str() {
                "from" | "size" if value.as_f64().is_some_and(|number| number <= -1.0) => {
                    return Err(Refusal::illegal(format!(
                        "[{key}] must be greater than or equal to 0. Found [{value}] in [{name}]"
                    )));
                }
                "_source"
                | "docvalue_fields"
                | "explain"
                | "fields"
                | "from"
                | "highlight"
                | "script_fields"
                | "seq_no_primary_term"
                | "size"
                | "sort"
                | "stored_fields"
                | "track_scores"
                | "version" => {
                    request.read(key, value)?;
                }
                _ => return Err(unknown(key, value)),
            }
        }
        request.stored_fields(body)?;
        Ok(request)
    }

    /// Whether the order names the score beside other keys.
    fn sorts_by_score(&self) -> bool {
        self.sort.iter().any(|key| key.by == By::Score)
    }

    /// Whether documents have to be scored.
    pub(super) fn needs_scores(&self) -> bool {
        let hits = self.sort.is_empty() || self.sorts_by_score() || self.track_scores;
        self.min_score.is_some() || self.size > 0 && hits
    }

    /// Whether hits show their score.
    pub(super) fn shows_scores(&self) -> bool {
        self.sort.is_empty() || self.sorts_by_score() || self.track_scores
    }

    /// What hits show, scores only under the order that they make.
    pub(super) fn shown(&self) -> Shown {
        Shown {
            source: self.source.clone(),
            id: self.shows_id,
            version: self.shows_version,
            scores: self.sort.is_empty() || self.track_scores,
            sort_values: !self.sort.is_empty(),
        }
    }

    fn read(&mut self, key: &str, value: &Value) -> Result<(), Refusal> {
        match key {
            "query" => self.query = Some(query(key, value)?),
            "post_filter" => self.post_filter = Some(query(key, value)?),
            "aggs" | "aggregations" => self.aggregations(key, value)?,
            "from" => self.from = size(key, value)?,
            "size" => self.size = size(key, value)?,
            "sort" => self.sort = sort::parse(value)?,
            "search_after" => self.search_after = Some(search_after(key, value)?),
            "_source" => self.source = SourceFilter::parse(value)?,
            "stored_fields" => {}
            "track_total_hits" => self.track_total_hits = track_total_hits(key, value)?,
            "track_scores" => self.track_scores = boolean(key, value)?,
            "seq_no_primary_term" => self.shows_version = boolean(key, value)?,
            "min_score" => self.min_score = Some(number(key, value)? as f32),
            "timeout" => timeout::check(key, value)?,
            "explain" | "profile" | "version" if !boolean(key, value)? => {}
            "terminate_after" if number(key, value)? == 0.0 => {}
            "collapse" | "docvalue_fields" | "explain" | "ext" | "fields" | "highlight" | "indices_boost"
            | "knn" | "pit" | "profile" | "rank" | "rescore" | "retriever" | "runtime_mappings"
            | "script_fields" | "slice" | "stats" | "sub_searches" | "suggest" | "terminate_after"
            | "version" => return Err(Refusal::unsupported(format_args!("[{key}] in the body of a search"))),
            _ => return Err(unknown(key, value)),
        }
        Ok(())
    }

    fn aggregations(&mut self, key: &str, value: &Value) -> Result<(), Refusal> {
        let Value::Object(aggregations) = value else { return Err(unknown(key, value)) };
        if aggregations.is_empty() {
            return Ok(());
        }
        if self.aggregations.is_some() {
            return Err(Refusal::unsupported("both [aggs] and [aggregations] in one request"));
        }
        self.aggregations = Some(Aggregations::parse(value, key)?);
        Ok(())
    }

    /// `_none_` leaves out the id and the source; without stored fields there is nothing else to name but the source.
    fn stored_fields(&mut self, body: &Map<String, Value>) -> Result<(), Refusal> {
        let key = "stored_fields";
        let names: Vec<&str> = match body.get(key) {
            None => return Ok(()),
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => {
                let text = |name: &'_ Value| name.as_str().map(|_| ());
                if names.iter().any(|name| text(name).is_none()) {
                    return Err(Refusal::parsing(format!("[{key}] names fields by text")));
                }
                names.iter().filter_map(Value::as_str).collect()
            }
            Some(value @ (Value::Null | Value::Object(_))) => return Err(unknown(key, value)),
            Some(value) => {
                let token = token(value);
                let reason =
                    format!("Expected [VALUE_STRING] or [START_ARRAY] in [{key}] but found [{token}]");
                return Err(Refusal::parsing(reason));
            }
        };
        let none = names.contains(&"_none_");
        if none && names.len() > 1 {
            return Err(Refusal::illegal("cannot combine _none_ with other fields"));
        }
        if none && body.contains_key("_source") && self.source != SourceFilter::Nothing {
            return Err(invalid("[stored_fields] cannot be disabled if [_source] is requested"));
        }
        if let Some(name) = names.iter().find(|name| !matches!(**name, "_none_" | "_source" | "_id")) {
            return Err(Refusal::unsupported(format_args!("[{key}] [{name}]")));
        }
        self.shows_id = !none;
        if !body.contains_key("_source") && !names.contains(&"_source") {
            self.source = SourceFilter::Nothing;
        }
        Ok(())
    }

    /// What is wrong whatever the indexes are.
    fn check(&self) -> Result<(), Refusal> {
        if self.search_after.is_some() && self.from > 0 {
            return Err(invalid("[from] parameter must be set to 0 when [search_after] is used"));
        }
        Ok(())
    }

    /// Elasticsearch lists with each hit the queries that it matched, by their names.
    pub(super) fn check_names(&self) -> Result<(), Refusal> {
        let queries = [&self.query, &self.post_filter].into_iter().flatten();
        match queries.flat_map(Query::named).next() {
            Some((name, _)) if self.size > 0 || self.aggregations.is_some() => {
                Err(Refusal::unsupported(format_args!("`_name` of a query ([{name}]): hits do not tell it")))
            }
            _ => Ok(()),
        }
    }

    /// What each index refuses.
    pub(super) fn check_window(&self) -> Result<(), Refusal> {
        let window = self.from + self.size;
        if window > WINDOW {
            return Err(Refusal::illegal(format!(
                "Result window is too large, from + size must be less than or equal to: [{WINDOW}] but was [{window}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting."
            )));
        }
        let Some(after) = &self.search_after else { return Ok(()) };
        if self.sort.is_empty() {
            return Err(Refusal::illegal("Sort must contain at least one field."));
        }
        if self.sort.len() != after.len() {
            let (values, keys) = (after.len(), self.sort.len());
            return Err(Refusal::illegal(format!("search_after has {values} value(s) but sort has {keys}.")));
        }
        Ok(())
    }

    /// What each index refuses of the aggregation `top_hits` of this name.
    pub(super) fn check_top_hits_window(&self, name: &str) -> Result<(), Refusal> {
        let window = self.from + self.size;
        if window > TOP_HITS_WINDOW {
            return Err(Refusal::illegal(format!(
                "Top hits result window is too large, the top hits aggregator [{name}]'s from + size must be less than or equal to: [{TOP_HITS_WINDOW}] but was [{window}]. This limit can be set by changing the [index.max_inner_result_window] index level setting."
            )));
        }
        if window == 0 {
            return Err(Refusal::illegal(
                "numHits must be > 0; please use TotalHitCountCollectorManager if you just need the total hit count",
            ));
        }
        Ok(())
    }
}

fn query(key: &str, value: &Value) -> Result<Query, Refusal> {
    match value {
        Value::Object(_) => Query::parse(value, key),
        _ => Err(unknown(key, value)),
    }
}

fn search_after(key: &str, value: &Value) -> Result<Vec<Value>, Refusal> {
    let Value::Array(values) = value else { return Err(unknown(key, value)) };
    if values.is_empty() {
        return Err(Refusal::illegal("Values must contains at least one value."));
    }
    if let Some(value) = values.iter().find(|value| value.is_object() || value.is_array()) {
        return Err(Refusal::parsing(format!(
            "Expected [VALUE_STRING] or [VALUE_NUMBER] or [VALUE_BOOLEAN] or [VALUE_NULL] but found [{}] inside search_after.",
            token(value)
        )));
    }
    Ok(values.clone())
}

fn size(key: &str, value: &Value) -> Result<usize, Refusal> {
    let number = number(key, value)?.trunc();
    if number < 0.0 {
        return Err(Refusal::illegal(match key {
            "from" => format!("[from] parameter cannot be negative but was [{number}]"),
            _ => format!("[{key}] parameter cannot be negative, found [{number}]"),
        }));
    }
    if number > f64::from(i32::MAX) {
        let reason = format!("[{key}] Numeric value ({number}) out of range of int");
        return Err(Refusal::new(400, "x_content_parse_exception", reason));
    }
    Ok(number as usize)
}

fn track_total_hits(key: &str, value: &Value) -> Result<TrackTotalHits, Refusal> {
    match value {
        Value::Bool(true) => return Ok(TrackTotalHits::All),
        Value::Bool(false) => return Ok(TrackTotalHits::Off),
        Value::String(text) if text == "true" => return Ok(TrackTotalHits::All),
        Value::String(text) if text == "false" => return Ok(TrackTotalHits::Off),
        _ => {}
    }
    match number(key, value)?.trunc() {
        -1.0 => Ok(TrackTotalHits::Off),
        hits if hits < 0.0 => {
            Err(Refusal::illegal(format!("[{key}] parameter must be positive or equals to -1, got {hits}")))
        }
        // The greatest number that Elasticsearch takes means all.
        hits if hits >= f64::from(i32::MAX) => Ok(TrackTotalHits::All),
        hits => Ok(TrackTotalHits::UpTo(hits as u64)),
    }
}

fn number(key: &str, value: &Value) -> Result<f64, Refusal> {
    match value {
        Value::Number(number) => Ok(number.as_f64().unwrap_or(f64::MAX)),
        Value::String(_) => super::numbers::double(value).map_err(|text| {
            Refusal::new(400, "number_format_exception", format!("For input string: \"{text}\""))
        }),
        Value::Bool(_) => {
            let reason = format!("[{key}] Current token ({}) not numeric", token(value));
            Err(Refusal::new(400, "x_content_parse_exception", reason))
        }
        _ => Err(unknown(key, value)),
    }
}

fn boolean(key: &str, value: &Value) -> Result<bool, Refusal> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::String(text) => match text.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Refusal::illegal(format!(
                "Failed to parse value [{text}] as only [true] or [false] are allowed."
            ))),
        },
        Value::Number(_) => {
            let reason = format!("[{key}] Current token ({}) not of boolean type", token(value));
            Err(Refusal::new(400, "x_content_parse_exception", reason))
        }
        _ => Err(unknown(key, value)),
    }
}

fn unknown(key: &str, value: &Value) -> Refusal {
    Refusal::parsing(format!("Unknown key for a {} in [{key}].", token(value)))
}

fn invalid(problem: &str) -> Refusal {
    Refusal::new(400, "action_request_validation_exception", format!("Validation Failed: 1: {problem};"))
}
