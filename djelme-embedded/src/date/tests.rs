//! What Elasticsearch makes of dates.
