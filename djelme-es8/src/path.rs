//! Paths: percent-encoding, and names that must mean exactly one thing.

use djelme_core::{BackendError, Error, ErrorKind, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but letters, digits and `- . _ ~`.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// As [`NAME`], with the two signs that are syntax in index expressions: `*` and `,`.
const EXPRESSION: &AsciiSet = &NAME.remove(b'*').remove(b',');

/// What Elasticsearch allows in no index name. As part of a path it would mean something else than one index.
const NOT_IN_NAMES: [char; 12] = ['\\', '/', '*', '?', '"', '<', '>', '|', ' ', ',', '#', ':'];

/// The name of one index or template as a segment of a path.
pub(crate) fn exact(name: &str) -> Result<String> {
    let problem = if name.is_empty() {
        Some("it is empty".to_owned())
    } else if name == "." || name == ".." || name.starts_with(['_', '-', '+']) {
        Some("a name is not `.` or `..` and does not start with `_`, `-` or `+`".to_owned())
    } else {
        name.chars().find(|letter| NOT_IN_NAMES.contains(letter)).map(|letter| format!("it holds `{letter}`"))
    };
    match problem {
        Some(problem) => Err(not_sent(&format!("`{name}` is not an exact name: {problem}"))),
        None => Ok(utf8_percent_encode(name, NAME).to_string()),
    }
}

/// A document's id as a segment of a path; any id but `.` and `..` arrives as it is.
pub(crate) fn id(id: &str) -> String {
    utf8_percent_encode(id, NAME).to_string()
}

/// An index pattern, or several expressions divided by commas, as a segment of a path.
pub(crate) fn expression(pattern: &str) -> Result<String> {
    if pattern.is_empty() {
        // An empty segment would mean all indexes of the cluster.
        return Err(not_sent("an index pattern cannot be empty"));
    }
    Ok(utf8_percent_encode(pattern, EXPRESSION).to_string())
}

fn not_sent(problem: &str) -> Error {
    BackendError::new(ErrorKind::BadRequest, format!("{problem} (nothing was sent)")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_and_keep_their_dots() {
        assert_eq!(exact("shop_pageview_2026.2.").unwrap(), "shop_pageview_2026.2.");
        assert_eq!(exact("é%&+=;@").unwrap(), "%C3%A9%25%26%2B%3D%3B%40");
        assert_eq!(expression("a_b_2026.*,a_b_é").unwrap(), "a_b_2026.*,a_b_%C3%A9");
    }

    #[test]
    fn what_is_not_one_name_is_refused() {
        for name in
            ["", "*", "a*", "a,b", "_all", "-a", "+a", ".", "..", "a?", "<a-{now/d}>", "a/b", "a b", "c:d"]
        {
            let error = exact(name).unwrap_err();
            assert_eq!(error.backend_kind(), Some(ErrorKind::BadRequest), "{name}");
        }
        expression("").unwrap_err();
    }

    #[test]
    fn ids_are_encoded_whatever_they_hold() {
        assert_eq!(id("a%#?&+/`é ü"), "a%25%23%3F%26%2B%2F%60%C3%A9%20%C3%BC");
    }
}
