//! From a document to its record, with the field in the error if it is none.

use serde::de::Error as _;
use serde_json::{Map, Value, json};

use crate::mapping::{self, Property};
use crate::record::Record;

/// The record of a document.
///
/// # Errors
/// What was found instead of what, with the path of the field; a missing field is named by serde.
pub(super) fn record<R: Record>(source: &[u8]) -> serde_json::Result<R> {
    let (path, error) = match with_path::<R>(source) {
        Ok(record) => return Ok(record),
        Err(failed) => failed,
    };
    let of_field = |(path, error)| serde_json::Error::custom(format!("`{path}`: {error}"));
    Err(match path {
        Some(path) => of_field((path, error.to_string())),
        None => flattened_culprit::<R>(source).map_or(error, of_field),
    })
}

/// The record, or the error and the path of the field, if serde knows it.
fn with_path<R: Record>(source: &[u8]) -> Result<R, (Option<String>, serde_json::Error)> {
    let deserializer = &mut serde_json::Deserializer::from_slice(source);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = Some(error.path().to_string()).filter(|path| path != ".");
        (path, error.into_inner())
    })
}

/// The field of a flattened struct that does not decode, and why. serde has forgotten the path when it comes to such
/// fields, so each is replaced by what no field takes: only where that makes another error, the field was looked at
/// before the error, or is the one at fault. The last of those is the culprit. Fields of one struct are looked at
/// in the order of the document, structs in the order of declaration.
fn flattened_culprit<R: Record>(source: &[u8]) -> Option<(String, String)> {
    let mut document: Map<String, Value> = serde_json::from_slice(source).ok()?;
    // What is missing is looked for last of all, and named in the message.
    let error = why_not::<R>(&document).filter(|error| !error.starts_with("missing field"))?;
    let mut culprit = None;
    for property in R::PROPERTIES {
        let Property::Base(inner) = property else { continue };
        let mut names = Vec::new();
        mapping::each_field(inner, &mut |name, _| names.push(name));
        let present: Vec<String> =
            document.keys().filter(|key| names.contains(&key.as_str())).cloned().collect();
        for name in present {
            let found = document.insert(name.clone(), json!({ "": [] }))?;
            let changes = why_not::<R>(&document).as_ref() != Some(&error);
            document.insert(name.clone(), found);
            if changes {
                culprit = Some(name);
            }
        }
    }
    Some((culprit?, error))
}

/// Why a document does not decode.
fn why_not<R: Record>(document: &Map<String, Value>) -> Option<String> {
    R::deserialize(document).err().map(|error| error.to_string())
}
