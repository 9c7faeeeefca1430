//! What a counted usage must say.

use super::{CountedUsage, check_iri};
use crate::compat::Compat;
use crate::document::RecordProblem;

/// Checks that a counted usage names its platform and its item, and that whatever it names is an absolute IRI.
/// `database_iri` may be empty, for items that belong to none.
///
/// The Python package takes any text, so a type that it shares is checked only for what is blank.
///
/// # Errors
/// The first field that is blank or has another form.
pub fn check_usage(usage: &CountedUsage, compat: Option<Compat>) -> Result<(), RecordProblem> {
    let required = [("platform_iri", &usage.platform_iri), ("item_iri", &usage.item_iri)];
    let database = Some(("database_iri", &usage.database_iri)).filter(|(_, iri)| !iri.is_empty());
    let within = usage.within_iris.iter().map(|iri| ("within_iris", iri));
    required.into_iter().chain(database).chain(within).try_for_each(|(field, iri)| match check_iri(iri) {
        Err(reason) if compat.is_none() || iri.trim().is_empty() => {
            Err(RecordProblem { field: field.to_owned(), reason: reason.to_owned() })
        }
        _ => Ok(()),
    })
}
