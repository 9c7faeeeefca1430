//! Names of fields: how they make paths, and which of them no field can have.

use super::params::refused;
use crate::error::Refusal;

pub(super) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

pub(super) fn check_name(name: &str) -> Result<&str, Refusal> {
    if name.is_empty() {
        return Err(refused("field name cannot be an empty string".to_owned()));
    }
    if name.trim().is_empty() {
        return Err(refused("field name cannot contain only whitespaces".to_owned()));
    }
    Ok(name)
}

/// Names that Elasticsearch or the engine itself has taken, and characters that the engine sets between names.
pub(super) fn check_path(path: &str) -> Result<(), Refusal> {
    const TAKEN: [&str; 12] = [
        "_id",
        "_index",
        "_source",
        "_field_names",
        "_ignored",
        "_seq_no",
        "_routing",
        "_version",
        "_doc_count",
        "_tier",
        "_nested_path",
        "_ignored_source",
    ];
    if TAKEN.contains(&path) {
        return Err(Refusal::new(
            400,
            "mapper_parsing_exception",
            format!("Field [{path}] is defined more than once"),
        ));
    }
    if path == super::UID || path.contains(['\0', '\u{1}', '\\']) {
        return Err(Refusal::unsupported(format_args!("the field name [{}]", path.escape_debug())));
    }
    Ok(())
}
