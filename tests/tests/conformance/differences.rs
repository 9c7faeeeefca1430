//! Where the embedded engine and Elasticsearch differ, and why that stays so. A case that is listed and agrees fails
//! the suite, so that the list is never longer than the truth.

/// Cases that differ for one reason.
#[derive(Debug)]
pub(crate) struct Listed {
    /// The reason.
    #[expect(dead_code, reason = "for those who read this file")]
    pub(crate) reason: &'static str,
    /// `topic: name of the case`.
    pub(crate) cases: &'static [&'static str],
}

/// Keys of hits that are not compared, and why.
pub(crate) const NOT_COMPARED: &[(&str, &str)] = &[
    ("_ignored", "the embedded engine does not say which fields of a document it ignored"),
    ("_seq_no", "numbers of Elasticsearch's own, which count otherwise in each store"),
    ("_primary_term", "as _seq_no"),
];

/// What the embedded engine refuses, or answers otherwise.
pub(crate) const DIFFERENCES: &[Listed] = &[];

/// Where Elasticsearch 8 and 9 differ from each other. The embedded engine agrees with one of them.
pub(crate) const VERSIONS: &[Listed] = &[];
