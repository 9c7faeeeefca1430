//! How keys and values are written as text.

use std::sync::Arc;

use crate::date::{DateFormat, Zone};
use crate::error::Refusal;

/// How values of a field are written beside the plain number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Format {
    /// Not at all.
    Plain,
    Boolean,
    Date {
        format: Arc<DateFormat>,
        zone: Zone,
    },
    Decimal(Decimal),
}

impl Format {
    pub(super) fn number(&self, value: f64) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Boolean => Some(if value == 0.0 { "false" } else { "true" }.to_owned()),
            Self::Date { format, zone } => Some(format.format(value as i64, *zone)),
            Self::Decimal(decimal) => Some(decimal.write(value)),
        }
    }

    pub(super) fn whole(&self, value: i64) -> Option<String> {
        match self {
            Self::Date { format, zone } => Some(format.format(value, *zone)),
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

impl Default for Format {
    fn default() -> Self {
        Self::Date { format: Arc::default(), zone: Zone::UTC }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
