//! A live index, compared with what the code wants.

use std::fmt;

use serde_json::{Map, Value};

use super::difference::{Difference, Effect};
use super::{DriftKind, mapping};
use crate::template::Template;

/// What differs between the code and the mapping of an index that exists.
///
/// ```
/// use djelme_core::drift::{DriftKind, IndexDrift};
/// # use djelme_core::mapping::{FieldMapping, Property};
/// # use djelme_core::naming::{Naming, NamingSource};
/// # use djelme_core::options::TypeOptions;
/// # use djelme_core::record_type::{RecordKind, RecordType};
/// # use djelme_core::template::Template;
/// # const FIELDS: &[Property] = &[Property::field("page", FieldMapping::new("keyword"))];
/// # let view = RecordType::derived(RecordKind::Event, "View", "View", TypeOptions::NONE, FIELDS);
/// # let naming = Naming::new(NamingSource {
/// #     prefix: "", app_label: "shop", recordtype_name: "View", template: None, template_name: None,
/// #     depth: Some(djelme_core::time::TimeDepth::Month),
/// # })?;
/// let desired = Template::desired(&view, &naming);
/// let found = serde_json::json!({
///     "dynamic": "strict",
///     "properties": {"timestamp": {"type": "date"}, "timeseries_timeparts": {"type": "version"}},
/// });
/// let drift = IndexDrift::new(&desired, "shop_view_2026.2.".into(), &found);
/// assert_eq!(drift.kind(), DriftKind::Additive);
/// assert_eq!(drift.added_fields(), ["page"]);
/// # Ok::<(), djelme_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IndexDrift {
    /// The name of the index.
    pub index: String,
    /// Everything that is not as the code wants it.
    pub differences: Vec<Difference>,
    additions: Option<(Map<String, Value>, Vec<String>)>,
}

impl IndexDrift {
    /// Compares an index with the template that the code wants. `found` is its mapping: an object with `properties`.
    #[must_use]
    pub fn new(desired: &Template, index: String, found: &Value) -> Self {
        let empty = Map::new();
        let found = found.as_object().unwrap_or(&empty);
        let mut differences = Vec::new();
        mapping::compare(&desired.mappings, found, &mut differences);
        let additions = mapping::additions(&desired.mappings, found);
        Self { index, differences, additions }
    }

    /// How far the index is from what the code wants.
    #[must_use]
    pub fn kind(&self) -> DriftKind {
        let any = |effect| self.differences.iter().any(|difference| difference.effect == effect);
        match () {
            () if any(Effect::Fixed) => DriftKind::NeedsReindex,
            () if any(Effect::Lacking) => DriftKind::Additive,
            () if any(Effect::Changeable) => DriftKind::Changed,
            () if any(Effect::Extra) => DriftKind::Newer,
            () => DriftKind::InSync,
        }
    }

    /// The mapping that adds what is missing, for `PUT <index>/_mapping`; `None` if nothing is missing. It changes
    /// nothing that is there.
    #[must_use]
    pub fn additions(&self) -> Option<Value> {
        self.additions.as_ref().map(|(mapping, _)| mapping.clone().into())
    }

    /// The paths of the fields that [`additions`](Self::additions) adds.
    #[must_use]
    pub fn added_fields(&self) -> Vec<String> {
        self.additions.as_ref().map(|(_, paths)| paths.clone()).unwrap_or_default()
    }

    /// The differences that adding fields does not mend: the index keeps them until it expires or is reindexed.
    pub fn unmendable(&self) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(|difference| matches!(difference.effect, Effect::Fixed | Effect::Changeable))
    }
}

/// The name of the index and the kind, then a line for each difference.
impl fmt::Display for IndexDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "index `{}`: {}", self.index, self.kind())?;
        self.differences.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
    }
}
