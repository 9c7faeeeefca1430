//! Patterns of terms: wildcards and Lucene's regular expressions, as automata over the terms of a field.

mod dfa;
mod expression;
mod regexp;
#[cfg(test)]
mod tests;

pub(super) use dfa::{Dfa, PatternQuery};
pub(super) use regexp::Flags;

use expression::Builder;

use crate::error::Refusal;

/// A pattern of `*` for any characters, `?` for one, and `\` before what stands for itself.
pub(super) fn wildcard(pattern: &str, case_insensitive: bool) -> Result<Dfa, Refusal> {
    let mut builder = Builder::new(case_insensitive);
    let mut parts = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '*' => builder.any_text(),
            '?' => builder.any_character(),
            // At the very end it stands for itself.
            '\\' => builder.character(characters.next().unwrap_or('\\')),
            plain => builder.character(plain),
        });
    }
    let whole = builder.sequence(parts);
    Dfa::new(builder, whole, pattern)
}

/// Texts that begin so.
pub(super) fn prefix(start: &str) -> Result<Dfa, Refusal> {
    begins_with(start, false)
}

/// Texts that begin so, with a capital letter and a small one being the same.
pub(super) fn prefix_of_any_case(start: &str) -> Result<Dfa, Refusal> {
    begins_with(start, true)
}

fn begins_with(start: &str, case_insensitive: bool) -> Result<Dfa, Refusal> {
    let mut builder = Builder::new(case_insensitive);
    let mut parts: Vec<_> = start.chars().map(|character| builder.character(character)).collect();
    parts.push(builder.any_text());
    let whole = builder.sequence(parts);
    Dfa::new(builder, whole, start)
}

/// This text, with a capital letter and a small one being the same.
pub(super) fn text_of_any_case(text: &str) -> Result<Dfa, Refusal> {
    let mut builder = Builder::new(true);
    let parts: Vec<_> = text.chars().map(|character| builder.character(character)).collect();
    let whole = builder.sequence(parts);
    Dfa::new(builder, whole, text)
}

/// A regular expression of Lucene, which must fit the whole text.
pub(super) fn regexp(pattern: &str, flags: Flags, case_insensitive: bool) -> Result<Dfa, Refusal> {
    let mut builder = Builder::new(case_insensitive);
    let whole = regexp::parse(pattern, flags, &mut builder)?;
    Dfa::new(builder, whole, pattern)
}
