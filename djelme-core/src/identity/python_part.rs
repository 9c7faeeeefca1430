//! What can be part of an id in the Python package's form only.

use super::KeyPart;
use super::python_text::{append_list, append_none};

/// A value that can be part of an id made by [`OpaqueKey::python`](super::OpaqueKey::python): every [`KeyPart`], and
/// lists of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a unique key",
    label = "not a string, letter, number, bool, date, instant, cycle or address, nor a list of one of these"
)]
pub trait PythonPart {
    /// Appends what Python's `str()` makes of the value.
    ///
    /// # Errors
    /// The reason, if Python has no such value.
    fn append_python_part(&self, text: &mut String) -> Result<(), &'static str>;
}

impl<T: KeyPart + ?Sized> PythonPart for T {
    fn append_python_part(&self, text: &mut String) -> Result<(), &'static str> {
        self.append_python_str(text)
    }
}

impl<T: KeyPart> PythonPart for [T] {
    fn append_python_part(&self, text: &mut String) -> Result<(), &'static str> {
        append_list(text, self, T::append_python_repr)
    }
}

impl<T: KeyPart> PythonPart for Vec<T> {
    fn append_python_part(&self, text: &mut String) -> Result<(), &'static str> {
        self.as_slice().append_python_part(text)
    }
}

impl<T: KeyPart> PythonPart for Option<Vec<T>> {
    fn append_python_part(&self, text: &mut String) -> Result<(), &'static str> {
        match self {
            Some(list) => list.append_python_part(text),
            None => append_none(text),
        }
    }
}
