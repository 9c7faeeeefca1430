//! The tokenizer `standard`: words after UAX #29, and pictographs, as Lucene's grammar finds them.

use super::class::{self, Class};

const ZERO_WIDTH_JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';
const TEXT_PRESENTATION: char = '\u{fe0e}';
const EMOJI_PRESENTATION: char = '\u{fe0f}';

/// The words of a text, each with the byte at which it begins. A longer word is cut after so many UTF-16 units, and
/// the rest of it is read anew.
pub(super) fn words(text: &str, most: usize) -> Words<'_> {
    Words { text, at: 0, most }
}

pub(super) struct Words<'a> {
    text: &'a str,
    at: usize,
    most: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        while self.at < self.text.len() {
            let from = self.at;
            let rest = &self.text[from..];
            let mut length = token(rest);
            if length > self.most {
                length = token(cut(rest, self.most));
            }
            if length > 0 {
                self.at += length;
                return Some((from, &rest[..length]));
            }
            self.at += rest.chars().next().map_or(1, char::len_utf8);
        }
        None
    }
}

/// The start of a text, at most so many UTF-16 units.
fn cut(text: &str, most: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > most
    });
    end.map_or(text, |(end, _)| &text[..end])
}

/// The length of the token at the start of the text; 0 if there is none.
fn token(text: &str) -> usize {
    let mut rest = Rest(text);
    let Some(first) = rest.peek() else { return 0 };
    let length = match class::of(first) {
        Class::Letter | Class::HebrewLetter | Class::Numeric | Class::Katakana | Class::Connector => {
            word(text)
        }
        Class::Ideograph => {
            rest.advance();
            text.len() - rest.0.len()
        }
        Class::Complex => complex(text),
        Class::Extend if class::is_complex(first) => complex(text),
        Class::RegionalIndicator => {
            rest.advance();
            if rest.class() == Some(Class::RegionalIndicator) {
                rest.advance();
                text.len() - rest.0.len()
            } else {
                0
            }
        }
        _ => 0,
    };
    length.max(emoji(text))
}

/// The length of the run of characters without blanks between words.
fn complex(text: &str) -> usize {
    let mut rest = Rest(text);
    while rest.peek().is_some_and(class::is_complex) {
        rest.advance();
    }
    text.len() - rest.0.len()
}

/// What is left of a text.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn peek(&self) -> Option<char> {
        self.0.chars().next()
    }

    fn class(&self) -> Option<Class> {
        self.peek().map(class::of)
    }

    /// Passes over a character and what belongs to it.
    fn advance(&mut self) {
        self.step();
        while self.class() == Some(Class::Extend) {
            self.step();
        }
    }

    fn step(&mut self) {
        let length = self.peek().map_or(0, char::len_utf8);
        self.0 = &self.0[length..];
    }

    /// Passes over joiners; whether there are any.
    fn joiners(&mut self) -> bool {
        let before = self.0.len();
        self.0 = self.0.trim_start_matches(ZERO_WIDTH_JOINER);
        self.0.len() < before
    }

    /// The class after the next character.
    fn beyond(&self) -> Option<Class> {
        let mut rest = Rest(self.0);
        rest.advance();
        rest.class()
    }
}

/// The length of the word at the start: letters, numbers, Katakana, with what joins them.
fn word(text: &str) -> usize {
    let mut rest = Rest(text);
    let mut last = Class::Other;
    let mut words = false;
    let mut end = 0;
    while let Some(class) = rest.class() {
        let joins = last == Class::Other || joins(last, class);
        let bridges = !joins && bridges(last, class, rest.beyond());
        // A quote after a Hebrew letter belongs to it.
        let quotes = last == Class::HebrewLetter && class == Class::SingleQuote;
        if !(joins || bridges || quotes) {
            break;
        }
        rest.advance();
        words |= !matches!(class, Class::Connector | Class::SingleQuote);
        if joins {
            last = class;
        }
        end = text.len() - rest.0.len();
    }
    if words { end } else { 0 }
}

/// Whether a word goes on with this class right after that one.
fn joins(last: Class, next: Class) -> bool {
    use Class::{Connector, HebrewLetter, Katakana, Letter, Numeric};

    match last {
        Letter | HebrewLetter | Numeric => matches!(next, Letter | HebrewLetter | Numeric | Connector),
        Katakana => matches!(next, Katakana | Connector),
        Connector => matches!(next, Letter | HebrewLetter | Numeric | Katakana | Connector),
        _ => false,
    }
}

/// Whether a word goes on across this class, which is no part of words by itself.
fn bridges(last: Class, between: Class, next: Option<Class>) -> bool {
    let letter = matches!(next, Some(Class::Letter | Class::HebrewLetter));
    match (last, between) {
        (Class::HebrewLetter, Class::DoubleQuote) => next == Some(Class::HebrewLetter),
        (Class::Letter | Class::HebrewLetter, Class::MidLetter | Class::MidBoth | Class::SingleQuote) => {
            letter
        }
        (Class::Numeric, Class::MidNumber | Class::MidBoth | Class::SingleQuote) => {
            next == Some(Class::Numeric)
        }
        _ => false,
    }
}

/// The length of the pictograph at the start: one, or several that are joined to one; a key with its cap.
fn emoji(text: &str) -> usize {
    let mut rest = Rest(text);
    let Some(first) = rest.peek() else { return 0 };
    if matches!(first, '#' | '*' | '0'..='9') {
        rest.step();
        if rest.peek() == Some(EMOJI_PRESENTATION) {
            rest.step();
        }
        return if rest.peek() == Some(KEYCAP) { text.len() - rest.0.len() + KEYCAP.len_utf8() } else { 0 };
    }
    if rest.joiners() && rest.class() != Some(Class::Pictograph) {
        return 0;
    }
    let mut end = 0;
    while rest.peek().is_some_and(is_pictograph) {
        rest.step();
        let joined = extension(&mut rest);
        end = text.len() - rest.0.len();
        if !joined {
            break;
        }
    }
    end
}

/// Passes over what belongs to a pictograph; whether another one is joined to it.
fn extension(rest: &mut Rest<'_>) -> bool {
    let mut joined = false;
    while rest.class() == Some(Class::Extend) {
        match rest.peek() {
            Some(TEXT_PRESENTATION) => return false,
            Some(EMOJI_PRESENTATION) => {
                rest.step();
                let mut beyond = Rest(rest.0);
                let joiners = beyond.joiners();
                let joined = joiners && beyond.peek().is_some_and(is_pictograph);
                if joined {
                    *rest = beyond;
                }
                return joined;
            }
            character => joined = character == Some(ZERO_WIDTH_JOINER),
        }
        rest.step();
    }
    joined
}

fn is_pictograph(character: char) -> bool {
    match class::of(character) {
        Class::Pictograph => true,
        Class::Extend => class::is_emoji_modifier(character),
        _ => false,
    }
}
