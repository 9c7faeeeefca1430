//! What is done to tokens.

use super::Tokens;

/// A token filter of Elasticsearch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Lowercase,
    Uppercase,
}

impl Filter {
    /// Whether it changes letters one by one, so that parts of a term can go through it.
    pub(super) fn changes_letters(&self) -> bool {
        match self {
            Self::Lowercase | Self::Uppercase => true,
        }
    }

    pub(super) fn apply(&self, tokens: &mut Tokens) {
        match self {
            Self::Lowercase => tokens.each(|text| map(text, simple_lower)),
            Self::Uppercase => tokens.each(|text| map(text, simple_upper)),
        }
    }
}

/// Replaces each character by one.
fn map(text: &mut String, change: fn(char) -> char) {
    if text.is_ascii() && text.chars().all(|c| change(c) == c) {
        return;
    }
    *text = text.chars().map(change).collect();
}

/// The lower case of a character if it is one character, as Java has it.
fn simple_lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) => single,
        // The one letter of which Rust knows only a lower case of two.
        _ if character == '\u{130}' => 'i',
        _ => character,
    }
}

/// The upper case of a character if it is one character.
fn simple_upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(single), None) => single,
        _ => character,
    }
}
