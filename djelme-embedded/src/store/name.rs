//! Names of indexes and ids of documents, refused where Elasticsearch refuses them.

use crate::error::Refusal;

/// What stands in no index name, as Elasticsearch lists it.
pub(crate) const FORBIDDEN: [char; 10] = [' ', '"', '*', ',', '/', '<', '>', '?', '\\', '|'];
/// The same, in its words.
pub(crate) const FORBIDDEN_WORDS: &str = r#"[' ','"','*',',','/','<','>','?','\','|']"#;
const LONGEST_NAME: usize = 255;
const LONGEST_ID: usize = 512;

/// Whether an index can have this name.
pub(crate) fn check_index(name: &str) -> Result<(), Refusal> {
    let problem = if name.is_empty() {
        "must not be empty".to_owned()
    } else if name.contains(FORBIDDEN) {
        format!("must not contain the following characters {FORBIDDEN_WORDS}")
    } else if name.contains('#') {
        "must not contain '#'".to_owned()
    } else if name.contains(':') {
        "must not contain ':'".to_owned()
    } else if name.starts_with(['_', '-', '+']) {
        "must not start with '_', '-', or '+'".to_owned()
    } else if name.len() > LONGEST_NAME {
        format!("index name is too long, ({} > {LONGEST_NAME})", name.len())
    } else if name == "." || name == ".." {
        "must not be '.' or '..'".to_owned()
    } else if name.to_lowercase() != name {
        "must be lowercase".to_owned()
    } else {
        return Ok(());
    };
    Err(Refusal::new(400, "invalid_index_name_exception", format!("Invalid index name [{name}], {problem}")))
}

/// Whether a document can have this id.
pub(crate) fn check_id(id: &str) -> Result<(), Refusal> {
    if id.is_empty() {
        return Err(Refusal::illegal("if _id is specified it must not be empty"));
    }
    if id.len() > LONGEST_ID {
        let reason =
            format!("id [{id}] is too long, must be no longer than {LONGEST_ID} bytes but was: {}", id.len());
        return Err(Refusal::illegal(reason));
    }
    Ok(())
}
