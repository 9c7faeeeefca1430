//! How text is split into tokens.

use unicode_segmentation::UnicodeSegmentation;

use super::Tokens;

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
    /// What stands between blanks.
    Whitespace { most: usize },
    /// The text as it is.
    Keyword,
}

impl Split {
    /// Appends the tokens of the text.
    pub(super) fn split(&self, text: &str, tokens: &mut Tokens) {
        match self {
            Self::Standard { most } => {
                for (from, word) in text.unicode_word_indices() {
                    push_cut(tokens, word, from, *most);
                }
            }
            Self::Letter => push_runs(tokens, text, 255, char::is_alphabetic),
            Self::Whitespace { most } => push_runs(tokens, text, *most, |c| !c.is_whitespace()),
            Self::Keyword if text.is_empty() => {}
            Self::Keyword => tokens.push(text, 0, 0),
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
            if units + character.len_utf16() > most {
                tokens.push(&word[start..at], from + start, tokens.end);
                (start, units) = (at, 0);
            }
            units += character.len_utf16();
        }
    }
    tokens.push(&word[start..], from + start, tokens.end);
}
