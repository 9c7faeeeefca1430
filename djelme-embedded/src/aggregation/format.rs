//! How keys and values are written as text.

use chrono::{Datelike as _, FixedOffset, NaiveDateTime, Timelike as _, Weekday};

use super::zone::{UTC, Zone, naive};
use crate::error::Refusal;

/// How values of a field are written beside the plain number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Format {
    /// Not at all.
    Plain,
    Boolean,
    Date {
        pattern: Pattern,
        zone: Zone,
    },
    Decimal(Decimal),
}

impl Format {
    pub(super) fn number(&self, value: f64) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Boolean => Some(if value == 0.0 { "false" } else { "true" }.to_owned()),
            Self::Date { pattern, zone } => Some(pattern.write(value as i64, *zone)),
            Self::Decimal(decimal) => Some(decimal.write(value)),
        }
    }

    pub(super) fn whole(&self, value: i64) -> Option<String> {
        match self {
            Self::Date { pattern, zone } => Some(pattern.write(value, *zone)),
            _ => self.number(value as f64),
        }
    }
}

/// A format of decimal numbers, as far as digits go: `0.00`, `#,##0.0`, `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    grouped: bool,
    least_whole: usize,
    least_fraction: usize,
    most_fraction: usize,
}

impl Decimal {
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let refused = || Refusal::unsupported(format_args!("the number format [{text}]"));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let grouped = match whole.rsplit_once(',') {
            None => false,
            Some((_, last)) if last.len() == 3 => true,
            Some(_) => return Err(refused()),
        };
        let whole: String = whole.chars().filter(|character| *character != ',').collect();
        let zeros = |text: &str| text.bytes().filter(|byte| *byte == b'0').count();
        let whole_ok = whole.trim_start_matches('#').bytes().all(|byte| byte == b'0');
        let fraction_ok = fraction.trim_start_matches('0').bytes().all(|byte| byte == b'#');
        if !whole_ok || !fraction_ok || text.is_empty() {
            return Err(refused());
        }
        Ok(Self {
            grouped,
            least_whole: zeros(&whole),
            least_fraction: zeros(fraction),
            most_fraction: fraction.len(),
        })
    }

    /// Halves are rounded to the even digit, as Java does; the exact binary value decides what is a half.
    fn write(self, value: f64) -> String {
        if !value.is_finite() {
            return java_number(value);
        }
        let mut digits = format!("{:.*}", self.most_fraction, value.abs());
        if self.most_fraction > 0 {
            let (_, fraction) = digits.split_once('.').unwrap_or_default();
            let kept = fraction.trim_end_matches('0').len().max(self.least_fraction);
            let cut = fraction.len() - kept;
            digits.truncate(digits.len() - cut);
            if kept == 0 {
                digits.pop();
            }
        }
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let mut whole = whole.trim_start_matches('0').to_owned();
        while whole.len() < self.least_whole {
            whole.insert(0, '0');
        }
        if whole.is_empty() && fraction.is_empty() {
            whole.push('0');
        }
        if self.grouped {
            let mut at = whole.len();
            while at > 3 {
                at -= 3;
                whole.insert(at, ',');
            }
        }
        let zero = !whole.contains(|digit: char| digit.is_ascii_digit() && digit != '0')
            && !fraction.contains(|digit: char| digit != '0');
        let sign = if value.is_sign_negative() && !(zero && value == 0.0 && !value.is_sign_negative()) {
            "-"
        } else {
            ""
        };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// A number as Java writes it: `10.0`, `1.0E10`.
pub(super) fn java_number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
        None => text,
    }
}

/// A format of dates.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pattern {
    /// `strict_date_optional_time`, which is the default.
    Iso,
    EpochMillis,
    EpochSecond,
    Letters(Vec<Piece>),
}

/// A part of a pattern: a text, or a letter and how often it stands there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Letter(char, usize),
}

