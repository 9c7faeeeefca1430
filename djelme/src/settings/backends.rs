//! The table of backends: each name once.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use super::BackendSettings;

/// Backends by name. JSON may say a name twice, and of the two the last would win without a word.
#[derive(Default)]
pub(super) struct Backends(pub(super) BTreeMap<String, BackendSettings>);

impl<'de> Deserialize<'de> for Backends {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Distinct;
        impl<'de> Visitor<'de> for Distinct {
            type Value = Backends;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("backends by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Backends, A::Error> {
                let mut backends = BTreeMap::new();
                while let Some((name, settings)) = entries.next_entry::<String, BackendSettings>()? {
                    if backends.contains_key(&name) {
                        return Err(A::Error::custom(format!("two backends are named `{name}`")));
                    }
                    backends.insert(name, settings);
                }
                Ok(Backends(backends))
            }
        }
        deserializer.deserialize_map(Distinct)
    }
}
