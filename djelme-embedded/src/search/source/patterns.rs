//! Filters by patterns over whole paths, as Elasticsearch applies them to a document that it has read: a star stands
//! for any characters, dots among them, and what is below a match matches too.

use serde_json::value::RawValue;

use super::json::{self, Level};

/// Includes and excludes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Patterns {
    /// `None` includes everything.
    includes: Option<Set>,
    excludes: Set,
}

/// Patterns side by side, as characters.
#[derive(Debug, Clone, PartialEq)]
struct Set(Vec<Vec<char>>);

/// How far a path has come in the patterns: the pattern and the position in it, where one past the end is a path that
/// matches and two past it is anything below such a path.
#[derive(Debug, Clone, PartialEq)]
enum State {
    Everything,
    Within(Vec<(usize, usize)>),
}

impl Set {
    fn new(patterns: &[String]) -> Self {
        Self(patterns.iter().map(|pattern| pattern.chars().collect()).collect())
    }

    fn start(&self) -> State {
        self.closed((0..self.0.len()).map(|pattern| (pattern, 0)).collect())
    }

    /// A star may stand for nothing.
    fn closed(&self, mut places: Vec<(usize, usize)>) -> State {
        let mut next = 0;
        while let Some((pattern, position)) = places.get(next).copied() {
            if self.0[pattern].get(position) == Some(&'*') && !places.contains(&(pattern, position + 1)) {
                places.push((pattern, position + 1));
            }
            next += 1;
        }
        State::Within(places)
    }

    fn step(&self, state: &State, character: char) -> State {
        let State::Within(places) = state else { return State::Everything };
        let mut next = Vec::with_capacity(places.len());
        for (pattern, position) in places.iter().copied() {
            let end = self.0[pattern].len();
            let place = match self.0[pattern].get(position) {
                Some('*') => position,
                Some(wanted) if *wanted == character => position + 1,
                None if position > end || character == '.' => end + 1,
                _ => continue,
            };
            if !next.contains(&(pattern, place)) {
                next.push((pattern, place));
            }
        }
        self.closed(next)
    }

    fn walk(&self, state: &State, name: &str) -> State {
        name.chars().fold(state.clone(), |state, character| self.step(&state, character))
    }

    fn accepts(&self, state: &State) -> bool {
        match state {
            State::Everything => true,
            State::Within(places) => {
                places.iter().any(|(pattern, position)| *position >= self.0[*pattern].len())
            }
        }
    }
}

impl State {
    /// Nothing can match any more.
    fn is_dead(&self) -> bool {
        matches!(self, Self::Within(places) if places.is_empty())
    }
}

impl Patterns {
    pub(super) fn new(includes: &[String], excludes: &[String]) -> Self {
        Self { includes: (!includes.is_empty()).then(|| Set::new(includes)), excludes: Set::new(excludes) }
    }

    /// What is included of a document and not excluded.
    pub(super) fn filter(&self, document: &RawValue) -> serde_json::Result<Box<RawValue>> {
        let included = self.includes.as_ref().map_or(State::Everything, Set::start);
        let json = match Level::of(document)? {
            Level::Object(members) => {
                json::object(&self.members(members, &included, &self.excludes.start())?)?
            }
            Level::Array(_) | Level::Scalar => "{}".to_owned(),
        };
        RawValue::from_string(json)
    }

    fn include(&self, state: &State, name: &str) -> State {
        self.includes.as_ref().map_or(State::Everything, |set| set.walk(state, name))
    }

    fn is_included(&self, state: &State) -> bool {
        self.includes.as_ref().is_none_or(|set| set.accepts(state))
    }

    fn members(
        &self,
        members: Vec<(String, &RawValue)>,
        included: &State,
        excluded: &State,
    ) -> serde_json::Result<Vec<(String, String)>> {
        let mut kept = Vec::new();
        for (name, value) in members {
            let included = self.include(included, &name);
            let excluded = self.excludes.walk(excluded, &name);
            if included.is_dead() || self.excludes.accepts(&excluded) {
                continue;
            }
            let whole = self.is_included(&included);
            if whole && self.excludes.step(&excluded, '.').is_dead() {
                kept.push((name, value.get().to_owned()));
                continue;
            }
            // Below what is included everything is; only the excludes count there.
            let below = if whole { State::Everything } else { included };
            let (json, is_empty) = match Level::of(value)? {
                Level::Object(members) => {
                    let below = self.include(&below, ".");
                    let left = self.members(members, &below, &self.excludes.step(&excluded, '.'))?;
                    (json::object(&left)?, left.is_empty())
                }
                Level::Array(elements) => {
                    let left = self.elements(elements, &below, &excluded)?;
                    (json::array(&left), left.is_empty())
                }
                Level::Scalar => (value.get().to_owned(), true),
            };
            if whole || !is_empty {
                kept.push((name, json));
            }
        }
        Ok(kept)
    }

    fn elements(
        &self,
        elements: Vec<&RawValue>,
        included: &State,
        excluded: &State,
    ) -> serde_json::Result<Vec<String>> {
        let mut kept = Vec::new();
        for element in elements {
            match Level::of(element)? {
                Level::Object(members) => {
                    let below = self.include(included, ".");
                    let left = self.members(members, &below, &self.excludes.step(excluded, '.'))?;
                    if !left.is_empty() {
                        kept.push(json::object(&left)?);
                    }
                }
                Level::Array(elements) => {
                    let left = self.elements(elements, included, excluded)?;
                    if !left.is_empty() {
                        kept.push(json::array(&left));
                    }
                }
                Level::Scalar if self.is_included(included) => kept.push(element.get().to_owned()),
                Level::Scalar => {}
            }
        }
        Ok(kept)
    }
}
