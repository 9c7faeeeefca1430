//! `minimum_should_match`: how many of the optional clauses must match.

use serde_json::Value;

use super::place::{Place, wrong_type};
use crate::error::Refusal;

/// `minimum_should_match` as it was given: `2`, `-1`, `75%`, `-25%`, `2<75%`, `2<-25% 9<-3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MinimumShouldMatch(String);

impl MinimumShouldMatch {
    /// `None` for `null`.
    pub(super) fn parse(value: &Value, place: &Place<'_>) -> Result<Option<Self>, Refusal> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(Self(text.clone()))),
            Value::Number(_) | Value::Bool(_) => Ok(Some(Self(value.to_string()))),
            _ => Err(wrong_type(value, place, "text or a number")),
        }
    }

    /// Of so many optional clauses, how many must match. Can be more than there are: then nothing matches.
    pub(super) fn of(&self, clauses: usize) -> Result<usize, Refusal> {
        let clauses = i64::try_from(clauses).unwrap_or(i64::MAX);
        let needed = required(&self.0, clauses)?;
        Ok(usize::try_from(needed).unwrap_or(0))
    }
}

fn required(text: &str, clauses: i64) -> Result<i64, Refusal> {
    let text = text.trim();
    if text.contains('<') {
        return conditional(text, clauses);
    }
    if let Some(percent) = text.strip_suffix('%') {
        // As Elasticsearch computes it: in floats, cut towards zero.
        let share = number(percent)?.saturating_mul(clauses) as f32 * (1.0 / 100.0_f32);
        let needed = share as i64;
        return Ok(if share < 0.0 { clauses + needed } else { needed }.max(0));
    }
    let needed = number(text)?;
    Ok(if needed < 0 { clauses.saturating_add(needed) } else { needed }.max(0))
}

/// `2<-25% 9<-3`: up to 2 clauses, all; up to 9, all but a quarter; from there, all but 3.
fn conditional(text: &str, clauses: i64) -> Result<i64, Refusal> {
    let mut needed = clauses;
    // Spaces around `<` are allowed.
    let joined = text.split('<').map(str::trim).collect::<Vec<_>>().join("<");
    for condition in joined.split_whitespace() {
        let mut sides = condition.split('<');
        let (Some(limit), Some(rest)) = (sides.next(), sides.next()) else {
            return Err(malformed(condition));
        };
        if clauses <= number(limit)? {
            return Ok(needed);
        }
        needed = required(rest, clauses)?;
    }
    Ok(needed)
}

fn number(text: &str) -> Result<i64, Refusal> {
    // Java's `Integer.parseInt`.
    text.parse::<i32>().map(i64::from).map_err(|_| malformed(text))
}

fn malformed(text: &str) -> Refusal {
    Refusal::new(
        400,
        "query_shard_exception",
        format!("failed to create query: For input string: \"{text}\""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_counts_as_elasticsearch_does() {
        let of = |text: &str, clauses| MinimumShouldMatch(text.into()).of(clauses).unwrap();
        let cases = [
            ("0", 2, 0),
            ("2", 1, 2),
            ("-1", 2, 1),
            ("-5", 2, 0),
            ("100%", 2, 2),
            ("-100%", 2, 0),
            ("150%", 2, 3),
            ("50%", 3, 1),
            ("-50%", 3, 2),
            ("2<75%", 2, 2),
            ("1<75%", 2, 1),
            ("1 < 75%", 2, 1),
            ("1<-25% 9<-3", 2, 2),
            ("1<-25% 9<-3", 12, 9),
            ("1<2", 1, 1),
        ];
        for (text, clauses, needed) in cases {
            assert_eq!(of(text, clauses), needed, "{text} of {clauses}");
        }
        for text in ["abc", "", "1.5", "true", "1<x"] {
            assert_eq!(
                MinimumShouldMatch(text.into()).of(3).unwrap_err().error_type,
                "query_shard_exception"
            );
        }
    }
}
