//! What can make a record unique: types whose text is the same here and in Python.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use crate::time::{Cycle, CycleDepth, TimeParts};

/// A value that can be part of an [`OpaqueKey`](super::OpaqueKey): its text is what Python's `str()` makes of the
/// same value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a unique key",
    label = "not a string, letter, number, bool, date, instant, cycle or address",
    note = "leave the field out of `unique_together`, or make it an enum or a newtype of one of these that derives `EsField`, or a type of your own that implements `djelme::identity::KeyPart`"
)]
pub trait KeyPart {
    /// Appends the text of the value.
    ///
    /// # Errors
    /// The reason, if the value cannot make a record unique.
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str>;
}

/// Types whose `Display` is Python's `str()`.
macro_rules! as_displayed {
    ($($displayed:ty)*) => { $(
        impl KeyPart for $displayed {
            fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
                write!(text, "{self}").map_err(|_| "it has no text")
            }
        }
    )* };
}

as_displayed! { char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }
as_displayed! { IpAddr Ipv4Addr Ipv6Addr NaiveDate TimeParts }

#[cfg(feature = "uuid")]
as_displayed! { uuid::Uuid }

impl<D: CycleDepth> KeyPart for Cycle<D> {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        self.parts().append_key_text(text)
    }
}

impl KeyPart for str {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        text.push_str(self);
        Ok(())
    }
}

impl KeyPart for String {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        self.as_str().append_key_text(text)
    }
}

impl KeyPart for Cow<'_, str> {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        self.as_ref().append_key_text(text)
    }
}

impl KeyPart for bool {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        text.push_str(if *self { "True" } else { "False" });
        Ok(())
    }
}

/// Floats, whose shortest digits are not unique where two of the same length are equally near: Python takes the even
/// one, as rounding to that many digits does, and the standard library's `{:e}` the greater one.
macro_rules! floats {
    ($($float:ident)*) => { $(
        impl KeyPart for $float {
            fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
                if !self.is_finite() {
                    return Err("it is not a finite number");
                }
                let shortest = format!("{self:e}");
                let digits = shortest.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit).count();
                let rounded = format!("{self:.*e}", digits - 1);
                let even = if rounded.parse() == Ok(*self) { rounded } else { shortest };
                append_float(text, &even).ok_or("it has no text")
            }
        }
    )* };
}

floats! { f32 f64 }

/// To the microsecond, as Python has it; what is finer does not count.
impl KeyPart for DateTime<Utc> {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        let format = if self.timestamp_subsec_micros() == 0 { "%F %T%:z" } else { "%F %T%.6f%:z" };
        write!(text, "{}", self.format(format)).map_err(|_| "it has no text")
    }
}

/// The instant in UTC, so that one instant makes one key.
impl KeyPart for DateTime<FixedOffset> {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        self.to_utc().append_key_text(text)
    }
}

impl<T: KeyPart> KeyPart for Option<T> {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        self.as_ref().ok_or("it makes the record unique, so it must not be None")?.append_key_text(text)
    }
}

impl<T: KeyPart + ?Sized> KeyPart for &T {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        (**self).append_key_text(text)
    }
}

impl<T: KeyPart + ?Sized> KeyPart for Box<T> {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        (**self).append_key_text(text)
    }
}

/// Appends a float as Python's `repr` lays it out, given its digits in the form `-1.25e-7`: exponents only below
/// 0.0001 and from 1e16 on, with a sign and at least two digits.
fn append_float(text: &mut String, scientific: &str) -> Option<()> {
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

#[cfg(test)]
mod tests {
    use super::super::OpaqueKey;

    /// Python has no type for one letter: there it is a string.
    #[test]
    fn a_letter_makes_the_key_of_a_string() {
        for letter in ['a', '"', '\n', '\u{e9}', '\u{1f600}'] {
            let (mut of_letter, mut of_string) = (OpaqueKey::new(), OpaqueKey::new());
            of_letter.part("letter", &letter);
            of_string.part("letter", &letter.to_string());
            assert_eq!(of_letter.finish().unwrap(), of_string.finish().unwrap(), "{letter:?}");
        }
    }
}
