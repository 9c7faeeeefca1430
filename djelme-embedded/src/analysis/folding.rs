//! Letters, digits and signs without their accents and other shapes: the filter `asciifolding`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// What each character becomes: 1242 of them, as Lucene has it. A line of the table has a text of ASCII, a tab, and
/// the characters that become it.
static TABLE: LazyLock<FxHashMap<char, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("folding.txt").lines().filter_map(|line| line.split_once('\t'));
    lines
        .flat_map(|(ascii, characters)| characters.chars().map(move |character| (character, ascii)))
        .collect()
});

/// Folds a text.
pub(super) fn fold(text: &mut String) {
    if text.is_ascii() {
        return;
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match TABLE.get(&character) {
            Some(ascii) => folded.push_str(ascii),
            None => folded.push(character),
        }
    }
    *text = folded;
}
