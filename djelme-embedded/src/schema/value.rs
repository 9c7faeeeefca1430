//! Values of documents, type by type: what each accepts, what it makes of it, and Elasticsearch's words when it does
//! not.

use super::NumberType;

/// A number as a column holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    I64(i64),
    U64(u64),
    F64(f64),
}

/// Reads a number of this type. `quoted` says that it stood in quotes, as queries and some documents have it.
pub(crate) fn number(number: NumberType, text: &str, quoted: bool) -> Result<Number, String> {
    match number {
        NumberType::Byte => byte(text, quoted).map(Number::I64),
        NumberType::Short => short(text, quoted).map(Number::I64),
        NumberType::Integer => integer(text, quoted, "an integer").map(Number::I64),
        NumberType::Long => long(text, quoted).map(Number::I64),
        NumberType::UnsignedLong => unsigned_long(text, quoted).map(Number::U64),
        _ => float(number, text).map(Number::F64),
    }
}

/// Reads a number without changing it for its type: neither cut to a whole number nor rounded.
pub(crate) fn is_whole(text: &str) -> bool {
    decimal(text).is_some_and(|decimal| !decimal.fraction)
}

fn byte(text: &str, quoted: bool) -> Result<i64, String> {
    let value = integer(text, quoted, "an integer")?;
    if i8::try_from(value).is_ok() {
        Ok(value)
    } else {
        Err(format!("Value [{value}] is out of range for a byte"))
    }
}

fn short(text: &str, quoted: bool) -> Result<i64, String> {
    let value = integer(text, quoted, "a short")?;
    if i16::try_from(value).is_ok() {
        return Ok(value);
    }
    Err(if quoted {
        format!("Value [{text}] is out of range for a short")
    } else {
        format!("Numeric value ({text}) out of range of Java short")
    })
}

/// An `integer`; text goes through a floating-point number, as in Elasticsearch.
fn integer(text: &str, quoted: bool, name: &str) -> Result<i64, String> {
    const LEAST: f64 = i32::MIN as f64;
    const GREATEST: f64 = i32::MAX as f64;
    if let Ok(value) = text.parse::<i32>() {
        return Ok(i64::from(value));
    }
    let value = java_parse(text)?;
    if (LEAST..=GREATEST).contains(&value) || value.is_nan() {
        return Ok(value as i64);
    }
    Err(if quoted {
        format!("Value [{text}] is out of range for {name}")
    } else {
        format!("Numeric value ({text}) out of range of int (-2147483648 - 2147483647)")
    })
}

/// A `long`, exact to the last digit; what follows the point is cut.
fn long(text: &str, quoted: bool) -> Result<i64, String> {
    if let Ok(value) = text.parse::<i64>() {
        return Ok(value);
    }
    let decimal = decimal(text).ok_or_else(|| for_input(text))?;
    decimal.whole().and_then(|whole| i64::try_from(whole).ok()).ok_or_else(|| {
        if quoted {
            format!("Value [{text}] is out of range for a long")
        } else {
            format!(
                "Numeric value ({text}) out of range of long (-9223372036854775808 - 9223372036854775807)"
            )
        }
    })
}

fn unsigned_long(text: &str, quoted: bool) -> Result<u64, String> {
    if let Ok(value) = text.strip_prefix('+').filter(|_| quoted).unwrap_or(text).parse::<u64>() {
        return Ok(value);
    }
    if quoted {
        return Err(for_input(text));
    }
    Err(match decimal(text) {
        Some(decimal) if !decimal.fraction && !text.contains(['.', 'e', 'E']) => {
            format!("Value [{text}] is out of range for unsigned long.")
        }
        _ => for_input(&java_double(text.parse().unwrap_or(f64::NAN))),
    })
}

/// A floating-point number, rounded as its type rounds.
fn float(number: NumberType, text: &str) -> Result<f64, String> {
    let infinite =
        |text: String| format!("[{}] supports only finite values, but got [{text}]", number.name());
    match number {
        NumberType::Double => {
            let value = java_parse(text)?;
            if value.is_finite() { Ok(value) } else { Err(infinite(java_double(value))) }
        }
        NumberType::ScaledFloat { factor } => {
            let value = java_parse(text)?;
            if value.is_finite() { Ok(scaled(value, factor)) } else { Err(infinite(java_double(value))) }
        }
        _ => {
            let value = java_parse_f32(text)?;
            let rounded =
                if number == NumberType::HalfFloat { half(f64::from(value)) } else { f64::from(value) };
            if rounded.is_finite() { Ok(rounded) } else { Err(infinite(java_float(value))) }
        }
    }
}

