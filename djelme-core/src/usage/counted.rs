//! What was used: the base of counted usage records.

use serde::{Deserialize, Serialize};

use crate::field::kind::{Keyword, Kind as _};
use crate::field::{Field, FieldPath};
use crate::mapping::Property;
use crate::options::TypeOptions;
use crate::record::{Base, Flatten, Properties};

/// What was used, in COUNTER's terms: the base of every counted usage record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct CountedUsage {
    /// The platform, such as `https://osf.example`.
    pub platform_iri: String,
    /// The database or collection on the platform that the item belongs to.
    pub database_iri: String,
    /// The item that was used.
    pub item_iri: String,
    /// What the item is a part of, whose usage this is too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within_iris: Vec<String>,
}

/// The handles of the fields of [`CountedUsage`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct CountedUsageFields {
    /// The field `platform_iri`.
    pub platform_iri: Field<String, Keyword>,
    /// The field `database_iri`.
    pub database_iri: Field<String, Keyword>,
    /// The field `item_iri`.
    pub item_iri: Field<String, Keyword>,
    /// The field `within_iris`.
    pub within_iris: Field<Vec<String>, Keyword>,
}

impl Properties for CountedUsage {
    const PROPERTIES: &'static [Property] = &[
        Property::field("platform_iri", Keyword::MAPPING),
        Property::field("database_iri", Keyword::MAPPING),
        Property::field("item_iri", Keyword::MAPPING),
        Property::field("within_iris", Keyword::MAPPING),
    ];
    const DEPTH: usize = 1;
    type Fields = CountedUsageFields;

    fn fields_at(path: FieldPath) -> CountedUsageFields {
        CountedUsageFields {
            platform_iri: Field::new(path.join("platform_iri"), ()),
            database_iri: Field::new(path.join("database_iri"), ()),
            item_iri: Field::new(path.join("item_iri"), ()),
            within_iris: Field::new(path.join("within_iris"), ()),
        }
    }
}

impl Flatten for CountedUsage {}

impl Base for CountedUsage {
    const OPTIONS: TypeOptions = TypeOptions::NONE;
    const USAGE: bool = true;
    type Cycle = ();
    type Usage = Self;

    fn cycle(&self) {}

    fn usage(&self) -> &Self {
        self
    }
}

impl AsRef<Self> for CountedUsage {
    fn as_ref(&self) -> &Self {
        self
    }
}
