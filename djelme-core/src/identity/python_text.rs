//! Values as Python writes them.

use std::fmt::Write as _;

/// What a writer of a part returns: it has a text, or a reason why not.
type Written = Result<(), &'static str>;

pub(super) fn append_none(text: &mut String) -> Written {
    text.push_str("None");
    Ok(())
}

/// Appends `datetime.NAME(1, 2, 3)`.
pub(super) fn append_call(text: &mut String, name: &str, arguments: &[i64]) -> Written {
    let arguments: Vec<_> = arguments.iter().map(i64::to_string).collect();
    write!(text, "datetime.{name}({})", arguments.join(", ")).map_err(|_| "it has no text")
}

/// Appends a list as Python's `str` writes it, given a writer of each item.
pub(super) fn append_list<T>(
    text: &mut String,
    items: &[T],
    append: impl Fn(&T, &mut String) -> Written,
) -> Written {
    text.push('[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push_str(", ");
        }
        append(item, text)?;
    }
    text.push(']');
    Ok(())
}

/// Appends a string as Python's `repr` writes it: in single quotes, unless it has some and no double ones.
pub(super) fn append_quoted(string: &str, text: &mut String) {
    let quote = if string.contains('\'') && !string.contains('"') { '"' } else { '\'' };
    text.push(quote);
    for letter in string.chars() {
        match letter {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\\' => text.push_str("\\\\"),
            _ if letter == quote => text.extend(['\\', letter]),
            _ if is_printable(letter) => text.push(letter),
            _ => append_escaped(letter, text),
        }
    }
    text.push(quote);
}

fn append_escaped(letter: char, text: &mut String) {
    // Writing to a string does not fail.
    let _ = match u32::from(letter) {
        code @ ..0x100 => write!(text, "\\x{code:02x}"),
        code @ ..0x1_0000 => write!(text, "\\u{code:04x}"),
        code => write!(text, "\\U{code:08x}"),
    };
}

/// Python's `str.isprintable`. The standard library has the same rule, in the newest version of Unicode, and shows it
/// where a string is written for debugging; there only the first letter may be written otherwise for another reason.
fn is_printable(letter: char) -> bool {
    if letter.is_ascii() {
        return !letter.is_ascii_control();
    }
    let mut two = [0; 8];
    two[0] = b'-';
    let length = 1 + letter.encode_utf8(&mut two[1..]).len();
    std::str::from_utf8(&two[..length]).is_ok_and(|two| two.escape_debug().nth(1) == Some(letter))
}

/// Appends a float as Python's `repr` lays it out, given its digits in the form `-1.25e-7`: exponents only below
/// 0.0001 and from 1e16 on, with a sign and at least two digits.
pub(super) fn append_float(text: &mut String, scientific: &str) -> Option<()> {
    let (mantissa, exponent) = scientific.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    if !(-4..16).contains(&exponent) {
        return write!(text, "{mantissa}e{exponent:+03}").ok();
    }
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let digits = mantissa.replace('.', "");
    text.push_str(sign);
    match usize::try_from(exponent) {
        Ok(exponent) => {
            let (whole, fraction) = digits.split_at(digits.len().min(exponent + 1));
            let fraction = if fraction.is_empty() { "0" } else { fraction };
            write!(text, "{whole:0<width$}.{fraction}", width = exponent + 1).ok()
        }
        Err(_) => write!(text, "0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1)).ok(),
    }
}
