//! Helpers for the tests of programs that have record types of their own.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::mapping::{self, FieldMapping, Property};
use crate::record::Record;

/// The keys that the record writes and its mapping does not have, by their paths with dots: each of them would make
/// Elasticsearch refuse the document. Empty for a sound type.
///
/// The derives keep mapping and documents in step as far as they can see; what they cannot see is a `Serialize` written
/// by hand, or one that a field's own type brings along. Give it a record in which every option is filled and no list
/// is empty. A record that does not serialize at all gives the error as its only "key".
///
/// ```
/// use djelme_core::testing::unmapped_keys;
/// # use djelme_core::mapping::{FieldMapping, Property};
/// # use djelme_core::record::{Properties, Record, RecordTime};
/// # use djelme_core::record_type::{RecordKind, RecordType};
/// # use djelme_core::options::TypeOptions;
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct View { page: String, visitor: Visitor }
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct Visitor { name: String }
/// # impl Properties for View {
/// #     const PROPERTIES: &'static [Property] = &[
/// #         Property::field("page", FieldMapping::new("keyword")),
/// #         Property::field("visitor", FieldMapping::new("object")),
/// #     ];
/// #     const DEPTH: usize = 2;
/// #     type Fields = ();
/// #     fn fields_at(_: djelme_core::field::FieldPath) {}
/// # }
/// # impl Record for View {
/// #     const TYPE: &'static RecordType =
/// #         &RecordType::derived(RecordKind::Event, "View", "View", TypeOptions::NONE, Self::PROPERTIES);
/// #     fn time(&self) -> RecordTime { RecordTime::Now }
/// # }
/// // An object whose mapping has no `name`:
/// let view = View { page: "/".into(), visitor: Visitor { name: "Ada".into() } };
/// assert_eq!(unmapped_keys(&view), ["visitor.name"]);
/// ```
#[must_use]
pub fn unmapped_keys<R: Record>(record: &R) -> Vec<String> {
    let mut unmapped = BTreeSet::new();
    match serde_json::to_value(record) {
        Ok(document) => walk("", &document, R::PROPERTIES, &mut unmapped),
        Err(error) => drop(unmapped.insert(format!("the record does not serialize: {error}"))),
    }
    unmapped.into_iter().collect()
}

fn walk(above: &str, value: &Value, properties: &[Property], unmapped: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| walk(above, item, properties, unmapped)),
        Value::Object(object) => {
            for (key, value) in object {
                let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
                match field(properties, key) {
                    None => drop(unmapped.insert(path)),
                    Some(FieldMapping { es_type: "object" | "nested", properties, .. }) => {
                        walk(&path, value, properties, unmapped);
                    }
                    // What lies in a field of values is its own affair, such as the leaves of `flattened`.
                    Some(_) => {}
                }
            }
        }
        _ => {}
    }
}

fn field<'a>(properties: &'a [Property], key: &str) -> Option<&'a FieldMapping> {
    let mut found = None;
    mapping::each_field(properties, &mut |name, mapping| {
        if name == key {
            found = Some(mapping);
        }
    });
    found
}
