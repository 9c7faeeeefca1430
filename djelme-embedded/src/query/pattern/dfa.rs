//! Deterministic automata that read terms byte by byte.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tantivy::query::{AutomatonWeight, EnableScoring, Query, Weight};
use tantivy::schema::Field;
use tantivy_fst::Automaton;

use super::expression::{Builder, Id};
use crate::error::Refusal;

/// How many states a pattern may have (Elasticsearch's `max_determinized_states`).
const MAX_STATES: usize = 10_000;
/// How many transitions it may have, so that patterns with many characters stay small too.
const MAX_TRANSITIONS: usize = 2_000_000;
/// How many expressions may be made on the way.
const MAX_EXPRESSIONS: usize = 200_000;

/// A pattern as an automaton over characters.
pub(crate) struct Dfa {
    /// The first character of each class.
    classes: Vec<u32>,
    /// The classes of the characters of ASCII.
    ascii: [u16; 128],
    /// The next state for each state and class.
    next: Vec<u32>,
    /// Whether the text may end in each state.
    accepts: Vec<bool>,
    /// Whether the text may end in each state, or in one that comes after.
    alive: Vec<bool>,
}

/// Between bytes: the state, and what is read of a character so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position {
    state: u32,
    character: u32,
    /// How many bytes of the character are still to come.
    missing: u8,
}

impl Dfa {
    pub(super) fn new(mut builder: Builder, whole: Id, pattern: &str) -> Result<Self, Refusal> {
        let classes = builder.classes();
        if classes.len() > usize::from(u16::MAX) {
            return Err(too_complex(pattern));
        }
        let mut states = vec![whole];
        let mut numbers = HashMap::from([(whole, 0)]);
        let mut next = Vec::new();
        let mut at = 0;
        while at < states.len() {
            for &class in &classes {
                let derived = builder.derive(states[at], class);
                let number = *numbers.entry(derived).or_insert_with(|| {
                    states.push(derived);
                    states.len() as u32 - 1
                });
                next.push(number);
            }
            if states.len() > MAX_STATES || next.len() > MAX_TRANSITIONS || builder.len() > MAX_EXPRESSIONS {
                return Err(too_complex(pattern));
            }
            at += 1;
        }
        let accepts: Vec<bool> = states.iter().map(|state| builder.is_nullable(*state)).collect();
        let alive = alive(&next, classes.len(), &accepts);
        let mut ascii = [0; 128];
        for (character, class) in (0..).zip(&mut ascii) {
            *class = class_of(&classes, character) as u16;
        }
        Ok(Self { classes, ascii, next, accepts, alive })
    }

    fn step(&self, state: u32, character: u32) -> u32 {
        let class = match self.ascii.get(character as usize) {
            Some(class) => usize::from(*class),
            None => class_of(&self.classes, character),
        };
        self.next[state as usize * self.classes.len() + class]
    }

    /// Whether the pattern fits the text.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let end = text.bytes().fold(self.start(), |position, byte| self.accept(&position, byte));
        self.is_match(&end)
    }
}

fn class_of(classes: &[u32], character: u32) -> usize {
    classes.partition_point(|start| *start <= character) - 1
}

/// The states from which the text can still come to a good end.
fn alive(next: &[u32], classes: usize, accepts: &[bool]) -> Vec<bool> {
    let mut before = vec![Vec::new(); accepts.len()];
    for (at, to) in next.iter().enumerate() {
        before[*to as usize].push((at / classes) as u32);
    }
    let mut alive = accepts.to_vec();
    let mut open: Vec<usize> = (0..accepts.len()).filter(|state| accepts[*state]).collect();
    while let Some(state) = open.pop() {
        for &earlier in &before[state] {
            if !std::mem::replace(&mut alive[earlier as usize], true) {
                open.push(earlier as usize);
            }
        }
    }
    alive
}

fn too_complex(pattern: &str) -> Refusal {
    let reason = format!(
        "failed to create query: Determinizing {pattern} would require more than {MAX_STATES} effort."
    );
    Refusal::new(400, "query_shard_exception", reason)
}

impl Automaton for Dfa {
    type State = Position;

    fn start(&self) -> Position {
        Position { state: 0, character: 0, missing: 0 }
    }

    fn is_match(&self, position: &Position) -> bool {
        position.missing == 0 && self.accepts[position.state as usize]
    }

    fn can_match(&self, position: &Position) -> bool {
        self.alive[position.state as usize]
    }

    fn accept(&self, position: &Position, byte: u8) -> Position {
        let Position { state, character, missing } = *position;
        let (character, missing) = match (missing, byte) {
            (0, 0x00..=0x7F) => (u32::from(byte), 0),
            (0, 0xC0..=0xDF) => (u32::from(byte & 0x1F), 1),
            (0, 0xE0..=0xEF) => (u32::from(byte & 0x0F), 2),
            (0, _) => (u32::from(byte & 0x07), 3),
            _ => (character << 6 | u32::from(byte & 0x3F), missing - 1),
        };
        if missing > 0 {
            return Position { state, character, missing };
        }
        Position { state: self.step(state, character), character: 0, missing: 0 }
    }
}

/// Documents with a term that fits the pattern.
#[derive(Clone)]
pub(crate) struct PatternQuery {
    pub(crate) field: Field,
    pub(crate) dfa: Arc<Dfa>,
}

impl fmt::Debug for PatternQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states = self.dfa.accepts.len();
        f.debug_struct("PatternQuery").field("field", &self.field).field("states", &states).finish()
    }
}

impl Query for PatternQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(AutomatonWeight::<Dfa>::new(self.field, Arc::clone(&self.dfa))))
    }
}
