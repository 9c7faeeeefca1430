//! Metrics that need all values at once: `percentiles`, `percentile_ranks`, `median_absolute_deviation`.

use serde_json::{Map, Value};

use super::block::Block;
use super::format::{Format, java_number};
use super::level::{Aggregator, Answering};
use super::metric::{check_metric_path, json_number, single};
use super::order::Path;
use super::source::{Numbers, Segment};
use crate::error::Refusal;

/// What is made of the values.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    Percentiles { percents: Vec<f64>, keyed: bool },
    Ranks { values: Vec<f64>, keyed: bool },
    Deviation,
}

/// The value at a fraction of the way through sorted values, between neighbours in a straight line.
pub(super) fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return f64::NAN };
    let place = fraction * (sorted.len() - 1) as f64;
    if place <= 0.0 {
        return *first;
    }
    let below = place as usize;
    let (Some(low), Some(high)) = (sorted.get(below), sorted.get(below + 1)) else { return *last };
    low + (high - low) * (place - below as f64)
}

/// Which fraction of sorted values lies below a value. Each value spreads halfway to its neighbours, as in
/// Elasticsearch.
fn rank(sorted: &[f64], value: f64) -> f64 {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return f64::NAN };
    if value < *first {
        return 0.0;
    }
    if value > *last {
        return 1.0;
    }
    let count = sorted.len();
    // Half of those that are the least or the greatest count as below themselves.
    let least = sorted.partition_point(|known| known <= first);
    if value <= *first {
        return least as f64 / 2.0 / count as f64;
    }
    let greatest = count - sorted.partition_point(|known| known < last);
    if value >= *last {
        return (count as f64 - greatest as f64 / 2.0) / count as f64;
    }
    let half_gap = |at: usize| (sorted[at + 1] - sorted[at]) / 2.0;
    // The first value that the searched one lies before the far end of.
    let mut at = sorted.partition_point(|known| *known < value).saturating_sub(1);
    while at + 1 < count && value >= sorted[at] + half_gap(at) {
        at += 1;
    }
    let right = if at + 1 < count { half_gap(at) } else { half_gap(at - 1) };
    let left = if at > 0 { half_gap(at - 1) } else { right };
    let (from, to) = (sorted[at] - left, sorted[at] + right);
    ((at as f64 + (value - from) / (to - from)) / count as f64).clamp(0.0, 1.0)
}

/// The median of how far values are from their median.
fn deviation(sorted: &[f64]) -> f64 {
    let median = quantile(sorted, 0.5);
    let mut distances: Vec<f64> = sorted.iter().map(|value| (value - median).abs()).collect();
    distances.sort_unstable_by(f64::total_cmp);
    quantile(&distances, 0.5)
}

pub(super) struct Quantiles {
    numbers: Numbers,
    format: Format,
    wanted: Wanted,
    /// Of each bucket; sorted once all are there.
    values: Vec<Vec<f64>>,
}

impl Quantiles {
    pub(super) fn new(numbers: Numbers, format: Format, wanted: Wanted) -> Self {
        Self { numbers, format, wanted, values: Vec::new() }
    }

    fn values(&self, bucket: u32) -> &[f64] {
        self.values.get(bucket as usize).map_or(&[], Vec::as_slice)
    }

    fn list(
        &self,
        sorted: &[f64],
        (keys, keyed): (&[f64], bool),
        number: impl Fn(f64) -> f64,
    ) -> Map<String, Value> {
        let mut map = Map::new();
        let mut list = Vec::new();
        for key in keys {
            let value = if sorted.is_empty() { f64::NAN } else { number(*key) };
            let shown = if value.is_nan() { Value::Null } else { json_number(value) };
            let text = self.format.number(value).filter(|_| !value.is_nan());
            if keyed {
                let name = java_number(*key);
                map.extend(text.map(|text| (format!("{name}_as_string"), text.into())));
                map.insert(name, shown);
            } else {
                let mut item =
                    Map::from_iter([("key".to_owned(), (*key).into()), ("value".to_owned(), shown)]);
                item.extend(text.map(|text| ("value_as_string".to_owned(), text.into())));
                list.push(Value::Object(item));
            }
        }
        let values = if keyed { Value::Object(map) } else { Value::Array(list) };
        Map::from_iter([("values".to_owned(), values)])
    }
}

impl Aggregator for Quantiles {
    fn start(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        self.numbers.start(segment)
    }

    fn collect(&mut self, block: Block<'_>) -> Result<(), Refusal> {
        if self.values.len() < block.bucket_count as usize {
            self.values.resize_with(block.bucket_count as usize, Vec::new);
        }
        let values = &mut self.values;
        self.numbers.each(block, |bucket, value| values[bucket as usize].push(value));
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Refusal> {
        for values in &mut self.values {
            values.sort_unstable_by(f64::total_cmp);
        }
        Ok(())
    }

    fn answer(&self, bucket: Option<u32>, _: &Answering) -> Result<Map<String, Value>, Refusal> {
        let sorted = bucket.map_or(&[][..], |bucket| self.values(bucket));
        Ok(match &self.wanted {
            Wanted::Percentiles { percents, keyed } => {
                self.list(sorted, (percents, *keyed), |percent| quantile(sorted, percent / 100.0))
            }
            Wanted::Ranks { values, keyed } => {
                self.list(sorted, (values, *keyed), |value| rank(sorted, value) * 100.0)
            }
            Wanted::Deviation => single(deviation(sorted), &self.format),
        })
    }

    fn number(&self, bucket: u32, path: &Path) -> f64 {
        let sorted = self.values(bucket);
        let key = path.value.as_deref().and_then(|value| value.parse().ok()).unwrap_or(f64::NAN);
        match &self.wanted {
            Wanted::Percentiles { .. } => quantile(sorted, key / 100.0),
            Wanted::Ranks { .. } => rank(sorted, key) * 100.0,
            Wanted::Deviation => deviation(sorted),
        }
    }

    fn check_path(&self, name: &str, path: &Path) -> Result<(), Refusal> {
        if matches!(self.wanted, Wanted::Deviation) {
            return check_metric_path(None, name, path);
        }
        // Any number will do, asked for or not.
        let shown = path.value.as_deref().filter(|value| value.parse::<f64>().is_ok());
        check_metric_path(Some(shown.as_slice()), name, path)
    }
}
