//! Filters by path, as Elasticsearch applies them while it reads a document: each name of a path is compared by itself,
//! `*` stands for characters of one name, `**` for names. A name with dots is several names.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::json::{self, Level};

/// Paths, as a tree of names.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Paths {
    /// A path ends here.
    is_end: bool,
    /// This is `**`, which also stands for further names.
    repeats: bool,
    names: BTreeMap<String, Paths>,
}

/// What a name is to the paths.
enum Match<'a> {
    No,
    /// Only what lies deeper can match, by these.
    Part(Vec<&'a Paths>),
    Whole,
}

/// What is left of a value.
enum Left {
    Nothing,
    Some(String),
}

impl Paths {
    pub(super) fn new(patterns: &[String]) -> Self {
        let mut root = Self::default();
        for pattern in patterns.iter().map(|pattern| pattern.trim()).filter(|pattern| !pattern.is_empty()) {
            root.insert(pattern);
        }
        root
    }

    fn insert(&mut self, pattern: &str) {
        let mut node = self;
        let mut rest = pattern;
        loop {
            let (name, after) = split(rest);
            let child = node.names.entry(name.clone()).or_default();
            child.repeats = name == "**";
            let Some(after) = after else {
                *child = Self { is_end: true, repeats: child.repeats, names: BTreeMap::new() };
                return;
            };
            if child.is_end {
                return;
            }
            (node, rest) = (child, after);
        }
    }

    /// Whether a path ends at this name; otherwise collects where paths go on.
    fn step<'a>(&'a self, name: &str, next: &mut Vec<&'a Self>) -> bool {
        if let Some((first, rest)) =
            name.split_once('.').filter(|(first, rest)| !first.is_empty() && !rest.is_empty())
        {
            let mut between = Vec::new();
            return self.step(first, &mut between) || between.into_iter().any(|node| node.step(rest, next));
        }
        for (pattern, node) in &self.names {
            let matches = if pattern.contains('*') { glob(pattern, name) } else { pattern == name };
            if matches && node.is_end {
                return true;
            }
            if matches {
                next.push(node);
            }
        }
        if self.repeats {
            next.push(self);
        }
        false
    }

    /// What these paths name of a document.
    pub(super) fn include_of(&self, document: &RawValue) -> serde_json::Result<Box<RawValue>> {
        into_document(include(document, &[self])?)
    }

    /// The document without what these paths name.
    pub(super) fn exclude_from(&self, document: &RawValue) -> serde_json::Result<Box<RawValue>> {
        into_document(exclude(document, &[self])?)
    }
}

fn into_document(left: Left) -> serde_json::Result<Box<RawValue>> {
    RawValue::from_string(match left {
        Left::Some(json) => json,
        Left::Nothing => "{}".to_owned(),
    })
}

/// The name before the first dot that no backslash precedes, and what comes after it.
fn split(pattern: &str) -> (String, Option<&str>) {
    let bytes = pattern.as_bytes();
    let mut position = 0;
    while position < bytes.len() {
        match bytes[position] {
            b'\\' if bytes.get(position + 1) == Some(&b'.') => position += 1,
            b'.' if position == 0 => break,
            b'.' => return (pattern[..position].replace("\\.", "."), Some(&pattern[position + 1..])),
            _ => {}
        }
        position += 1;
    }
    (pattern.replace("\\.", "."), None)
}

/// Whether a name matches a pattern in which stars stand for any characters.
fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match rest.find(part) {
            Some(position) => rest = &rest[position + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn find<'a>(nodes: &[&'a Paths], name: &str) -> Match<'a> {
    let mut next = Vec::new();
    if nodes.iter().any(|node| node.step(name, &mut next)) {
        Match::Whole
    } else if next.is_empty() {
        Match::No
    } else {
        Match::Part(next)
    }
}

fn include(value: &RawValue, nodes: &[&Paths]) -> serde_json::Result<Left> {
    let mut left = Vec::new();
    match Level::of(value)? {
        Level::Object(members) => {
            let mut kept = Vec::new();
            for (name, value) in members {
                match find(nodes, &name) {
                    Match::No => {}
                    Match::Whole => kept.push((name, value.get().to_owned())),
                    Match::Part(next) => {
                        if let Left::Some(value) = include(value, &next)? {
                            kept.push((name, value));
                        }
                    }
                }
            }
            return Ok(if kept.is_empty() { Left::Nothing } else { Left::Some(json::object(&kept)?) });
        }
        Level::Array(elements) => {
            for element in elements {
                if let Left::Some(element) = include(element, nodes)? {
                    left.push(element);
                }
            }
        }
        Level::Scalar => {}
    }
    Ok(if left.is_empty() { Left::Nothing } else { Left::Some(json::array(&left)) })
}

/// What becomes empty by the exclusion goes as well; what was empty before stays.
fn exclude(value: &RawValue, nodes: &[&Paths]) -> serde_json::Result<Left> {
    match Level::of(value)? {
        Level::Object(members) => {
            let was_empty = members.is_empty();
            let mut kept = Vec::new();
            for (name, value) in members {
                match find(nodes, &name) {
                    Match::Whole => {}
                    Match::No => kept.push((name, value.get().to_owned())),
                    Match::Part(next) => {
                        if let Left::Some(value) = exclude(value, &next)? {
                            kept.push((name, value));
                        }
                    }
                }
            }
            Ok(if kept.is_empty() && !was_empty { Left::Nothing } else { Left::Some(json::object(&kept)?) })
        }
        Level::Array(elements) => {
            let was_empty = elements.is_empty();
            let mut kept = Vec::new();
            for element in elements {
                if let Left::Some(element) = exclude(element, nodes)? {
                    kept.push(element);
                }
            }
            Ok(if kept.is_empty() && !was_empty { Left::Nothing } else { Left::Some(json::array(&kept)) })
        }
        Level::Scalar => Ok(Left::Some(value.get().to_owned())),
    }
}
