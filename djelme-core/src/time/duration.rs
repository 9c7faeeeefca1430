//! Lengths of time as text, as options and settings write them.

use chrono::TimeDelta;

use super::not_a_time;
use crate::error::Result;

/// Reads a length of time: a whole number and one unit, `s`, `m`, `h`, `d` or `w`.
///
/// ```
/// use chrono::TimeDelta;
/// use djelme_core::time::parse_duration;
///
/// assert_eq!(parse_duration("90d")?, TimeDelta::days(90));
/// assert!(parse_duration("90").is_err());
/// # Ok::<(), djelme_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Time`](crate::Error::Time) for any other form, and beyond what chrono can hold (292 million years).
pub fn parse_duration(given: &str) -> Result<TimeDelta> {
    let malformed = || {
        not_a_time(
            given,
            "a length of time is a number and a unit: \"45s\", \"30m\", \"12h\", \"90d\" or \"2w\"",
        )
    };
    let number = given.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let seconds = match &given[number.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return Err(malformed()),
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    let number: i64 = number.parse().map_err(|_| not_a_time(given, "it is too long"))?;
    number
        .checked_mul(seconds)
        .and_then(TimeDelta::try_seconds)
        .ok_or_else(|| not_a_time(given, "it is too long"))
}
