//! Passwords and keys that cannot be printed by accident.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A password, key or token. It has no `Display`, and its `Debug` does not show it.
///
/// ```
/// use djelme_es8::Secret;
///
/// assert_eq!(format!("{:?}", Secret::from("hunter2")), "Secret(..)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl<S: Into<String>> From<S> for Secret {
    fn from(value: S) -> Self {
        Self(value.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretVisitor)
    }
}

/// Serde's own message about a wrong type quotes the value, which here must not be seen.
struct SecretVisitor;

impl SecretVisitor {
    fn refuse<E: Error, T>(self) -> Result<T, E> {
        Err(E::custom("a secret must be a string, in quotes"))
    }
}

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Secret, E> {
        Ok(Secret(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Secret, E> {
        Ok(Secret(value))
    }

    fn visit_bool<E: Error>(self, _value: bool) -> Result<Secret, E> {
        self.refuse()
    }

    fn visit_i64<E: Error>(self, _value: i64) -> Result<Secret, E> {
        self.refuse()
    }

    fn visit_u64<E: Error>(self, _value: u64) -> Result<Secret, E> {
        self.refuse()
    }

    fn visit_f64<E: Error>(self, _value: f64) -> Result<Secret, E> {
        self.refuse()
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_wrong_type_is_refused_without_quoting_the_value() {
        for given in ["4711", "-4711", "47.11", "true", "[\"4711\"]", "{\"4711\":1}", "null"] {
            let message = serde_json::from_str::<Secret>(given).unwrap_err().to_string();
            assert!(!message.contains("47"), "{message}");
        }
        assert_eq!(serde_json::from_str::<Secret>("\"4711\"").unwrap().expose(), "4711");
    }
}
