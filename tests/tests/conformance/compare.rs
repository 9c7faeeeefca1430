//! Two answers, compared value by value.
//!
//! Whole numbers and strings are equal or not. Numbers with a fraction may differ by 1e-12 of their size, since sums
//! are added in another order; one with a fraction and one without are different. Errors must have the same status and
//! type; of their reasons only the fields are compared that stand in brackets, since the words are not promised. The
//! types of refused requests count as one; those of refused documents do not.
//! Mappings and templates that are read back are compared as the drift check compares them.

use djelme_core::drift::{DriftKind, IndexDrift, TemplateDrift};
use djelme_core::template::Template;
use serde_json::{Map, Value, json};

/// How far numbers with a fraction may be apart, relative to the larger one.
const TOLERANCE: f64 = 1e-12;
/// What the errors of refused requests are called. Which it is depends on where the problem is noticed: it can be another
/// one in a search than in a count, and each shard may only notice at work what we notice at reading.
const REFUSED: [&str; 12] = [
    "parsing_exception",
    "x_content_parse_exception",
    "illegal_argument_exception",
    "action_request_validation_exception",
    "number_format_exception",
    "named_object_not_found_exception",
    "json_parse_exception",
    "parse_exception",
    "search_phase_execution_exception",
    "query_shard_exception",
    "mapper_parsing_exception",
    "unsupported_by_embedded",
];
/// How many differences of one answer are told.
const MOST: usize = 6;

/// What differs, one place each; empty if nothing does. `fields` are the paths that a reason may have in brackets.
pub(crate) fn differences(theirs: &Value, ours: &Value, fields: &[String]) -> Vec<String> {
    let mut found = Found { fields, differences: Vec::new() };
    found.compare("", theirs, ours);
    found.differences.truncate(MOST);
    found.differences
}

struct Found<'a> {
    fields: &'a [String],
    differences: Vec<String>,
}

impl Found<'_> {
    fn compare(&mut self, place: &str, theirs: &Value, ours: &Value) {
        match (theirs, ours) {
            (Value::Object(left), Value::Object(right)) => self.objects(place, left, right),
            (Value::Array(left), Value::Array(right)) => {
                if left.len() != right.len() {
                    self.tell(place, format_args!("{} entries, {} here", left.len(), right.len()));
                }
                for (number, (left, right)) in left.iter().zip(right).enumerate() {
                    self.compare(&format!("{place}[{number}]"), left, right);
                }
            }
            (Value::Number(left), Value::Number(right)) if left.is_f64() && right.is_f64() => {
                let (left, right) = (left.as_f64().unwrap_or_default(), right.as_f64().unwrap_or_default());
                if (left - right).abs() > TOLERANCE * left.abs().max(right.abs()) {
                    self.tell(place, format_args!("{left:?}, {right:?} here"));
                }
            }
            _ if theirs == ours => {}
            _ => self.tell(place, format_args!("{}, {} here", shortened(theirs), shortened(ours))),
        }
    }

    fn objects(&mut self, place: &str, theirs: &Map<String, Value>, ours: &Map<String, Value>) {
        match (theirs.get("$error"), ours.get("$error")) {
            (Some(left), Some(right)) => return self.errors(place, left, right),
            (None, None) => {}
            (left, right) => {
                let told = |error: Option<&Value>, answer: &Map<String, Value>| match error {
                    Some(error) => format!("error {}", shortened(error)),
                    None => shortened(&answer.clone().into()),
                };
                return self.tell(place, format_args!("{}; here {}", told(left, theirs), told(right, ours)));
            }
        }
        for (key, left) in theirs {
            match ours.get(key) {
                Some(right) if key == "$mapping" => self.drift(place, left, right, index_drift),
                Some(right) if key == "$template" => self.drift(place, left, right, template_drift),
                Some(right) => self.compare(&format!("{place}.{key}"), left, right),
                None => {
                    self.tell(&format!("{place}.{key}"), format_args!("{}, missing here", shortened(left)));
                }
            }
        }
        for (key, right) in ours.iter().filter(|(key, _)| !theirs.contains_key(*key)) {
            self.tell(&format!("{place}.{key}"), format_args!("not there, {} here", shortened(right)));
        }
    }

    fn errors(&mut self, place: &str, theirs: &Value, ours: &Value) {
        let refused = |error: &Value| error["type"].as_str().is_some_and(|name| REFUSED.contains(&name));
        let same_type = theirs["type"] == ours["type"] || (refused(theirs) && refused(ours));
        if theirs["status"] != ours["status"] || !same_type {
            self.tell(place, format_args!("error {}; here {}", shortened(theirs), shortened(ours)));
            return;
        }
        let says = |error: &Value, field: &str| {
            error["reason"].as_str().is_some_and(|reason| reason.contains(&format!("[{field}]")))
        };
        if let Some(field) = self.fields.iter().find(|field| says(theirs, field) && !says(ours, field)) {
            let (theirs, ours) = (shortened(theirs), shortened(ours));
            self.tell(place, format_args!("the reason does not name [{field}]: {theirs}; here {ours}"));
        }
    }

    fn drift(
        &mut self,
        place: &str,
        theirs: &Value,
        ours: &Value,
        kind: fn(&Value, &Value) -> Option<DriftKind>,
    ) {
        for (wanted, found, which) in [(theirs, ours, "theirs to ours"), (ours, theirs, "ours to theirs")] {
            if kind(wanted, found) != Some(DriftKind::InSync) {
                let kind = kind(wanted, found);
                let problem = format_args!("drift from {which} is {kind:?}: {theirs}, {ours} here");
                self.tell(place, problem);
            }
        }
    }

    fn tell(&mut self, place: &str, problem: std::fmt::Arguments<'_>) {
        let place = if place.is_empty() { "all" } else { place.trim_start_matches('.') };
        self.differences.push(format!("{place}: {problem}"));
    }
}

