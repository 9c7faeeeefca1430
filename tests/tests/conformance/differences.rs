//! Where the embedded engine and Elasticsearch differ, and why that stays so. A case that is listed and agrees fails
//! the suite, so that the list is never longer than the truth.

/// What the embedded engine does in such a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ours {
    /// It refuses; an answer would be a failure.
    Refused,
    /// It answers.
    Answered,
}

/// Cases that differ for one reason.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) ours: Ours,
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
pub(crate) const DIFFERENCES: &[Listed] = &[
    Listed {
        ours: Ours::Refused,
        reason: "queries that the embedded engine does not have; refused by name",
        cases: &[
            "query_bool: a boost and a name",
            "query_bool: names of what matched",
            "query_bool: function_score",
            "query_bool: a wrapped query",
            "query_match: multi_match across fields",
            "query_match: combined_fields",
            "query_match: intervals",
            "query_match: more_like_this",
        ],
    },
    Listed {
        ours: Ours::Refused,
        reason: "keys of a search that the embedded engine does not have; refused by name",
        cases: &[
            "query_dates: formatted as they are",
            "search_size: terminate_after",
            "search_size: stats",
            "search_size: collapse",
            "search_size: rescore",
            "search_size: suggest",
            "search_size: runtime_mappings",
            "search_size: indices_boost",
            "search_source: versions",
            "search_source: fields",
            "search_source: fields with a format",
            "search_source: docvalue_fields",
            "search_source: stored_fields",
            "search_source: script_fields",
            "search_source: highlight",
            "aggs_hits: with versions",
            "aggs_hits: with fields",
            "store_versions: then the new one is found",
            "store_versions: found after it is visible",
            "store_versions: versions",
        ],
    },
    Listed {
        ours: Ours::Refused,
        reason: "the embedded engine takes one of both names, where Elasticsearch drops one of the two silently",
        cases: &["search_size: both names of aggregations"],
    },
    Listed {
        ours: Ours::Refused,
        reason: "orders by scripts and distances, and nanoseconds; refused by name",
        cases: &["search_sort: dates as nanoseconds", "search_sort: by a script", "search_sort: by distance"],
    },
    Listed {
        ours: Ours::Refused,
        reason: "a search that one index refuses is refused as a whole, also where a part of the answer is allowed",
        cases: &[
            "search_indexes: the same, in part",
            "search_indexes: a term that one of them cannot read, in part",
            "search_indexes: a count of what one of them cannot read",
            "search_indexes: a count of what one of them cannot read, in part",
        ],
    },
    Listed {
        ours: Ours::Refused,
        reason: "Elasticsearch does not look at the bounds of a field that no document has; the embedded engine does",
        cases: &["search_size: a count with a malformed query"],
    },
    Listed {
        ours: Ours::Refused,
        reason: "date formats beyond years, months, days and times; refused by name",
        cases: &[
            "query_dates: formats in a query",
            "query_dates: a format of weeks",
            "query_dates: a format by name",
            "aggs_dates: a format by name",
            "aggs_dates: keyed with a format",
            "aggs_dates: a format of weeks",
            "aggs_dates: a format with a zone",
        ],
    },
    Listed {
        ours: Ours::Answered,
        reason: "Elasticsearch counts the values of a key of a flattened field as none",
        cases: &["query_objects: cardinality of a key"],
    },
    Listed {
        ours: Ours::Refused,
        reason: "Elasticsearch fails with status 500 and a null pointer; the embedded engine refuses",
        cases: &["aggs_numbers: global below", "aggs_composite: a size of zero"],
    },
    Listed {
        ours: Ours::Refused,
        reason: "aggregations that the embedded engine does not have; refused by name",
        cases: &[
            "aggs_dates: an automatic interval",
            "aggs_metrics: scripted_metric",
            "aggs_metrics: matrix_stats",
            "aggs_numbers: ip_range",
            "aggs_numbers: sampler",
            "aggs_numbers: adjacency_matrix",
            "aggs_numbers: ip_prefix",
            "aggs_pipelines: bucket_script",
            "aggs_pipelines: bucket_selector",
            "aggs_terms: rare terms",
            "aggs_terms: significant terms",
        ],
    },
    Listed {
        ours: Ours::Refused,
        reason: "the least and the greatest of all longs in one field, beside documents without a value, are one number \
                 too many for the embedded engine; refused",
        cases: &["aggs_composite: missing buckets beside all longs"],
    },
    Listed {
        ours: Ours::Answered,
        reason: "where the query is a range of the first source's field and nothing else, Elasticsearch reads the values \
                 within the range from its index and leaves out the others that a document has; beside any other query \
                 it counts them, as the embedded engine always does",
        cases: &["aggs_composite: a range of the field of the only source"],
    },
    Listed {
        ours: Ours::Refused,
        reason: "scripts, and percentiles of the HDR histogram; refused by name",
        cases: &[
            "aggs_metrics: a script",
            "aggs_metrics: percentiles by another method",
            "aggs_terms: a script",
        ],
    },
    Listed {
        ours: Ours::Refused,
        reason: "types and parameters of mappings that the embedded engine does not have; refused by name at set-up",
        cases: &[
            "schema_templates: queries split at spaces are known",
            "schema_templates: gaps between values are known",
            "schema_templates: nanoseconds are known",
            "schema_templates: nested is known",
            "schema_templates: places are known",
            "schema_templates: aliases are known",
            "schema_templates: ranges are known",
            "schema_templates: a script is known",
            "schema_templates: vectors are known",
            "schema_templates: fielddata is known",
            "schema_templates: fields by themselves are known",
            "schema_templates: runtime fields are known",
            "schema_templates: patterns of fields are known",
            "schema_templates: no source is known",
            "schema_templates: routing is known",
        ],
    },
    Listed {
        ours: Ours::Refused,
        reason: "malformed mappings that Elasticsearch takes for empty ones; the embedded engine refuses them",
        cases: &[
            "schema_templates: properties that are a list",
            "schema_templates: a field that is a list",
            "schema_templates: a field whose name ends in a dot",
        ],
    },
    Listed {
        ours: Ours::Refused,
        reason: "values that the embedded engine cannot hold or does not read; refused document by document",
        cases: &["schema_stricter: half of a surrogate pair"],
    },
    Listed {
        ours: Ours::Refused,
        reason: "Elasticsearch refuses the whole batch for one id; the embedded engine refuses the one document",
        cases: &[
            "schema_stricter: an id that is too long",
            "schema_stricter: an id of too many bytes beside another",
        ],
    },
];

/// Where Elasticsearch 8 and 9 differ from each other. The embedded engine agrees with one of them.
pub(crate) const VERSIONS: &[Listed] = &[
    Listed {
        ours: Ours::Refused,
        reason: "the old names of bounds are gone in 9",
        cases: &["query_range: the old names of bounds"],
    },
    Listed {
        ours: Ours::Answered,
        reason: "8 writes a missing date as the last possible instant, 9 as null",
        cases: &["search_sort: dates with a format, some missing"],
    },
];
