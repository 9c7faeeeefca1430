//! Lucene's syntax of regular expressions.

use super::expression::{Builder, Characters, Id, complement};
use crate::error::Refusal;

/// How long a regular expression may be (Elasticsearch's `index.max_regex_length`).
const MAX_LENGTH: usize = 1000;
/// How deep parentheses may nest here.
const MAX_DEPTH: usize = 100;
/// How often something may be repeated by number.
const MAX_NUMBER: u32 = i32::MAX.unsigned_abs();

/// Which optional operators a regular expression has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flags(u8);

impl Flags {
    /// `&`.
    const INTERSECTION: u8 = 1;
    /// `~`.
    const COMPLEMENT: u8 = 2;
    /// `#`.
    const EMPTY: u8 = 4;
    /// `@`.
    const ANY_TEXT: u8 = 8;
    /// `<1-5>`.
    const INTERVAL: u8 = 32;
    pub(crate) const ALL: Self = Self(0xFF);

    /// Reads names with `|` between them.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, &str>> {
        let mut flags = 0;
        for name in text.split('|').filter(|name| !name.is_empty()) {
            flags |= match name.to_ascii_uppercase().as_str() {
                "INTERSECTION" => Self::INTERSECTION,
                "COMPLEMENT" => Self::COMPLEMENT,
                "EMPTY" => Self::EMPTY,
                "ANYSTRING" => Self::ANY_TEXT,
                "INTERVAL" => Self::INTERVAL,
                "NONE" => 0,
                "ALL" => return Some(Ok(Self::ALL)),
                _ => return Some(Err(name)),
            };
        }
        (!text.is_empty()).then_some(Ok(Self(flags)))
    }

    fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

pub(super) fn parse(pattern: &str, flags: Flags, builder: &mut Builder) -> Result<Id, Refusal> {
    let text: Vec<char> = pattern.chars().collect();
    if text.len() > MAX_LENGTH {
        let length = text.len();
        return Err(error(format_args!(
            "The length of regex [{length}] used in the Regexp Query request has exceeded the allowed maximum of [{MAX_LENGTH}]. This maximum can be set by changing the [index.max_regex_length] index level setting."
        )));
    }
    if text.is_empty() {
        return Ok(builder.empty());
    }
    let mut parser = Parser { text, at: 0, depth: 0, flags, builder };
    let whole = parser.union()?;
    if parser.at < parser.text.len() {
        return Err(error(format_args!("end-of-string expected at position {}", parser.at)));
    }
    Ok(whole)
}

fn error(reason: std::fmt::Arguments<'_>) -> Refusal {
    Refusal::new(400, "query_shard_exception", format!("failed to create query: {reason}"))
}

