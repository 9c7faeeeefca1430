//! Regular expressions with intersection and complement, and their derivatives: what must follow after a character.

use std::collections::HashMap;

/// The number of an expression within its builder; equal expressions have one number.
pub(super) type Id = u32;

/// Characters: ranges of code points, ascending and apart, both ends included.
pub(super) type Characters = Vec<(u32, u32)>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Expression {
    /// Matches no text.
    Nothing,
    /// Matches the empty text.
    Empty,
    Characters(Characters),
    Then(Id, Id),
    Either(Vec<Id>),
    Both(Id, Id),
    Not(Id),
    /// At least, and at most, so often.
    Repeat(Id, u32, Option<u32>),
}

/// Expressions, each kept once.
#[derive(Debug)]
pub(super) struct Builder {
    expressions: Vec<Expression>,
    /// Whether each matches the empty text.
    nullable: Vec<bool>,
    ids: HashMap<Expression, Id>,
    derivatives: HashMap<(Id, u32), Id>,
    case_insensitive: bool,
}

const NOTHING: Id = 0;
const EMPTY: Id = 1;

/// The greatest code point.
const LAST: u32 = 0x0010_FFFF;

impl Builder {
    /// With `case_insensitive`, letters of ASCII stand for both of their cases.
    pub(super) fn new(case_insensitive: bool) -> Self {
        let mut builder = Self {
            expressions: Vec::new(),
            nullable: Vec::new(),
            ids: HashMap::new(),
            derivatives: HashMap::new(),
            case_insensitive,
        };
        builder.intern(Expression::Nothing);
        builder.intern(Expression::Empty);
        builder
    }

    pub(super) fn len(&self) -> usize {
        self.expressions.len()
    }

    pub(super) fn is_nullable(&self, id: Id) -> bool {
        self.nullable[id as usize]
    }

    fn intern(&mut self, expression: Expression) -> Id {
        if let Some(&id) = self.ids.get(&expression) {
            return id;
        }
        let nullable = match &expression {
            Expression::Nothing | Expression::Characters(_) => false,
            Expression::Empty => true,
            Expression::Then(first, second) | Expression::Both(first, second) => {
                self.is_nullable(*first) && self.is_nullable(*second)
            }
            Expression::Either(choices) => choices.iter().any(|&choice| self.is_nullable(choice)),
            Expression::Not(inner) => !self.is_nullable(*inner),
            Expression::Repeat(inner, least, _) => *least == 0 || self.is_nullable(*inner),
        };
        let id = self.expressions.len() as Id;
        self.expressions.push(expression.clone());
        self.nullable.push(nullable);
        self.ids.insert(expression, id);
        id
    }

    pub(super) fn nothing(&mut self) -> Id {
        NOTHING
    }

    pub(super) fn empty(&mut self) -> Id {
        EMPTY
    }

    pub(super) fn any_character(&mut self) -> Id {
        self.characters(vec![(0, LAST)])
    }

    pub(super) fn any_text(&mut self) -> Id {
        let any = self.any_character();
        self.repeat(any, 0, None)
    }

    /// One character, in both cases if they do not count.
    pub(super) fn character(&mut self, character: char) -> Id {
        let folded = self.fold(character);
        self.characters(folded)
    }

    /// The character, and its other case if that is the same here.
    pub(super) fn fold(&self, character: char) -> Characters {
        let mut both = vec![(character.into(), character.into())];
        if self.case_insensitive && character.is_ascii_alphabetic() {
            let other = (character as u8 ^ 0x20).into();
            both.push((other, other));
        }
        both
    }

    /// One of these characters.
    pub(super) fn characters(&mut self, mut ranges: Characters) -> Id {
        ranges.sort_unstable();
        let mut apart: Characters = Vec::with_capacity(ranges.len());
        for (from, until) in ranges {
            match apart.last_mut() {
                Some((_, end)) if from <= end.saturating_add(1) => *end = until.max(*end),
                _ => apart.push((from, until)),
            }
        }
        if apart.is_empty() { NOTHING } else { self.intern(Expression::Characters(apart)) }
    }

    pub(super) fn sequence(&mut self, parts: Vec<Id>) -> Id {
        parts.into_iter().rev().fold(EMPTY, |rest, part| self.then(part, rest))
    }

