//! `strict_date_optional_time` and `date_optional_time`: ISO 8601, from a year alone to nanoseconds with a zone.

use super::civil::{Civil, HOUR, MINUTE, SECOND, days_of_month};
use super::zone::{Zone, format_offset};
use super::{Parts, pattern};

/// What is left of the text.
pub(super) struct Rest<'a>(pub(super) &'a str);

impl<'a> Rest<'a> {
    /// Takes this character, if it is next.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        match self.0.strip_prefix(wanted) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Takes all digits that are next, which must be so many.
    pub(super) fn digits(&mut self, least: usize, most: usize) -> Option<&'a str> {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if count < least || count > most {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(digits)
    }

    /// Takes a number of so many digits, within bounds.
    pub(super) fn number(
        &mut self,
        least: usize,
        most: usize,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let value = self.digits(least, most)?.parse().ok()?;
        range.contains(&value).then_some(value)
    }
}

/// Reads a date, all of the text.
pub(super) fn read(text: &str, strict: bool) -> Option<Parts> {
    let mut rest = Rest(text);
    let least = if strict { 2 } else { 1 };
    let mut parts = Parts { year: year(&mut rest, strict)?, ..Parts::default() };
    if rest.take('-') {
        // The strict format looks at zeros only when the date is put together.
        let first = u32::from(!strict);
        parts.month = Some(rest.number(least, 2, first..=12)?);
        if rest.take('-') {
            parts.day = Some(rest.number(least, 2, first..=31)?);
        }
    }
    if !strict && parts.day.is_some_and(|day| day > days_of_month(parts.year, parts.month.unwrap_or(1))) {
        return None;
    }
    if !rest.take('T') {
        return rest.0.is_empty().then_some(parts);
    }
    if rest.0.is_empty() {
        return Some(parts);
    }
    if parts.month.is_none() {
        // Elasticsearch forgets a year that a time follows at once.
        parts.year = 1970;
    }
    time(&mut rest, &mut parts, least)?;
    let zoned = strict || parts.minute.is_some();
    if zoned && !rest.0.is_empty() {
        parts.zone = Some(zone(rest.0, strict)?);
        rest.0 = "";
    }
    rest.0.is_empty().then_some(parts)
}

fn year(rest: &mut Rest<'_>, strict: bool) -> Option<i64> {
    let negative = rest.take('-');
    let digits = if strict { rest.digits(4, 4)? } else { rest.digits(1, 9)? };
    let year = digits.parse::<i64>().ok()?;
    Some(if negative { -year } else { year })
}

fn time(rest: &mut Rest<'_>, parts: &mut Parts, least: usize) -> Option<()> {
    parts.hour = Some(rest.number(least, 2, 0..=23)?);
    if !rest.take(':') {
        return Some(());
    }
    parts.minute = Some(rest.number(least, 2, 0..=59)?);
    if !rest.take(':') {
        return Some(());
    }
    parts.second = Some(rest.number(least, 2, 0..=59)?);
    if rest.take('.') || rest.take(',') {
        parts.nanos = Some(pattern::nanos(rest.digits(1, 9)?));
    }
    Some(())
}

fn zone(text: &str, strict: bool) -> Option<Zone> {
    // The old formats take no single digit for an offset, and no offset behind a name.
    let prefixed = text.contains(['+', '-']) && !text.starts_with(['+', '-']) && !text.contains('/');
    if !strict && (prefixed || text.len() == 2) {
        return None;
    }
    if text.starts_with(['+', '-']) && text.len() == 2 {
        return None;
    }
    Zone::parse(text)
}

/// `2013-01-01T00:00:00.000Z`; years after 9999 have a sign, as ISO 8601 has it.
pub(super) fn format(millis: i64, zone: Zone) -> String {
    use std::fmt::Write;

    let Civil { year, month, day, time, offset } = Civil::new(millis, zone);
    let mut text = String::with_capacity(24);
    format_year(&mut text, year);
    let (hour, minute, second) = (time / HOUR, time % HOUR / MINUTE, time % MINUTE / SECOND);
    let _ = write!(text, "-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}", time % SECOND);
    text.push_str(&format_offset(offset));
    text
}

/// Four digits; a sign if there are more, or if the year is before 0.
pub(super) fn format_year(text: &mut String, year: i64) {
    use std::fmt::Write;

    let sign = match year {
        ..0 => "-",
        0..=9999 => "",
        _ => "+",
    };
    let _ = write!(text, "{sign}{:04}", year.unsigned_abs());
}
