//! Ids hashed from the values that make a record unique.

use std::fmt::Write as _;

use blake2::{Blake2b512, Digest};

use super::{KeyPart, PythonPart};
use crate::error::{Error, Result};
use crate::record_type::CYCLE_COVERAGE;
use crate::time::{Cycle, CycleDepth};
use crate::usage::SESSIONHOUR_ID;

/// The alphabet of RFC 1924, which Python's `base64.b85encode` uses.
const BASE85: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// Makes an id of the unique fields of a record, given one after the other.
///
/// The same values in the same order make the same id as Python, with two exceptions: a missing value is an error
/// here (in Python it hashes like the text "None"), and so is a float that is not finite.
///
/// ```
/// use djelme_core::identity::OpaqueKey;
/// use djelme_core::time::{Cycle, Month};
///
/// let mut key = OpaqueKey::new();
/// key.part("cycle_coverage", &Cycle::<Month>::new((2000, 2))?);
/// key.part("thing_id", &"b");
/// assert_eq!(key.finish()?, "^@<F0G&yg!@+4D_Djx#j7SL$Ht53m;RV7^weneqU$T0Jfb;i#8Ve!MqV-yCv8ZDA`u$bHQfmZ@`)V1!P");
/// # Ok::<(), djelme_core::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct OpaqueKey {
    /// The JSON list so far, without its closing bracket; empty without parts.
    json: String,
    /// The text of one part, before it is escaped.
    text: String,
    error: Option<Error>,
    /// Whether a value is written as Python's `str()` writes it even where it cannot make a record unique.
    is_python: bool,
    /// The session of a counted usage, which lies not in the record.
    session: Option<String>,
    /// The cycle in the place of the report's own.
    cycle: Option<String>,
}

impl OpaqueKey {
    /// A key without parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A key without parts, in the Python package's form: what is missing counts as the text "None", a float that is
    /// not finite as "nan" or "inf", and [`python_part`](Self::python_part) takes lists. Of all other
    /// values it makes the same id as the strict form.
    ///
    /// ```
    /// use djelme_core::identity::{OpaqueKey, opaque_key};
    ///
    /// let mut key = OpaqueKey::python();
    /// key.part("thing_id", &None::<u32>);
    /// key.python_part("action_labels", &vec!["view", "web"]);
    /// assert_eq!(key.finish()?, opaque_key(["None", "['view', 'web']"])?);
    /// # Ok::<(), djelme_core::Error>(())
    /// ```
    #[must_use]
    pub fn python() -> Self {
        Self { is_python: true, ..Self::default() }
    }

    /// The same key, of a counted usage of this session.
    #[must_use]
    pub fn in_session(mut self, session: Option<&str>) -> Self {
        self.session = session.map(str::to_owned);
        self
    }

    /// The same key, of the report on another cycle: the cycle of the report that gives its unique fields does not
    /// count.
    ///
    /// ```
    /// use djelme_core::identity::OpaqueKey;
    /// use djelme_core::time::{Cycle, Month};
    ///
    /// let (january, february) = (Cycle::<Month>::new((2026, 1))?, Cycle::<Month>::new((2026, 2))?);
    /// let (mut own, mut on_january) = (OpaqueKey::new(), OpaqueKey::new().on_cycle(january));
    /// own.part("cycle_coverage", &january);
    /// on_january.part("cycle_coverage", &february);
    /// assert_eq!(own.finish()?, on_january.finish()?);
    /// # Ok::<(), djelme_core::Error>(())
    /// ```
    #[must_use]
    pub fn on_cycle<D: CycleDepth>(mut self, cycle: Cycle<D>) -> Self {
        self.cycle = Some(cycle.to_string());
        self
    }

    /// Adds the session: `sessionhour_id` in `unique_together`. Without one it is an error, as a missing value is.
    pub fn session_part(&mut self) {
        let session = self.session.take();
        self.part(SESSIONHOUR_ID, &session);
        self.session = session;
    }

    /// Adds the value of a field. A value that cannot be part of an id is remembered until
    /// [`finish`](Self::finish).
    pub fn part(&mut self, field: &'static str, value: &dyn KeyPart) {
        if let Some(cycle) = self.cycle.take_if(|_| field == CYCLE_COVERAGE) {
            self.push(&cycle);
        } else if self.is_python {
            self.add(field, |text| value.append_python_str(text));
        } else {
            self.add(field, |text| value.append_key_text(text));
        }
    }

    /// Adds the value of a field as Python's `str()` writes it, which may be a list.
    pub fn python_part(&mut self, field: &'static str, value: &dyn PythonPart) {
        self.add(field, |text| value.append_python_part(text));
    }

    fn add(&mut self, field: &'static str, append: impl FnOnce(&mut String) -> Result<(), &'static str>) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        match append(&mut text) {
            Ok(()) => self.push(&text),
            Err(reason) if self.error.is_none() => self.error = Some(not_unique(field, reason)),
            Err(_) => {}
        }
        self.text = text;
    }

    /// The id.
    ///
    /// # Errors
    /// [`Error::Record`] if a value cannot be part of an id (the first one is named), or no value was given.
    pub fn finish(mut self) -> Result<String> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.json.is_empty() {
            return Err(not_unique("unique_together", "there is no part to make an id of"));
        }
        self.json.push(']');
        Ok(base85(&Blake2b512::digest(self.json.as_bytes())))
    }

    /// Adds a string to the JSON list, as Python's `json.dumps` writes it.
    fn push(&mut self, text: &str) {
        self.json.push_str(if self.json.is_empty() { "[\"" } else { ", \"" });
        for letter in text.chars() {
            match letter {
                '"' => self.json.push_str("\\\""),
                '\\' => self.json.push_str("\\\\"),
                '\n' => self.json.push_str("\\n"),
                '\r' => self.json.push_str("\\r"),
                '\t' => self.json.push_str("\\t"),
                '\u{8}' => self.json.push_str("\\b"),
                '\u{c}' => self.json.push_str("\\f"),
                ' '..='~' => self.json.push(letter),
                _ => {
                    for unit in letter.encode_utf16(&mut [0; 2]) {
                        // Writing to a string does not fail.
                        let _ = write!(self.json, "\\u{unit:04x}");
                    }
                }
            }
        }
        self.json.push('"');
    }
}

/// The id of texts as they are: what Python's `opaque_key` makes of strings.
///
/// Meant for meeting ids that were made elsewhere; values that are not texts are given as Python's `str()` writes them.
/// [`OpaqueKey::python`] does that itself.
///
/// # Errors
/// [`Error::Record`] if there are no parts.
pub fn opaque_key<T: AsRef<str>>(parts: impl IntoIterator<Item = T>) -> Result<String> {
    let mut key = OpaqueKey::new();
    for part in parts {
        key.push(part.as_ref());
    }
    key.finish()
}

fn not_unique(field: &str, reason: &str) -> Error {
    Error::Record { record_type: "opaque_key".to_owned(), field: field.to_owned(), reason: reason.to_owned() }
}

/// Five letters for every four bytes, the most significant first.
fn base85(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 4 * 5);
    for group in bytes.chunks_exact(4) {
        let number = group.iter().fold(0_u32, |number, &byte| number << 8 | u32::from(byte));
        for place in (0..5).rev() {
            text.push(char::from(BASE85[(number / 85_u32.pow(place) % 85) as usize]));
        }
    }
    text
}