    pub(super) fn then(&mut self, first: Id, second: Id) -> Id {
        match (first, second) {
            (NOTHING, _) | (_, NOTHING) => NOTHING,
            (EMPTY, other) | (other, EMPTY) => other,
            _ => match self.expressions[first as usize].clone() {
                // `.*.*` is `.*`.
                Expression::Repeat(_, 0, None) if self.begins_with(second, first) => second,
                // To the right, so that each rest is one expression.
                Expression::Then(head, tail) => {
                    let rest = self.then(tail, second);
                    self.then(head, rest)
                }
                Expression::Either(choices) => {
                    let choices = choices.into_iter().map(|choice| self.then(choice, second)).collect();
                    self.either(choices)
                }
                _ => self.intern(Expression::Then(first, second)),
            },
        }
    }

    fn begins_with(&self, whole: Id, start: Id) -> bool {
        whole == start
            || matches!(self.expressions[whole as usize], Expression::Then(head, _) if head == start)
    }

    pub(super) fn either(&mut self, choices: Vec<Id>) -> Id {
        let mut flat = Vec::with_capacity(choices.len());
        for choice in choices {
            match &self.expressions[choice as usize] {
                Expression::Nothing => {}
                Expression::Either(inner) => flat.extend(inner),
                _ => flat.push(choice),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match flat.as_slice() {
            [] => NOTHING,
            [one] => *one,
            _ => self.intern(Expression::Either(flat)),
        }
    }

    pub(super) fn both(&mut self, first: Id, second: Id) -> Id {
        if first == NOTHING || second == NOTHING {
            NOTHING
        } else if first == second {
            first
        } else {
            self.intern(Expression::Both(first.min(second), first.max(second)))
        }
    }

    pub(super) fn not(&mut self, inner: Id) -> Id {
        match self.expressions[inner as usize] {
            Expression::Not(twice) => twice,
            _ => self.intern(Expression::Not(inner)),
        }
    }

    pub(super) fn repeat(&mut self, inner: Id, least: u32, most: Option<u32>) -> Id {
        match (inner, most) {
            (EMPTY, _) | (_, Some(0)) => EMPTY,
            (NOTHING, _) => {
                if least == 0 {
                    EMPTY
                } else {
                    NOTHING
                }
            }
            (_, Some(1)) if least == 1 => inner,
            _ => self.intern(Expression::Repeat(inner, least, most)),
        }
    }

    /// What must follow after this character. One character of a class stands for all of it.
    pub(super) fn derive(&mut self, id: Id, character: u32) -> Id {
        if id <= EMPTY {
            return NOTHING;
        }
        if let Some(&known) = self.derivatives.get(&(id, character)) {
            return known;
        }
        let derived = match self.expressions[id as usize].clone() {
            Expression::Nothing | Expression::Empty => NOTHING,
            Expression::Characters(ranges) => {
                if contains(&ranges, character) {
                    EMPTY
                } else {
                    NOTHING
                }
            }
            Expression::Then(first, second) => {
                let after = self.derive(first, character);
                let after = self.then(after, second);
                if self.is_nullable(first) {
                    let skipped = self.derive(second, character);
                    self.either(vec![after, skipped])
                } else {
                    after
                }
            }
            Expression::Either(choices) => {
                let choices = choices.into_iter().map(|choice| self.derive(choice, character)).collect();
                self.either(choices)
            }
            Expression::Both(first, second) => {
                let (first, second) = (self.derive(first, character), self.derive(second, character));
                self.both(first, second)
            }
            Expression::Not(inner) => {
                let inner = self.derive(inner, character);
                self.not(inner)
            }
            Expression::Repeat(inner, least, most) => {
                let after = self.derive(inner, character);
                let rest = self.repeat(inner, least.saturating_sub(1), most.map(|most| most - 1));
                self.then(after, rest)
            }
        };
        self.derivatives.insert((id, character), derived);
        derived
    }

    /// The first characters of the classes that no expression tells apart.
    pub(super) fn classes(&self) -> Vec<u32> {
        let mut starts = vec![0];
        for expression in &self.expressions {
            if let Expression::Characters(ranges) = expression {
                starts.extend(ranges.iter().flat_map(|(from, until)| [*from, until + 1]));
            }
        }
        starts.retain(|start| *start <= LAST);
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

fn contains(ranges: &[(u32, u32)], character: u32) -> bool {
    ranges.iter().any(|(from, until)| (*from..=*until).contains(&character))
}

/// All characters but these, which ascend and are apart.
pub(super) fn complement(ranges: &[(u32, u32)]) -> Characters {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let (mut others, mut next) = (Vec::new(), 0);
    for (from, until) in sorted {
        if from > next {
            others.push((next, from - 1));
        }
        next = next.max(until + 1);
    }
    if next <= LAST {
        others.push((next, LAST));
    }
    others
}