/// The value of a `scaled_float`: a whole number of its units.
pub(crate) fn scaled(value: f64, factor: f64) -> f64 {
    // Halves go up, and what exceeds a 64-bit number is cut to it, as Java rounds.
    let units = (value * factor + 0.5).floor() as i64;
    units as f64 * (1.0 / factor)
}

/// Rounded to 16 bits; infinite beyond them.
pub(crate) fn half(value: f64) -> f64 {
    const LEAST_NORMAL: f64 = 6.103_515_625e-5;
    const GREATEST: f64 = 65504.0;
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let exponent = value.abs().max(LEAST_NORMAL).log2().floor() as i32;
    // The logarithm of a number just below a power of two can come out as that power.
    let exponent = if 2f64.powi(exponent) > value.abs().max(LEAST_NORMAL) { exponent - 1 } else { exponent };
    let unit = 2f64.powi(exponent - 10);
    let rounded = (value / unit).round_ties_even() * unit;
    if rounded.abs() > GREATEST { f64::INFINITY.copysign(value) } else { rounded }
}

fn for_input(text: &str) -> String {
    format!("For input string: \"{text}\"")
}

/// What Java's `Double.parseDouble` takes: blanks around, a sign, a suffix, `NaN`, `Infinity`; not its hexadecimal
/// numbers.
pub(crate) fn java_parse(text: &str) -> Result<f64, String> {
    java_number(text)?.parse().map_err(|_| for_input(text))
}

fn java_parse_f32(text: &str) -> Result<f32, String> {
    java_number(text)?.parse().map_err(|_| for_input(text))
}

/// A number in Java's form, as Rust takes it.
fn java_number(text: &str) -> Result<&str, String> {
    let trimmed = text.trim_matches(|character: char| character <= ' ');
    if trimmed.is_empty() {
        return Err("empty String".to_owned());
    }
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if matches!(unsigned, "NaN" | "Infinity") {
        return Ok(trimmed);
    }
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return Err(for_input(text));
    }
    Ok(trimmed.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(trimmed))
}

/// A decimal number: its digits before the point, and whether others follow.
struct Decimal {
    negative: bool,
    /// Of the whole part, without leading zeros; `None` if they are very many.
    digits: Option<String>,
    fraction: bool,
}

impl Decimal {
    fn whole(&self) -> Option<i128> {
        let digits = self.digits.as_ref()?;
        let value = if digits.is_empty() { 0 } else { digits.parse::<i128>().ok()? };
        Some(if self.negative { -value } else { value })
    }
}

/// Reads `[+-]digits[.digits][e[+-]digits]`.
fn decimal(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let point = (whole.len() as i64).saturating_add(exponent);
    let significant = all.bytes().any(|digit| digit != b'0');
    if !significant {
        return Some(Decimal { negative, digits: Some(String::new()), fraction: false });
    }
    let leading = all.len() - all.trim_start_matches('0').len();
    let digits = if point <= leading as i64 {
        Some(String::new())
    } else if point - leading as i64 <= 38 {
        let point = point as usize;
        let kept = all.get(leading..point.min(all.len())).unwrap_or_default();
        Some(format!("{kept:0<width$}", width = point - leading))
    } else {
        None
    };
    let after =
        all.get(usize::try_from(point.max(0)).unwrap_or(usize::MAX).min(all.len())..).unwrap_or_default();
    Some(Decimal { negative, digits, fraction: after.bytes().any(|digit| digit != b'0') })
}

/// Reads `true` and `false`, and an empty text as `false`.
pub(crate) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        _ => Err(format!("Failed to parse value [{text}] as only [true] or [false] are allowed.")),
    }
}

/// A number as Java writes a `double`: `5.0`, `1.0E30`.
pub(crate) fn java_double(value: f64) -> String {
    java_text(value, format!("{value:e}"))
}

/// A number as Java writes a `float`.
pub(crate) fn java_float(value: f32) -> String {
    java_text(f64::from(value), format!("{value:e}"))
}

/// `shortest` is the number as `d.ddde±x`.
fn java_text(value: f64, shortest: String) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        let Some((digits, exponent)) = shortest.split_once('e') else { return shortest };
        return plain(digits, exponent.parse().unwrap_or_default());
    }
    let Some((digits, exponent)) = shortest.split_once('e') else { return shortest };
    if digits.contains('.') { format!("{digits}E{exponent}") } else { format!("{digits}.0E{exponent}") }
}

/// Digits with the point moved.
fn plain(digits: &str, exponent: i32) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let digits = digits.replace('.', "");
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits:0<whole$}.0");
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}