impl Pattern {
    /// Reads a format; of several, `||` between them, the first one is for writing.
    pub(super) fn parse(format: &str) -> Result<Self, Refusal> {
        let first = format.split("||").next().unwrap_or_default();
        let letters = match first {
            "strict_date_optional_time" | "date_optional_time" => return Ok(Self::Iso),
            "epoch_millis" => return Ok(Self::EpochMillis),
            "epoch_second" => return Ok(Self::EpochSecond),
            "strict_date_time" | "date_time" => "uuuu-MM-dd'T'HH:mm:ss.SSSXXX",
            "strict_date_time_no_millis" | "date_time_no_millis" => "uuuu-MM-dd'T'HH:mm:ssXXX",
            "strict_date" | "date" | "strict_year_month_day" | "year_month_day" => "uuuu-MM-dd",
            "strict_year_month" | "year_month" => "uuuu-MM",
            "strict_year" | "year" => "uuuu",
            "basic_date" => "uuuuMMdd",
            "strict_date_hour" | "date_hour" => "uuuu-MM-dd'T'HH",
            "strict_date_hour_minute" | "date_hour_minute" => "uuuu-MM-dd'T'HH:mm",
            "strict_date_hour_minute_second" | "date_hour_minute_second" => "uuuu-MM-dd'T'HH:mm:ss",
            "strict_date_hour_minute_second_millis" | "date_hour_minute_second_millis" => {
                "uuuu-MM-dd'T'HH:mm:ss.SSS"
            }
            "strict_hour_minute_second" | "hour_minute_second" => "HH:mm:ss",
            "strict_hour_minute" | "hour_minute" => "HH:mm",
            "strict_hour" | "hour" => "HH",
            other if other.contains('_') => return Err(refused(other)),
            other => other,
        };
        Self::letters(letters)
    }

    fn letters(text: &str) -> Result<Self, Refusal> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut characters = text.chars().peekable();
        let mut literal = String::new();
        while let Some(character) = characters.next() {
            match character {
                '\'' if characters.next_if_eq(&'\'').is_some() => literal.push('\''),
                '\'' => loop {
                    match characters.next() {
                        Some('\'') if characters.next_if_eq(&'\'').is_some() => literal.push('\''),
                        Some('\'') => break,
                        Some(inner) => literal.push(inner),
                        None => return Err(refused(text)),
                    }
                },
                letter if letter.is_ascii_alphabetic() => {
                    if !literal.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    }
                    let mut times = 1;
                    while characters.next_if_eq(&letter).is_some() {
                        times += 1;
                    }
                    if !known_letter(letter, times) {
                        return Err(refused(text));
                    }
                    pieces.push(Piece::Letter(letter, times));
                }
                '[' | ']' | '{' | '}' | '#' => return Err(refused(text)),
                other => literal.push(other),
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self::Letters(pieces))
    }

    /// Writes an instant as clocks in the zone show it.
    pub(super) fn write(&self, instant: i64, zone: Zone) -> String {
        let ahead = zone.offset_at(instant);
        let Some(shown) = naive(instant.saturating_add(ahead)) else { return instant.to_string() };
        match self {
            Self::EpochMillis => instant.to_string(),
            Self::EpochSecond if instant.rem_euclid(1_000) == 0 => (instant / 1_000).to_string(),
            Self::EpochSecond => {
                let text = format!("{}.{:03}", instant.div_euclid(1_000), instant.rem_euclid(1_000));
                text.trim_end_matches('0').to_owned()
            }
            Self::Iso => {
                let mut text = String::with_capacity(32);
                year(&mut text, shown.year(), 4);
                text += &shown.format("-%m-%dT%H:%M:%S%.3f").to_string();
                offset(&mut text, ahead, 'X', 3);
                text
            }
            Self::Letters(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(literal) => text += literal,
                        Piece::Letter(letter, times) => {
                            write_letter(&mut text, *letter, *times, shown, ahead)
                        }
                    }
                }
                text
            }
        }
    }
}

fn refused(format: &str) -> Refusal {
    Refusal::unsupported(format_args!("the date format [{format}]"))
}

fn known_letter(letter: char, times: usize) -> bool {
    match letter {
        'y' | 'u' => matches!(times, 1 | 2 | 4),
        'M' | 'L' | 'E' | 'e' => times <= 4 && (letter != 'e' || times >= 3),
        'd' | 'H' | 'h' | 'm' | 's' | 'k' | 'K' => times <= 2,
        'D' => times == 1 || times == 3,
        'S' => times <= 9,
        'a' => times == 1,
        'Q' | 'q' => times <= 2,
        'X' | 'x' => times <= 3,
        'Z' => times <= 3,
        _ => false,
    }
}

