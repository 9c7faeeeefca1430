//! Versions as terms whose order of bytes is Elasticsearch's order of versions.
//!
//! A version after semver comes first: its numbers by value, a pre-release before the release, a build suffix after
//! it. What is no version comes after all versions, in the order of its characters.

/// Begins the term of a version and of any other text.
const VERSION: char = '\u{1}';
const OTHER: char = '\u{2}';
/// After the numbers: a pre-release, nothing, a build suffix.
const PRE_RELEASE: char = '\u{1}';
const RELEASE: char = '\u{2}';
const NEXT_NUMBER: char = '\u{3}';
/// Within a pre-release: the end, a number, a word.
const END: char = '\u{1}';
const NUMBER: char = '\u{2}';
const WORD: char = '\u{3}';
/// A length of digits is one character from here on.
const LENGTHS: u32 = 0x20;

/// The term of a version, or of a text that is none.
pub(crate) fn encode(text: &str) -> String {
    encode_version(text).unwrap_or_else(|| format!("{OTHER}{text}"))
}

/// The text of a term.
pub(crate) fn decode(term: &str) -> String {
    let mut rest = term.chars();
    match rest.next() {
        Some(VERSION) => decode_version(rest.as_str()),
        _ => rest.as_str().to_owned(),
    }
}

/// Whether the text is a version after semver, with any count of numbers.
pub(crate) fn is_version(text: &str) -> bool {
    encode_version(text).is_some()
}

fn encode_version(text: &str) -> Option<String> {
    let (rest, build) = match text.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (text, None),
    };
    let (numbers, pre_release) = match rest.split_once('-') {
        Some((numbers, pre_release)) => (numbers, Some(pre_release)),
        None => (rest, None),
    };
    let mut term = String::with_capacity(text.len() + 8);
    term.push(VERSION);
    for (at, number) in numbers.split('.').enumerate() {
        if at > 0 {
            term.push(NEXT_NUMBER);
        }
        push_number(&mut term, number)?;
    }
    match pre_release {
        Some(pre_release) => {
            term.push(PRE_RELEASE);
            push_identifiers(&mut term, pre_release)?;
        }
        None => term.push(RELEASE),
    }
    if let Some(build) = build {
        let identifier = |part: &str| !part.is_empty() && part.bytes().all(is_identifier);
        if !build.split('.').all(identifier) {
            return None;
        }
        term.push('+');
        term.push_str(build);
    }
    Some(term)
}

/// Digits without leading zeros, after their count.
fn push_number(term: &mut String, number: &str) -> Option<()> {
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (number.len() > 1 && number.starts_with('0')) {
        return None;
    }
    term.push(char::from_u32(LENGTHS + u32::try_from(number.len()).ok()?)?);
    term.push_str(number);
    Some(())
}

fn push_identifiers(term: &mut String, pre_release: &str) -> Option<()> {
    for part in pre_release.split('.') {
        if part.is_empty() || !part.bytes().all(is_identifier) {
            return None;
        }
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            term.push(NUMBER);
            push_number(term, part)?;
        } else {
            term.push(WORD);
            term.push_str(part);
        }
    }
    term.push(END);
    Some(())
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn decode_version(term: &str) -> String {
    let mut text = String::with_capacity(term.len());
    let mut rest = term;
    take_number(&mut text, &mut rest);
    let mut first = true;
    while let Some(mark) = rest.chars().next() {
        rest = &rest[mark.len_utf8()..];
        match mark {
            NEXT_NUMBER if first => {
                text.push('.');
                take_number(&mut text, &mut rest);
            }
            PRE_RELEASE if first => {
                take_identifiers(&mut text, &mut rest);
                first = false;
            }
            RELEASE => first = false,
            other => text.push(other),
        }
    }
    text
}

/// Takes a count of digits and the digits.
fn take_number(text: &mut String, rest: &mut &str) {
    let mut chars = rest.chars();
    let length = chars.next().map_or(0, |length| (u32::from(length) - LENGTHS) as usize);
    let (digits, after) = chars.as_str().split_at_checked(length).unwrap_or((chars.as_str(), ""));
    text.push_str(digits);
    *rest = after;
}

fn take_identifiers(text: &mut String, rest: &mut &str) {
    let mut separator = '-';
    while let Some(mark) = rest.chars().next() {
        *rest = &rest[mark.len_utf8()..];
        match mark {
            NUMBER => {
                text.push(separator);
                take_number(text, rest);
            }
            WORD => {
                text.push(separator);
                let length = rest.find([END, NUMBER, WORD]).unwrap_or(rest.len());
                let (word, after) = rest.split_at(length);
                text.push_str(word);
                *rest = after;
            }
            _ => return,
        }
        separator = '.';
    }
}