fn template_of(body: &Value) -> Option<Template> {
    Template::from_json(&json!({ "name": "a", "index_template": body })).ok()
}

fn template_drift(wanted: &Value, found: &Value) -> Option<DriftKind> {
    Some(TemplateDrift::new(&template_of(wanted)?, Some(&template_of(found)?)).kind())
}

fn index_drift(wanted: &Value, found: &Value) -> Option<DriftKind> {
    let wanted = template_of(&json!({ "index_patterns": ["a"], "template": { "mappings": wanted } }))?;
    Some(IndexDrift::new(&wanted, "a".to_owned(), found).kind())
}

/// The JSON, cut where it is too long to read.
fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(400) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::needless_pass_by_value, reason = "tests give JSON as they write it")]
    fn differ(theirs: Value, ours: Value) -> bool {
        !differences(&theirs, &ours, &["day".to_owned()]).is_empty()
    }

    #[test]
    fn numbers_are_equal_to_the_last_digits() {
        assert!(!differ(json!({"a": [0.1 + 0.2]}), json!({"a": [0.3]})));
        assert!(differ(json!(0.3), json!(0.300_000_000_01)));
        assert!(differ(json!(1), json!(1.0)), "another type of number");
        assert!(!differ(json!(u64::MAX), json!(u64::MAX)));
    }

    #[test]
    fn what_is_missing_or_more_is_told() {
        assert!(differ(json!({"a": null}), json!({})));
        assert!(differ(json!({}), json!({"a": null})));
        assert!(differ(json!([1]), json!([1, 2])));
    }

    #[test]
    fn errors_have_the_same_type_and_name_the_same_fields() {
        let error =
            |kind: &str, reason: &str| json!({"$error": {"status": 400, "type": kind, "reason": reason}});
        assert!(!differ(error("a", "for [day]: no"), error("a", "[day] is not one")));
        assert!(differ(error("a", "for [day]: no"), error("a", "no")));
        assert!(differ(error("a", ""), error("b", "")));
        assert!(differ(error("a", ""), json!({})));
    }
}
