//! The words in which Elasticsearch refuses a single document, for [`Rule::refuse`](crate::Rule::refuse).

use djelme_core::outcome::Rejection;

/// A refusal with these parts.
#[must_use]
pub fn refusal(status: u16, error_type: &str, reason: &str) -> Rejection {
    Rejection { status, error_type: error_type.to_owned(), reason: reason.to_owned() }
}

/// The write queue is full (429). Tried again, it may succeed.
#[must_use]
pub fn busy() -> Rejection {
    refusal(429, "es_rejected_execution_exception", "rejected execution of primary operation")
}

/// No copy of the shard can be written just now (503). Tried again, it may succeed.
#[must_use]
pub fn no_active_shard() -> Rejection {
    refusal(503, "unavailable_shards_exception", "primary shard is not active Timeout: [1m]")
}

/// The server stumbled over the document (500).
#[must_use]
pub fn server_fault() -> Rejection {
    refusal(500, "null_pointer_exception", "scripted fault")
}

/// A value does not fit its field (400). It never will.
#[must_use]
pub fn bad_document() -> Rejection {
    refusal(400, "document_parsing_exception", "[1:2] failed to parse field [n] of type [long]")
}

/// The mapping lacks a field (400).
#[must_use]
pub fn unknown_field(field: &str) -> Rejection {
    let (parent, name) = field.rsplit_once('.').unwrap_or(("_doc", field));
    let reason = format!(
        "[1:2] mapping set to strict, dynamic introduction of [{name}] within [{parent}] is not allowed"
    );
    refusal(400, "strict_dynamic_mapping_exception", &reason)
}

/// The index is blocked for writes (403).
#[must_use]
pub fn write_blocked(index: &str) -> Rejection {
    let reason = format!("index [{index}] blocked by: [FORBIDDEN/8/index write (api)];");
    refusal(403, "cluster_block_exception", &reason)
}

/// The disk of the server is nearly full (429).
#[must_use]
pub fn disk_full(index: &str) -> Rejection {
    let reason = format!(
        "index [{index}] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has \
         read-only-allow-delete block; for more information, see \
         https://www.elastic.co/guide/en/elasticsearch/reference/8.19/disk-usage-exceeded.html];"
    );
    refusal(429, "cluster_block_exception", &reason)
}

/// The index is closed (400).
#[must_use]
pub fn index_closed() -> Rejection {
    refusal(400, "index_closed_exception", "closed")
}

/// The cluster may hold no more shards (400).
#[must_use]
pub fn shard_limit() -> Rejection {
    let reason = "Validation Failed: 1: this action would add [2] shards, but this cluster currently has [1000]/[1000] \
         maximum normal shards open;";
    refusal(400, "validation_exception", reason)
}
