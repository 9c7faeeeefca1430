//! The keys of a backend, and what is said about one that is not among them.

use djelme_core::{Error, Result};
use serde::de::value::Error as Stop;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde_json::{Map, Value};
use strsim::levenshtein;

/// The keys that every backend has, whatever its kind.
const COMMON: [&str; 2] = ["kind", "index_prefix"];

/// Refuses keys that neither every backend nor the settings `T` of its kind have. Serde would refuse them as well, but
/// it knows the keys of `T` only.
pub(super) fn refuse_unknown<'de, T: Deserialize<'de>>(options: &Map<String, Value>) -> Result<()> {
    let known: Vec<_> = COMMON.iter().chain(fields_of::<T>()).copied().collect();
    let Some(unknown) = options.keys().find(|key| !known.contains(&key.as_str())) else { return Ok(()) };
    let meant = likeliest(unknown, &known).map(|key| format!(" (did you mean `{key}`?)")).unwrap_or_default();
    Err(Error::Settings(format!("unknown key `{unknown}`{meant}; there are `{}`", known.join("`, `"))))
}

/// The names of the fields of a struct that derives `Deserialize`.
fn fields_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    // It ends with an error on purpose, as soon as the names are told.
    let _ = T::deserialize(Fields(&mut fields));
    fields
}

struct Fields<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> std::result::Result<V::Value, Stop> {
        Err(Stop::custom("only the names of the fields"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> std::result::Result<V::Value, Stop> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The key that was probably meant: the nearest one, if at most a third of its letters are wrong, or else one that
/// begins or ends so (`user`, `ca`, `timeout`).
fn likeliest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let given = given.to_lowercase().replace('-', "_");
    let near = known.iter().map(|key| (levenshtein(&given, key), *key)).min();
    let near = near.filter(|(distance, key)| distance * 3 <= key.len()).map(|(_, key)| key);
    near.or_else(|| {
        let part = |key: &&&str| given.len() > 1 && (key.starts_with(&given) || key.ends_with(&given));
        known.iter().find(part).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::{levenshtein, likeliest};

    #[test]
    fn the_distance_counts_single_letters() {
        for (one, other, letters) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("pasword", "password", 1),
        ] {
            assert_eq!(levenshtein(one, other), letters, "{one} {other}");
        }
    }

    #[test]
    fn the_likeliest_key_is_near_or_has_the_same_end() {
        let known = ["kind", "index_prefix", "nodes", "username", "password", "api_key", "ca_cert"];
        for (given, meant) in [
            ("node", Some("nodes")),
            ("Nodes", Some("nodes")),
            ("index-prefix", Some("index_prefix")),
            ("prefix", Some("index_prefix")),
            ("user", Some("username")),
            ("apikey", Some("api_key")),
            ("shards", None),
            ("", None),
        ] {
            assert_eq!(likeliest(given, &known), meant, "{given}");
        }
    }
}
