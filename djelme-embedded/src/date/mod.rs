//! Dates: from text to milliseconds since 1970 and back, by Elasticsearch's formats.
//!
//! The calendar is the proleptic Gregorian one, with a year 0 and negative years, as in Java.

mod civil;
mod iso;
mod math;
mod pattern;
mod zone;

#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use civil::{DAY, HOUR, MINUTE, SECOND};
pub(crate) use math::{bound_text, instants, parse_bound};
pub(crate) use zone::Zone;

use crate::error::Refusal;
use pattern::Pattern;

/// The format of a `date` field that names none.
pub(crate) const DEFAULT_FORMAT: &str = "strict_date_optional_time||epoch_millis";

/// What stands for the parts that a date does not have. Month and day are always the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The start of the day, hour, minute or second: documents, and the bounds `gte` and `lt`.
    First,
    /// The last millisecond of it: the bounds `lte` and `gt`.
    Last,
}

/// A format of dates: one or several that are tried in turn, the first of which writes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DateFormat {
    text: String,
    styles: Vec<Style>,
}

#[derive(Debug, Clone, PartialEq)]
enum Style {
    /// `strict_date_optional_time` (or `date_optional_time`, which takes fewer digits).
    Iso {
        strict: bool,
    },
    EpochMillis,
    EpochSecond,
    Pattern(Pattern),
}

/// Why a text is no date, in Elasticsearch's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateError(pub(crate) String);

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<DateError> for Refusal {
    fn from(error: DateError) -> Self {
        Self::new(400, "parse_exception", error.0)
    }
}

/// Parts of a date as one style read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Parts {
    year: i64,
    month: Option<u32>,
    day: Option<u32>,
    hour: Option<u32>,
    minute: Option<u32>,
    second: Option<u32>,
    nanos: Option<u32>,
    zone: Option<Zone>,
}

/// What a style makes of a text.
enum Reading {
    Parts(Parts),
    /// Milliseconds since 1970, and those that `Missing::Last` means.
    Millis(i64, i64),
}

impl DateFormat {
    /// Reads the name of a format, a pattern, or several of them with `||` between.
    pub(crate) fn new(format: &str) -> Result<Self, Refusal> {
        let styles = format.split("||").map(Style::new).collect::<Result<_, _>>()?;
        Ok(Self { text: format.to_owned(), styles })
    }

    /// The format as it was given.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Milliseconds since 1970. `zone` counts where the text names none.
    pub(crate) fn parse(&self, text: &str, missing: Missing, zone: Zone) -> Result<i64, DateError> {
        if text.is_empty() {
            return Err(DateError("cannot parse empty datetime".to_owned()));
        }
        for style in &self.styles {
            match style.read(text) {
                Some(Reading::Parts(parts)) => return parts.millis(missing, zone),
                Some(Reading::Millis(first, last)) => {
                    return Ok(if missing == Missing::First { first } else { last });
                }
                None => {}
            }
        }
        Err(DateError(format!("failed to parse date field [{text}] with format [{}]", self.text)))
    }

    /// The date as text, in this zone.
    pub(crate) fn format(&self, millis: i64, zone: Zone) -> String {
        match &self.styles[0] {
            Style::Iso { .. } => iso::format(millis, zone),
            Style::EpochMillis => millis.to_string(),
            Style::EpochSecond => format_seconds(millis),
            Style::Pattern(pattern) => pattern.format(millis, zone),
        }
    }
}

impl Default for DateFormat {
    fn default() -> Self {
        Self {
            text: DEFAULT_FORMAT.to_owned(),
            styles: vec![Style::Iso { strict: true }, Style::EpochMillis],
        }
    }
}

impl Style {
    fn new(name: &str) -> Result<Self, Refusal> {
        Ok(match name {
            "strict_date_optional_time" => Self::Iso { strict: true },
            "date_optional_time" => Self::Iso { strict: false },
            "epoch_millis" => Self::EpochMillis,
            "epoch_second" => Self::EpochSecond,
            "strict_date" | "strict_year_month_day" => Self::Pattern(Pattern::new("uuuu-MM-dd")?),
            "strict_year_month" => Self::Pattern(Pattern::new("uuuu-MM")?),
            "strict_year" => Self::Pattern(Pattern::new("uuuu")?),
            "strict_date_hour_minute_second" => Self::Pattern(Pattern::new("uuuu-MM-dd'T'HH:mm:ss")?),
            "" => return Err(Refusal::illegal("No date pattern provided")),
            name if name.contains('_') || NAMED.contains(&name) => {
                return Err(Refusal::unsupported(format_args!("the date format [{name}]")));
            }
            pattern => Self::Pattern(Pattern::new(pattern)?),
        })
    }

