//! Formats given as patterns, such as `yyyy-MM-dd HH:mm:ss`: the letters of Java's `DateTimeFormatter`.

use std::fmt::Write;

use super::Parts;
use super::civil::{self, Civil, HOUR, MINUTE, SECOND};
use super::iso::{Rest, format_year};
use super::zone::{Zone, format_offset};
use crate::error::Refusal;

/// A pattern, letter by letter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq)]
enum Item {
    Literal(char),
    /// `yyyy`, counted in the era, or `uuuu`.
    Year {
        era: bool,
    },
    /// A number of this many digits, or of as many as it has (0).
    Number(Part, usize),
    /// Digits of the second's fraction.
    Fraction(usize),
    /// `X`, `XX`, `XXX`, `Z`.
    Offset {
        colon: bool,
        /// Whether no offset is `Z`.
        letter: bool,
        /// Whether minutes may be left out.
        short: bool,
    },
    /// `MMM` and `EEE` (three letters) or `MMMM` and `EEEE`: only written.
    MonthName(bool),
    WeekdayName(bool),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

impl Pattern {
    pub(super) fn new(pattern: &str) -> Result<Self, Refusal> {
        let mut items = Vec::new();
        let mut chars = pattern.chars().peekable();
        while let Some(letter) = chars.next() {
            if letter == '\'' {
                quoted(pattern, &mut chars, &mut items)?;
            } else if letter.is_ascii_alphabetic() {
                let mut count = 1;
                while chars.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                items.push(item(pattern, letter, count)?);
            } else if matches!(letter, '[' | ']' | '{' | '}' | '#') {
                return Err(unsupported(pattern, letter));
            } else {
                items.push(Item::Literal(letter));
            }
        }
        let open = |pair: &[Item]| {
            matches!(pair[0], Item::Number(_, 0))
                && matches!(pair[1], Item::Number(..) | Item::Fraction(_) | Item::Year { .. })
        };
        if items.windows(2).any(open) {
            return Err(Refusal::unsupported(format_args!(
                "the date format [{pattern}]: a number of any length right before another"
            )));
        }
        Ok(Self { items })
    }

    /// Reads a date, all of the text.
    pub(super) fn read(&self, text: &str) -> Option<Parts> {
        let mut rest = Rest(text);
        let mut parts = Parts { year: 1970, ..Parts::default() };
        for (at, item) in self.items.iter().enumerate() {
            match item {
                Item::Literal(letter) => rest.take(*letter).then_some(())?,
                Item::Year { era } => {
                    let adjacent = matches!(self.items.get(at + 1), Some(Item::Number(..)));
                    parts.year = year(&mut rest, *era, adjacent)?;
                }
                Item::Number(part, width) => number(&mut rest, &mut parts, *part, *width)?,
                Item::Fraction(width) => parts.nanos = Some(nanos(fixed(&mut rest, *width)?)),
                Item::Offset { colon, letter, short } => {
                    parts.zone = Some(offset(&mut rest, *colon, *letter, *short)?);
                }
                Item::MonthName(_) | Item::WeekdayName(_) => return None,
            }
        }
        rest.0.is_empty().then_some(parts)
    }

