//! Ids hashed from the values that make a record unique.

use std::fmt::Write as _;

use blake2::{Blake2b512, Digest};

use super::KeyPart;
use crate::error::{Error, Result};

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
}

impl OpaqueKey {
    /// A key without parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the value of a field. A value that cannot be part of an id is remembered until
    /// [`finish`](Self::finish).
    pub fn part(&mut self, field: &'static str, value: &dyn KeyPart) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        match value.append_key_text(&mut text) {
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
/// Meant for meeting ids that Python made of values which [`OpaqueKey`] does not take, given as Python's `str()`
/// writes them: a missing value as `"None"`, a list as `"['view', 'web']"`.
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
