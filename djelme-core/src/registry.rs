//! The record types that are linked into the program; the derives register each.

use crate::record_type::RecordType;

/// An entry of the link-time list.
#[derive(Debug)]
pub struct Registered(pub &'static RecordType);

inventory::collect!(Registered);

/// All record types linked into the program, by app label and name.
///
/// A type in a crate that the program never mentions is not linked, and so is not here: `use my_records as _;`.
#[must_use]
pub fn record_types() -> Vec<&'static RecordType> {
    let mut types: Vec<_> =
        inventory::iter::<Registered>.into_iter().map(|registered| registered.0).collect();
    types.sort_by_key(|record_type| (&record_type.app_label, &record_type.name, &record_type.rust_name));
    types
}
