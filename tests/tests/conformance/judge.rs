//! What the answers to a topic come to: agreed, listed as a difference, or a failure.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::compare::differences;
use crate::differences::{DIFFERENCES, Listed, VERSIONS};
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
    counts: Vec<Count>,
    /// What is wrong.
    failures: Vec<String>,
    /// The listed cases that do differ.
    seen: BTreeSet<String>,
    /// All cases.
    cases: BTreeSet<String>,
    /// The cases that differ and are not listed.
    pub(crate) failed: BTreeSet<String>,
}

/// How many answers came to what.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    agreed: usize,
    as_listed: usize,
    unexpected: usize,
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
        let by_version = listed(VERSIONS, case);
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
            } else if listed(DIFFERENCES, case) {
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
        let asked = match self.topic.searches.iter().find(|(other, _)| other == base) {
            Some((_, body)) => body.to_string(),
            None => match self.topic.steps.iter().find(|(other, _)| other == base) {
                Some((_, step)) => format!("{step:?}"),
                None => String::new(),
            },
        };
        let asked: String = asked.chars().take(1500).collect();
        let counted = if name.ends_with(COUNT) { COUNT } else { "" };
        format!("{case}{counted}: {between}\n    {asked}\n    - {}", found.join("\n    - "))
    }
}

fn listed(list: &[Listed], case: &str) -> bool {
    list.iter().any(|listed| listed.cases.contains(&case))
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

/// Says what came of all topics, and fails where something differs that is not listed, or is listed and agrees.
pub(crate) fn conclude(what: &str, sides: &Sides, judged: &[Judged]) {
    for (number, server) in sides.servers.iter().enumerate() {
        let sum = |of: fn(&Count) -> usize| -> usize {
            judged.iter().filter_map(|judged| judged.counts.get(number)).map(of).sum()
        };
        let (agreed, as_listed, unexpected) =
            (sum(|count| count.agreed), sum(|count| count.as_listed), sum(|count| count.unexpected));
        println!(
            "djelme-test: note: conformance with {}: {} {what}, {agreed} agreed, {as_listed} listed differences, \
             {unexpected} others",
            server.name,
            agreed + as_listed + unexpected,
        );
    }
    let mut failures: Vec<String> = judged.iter().flat_map(|judged| judged.failures.clone()).collect();
    let cases: BTreeSet<_> = judged.iter().flat_map(|judged| &judged.cases).collect();
    let seen: BTreeSet<_> = judged.iter().flat_map(|judged| &judged.seen).collect();
    let topics: BTreeSet<_> =
        judged.iter().filter(|judged| !judged.cases.is_empty()).map(|judged| &judged.topic).collect();
    for (case, list) in DIFFERENCES
        .iter()
        .map(|listed| (listed, "DIFFERENCES"))
        .chain(VERSIONS.iter().map(|listed| (listed, "VERSIONS")))
        .flat_map(|(listed, list)| listed.cases.iter().map(move |case| (*case, list)))
    {
        let ran = case.split_once(": ").is_some_and(|(topic, _)| topics.contains(&topic.to_owned()));
        if list == "VERSIONS" && sides.servers.len() < 2 {
            continue;
        }
        if ran && !cases.contains(&case.to_owned()) {
            failures.push(format!("{case}: is listed as a difference, and there is no such case"));
        } else if ran && !seen.contains(&case.to_owned()) {
            failures.push(format!("{case}: is listed as a difference, and all agree: take it off {list}"));
        }
    }
    for failure in &failures {
        println!("\n{failure}");
    }
    assert!(failures.is_empty(), "{} of the {what} failed, see above", failures.len());
}