struct Parser<'b> {
    text: Vec<char>,
    at: usize,
    depth: usize,
    flags: Flags,
    builder: &'b mut Builder,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// Takes the character if it is this operator and operators of its kind are on.
    fn take_optional(&mut self, wanted: char, flag: u8) -> bool {
        self.flags.has(flag) && self.take(wanted)
    }

    fn next(&mut self) -> Result<char, Refusal> {
        let next = self.peek().ok_or_else(|| error(format_args!("unexpected end-of-string")))?;
        self.at += 1;
        Ok(next)
    }

    fn expect(&mut self, wanted: char) -> Result<(), Refusal> {
        if self.take(wanted) {
            return Ok(());
        }
        Err(error(format_args!("expected '{wanted}' at position {}", self.at)))
    }

    fn union(&mut self) -> Result<Id, Refusal> {
        let mut choices = vec![self.intersection()?];
        while self.take('|') {
            choices.push(self.intersection()?);
        }
        Ok(self.builder.either(choices))
    }

    fn intersection(&mut self) -> Result<Id, Refusal> {
        let mut whole = self.concatenation()?;
        while self.take_optional('&', Flags::INTERSECTION) {
            let other = self.concatenation()?;
            whole = self.builder.both(whole, other);
        }
        Ok(whole)
    }

    fn concatenation(&mut self) -> Result<Id, Refusal> {
        let mut parts = vec![self.repetition()?];
        while let Some(next) = self.peek() {
            if matches!(next, ')' | '|') || (next == '&' && self.flags.has(Flags::INTERSECTION)) {
                break;
            }
            parts.push(self.repetition()?);
        }
        Ok(self.builder.sequence(parts))
    }

    fn repetition(&mut self) -> Result<Id, Refusal> {
        let mut inner = self.complement()?;
        while let Some(operator @ ('?' | '*' | '+' | '{')) = self.peek() {
            self.at += 1;
            let (least, most) = match operator {
                '?' => (0, Some(1)),
                '*' => (0, None),
                '+' => (1, None),
                _ => self.bounds()?,
            };
            inner = self.builder.repeat(inner, least, most);
        }
        Ok(inner)
    }

    /// `2}`, `2,}` or `2,5}`.
    fn bounds(&mut self) -> Result<(u32, Option<u32>), Refusal> {
        let number = |parser: &mut Self| {
            let from = parser.at;
            while parser.peek().is_some_and(|next| next.is_ascii_digit()) {
                parser.at += 1;
            }
            let digits: String = parser.text[from..parser.at].iter().collect();
            digits.parse::<u32>().ok().filter(|number| *number <= MAX_NUMBER)
        };
        let expected = |at: usize| error(format_args!("integer expected at position {at}"));
        let at = self.at;
        let least = number(self).ok_or_else(|| expected(at))?;
        let most = if self.take(',') { number(self) } else { Some(least) };
        self.expect('}')?;
        if let Some(most) = most.filter(|most| *most < least) {
            return Err(error(format_args!("invalid repetition range(out of order): {least}..{most}")));
        }
        Ok((least, most))
    }

    fn complement(&mut self) -> Result<Id, Refusal> {
        let mut negated = false;
        while self.take_optional('~', Flags::COMPLEMENT) {
            negated = !negated;
        }
        let inner = if self.take('[') { self.class()? } else { self.simple()? };
        Ok(if negated { self.builder.not(inner) } else { inner })
    }

    /// What stands between brackets.
    fn class(&mut self) -> Result<Id, Refusal> {
        let negated = self.take('^');
        let mut ranges = self.class_part()?;
        while self.peek().is_some_and(|next| next != ']') {
            ranges.extend(self.class_part()?);
        }
        self.expect(']')?;
        let ranges = if negated { complement(&ranges) } else { ranges };
        Ok(self.builder.characters(ranges))
    }

    /// A character, a range of them or a class like `\d`.
    fn class_part(&mut self) -> Result<Characters, Refusal> {
        if let Some(class) = self.predefined()? {
            return Ok(class);
        }
        let from = self.escaped()?;
        if !self.take('-') {
            return Ok(self.builder.fold(from));
        }
        let until = self.escaped()?;
        if from > until {
            let (from, until) = (u32::from(from), u32::from(until));
            return Err(error(format_args!("invalid range: from ({from}) cannot be > to ({until})")));
        }
        Ok(vec![(from.into(), until.into())])
    }

    /// `\d` and the like; `None` if no such class begins here.
    fn predefined(&mut self) -> Result<Option<Characters>, Refusal> {
        if self.peek() != Some('\\') {
            return Ok(None);
        }
        let Some(letter) = self.text.get(self.at + 1).copied() else { return Ok(None) };
        let digits = [('0', '9')].as_slice();
        let word = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')].as_slice();
        let space = [('\t', '\n'), ('\r', '\r'), (' ', ' ')].as_slice();
        let (class, negated) = match letter {
            'd' => (digits, false),
            'D' => (digits, true),
            'w' => (word, false),
            'W' => (word, true),
            's' => (space, false),
            'S' => (space, true),
            'a'..='z' | 'A'..='Z' => {
                return Err(error(format_args!("invalid character class \\{}", u32::from(letter))));
            }
            _ => return Ok(None),
        };
        self.at += 2;
        let ranges: Characters = class.iter().map(|&(from, until)| (from.into(), until.into())).collect();
        Ok(Some(if negated { complement(&ranges) } else { ranges }))
    }

    fn escaped(&mut self) -> Result<char, Refusal> {
        self.take('\\');
        self.next()
    }

    fn simple(&mut self) -> Result<Id, Refusal> {
        if self.take('.') {
            return Ok(self.builder.any_character());
        }
        if self.take_optional('#', Flags::EMPTY) {
            return Ok(self.builder.nothing());
        }
        if self.take_optional('@', Flags::ANY_TEXT) {
            return Ok(self.builder.any_text());
        }
        if self.take('"') {
            return self.quoted();
        }
        if self.take('(') {
            return self.group();
        }
        if self.take_optional('<', Flags::INTERVAL) {
            return self.interval();
        }
        if let Some(class) = self.predefined()? {
            return Ok(self.builder.characters(class));
        }
        let character = self.escaped()?;
        Ok(self.builder.character(character))
    }

    fn quoted(&mut self) -> Result<Id, Refusal> {
        let mut parts = Vec::new();
        while let Some(character) = self.peek().filter(|next| *next != '"') {
            self.at += 1;
            parts.push(self.builder.character(character));
        }
        self.expect('"')?;
        Ok(self.builder.sequence(parts))
    }

    fn group(&mut self) -> Result<Id, Refusal> {
        if self.take(')') {
            return Ok(self.builder.empty());
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Refusal::unsupported(format_args!(
                "regular expressions with more than {MAX_DEPTH} parentheses within each other"
            )));
        }
        let inner = self.union()?;
        self.depth -= 1;
        self.expect(')')?;
        Ok(inner)
    }

    /// `1-5>`: whole numbers. With as many digits at both ends, numbers have exactly so many.
    fn interval(&mut self) -> Result<Id, Refusal> {
        let from = self.at;
        while self.peek().is_some_and(|next| next != '>') {
            self.at += 1;
        }
        let inner: String = self.text[from..self.at].iter().collect();
        self.expect('>')?;
        let Some((least, greatest)) = inner.split_once('-') else {
            return Err(error(format_args!("'{inner}' not found")));
        };
        let number = |digits: &str| digits.parse::<u32>().ok().filter(|number| *number <= MAX_NUMBER);
        let (Some(first), Some(second)) = (number(least), number(greatest)) else {
            return Err(error(format_args!("interval syntax error at position {}", self.at - 1)));
        };
        let (from, until) = (first.min(second), first.max(second));
        if least.len() == greatest.len() {
            let width = least.len();
            return Ok(self.numbers(&format!("{from:0width$}"), &format!("{until:0width$}")));
        }
        // Any number of zeros before it.
        let width = until.to_string().len();
        let mut choices = Vec::new();
        for digits in 1..=width {
            let (shortest, longest) =
                (if digits == 1 { 0 } else { 10u64.pow(digits as u32 - 1) }, 10u64.pow(digits as u32) - 1);
            let (from, until) = (shortest.max(from.into()), longest.min(until.into()));
            if from <= until {
                choices.push(self.numbers(&format!("{from:0digits$}"), &format!("{until:0digits$}")));
            }
        }
        let number = self.builder.either(choices);
        let zero = self.builder.characters(vec![('0'.into(), '0'.into())]);
        let zeros = self.builder.repeat(zero, 0, None);
        Ok(self.builder.then(zeros, number))
    }

    /// Numbers of one width between these two.
    fn numbers(&mut self, from: &str, until: &str) -> Id {
        let (Some(low), Some(high)) = (from.chars().next(), until.chars().next()) else {
            return self.builder.empty();
        };
        let (low_rest, high_rest) = (&from[1..], &until[1..]);
        let digit = |parser: &mut Self, from: char, until: char| {
            parser.builder.characters(vec![(from.into(), until.into())])
        };
        if low == high {
            let (first, rest) = (digit(self, low, low), self.numbers(low_rest, high_rest));
            return self.builder.then(first, rest);
        }
        let (nines, zeros) = ("9".repeat(low_rest.len()), "0".repeat(high_rest.len()));
        let (first, rest) = (digit(self, low, low), self.numbers(low_rest, &nines));
        let lowest = self.builder.then(first, rest);
        let (first, rest) = (digit(self, high, high), self.numbers(&zeros, high_rest));
        let highest = self.builder.then(first, rest);
        let mut choices = vec![lowest, highest];
        let (above, below) = (u32::from(low) + 1, u32::from(high) - 1);
        if above <= below {
            let first = self.builder.characters(vec![(above, below)]);
            let rest = self.numbers(&zeros, &nines);
            choices.push(self.builder.then(first, rest));
        }
        self.builder.either(choices)
    }
}
