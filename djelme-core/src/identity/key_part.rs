//! What can make a record unique: types whose text is the same here and in Python.
//!
//! Strictly, a missing value and a float that is not finite are errors; the Python package hashes `str()` of them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike, Utc};

use super::python_text::{append_call, append_float, append_none, append_quoted};
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

    /// Appends what Python's `str()` makes of the value: the same, but for what only Python takes.
    ///
    /// # Errors
    /// The reason, if Python has no such value.
    fn append_python_str(&self, text: &mut String) -> Result<(), &'static str> {
        self.append_key_text(text)
    }

    /// Appends what Python's `repr()` makes of the value, as it stands in a list: without further words, that of a
    /// string.
    ///
    /// # Errors
    /// The reason, if Python has no such value.
    fn append_python_repr(&self, text: &mut String) -> Result<(), &'static str> {
        let mut own = String::new();
        self.append_python_str(&mut own)?;
        append_quoted(&own, text);
        Ok(())
    }
}

/// In a list as by itself.
macro_rules! repr_is_str {
    () => {
        fn append_python_repr(&self, text: &mut String) -> Result<(), &'static str> {
            self.append_python_str(text)
        }
    };
}

/// Types whose `Display` is Python's `str()`, and which Python has as strings.
macro_rules! as_displayed {
    ($($displayed:ty)*) => { $(
        impl KeyPart for $displayed {
            fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
                write!(text, "{self}").map_err(|_| "it has no text")
            }
        }
    )* };
}

as_displayed! { char IpAddr Ipv4Addr Ipv6Addr TimeParts }

#[cfg(feature = "uuid")]
as_displayed! { uuid::Uuid }

macro_rules! integers {
    ($($integer:ident)*) => { $(
        impl KeyPart for $integer {
            fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
                write!(text, "{self}").map_err(|_| "it has no text")
            }

            repr_is_str! {}
        }
    )* };
}

integers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

impl KeyPart for NaiveDate {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        write!(text, "{self}").map_err(|_| "it has no text")
    }

    fn append_python_repr(&self, text: &mut String) -> Result<(), &'static str> {
        append_call(text, "date", &[self.year().into(), self.month().into(), self.day().into()])
    }
}

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

    repr_is_str! {}
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

            fn append_python_str(&self, text: &mut String) -> Result<(), &'static str> {
                if self.is_finite() {
                    return self.append_key_text(text);
                }
                text.push_str(if self.is_nan() { "nan" } else if *self < 0.0 { "-inf" } else { "inf" });
                Ok(())
            }

            repr_is_str! {}
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

    fn append_python_repr(&self, text: &mut String) -> Result<(), &'static str> {
        let micros = self.timestamp_subsec_micros();
        let fields = [
            self.year().into(),
            self.month().into(),
            self.day().into(),
            self.hour().into(),
            self.minute().into(),
            self.second().into(),
            micros.into(),
        ];
        let shown = match (self.second(), micros) {
            (0, 0) => 5,
            (_, 0) => 6,
            _ => 7,
        };
        append_call(text, "datetime", &fields[..shown])?;
        text.truncate(text.len() - 1);
        text.push_str(", tzinfo=datetime.timezone.utc)");
        Ok(())
    }
}

/// The instant in UTC, so that one instant makes one key.
impl KeyPart for DateTime<FixedOffset> {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        self.to_utc().append_key_text(text)
    }

    fn append_python_repr(&self, text: &mut String) -> Result<(), &'static str> {
        self.to_utc().append_python_repr(text)
    }
}

impl<T: KeyPart> KeyPart for Option<T> {
    fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
        self.as_ref().ok_or("it makes the record unique, so it must not be None")?.append_key_text(text)
    }

    fn append_python_str(&self, text: &mut String) -> Result<(), &'static str> {
        match self {
            Some(value) => value.append_python_str(text),
            None => append_none(text),
        }
    }

    fn append_python_repr(&self, text: &mut String) -> Result<(), &'static str> {
        match self {
            Some(value) => value.append_python_repr(text),
            None => append_none(text),
        }
    }
}

/// Pointers, which are as what they point to.
macro_rules! as_their_content {
    ($($pointer:ty)*) => { $(
        impl<T: KeyPart + ?Sized> KeyPart for $pointer {
            fn append_key_text(&self, text: &mut String) -> Result<(), &'static str> {
                (**self).append_key_text(text)
            }

            fn append_python_str(&self, text: &mut String) -> Result<(), &'static str> {
                (**self).append_python_str(text)
            }

            fn append_python_repr(&self, text: &mut String) -> Result<(), &'static str> {
                (**self).append_python_repr(text)
            }
        }
    )* };
}

as_their_content! { &T Box<T> }

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
