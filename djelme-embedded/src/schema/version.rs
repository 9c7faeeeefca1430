//! Versions as terms whose order of bytes is Elasticsearch's order of versions.
//!
//! A version after semver comes first: its numbers by value, a pre-release before the release, a build suffix after
//! it. What is no version comes after all versions, in the order of its characters.

/// Begins the term of a version and of any other text.
const VERSION: char = '\u{1}';
const OTHER: char = '\u{2}';
/// After a number: a pre-release, nothing of both, another number.
const PRE_RELEASE: char = '\u{1}';
const RELEASE: char = '\u{2}';
const NEXT_NUMBER: char = '\u{3}';
/// Begins a number within a pre-release; less than all characters of words.
const NUMBER: char = '\u{4}';
/// A count of digits is one character from here on.
const LENGTHS: u32 = 0x20;

/// Text that looks like a version but has too great a number, in Elasticsearch's words.
type TooGreat = String;

/// The term of a version, or of a text that is none.
pub(crate) fn encode(text: &str) -> Result<String, TooGreat> {
    if !is_version(text) {
        return Ok(format!("{OTHER}{text}"));
    }
    let (rest, build) = split(text, '+');
    let (numbers, pre_release) = split(rest, '-');
    let mut term = String::with_capacity(text.len() + 8);
    term.push(VERSION);
    for (at, number) in numbers.split('.').enumerate() {
        if at > 0 {
            term.push(NEXT_NUMBER);
        }
        push_number(&mut term, number)?;
    }
    term.push(if pre_release.is_some() { PRE_RELEASE } else { RELEASE });
    for (at, part) in pre_release.iter().flat_map(|part| part.split('.')).enumerate() {
        if at > 0 {
            term.push('.');
        }
        if is_digits(part) {
            term.push(NUMBER);
            push_number(&mut term, part)?;
        } else {
            term.push_str(part);
        }
    }
    if let Some(build) = build {
        term.push('+');
        term.push_str(build);
    }
    Ok(term)
}

/// The text of a term.
pub(crate) fn decode(term: &str) -> String {
    let mut rest = term.chars();
    if rest.next() != Some(VERSION) {
        return rest.as_str().to_owned();
    }
    let mut text = String::with_capacity(term.len());
    take_number(&mut text, &mut rest);
    while let Some(character) = rest.next() {
        match character {
            NEXT_NUMBER => {
                text.push('.');
                take_number(&mut text, &mut rest);
            }
            PRE_RELEASE => text.push('-'),
            RELEASE => {}
            NUMBER => take_number(&mut text, &mut rest),
            other => text.push(other),
        }
    }
    text
}

/// Whether the text is a version after semver, with any count of numbers.
pub(crate) fn is_version(text: &str) -> bool {
    let (rest, build) = split(text, '+');
    let (numbers, pre_release) = split(rest, '-');
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let number = |part: &str| is_digits(part) && (part.len() == 1 || !part.starts_with('0'));
    numbers.split('.').all(number)
        && pre_release
            .is_none_or(|all| all.split('.').all(|part| word(part) && (!is_digits(part) || number(part))))
        && build.is_none_or(|all| all.split('.').all(word))
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits after their count.
fn push_number(term: &mut String, number: &str) -> Result<(), TooGreat> {
    if number.parse::<i32>().is_err() {
        return Err(format!("For input string: \"{number}\""));
    }
    term.push(char::from_u32(LENGTHS + number.len() as u32).unwrap_or(char::MAX));
    term.push_str(number);
    Ok(())
}

/// Takes a count of digits and the digits.
fn take_number(text: &mut String, rest: &mut std::str::Chars<'_>) {
    let length = rest.next().map_or(0, |length| u32::from(length).saturating_sub(LENGTHS));
    text.extend(rest.take(length as usize));
}
