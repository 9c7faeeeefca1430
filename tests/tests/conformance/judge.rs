//! What the answers to a topic come to: agreed, listed as a difference, or a failure.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::compare::differences;
use crate::differences::{DIFFERENCES, Listed, Ours, VERSIONS};
use crate::sides::{Answered, Sides};
use crate::topic::Topic;

/// What a case is called that counts what another one searches.
const COUNT: &str = " (count)";

/// Judges one topic.
pub(crate) struct Judge<'a> {
    topic: &'a Topic,
    fields: Vec<String>,
}

/// What came of a topic.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) topic: String,
    /// Of each server.
    pub(crate) counts: Vec<Count>,
    /// What is wrong.
    pub(crate) failures: Vec<String>,
    /// The listed cases that do differ.
    pub(crate) seen: BTreeSet<String>,
    /// All cases.
    pub(crate) cases: BTreeSet<String>,
    /// The cases that differ and are not listed.
    pub(crate) failed: BTreeSet<String>,
}

/// How many answers came to what.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) agreed: usize,
    pub(crate) as_listed: usize,
    pub(crate) unexpected: usize,
}

impl Judged {
    /// Whether something is wrong.
    pub(crate) fn is_failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Adds to what is wrong.
    pub(crate) fn tell(&mut self, failure: String) {
        self.failures.push(failure);
    }
}

impl<'a> Judge<'a> {
    pub(crate) fn new(topic: &'a Topic) -> Self {
        let mut fields = Vec::new();
        collect_fields("", &topic.mappings, &mut fields);
        Self { topic, fields }
    }

    /// Compares all answers.
    pub(crate) fn judge(&self, sides: &Sides, answered: &Answered) -> Judged {
        let counts = vec![Count::default(); sides.servers.len()];
        let mut judged = Judged { topic: self.topic.name.clone(), counts, ..Judged::default() };
        for (number, (name, ours)) in answered.ours.iter().enumerate() {
            let case = format!("{}: {}", self.topic.name, name.trim_end_matches(COUNT));
            judged.cases.insert(case.clone());
            let theirs: Vec<&Value> = answered.servers.iter().map(|answers| &answers[number].1).collect();
            self.judge_case(sides, (&case, name), &theirs, ours, &mut judged);
        }
        judged
    }

    fn judge_case(
        &self,
        sides: &Sides,
        (case, name): (&str, &str),
        theirs: &[&Value],
        ours: &Value,
        judged: &mut Judged,
    ) {
        let versions_differ = match theirs {
            [eight, nine] => differences(eight, nine, &self.fields),
            _ => Vec::new(),
        };
        let by_version = listed(VERSIONS, case).is_some();
        if !versions_differ.is_empty() {
            judged.seen.insert(case.to_owned());
            if !by_version {
                let between = format!("{} against {}", sides.servers[0].name, sides.servers[1].name);
                judged.failures.push(self.failure(case, name, &between, &versions_differ));
            }
        }
        let of_servers: Vec<_> =
            theirs.iter().map(|theirs| differences(theirs, ours, &self.fields)).collect();
        let agrees_with_one = of_servers.iter().any(Vec::is_empty);
        let mut unexpected = Vec::new();
        for (number, found) in of_servers.iter().enumerate() {
            let count = &mut judged.counts[number];
            if found.is_empty() {
                count.agreed += 1;
            } else if let Some(listed) = listed(DIFFERENCES, case)
                && (listed.ours == Ours::Answered || has_error(ours))
            {
                judged.seen.insert(case.to_owned());
                count.as_listed += 1;
            } else if by_version && agrees_with_one && !versions_differ.is_empty() {
                count.as_listed += 1;
            } else {
                count.unexpected += 1;
                unexpected.push(number);
            }
        }
        if let [first, others @ ..] = &*unexpected {
            judged.failed.insert(name.trim_end_matches(COUNT).to_owned());
            let servers: Vec<_> = unexpected.iter().map(|number| &*sides.servers[*number].name).collect();
            let mut told = of_servers[*first].clone();
            for other in others.iter().filter(|other| of_servers[**other] != of_servers[*first]) {
                told.extend(
                    of_servers[*other]
                        .iter()
                        .map(|found| format!("({}) {found}", sides.servers[*other].name)),
                );
            }
            let between = format!("{} against the embedded engine", servers.join(" and "));
            judged.failures.push(self.failure(case, name, &between, &told));
        }
    }

    fn failure(&self, case: &str, name: &str, between: &str, found: &[String]) -> String {
        let base = name.trim_end_matches(COUNT);
        let asked = self.topic.asked(base);
        let counted = if name.ends_with(COUNT) { COUNT } else { "" };
        format!("{case}{counted}: {between}\n    {asked}\n    - {}", found.join("\n    - "))
    }
}

fn listed<'a>(list: &'a [Listed], case: &str) -> Option<&'a Listed> {
    list.iter().find(|listed| listed.cases.contains(&case))
}

/// Whether the answer is an error, or has one among those of a batch.
fn has_error(answer: &Value) -> bool {
    match answer {
        Value::Object(map) => map.contains_key("$error"),
        Value::Array(parts) => parts.iter().any(has_error),
        _ => false,
    }
}

/// The paths of all fields.
fn collect_fields(before: &str, mapping: &serde_json::Map<String, Value>, fields: &mut Vec<String>) {
    for key in ["properties", "fields"] {
        let Some(inner) = mapping.get(key).and_then(Value::as_object) else { continue };
        for (name, field) in inner {
            let path = format!("{before}{name}");
            if let Some(field) = field.as_object() {
                collect_fields(&format!("{path}."), field, fields);
            }
            fields.push(path);
        }
    }
}