    pub(super) fn format(&self, millis: i64, zone: Zone) -> String {
        let civil = Civil::new(millis, zone);
        let mut text = String::with_capacity(24);
        for item in &self.items {
            match item {
                Item::Literal(letter) => text.push(*letter),
                Item::Year { era: true } if civil.year <= 0 => format_year(&mut text, 1 - civil.year),
                Item::Year { .. } => format_year(&mut text, civil.year),
                Item::Number(part, width) => {
                    let _ = write!(text, "{:0width$}", part.of(&civil));
                }
                Item::Fraction(width) => {
                    let digits = format!("{:03}000000", civil.time % SECOND);
                    text.push_str(&digits[..*width]);
                }
                Item::Offset { colon, letter, short } => {
                    text.push_str(&written_offset(civil.offset, *colon, *letter, *short));
                }
                Item::MonthName(full) => name(&mut text, civil::month_name(civil.month), *full),
                Item::WeekdayName(full) => {
                    name(&mut text, civil::weekday_name(civil.year, civil.month, civil.day), *full);
                }
            }
        }
        text
    }
}

impl Part {
    fn of(self, civil: &Civil) -> i64 {
        match self {
            Self::Month => i64::from(civil.month),
            Self::Day => i64::from(civil.day),
            Self::Hour => civil.time / HOUR,
            Self::Minute => civil.time % HOUR / MINUTE,
            Self::Second => civil.time % MINUTE / SECOND,
        }
    }
}

/// Reads what stands between quotes; two of them are one.
fn quoted(
    pattern: &str,
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    items: &mut Vec<Item>,
) -> Result<(), Refusal> {
    if chars.next_if_eq(&'\'').is_some() {
        items.push(Item::Literal('\''));
        return Ok(());
    }
    loop {
        match chars.next() {
            Some('\'') if chars.next_if_eq(&'\'').is_some() => items.push(Item::Literal('\'')),
            Some('\'') => return Ok(()),
            Some(letter) => items.push(Item::Literal(letter)),
            None => {
                return Err(Refusal::illegal(format!(
                    "Invalid format: [{pattern}]: Pattern ends with an incomplete string literal: {pattern}"
                )));
            }
        }
    }
}

fn item(pattern: &str, letter: char, count: usize) -> Result<Item, Refusal> {
    let number = |part| Item::Number(part, if count == 1 { 0 } else { 2 });
    Ok(match (letter, count) {
        ('y' | 'u', 4) => Item::Year { era: letter == 'y' },
        ('M', 1 | 2) => number(Part::Month),
        ('d', 1 | 2) => number(Part::Day),
        ('H', 1 | 2) => number(Part::Hour),
        ('m', 1 | 2) => number(Part::Minute),
        ('s', 1 | 2) => number(Part::Second),
        ('S', 1..=9) => Item::Fraction(count),
        ('X', 1..=3) => Item::Offset { colon: count == 3, letter: true, short: count == 1 },
        ('Z', 1..=3) => Item::Offset { colon: false, letter: false, short: false },
        ('M', 3 | 4) => Item::MonthName(count == 4),
        ('E', 1..=4) => Item::WeekdayName(count == 4),
        _ => return Err(unsupported(pattern, letter)),
    })
}

fn unsupported(pattern: &str, letter: char) -> Refusal {
    Refusal::unsupported(format_args!("the date format [{pattern}]: [{letter}]"))
}

fn year(rest: &mut Rest<'_>, era: bool, adjacent: bool) -> Option<i64> {
    let year = if rest.take('+') {
        rest.digits(5, 9)?.parse().ok()?
    } else {
        let negative = !era && rest.take('-');
        let digits = if adjacent { fixed(rest, 4)? } else { rest.digits(4, 4)? };
        let year = digits.parse::<i64>().ok()?;
        if negative { -year } else { year }
    };
    (!era || year > 0).then_some(year)
}

fn number(rest: &mut Rest<'_>, parts: &mut Parts, part: Part, width: usize) -> Option<()> {
    let digits = if width == 0 { rest.digits(1, 2)? } else { fixed(rest, width)? };
    let value = digits.parse::<u32>().ok()?;
    let (range, into) = match part {
        Part::Month => (1..=12, &mut parts.month),
        Part::Day => (1..=31, &mut parts.day),
        Part::Hour => (0..=23, &mut parts.hour),
        Part::Minute => (0..=59, &mut parts.minute),
        Part::Second => (0..=59, &mut parts.second),
    };
    *into = range.contains(&value).then_some(value);
    into.map(|_| ())
}

/// Takes exactly so many digits, whatever follows.
fn fixed<'a>(rest: &mut Rest<'a>, width: usize) -> Option<&'a str> {
    let (digits, after) = rest.0.split_at_checked(width)?;
    rest.0 = after;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

/// Nanoseconds of the digits after the point.
pub(super) fn nanos(digits: &str) -> u32 {
    let digit = |at: usize| digits.as_bytes().get(at).map_or(0, |digit| u32::from(digit - b'0'));
    (0..9).fold(0, |nanos, at| nanos * 10 + digit(at))
}

fn offset(rest: &mut Rest<'_>, colon: bool, letter: bool, short: bool) -> Option<Zone> {
    if letter && rest.take('Z') {
        return Some(Zone::UTC);
    }
    let full = if colon { 6 } else { 5 };
    let lengths: &[usize] = if short { &[5, 3] } else { &[full] };
    for &length in lengths {
        if let Some((text, after)) = rest.0.split_at_checked(length)
            && text.starts_with(['+', '-'])
            && text.contains(':') == colon
            && let Some(zone) = Zone::parse(text)
        {
            rest.0 = after;
            return Some(zone);
        }
    }
    None
}

fn written_offset(offset: i64, colon: bool, letter: bool, short: bool) -> String {
    if offset == 0 {
        return if letter { "Z" } else { "+0000" }.to_owned();
    }
    let text = format_offset(offset / MINUTE * MINUTE);
    match text.strip_suffix(":00") {
        Some(hours) if short => hours.to_owned(),
        _ if colon => text,
        _ => text.replace(':', ""),
    }
}

/// A name, or the first three letters of it.
fn name(text: &mut String, name: &str, full: bool) {
    text.push_str(if full { name } else { &name[..3] });
}