    fn read(&self, text: &str) -> Option<Reading> {
        match self {
            Self::Iso { strict } => iso::read(text, *strict).map(Reading::Parts),
            Self::EpochMillis => read_millis(text),
            Self::EpochSecond => read_seconds(text),
            Self::Pattern(pattern) => pattern.read(text).map(Reading::Parts),
        }
    }
}

/// Formats of Elasticsearch whose names could be taken for patterns.
const NAMED: [&str; 7] = ["iso8601", "date", "hour", "weekyear", "year", "time", "rfc3339"];

impl Parts {
    fn millis(self, missing: Missing, zone: Zone) -> Result<i64, DateError> {
        let last = missing == Missing::Last;
        let or =
            |part: Option<u32>, greatest: u32| i64::from(part.unwrap_or(if last { greatest } else { 0 }));
        let time = or(self.hour, 23) * HOUR
            + or(self.minute, 59) * MINUTE
            + or(self.second, 59) * SECOND
            + or(self.nanos, 999_999_999) / 1_000_000;
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        self.check(month, day)?;
        let local =
            civil::days(self.year, month, day).checked_mul(DAY).and_then(|days| days.checked_add(time));
        local.and_then(|local| self.zone.unwrap_or(zone).to_utc(local)).ok_or_else(|| {
            let (year, way) = (self.year, if self.year > 0 { "future" } else { "past" });
            let time = format!("{:02}:{:02}:{:02}", time / HOUR, time % HOUR / MINUTE, time % MINUTE / SECOND);
            DateError(format!(
                "date[{year:+}-{month:02}-{day:02}T{time}Z] is too far in the {way} to be represented in a long \
                 milliseconds variable"
            ))
        })
    }

    /// Whether there is such a day.
    fn check(self, month: u32, day: u32) -> Result<(), DateError> {
        let problem = if month == 0 {
            "Invalid value for MonthOfYear (valid values 1 - 12): 0".to_owned()
        } else if day == 0 {
            "Invalid value for DayOfMonth (valid values 1 - 28/31): 0".to_owned()
        } else if day > civil::days_of_month(self.year, month) {
            civil::no_such_day(self.year, month, day)
        } else {
            return Ok(());
        };
        Err(DateError(problem))
    }
}

/// `-?digits[.1 to 6 digits]`; what is smaller than a millisecond counts downwards.
fn read_millis(text: &str) -> Option<Reading> {
    let (whole, fraction) = number(text, 6)?;
    let millis = whole.parse::<i64>().ok().filter(|&millis| millis > i64::MIN)?;
    let below = text.starts_with('-') && fraction.bytes().any(|digit| digit != b'0');
    let millis = millis.checked_sub(i64::from(below))?;
    Some(Reading::Millis(millis, millis))
}

/// `-?digits[.1 to 9 digits]`.
fn read_seconds(text: &str) -> Option<Reading> {
    let (whole, fraction) = number(text, 9)?;
    let seconds = whole.parse::<i64>().ok()?;
    let mut nanos = 0;
    for at in 0..9 {
        nanos = nanos * 10 + i64::from(fraction.as_bytes().get(at).map_or(0, |digit| digit - b'0'));
    }
    let negative = text.starts_with('-');
    let nanos = if negative { -nanos } else { nanos };
    let millis = seconds.checked_mul(SECOND)?.checked_add(nanos.div_euclid(1_000_000))?;
    // Without a fraction, all of the second is meant.
    let last = if text.contains('.') { millis } else { millis.checked_add(SECOND - 1)? };
    Some(Reading::Millis(millis, last))
}

fn number(text: &str, most: usize) -> Option<(&str, &str)> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if digits(fraction) && fraction.len() <= most => (whole, fraction),
        Some(_) => return None,
        None => (text, ""),
    };
    digits(whole.strip_prefix('-').unwrap_or(whole)).then_some((whole, fraction))
}

/// Seconds, with a fraction if there is one.
fn format_seconds(millis: i64) -> String {
    let sign = if millis < 0 { "-" } else { "" };
    let (seconds, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
    let text = if rest == 0 { format!("{sign}{seconds}") } else { format!("{sign}{seconds}.{rest:03}") };
    if rest == 0 { text } else { text.trim_end_matches('0').to_owned() }
}
