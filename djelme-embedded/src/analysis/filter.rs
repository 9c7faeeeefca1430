//! What is done to tokens.

use rustc_hash::FxHashSet;

use super::{Tokens, folding, stemmer};

/// A token filter of Elasticsearch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Lowercase,
    Uppercase,
    AsciiFolding,
    /// Drops these words.
    Stop {
        words: Vec<String>,
        /// Whether the words are compared in lower case.
        ignore_case: bool,
    },
    /// Takes `'s` from the end.
    PossessiveEnglish,
    PorterStem,
    Trim,
    Reverse,
    /// Keeps tokens of such a length, in characters.
    Length {
        least: usize,
        most: usize,
    },
    /// Cuts tokens to a length, in UTF-16 units.
    Truncate(usize),
    /// Keeps the first of equal tokens.
    Unique,
    /// Keeps the first so many tokens.
    Limit(usize),
}

/// The words that the analyzers `english` and `stop` leave out.
pub(crate) const ENGLISH_STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no",
    "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to",
    "was", "will", "with",
];

impl Filter {
    /// The filter that drops English words without a meaning of their own.
    pub(super) fn english_stop() -> Self {
        let words = ENGLISH_STOP_WORDS.iter().map(|word| (*word).to_owned()).collect();
        Self::Stop { words, ignore_case: false }
    }

    /// Whether it changes letters one by one, so that parts of a term can go through it.
    pub(super) fn changes_letters(&self) -> bool {
        self.normalizes()
    }

    pub(super) fn apply(&self, tokens: &mut Tokens) {
        match self {
            Self::Lowercase => tokens.each(|text| map(text, simple_lower)),
            Self::Uppercase => tokens.each(|text| map(text, simple_upper)),
            Self::AsciiFolding => tokens.each(folding::fold),
            Self::Stop { words, ignore_case } => tokens.retain(|text| !is_in(words, text, *ignore_case)),
            Self::PossessiveEnglish => tokens.each(possessive),
            Self::PorterStem => tokens.each(stemmer::stem),
            Self::Trim => tokens.each(|text| *text = text.trim_matches(is_java_blank).to_owned()),
            Self::Reverse => tokens.each(|text| *text = text.chars().rev().collect()),
            Self::Length { least, most } => {
                tokens.retain(|text| (*least..=*most).contains(&text.chars().count()));
            }
            Self::Truncate(most) => tokens.each(|text| truncate(text, *most)),
            Self::Unique => unique(tokens),
            Self::Limit(most) => tokens.limit(*most),
        }
    }

    /// Whether a normalizer may have it: it makes one token of one.
    pub(super) fn normalizes(&self) -> bool {
        matches!(self, Self::Lowercase | Self::Uppercase | Self::AsciiFolding | Self::Trim)
    }
}

/// What `String.trim` and `Character.isWhitespace` take for blank.
pub(super) fn is_java_blank(character: char) -> bool {
    matches!(character, '\u{1c}'..='\u{1f}')
        || (character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}'))
}

fn is_in(words: &[String], text: &str, ignore_case: bool) -> bool {
    if ignore_case {
        let lower: String = text.chars().map(simple_lower).collect();
        return words.contains(&lower);
    }
    words.iter().any(|word| word == text)
}

/// Replaces each character by one.
fn map(text: &mut String, change: fn(char) -> char) {
    if text.chars().any(|character| change(character) != character) {
        *text = text.chars().map(change).collect();
    }
}

fn possessive(text: &mut String) {
    let Some(before) = text.strip_suffix(['s', 'S']) else { return };
    if let Some(before) = before.strip_suffix(['\'', '\u{2019}', '\u{ff07}']) {
        text.truncate(before.len());
    }
}

fn truncate(text: &mut String, most: usize) {
    let mut units = 0;
    let end = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > most
    });
    if let Some((end, _)) = end {
        text.truncate(end);
    }
}

fn unique(tokens: &mut Tokens) {
    let mut seen = FxHashSet::default();
    tokens.retain(|text| seen.insert(text.to_owned()));
}

/// The lower case of a character if it is one character, as Java has it.
pub(super) fn simple_lower(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) => single,
        // The one letter of which Rust knows only a lower case of two.
        _ if character == '\u{130}' => 'i',
        _ => character,
    }
}

/// The upper case of a character as one character, as Java has it.
pub(super) fn simple_upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    // Greek vowels with a small iota beneath become those with a big one beside, which Rust takes for two letters.
    let beyond = match (upper.next(), upper.next()) {
        (Some(single), None) => return single,
        _ => match u32::from(character) {
            code @ (0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7) => code + 8,
            code @ (0x1fb3 | 0x1fc3 | 0x1ff3) => code + 9,
            code => code,
        },
    };
    char::from_u32(beyond).unwrap_or(character)
}