fn write_letter(text: &mut String, letter: char, times: usize, shown: NaiveDateTime, ahead: i64) {
    let number = match letter {
        'y' | 'u' if times == 2 => shown.year().rem_euclid(100).unsigned_abs(),
        'y' | 'u' => return year(text, shown.year(), times),
        'M' | 'L' if times == 3 => return *text += &shown.format("%b").to_string(),
        'M' | 'L' if times == 4 => return *text += &shown.format("%B").to_string(),
        'M' | 'L' => shown.month(),
        'E' | 'e' => return *text += weekday(shown.weekday(), times),
        'd' => shown.day(),
        'D' => shown.ordinal(),
        'H' => shown.hour(),
        'k' => (shown.hour() + 23) % 24 + 1,
        'h' => shown.hour12().1,
        'K' => shown.hour() % 12,
        'm' => shown.minute(),
        's' => shown.second(),
        'S' => return *text += &format!("{:09}", shown.nanosecond())[..times.min(9)],
        'a' => return *text += if shown.hour() < 12 { "AM" } else { "PM" },
        'Q' | 'q' => shown.month0() / 3 + 1,
        _ => return offset(text, ahead, letter, times),
    };
    *text += &format!("{number:0times$}");
}

fn weekday(day: Weekday, times: usize) -> &'static str {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let name = NAMES[day.num_days_from_monday() as usize];
    if times == 4 { name } else { &name[..3] }
}

/// A year; beyond four digits with a sign.
fn year(text: &mut String, year: i32, width: usize) {
    *text += &match year {
        10_000.. if width >= 4 => format!("+{year}"),
        0.. => format!("{year:0width$}"),
        _ => format!("-{:0width$}", year.unsigned_abs()),
    };
}

/// The offset: `Z`, `+01:00`, `+0100`, `+01`.
fn offset(text: &mut String, ahead: i64, letter: char, times: usize) {
    if ahead == 0 && letter == 'X' {
        return text.push('Z');
    }
    let seconds = (ahead / 1_000) as i32;
    let shown = FixedOffset::east_opt(seconds).map(|offset| offset.to_string()).unwrap_or_default();
    match (letter, times) {
        ('Z', _) | ('X' | 'x', 2) => *text += &shown.replace(':', ""),
        ('X' | 'x', 1) if seconds % 3_600 == 0 => *text += &shown[..3.min(shown.len())],
        ('X' | 'x', 1) => *text += &shown.replace(':', ""),
        _ => *text += &shown,
    }
}

impl Default for Format {
    fn default() -> Self {
        Self::Date { pattern: Pattern::Iso, zone: UTC }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pattern: &str, instant: i64, zone: &str) -> String {
        Pattern::parse(pattern).unwrap().write(instant, Zone::parse(zone).unwrap())
    }

    #[test]
    fn dates() {
        let noon = 1_711_792_800_123;
        assert_eq!(written("strict_date_optional_time", noon, "Z"), "2024-03-30T10:00:00.123Z");
        assert_eq!(written("strict_date_optional_time", noon, "+05:30"), "2024-03-30T15:30:00.123+05:30");
        assert_eq!(written("yyyy-MM-dd'T'HH:mm", noon, "America/New_York"), "2024-03-30T06:00");
        assert_eq!(written("EEE, d MMM uuuu hh:mm a", noon, "Z"), "Sat, 30 Mar 2024 10:00 AM");
        assert_eq!(written("epoch_second||yyyy", noon, "Z"), "1711792800.123");
        assert_eq!(written("D 'of' yy X", noon, "+02:00"), "90 of 24 +02");
        for wrong in ["YYYY-ww", "yyyy-MM-dd'T", "week_date", "yyyyy", "VV"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers() {
        let written = |format: &str, value| Decimal::parse(format).unwrap().write(value);
        assert_eq!(written("0.00", -50.0), "-50.00");
        assert_eq!(written("#,##0.0", 1_234_567.25), "1,234,567.2");
        assert_eq!(written("#", 0.2), "0");
        assert_eq!(written("0.##", 1.5), "1.5");
        assert_eq!(written("000", 7.0), "007");
        assert!(Decimal::parse("0.0%").is_err());
        for (value, text) in [
            (10.0, "10.0"),
            (1e10, "1.0E10"),
            (-0.5, "-0.5"),
            (1.25e-5, "1.25E-5"),
            (1e7, "1.0E7"),
            (0.0, "0.0"),
        ] {
            assert_eq!(java_number(value), text);
        }
    }
}
