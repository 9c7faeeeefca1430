//! Classes of characters: those of Unicode's word boundaries (UAX #29), as Lucene reads them.

use std::sync::LazyLock;

use regex_syntax::hir::{Class as HirClass, HirKind};

/// What a character is to the tokenizer `standard`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    Other,
    Letter,
    HebrewLetter,
    Numeric,
    Katakana,
    /// `_` and its like.
    Connector,
    /// Belongs to the character before it.
    Extend,
    MidLetter,
    MidNumber,
    /// Between letters and between numbers.
    MidBoth,
    SingleQuote,
    DoubleQuote,
    /// Han and Hiragana: each character is a word.
    Ideograph,
    /// Scripts without blanks between words: Thai, Lao, Khmer, Burmese.
    Complex,
    Pictograph,
    RegionalIndicator,
}

/// Classes and what each consists of; a later one overrides an earlier. Lucene's grammar is that of Unicode 12.1: what
/// later versions added or moved is taken back.
const CLASSES: [(Class, &str); 15] = [
    (Class::Pictograph, r"[[\p{Extended_Pictographic}--[#*0-9]]\u{1fb00}-\u{1fbff}]"),
    (Class::Ideograph, r"[[[\p{Han}\p{Hiragana}]&&\p{age=12.1}]--\u{16fe2}]"),
    (Class::Letter, r"[[\p{wb=ALetter}&&\p{age=12.1}]--[\u{2e5}-\u{2eb}\u{55a}\u{58a}\u{a708}-\u{a716}]]"),
    (Class::HebrewLetter, r"[\p{wb=Hebrew_Letter}&&\p{age=12.1}]"),
    (Class::Katakana, r"[\p{wb=Katakana}&&\p{age=12.1}]"),
    (Class::Numeric, r"[[\p{wb=Numeric}\u{ff10}-\u{ff19}]&&\p{age=12.1}]"),
    (Class::Complex, COMPLEX),
    (Class::Connector, r"\p{wb=ExtendNumLet}"),
    (
        Class::Extend,
        r"[[[\p{wb=Extend}\p{wb=Format}\p{wb=ZWJ}]&&\p{age=12.1}]\p{Emoji_Modifier}\u{600}-\u{605}\u{6dd}\u{70f}\u{8e2}\u{110bd}\u{110cd}]",
    ),
    (Class::MidLetter, r"[[\p{wb=MidLetter}:\u{fe55}\u{ff1a}]--\u{55f}]"),
    (Class::MidNumber, r"[\p{wb=MidNum}\u{fe10}\u{fe14}]"),
    (Class::MidBoth, r"\p{wb=MidNumLet}"),
    (Class::SingleQuote, "'"),
    (Class::DoubleQuote, "\""),
    (Class::RegionalIndicator, r"\p{Regional_Indicator}"),
];

/// What a word of a script without blanks consists of. Its marks extend the character before them too, but a word may
/// begin with one.
const COMPLEX: &str = r"[[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tai_Le}\p{New_Tai_Lue}\p{Tai_Tham}\p{Tai_Viet}\p{Ahom}]&&[\p{L}\p{M}\u{109e}\u{109f}\u{19da}\u{19de}\u{19df}\u{1aa0}-\u{1aad}\u{aa77}-\u{aa79}\u{aade}\u{aadf}\u{1173a}\u{1173b}\u{1173f}]&&[\p{age=12.1}--\u{1a7f}]]";

static TABLE: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let mut table = vec![Class::Other as u8; 0x11_0000].into_boxed_slice();
    for (class, pattern) in CLASSES {
        for (first, last) in ranges(pattern) {
            table[first as usize..=last as usize].fill(class as u8);
        }
    }
    table
});

static COMPLEX_RANGES: LazyLock<Vec<(char, char)>> = LazyLock::new(|| ranges(COMPLEX));
static EMOJI_MODIFIERS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| ranges(r"\p{Emoji_Modifier}"));
static LETTERS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| ranges(r"\p{L}"));
static DIGITS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| ranges(r"\p{Nd}"));
static PUNCTUATION: LazyLock<Vec<(char, char)>> = LazyLock::new(|| ranges(r"\p{P}"));
static SYMBOLS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| ranges(r"\p{S}"));

/// The characters of a class, as a regular expression names it.
fn ranges(pattern: &str) -> Vec<(char, char)> {
    match regex_syntax::parse(pattern).map(regex_syntax::hir::Hir::into_kind) {
        Ok(HirKind::Class(HirClass::Unicode(class))) => {
            class.iter().map(|range| (range.start(), range.end())).collect()
        }
        // A class of one character is a literal.
        Ok(HirKind::Literal(literal)) => std::str::from_utf8(&literal.0)
            .into_iter()
            .flat_map(str::chars)
            .map(|single| (single, single))
            .collect(),
        _ => Vec::new(),
    }
}

fn is_among(ranges: &[(char, char)], character: char) -> bool {
    ranges
        .binary_search_by(|&(first, last)| {
            if last < character {
                std::cmp::Ordering::Less
            } else if first > character {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// Whether a word of a script without blanks may consist of it.
pub(super) fn is_complex(character: char) -> bool {
    is_among(&COMPLEX_RANGES, character)
}

/// A tone of skin.
pub(super) fn is_emoji_modifier(character: char) -> bool {
    is_among(&EMOJI_MODIFIERS, character)
}

/// Java's `Character.isLetter`.
pub(super) fn is_letter(character: char) -> bool {
    if character.is_ascii() { character.is_ascii_alphabetic() } else { is_among(&LETTERS, character) }
}

/// Java's `Character.isDigit`.
pub(super) fn is_digit(character: char) -> bool {
    if character.is_ascii() { character.is_ascii_digit() } else { is_among(&DIGITS, character) }
}

pub(super) fn is_punctuation(character: char) -> bool {
    is_among(&PUNCTUATION, character)
}

pub(super) fn is_symbol(character: char) -> bool {
    is_among(&SYMBOLS, character)
}

/// The class of a character.
pub(super) fn of(character: char) -> Class {
    const ALL: [Class; 16] = [
        Class::Other,
        Class::Letter,
        Class::HebrewLetter,
        Class::Numeric,
        Class::Katakana,
        Class::Connector,
        Class::Extend,
        Class::MidLetter,
        Class::MidNumber,
        Class::MidBoth,
        Class::SingleQuote,
        Class::DoubleQuote,
        Class::Ideograph,
        Class::Complex,
        Class::Pictograph,
        Class::RegionalIndicator,
    ];
    ALL[usize::from(TABLE[character as usize])]
}
