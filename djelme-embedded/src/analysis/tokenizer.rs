//! How text is split into tokens.

use super::filter::{is_java_blank, simple_lower};
use super::{Tokens, class, standard};

/// Lucene cuts what its simple tokenizers find at this length.
const MAX_RUN: usize = 255;

/// A tokenizer of Elasticsearch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Split {
    /// Words after UAX #29.
    Standard {
        /// Longer words are cut.
        most: usize,
    },
    /// Runs of letters.
    Letter,
    /// The same in lower case.
    Lowercase,
    /// What stands between blanks.
    Whitespace { most: usize },
    /// The text as it is.
    Keyword,
    /// A path and all paths above it.
    PathHierarchy(PathHierarchy),
    /// Pieces of a few characters.
    Grams(Grams),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PathHierarchy {
    pub(crate) delimiter: char,
    pub(crate) replacement: char,
    /// The parts from the left (or from the right, if reversed) that no token has.
    pub(crate) skip: usize,
    /// Whether tokens lose parts from the left instead of gaining them to the right.
    pub(crate) reverse: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grams {
    pub(crate) least: usize,
    pub(crate) most: usize,
    /// Whether all begin where the text does.
    pub(crate) edge: bool,
    /// What may be in a piece; all characters if empty.
    pub(crate) within: Vec<CharacterClass>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CharacterClass {
    Letter,
    Digit,
    Whitespace,
    Punctuation,
    Symbol,
}

impl Split {
    /// Appends the tokens of the text.
    pub(super) fn split(&self, text: &str, tokens: &mut Tokens) {
        match self {
            Self::Standard { most } => {
                for (from, word) in standard::words(text, *most) {
                    tokens.push(word, from, tokens.end);
                }
            }
            Self::Letter => push_runs(tokens, text, MAX_RUN, class::is_letter),
            Self::Lowercase => {
                push_runs(tokens, text, MAX_RUN, class::is_letter);
                tokens.each(|text| *text = text.chars().map(simple_lower).collect());
            }
            Self::Whitespace { most } => push_runs(tokens, text, *most, |c| !is_java_blank(c)),
            Self::Keyword => tokens.push(text, 0, 0),
            Self::PathHierarchy(path) => path.split(text, tokens),
            Self::Grams(grams) => grams.split(text, tokens),
        }
    }
}

/// Pushes runs of characters.
fn push_runs(tokens: &mut Tokens, text: &str, most: usize, within: impl Fn(char) -> bool) {
    let mut from = 0;
    while let Some(start) = text[from..].find(&within) {
        let start = from + start;
        let end = text[start..].find(|c| !within(c)).map_or(text.len(), |length| start + length);
        push_cut(tokens, &text[start..end], start, most);
        from = end;
    }
}

/// Pushes a word in pieces of at most so many UTF-16 units, as Java counts.
fn push_cut(tokens: &mut Tokens, word: &str, from: usize, most: usize) {
    let (mut start, mut units) = (0, 0);
    if word.len() > most {
        for (at, character) in word.char_indices() {
            if units + character.len_utf16() > most && at > start {
                tokens.push(&word[start..at], from + start, tokens.end);
                (start, units) = (at, 0);
            }
            units += character.len_utf16();
        }
    }
    tokens.push(&word[start..], from + start, tokens.end);
}

impl PathHierarchy {
    /// All tokens stand at one position.
    fn split(&self, text: &str, tokens: &mut Tokens) {
        let mut replaced = String::with_capacity(text.len());
        let mut delimiters = Vec::new();
        for character in text.chars() {
            let delimits = character == self.delimiter;
            if delimits {
                delimiters.push(replaced.len());
            }
            replaced.push(if delimits { self.replacement } else { character });
        }
        if self.reverse {
            self.suffixes(&replaced, &delimiters, tokens);
        } else {
            self.prefixes(&replaced, delimiters, tokens);
        }
    }

    fn prefixes(&self, text: &str, delimiters: Vec<usize>, tokens: &mut Tokens) {
        let mut ends = delimiters;
        // A delimiter at the very start begins the first part, it does not end one.
        let first = usize::from(ends.first() == Some(&0));
        ends.push(text.len());
        let start = match self.skip {
            0 => 0,
            skip => ends.get(first.saturating_add(skip) - 1).copied().unwrap_or(text.len()),
        };
        for &end in ends.iter().skip(first.saturating_add(self.skip)).filter(|end| **end > start) {
            tokens.push(&text[start..end], start, 0);
        }
    }

    fn suffixes(&self, text: &str, delimiters: &[usize], tokens: &mut Tokens) {
        let length = self.replacement.len_utf8();
        let mut starts: Vec<usize> = vec![0];
        starts.extend(delimiters.iter().map(|at| at + length));
        if starts.last() == Some(&text.len()) {
            starts.pop();
        }
        let Some(kept) = starts.len().checked_sub(self.skip) else { return };
        let end = starts.get(kept).copied().unwrap_or(text.len());
        for &start in &starts[..kept] {
            tokens.push(&text[start..end], start, 0);
        }
    }
}

impl Grams {
    fn split(&self, text: &str, tokens: &mut Tokens) {
        if self.within.is_empty() {
            return self.run(text, 0, tokens);
        }
        let mut from = 0;
        while let Some(start) = text[from..].find(|c| self.takes(c)) {
            let start = from + start;
            let end = text[start..].find(|c| !self.takes(c)).map_or(text.len(), |length| start + length);
            self.run(&text[start..end], start, tokens);
            from = end;
        }
    }

    /// Pushes the pieces of a run of characters, each at a position of its own.
    fn run(&self, text: &str, from: usize, tokens: &mut Tokens) {
        let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        ends.push(text.len());
        let starts = if self.edge { 1 } else { ends.len() - 1 };
        for start in 0..starts.min(ends.len() - 1) {
            for length in self.least..=self.most {
                let Some(&end) = ends.get(start + length) else { break };
                tokens.push(&text[ends[start]..end], from + ends[start], tokens.end);
            }
        }
    }

    fn takes(&self, character: char) -> bool {
        self.within.iter().any(|class| match class {
            CharacterClass::Letter => class::is_letter(character),
            CharacterClass::Digit => class::is_digit(character),
            CharacterClass::Whitespace => is_java_blank(character),
            CharacterClass::Punctuation => class::is_punctuation(character),
            CharacterClass::Symbol => class::is_symbol(character),
        })
    }
}
