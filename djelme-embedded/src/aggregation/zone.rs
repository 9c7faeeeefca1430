//! Time zones, and what wall clocks in them show.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Always the same number of milliseconds ahead of UTC.
    Fixed(i64),
    Named(Tz),
}

/// When wall clocks in a zone show a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moments {
    Once(i64),
    /// Clocks are set back: it is shown twice.
    Twice(i64, i64),
    /// Clocks are set forward: it is skipped. This is when.
    Never(i64),
}

pub(super) const UTC: Zone = Zone::Fixed(0);

impl Zone {
    /// Reads `Europe/Berlin`, `UTC`, `Z`, `+05:30`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = ["UTC", "GMT", "UT"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
        if text == "Z" || (rest.is_empty() && !text.is_empty()) {
            return Some(UTC);
        }
        if rest.starts_with(['+', '-']) {
            return parse_offset(rest).map(Self::Fixed);
        }
        match text.parse::<Tz>() {
            Ok(Tz::UTC) => Some(UTC),
            Ok(zone) => Some(Self::Named(zone)),
            Err(_) => None,
        }
    }

    /// How many milliseconds wall clocks are ahead of UTC.
    pub(super) fn offset_at(self, instant: i64) -> i64 {
        match self {
            Self::Fixed(offset) => offset,
            Self::Named(zone) => naive(instant).map_or(0, |utc| {
                i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * 1_000
            }),
        }
    }

    /// When wall clocks show this time, given as the milliseconds that UTC would need for it.
    pub(super) fn moments(self, local: i64) -> Moments {
        let zone = match self {
            Self::Fixed(offset) => return Moments::Once(local.saturating_sub(offset)),
            Self::Named(zone) => zone,
        };
        let Some(shown) = naive(local) else { return Moments::Once(local) };
        match zone.from_local_datetime(&shown) {
            LocalResult::Single(one) => Moments::Once(one.timestamp_millis()),
            LocalResult::Ambiguous(one, other) => {
                let (one, other) = (one.timestamp_millis(), other.timestamp_millis());
                Moments::Twice(one.min(other), one.max(other))
            }
            LocalResult::None => Moments::Never(self.skip_of(local)),
        }
    }

    /// The instant at which clocks skip this time: there the offset changes.
    fn skip_of(self, local: i64) -> i64 {
        const DAY: i64 = 86_400_000;
        let (mut before, mut after) = (local - 2 * DAY, local + 2 * DAY);
        // The skip that matters is the one whose later offset brings clocks beyond the time.
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if middle + self.offset_at(middle) > local {
                after = middle;
            } else {
                before = middle;
            }
        }
        after
    }
}

fn parse_offset(text: &str) -> Option<i64> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some((hours, minutes)), _) if hours.len() == 2 && minutes.len() == 2 => (hours, minutes),
        (None, 1 | 2) => (digits, "0"),
        (None, 4) => digits.split_at_checked(2)?,
        _ => return None,
    };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i64>().ok());
    let (hours, minutes) = (number(hours)??, number(minutes)??);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 18 * 60).then_some(sign * total * 60_000)
}

/// The date and time of milliseconds since 1970.
pub(super) fn naive(instant: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(instant).map(|instant| instant.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<NaiveDateTime>().unwrap().and_utc().timestamp_millis()
    }

    #[test]
    fn zones_are_read_as_java_reads_them() {
        assert_eq!(Zone::parse("Z"), Some(UTC));
        assert_eq!(Zone::parse("UTC"), Some(UTC));
        assert_eq!(Zone::parse("+05:30"), Some(Zone::Fixed(19_800_000)));
        assert_eq!(Zone::parse("-08"), Some(Zone::Fixed(-28_800_000)));
        assert_eq!(Zone::parse("UTC+2"), Some(Zone::Fixed(7_200_000)));
        assert!(matches!(Zone::parse("Europe/Berlin"), Some(Zone::Named(_))));
        for wrong in ["", "Nope/Nope", "+25:00", "+1:2", "+ab", "05:30"] {
            assert_eq!(Zone::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn clocks_skip_and_repeat() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(berlin.moments(at("2024-03-31T02:30:00")), Moments::Never(at("2024-03-31T01:00:00")));
        let twice = Moments::Twice(at("2024-10-27T00:30:00"), at("2024-10-27T01:30:00"));
        assert_eq!(berlin.moments(at("2024-10-27T02:30:00")), twice);
        assert_eq!(berlin.moments(at("2024-07-01T00:00:00")), Moments::Once(at("2024-06-30T22:00:00")));
        assert_eq!(berlin.offset_at(at("2024-07-01T00:00:00")), 7_200_000);
    }
}
