//! One record type with every Elasticsearch type and their parameters: what the server makes of them is no drift.

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use djelme::backend::Backend as _;
use djelme::mapping::Property;
use djelme::record_type::RecordType;
use djelme::setup::TemplateChange;
use djelme::{EventRecord, Properties, Record as _};
use djelme_tests::server::{TestDjelme, es8, left_out};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Properties)]
struct Inner {
    name: String,
    #[djelme(text(analyzer = "folded", norms = false, fields(raw = keyword(ignore_above = 20))))]
    note: String,
    #[djelme(object(enabled = false))]
    deeper: Option<Deeper>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Properties)]
struct Deeper {
    x: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month", recordtype_name = "everything")]
#[djelme(settings(
    number_of_shards = 2,
    number_of_replicas = 0,
    auto_expand_replicas = false,
    refresh_interval = "-1",
    "index.codec" = "best_compression",
    "mapping.total_fields.limit" = 2000,
    mapping(coerce = false, nested_fields(limit = 60)),
    index(max_ngram_diff = 4, query(default_field = ["plain", "body"])),
    "sort.field" = ["plain", "number"],
    "sort.order" = ["asc", "desc"]
))]
#[djelme(analysis(
    analyzer(
        folded(tokenizer = "standard", filter = ["lowercase", "asciifolding", "few"]),
        grams(type = "custom", tokenizer = "grammed", char_filter = ["amp"], position_increment_gap = 50),
        stopped(type = "standard", stopwords = ["a", "the"], max_token_length = 200)
    ),
    normalizer(lower(type = "custom", filter = ["lowercase"])),
    tokenizer(grammed(type = "ngram", min_gram = 2, max_gram = 4, token_chars = ["letter", "digit"])),
    filter(few(type = "length", min = 1, max = 50), folding(type = "asciifolding", preserve_original = true)),
    char_filter(amp(type = "mapping", mappings = ["& => and"]))
))]
struct Everything {
    plain: String,
    #[djelme(keyword(
        ignore_above = 50,
        normalizer = "lower",
        null_value = "none",
        doc_values = true,
        index = true,
        norms = false,
        store = true,
        eager_global_ordinals = true,
        split_queries_on_whitespace = true,
        index_options = "docs",
        similarity = "boolean",
        meta(unit = "x"),
        copy_to = "body"
    ))]
    word: Option<String>,
    #[djelme(keyword(copy_to = ["body", "folded"], doc_values = false))]
    copied: String,
    #[djelme(text(analyzer = "grams", search_analyzer = "standard", search_quote_analyzer = "standard", fielddata = false, index_options = "offsets", norms = true, position_increment_gap = 10, store = false, term_vector = "with_positions_offsets", similarity = "BM25", index_prefixes(min_chars = 1, max_chars = 10), index_phrases = true, eager_global_ordinals = false, meta(a = "b"), fields(raw = keyword(ignore_above = 256), english = text(analyzer = "english"), length = keyword(normalizer = "lower"))))]
    body: String,
    #[djelme(text(
        analyzer = "folded",
        fielddata = true,
        fielddata_frequency_filter(min = 0.01, max = 0.5, min_segment_size = 5),
        index_prefixes()
    ))]
    folded: String,
    #[djelme(text(analyzer = "stopped", index = false))]
    unindexed: String,
    #[djelme(match_only_text(meta(a = "b")))]
    log: String,
    #[djelme(wildcard(ignore_above = 1000, null_value = "none"))]
    path: String,
    #[djelme(constant_keyword(value = "web"))]
    site: String,
    #[djelme(constant_keyword)]
    open_site: String,
    #[djelme(byte(coerce = false, null_value = 1))]
    tiny: Option<i8>,
    #[djelme(short(ignore_malformed = true, index = false))]
    small: i16,
    #[djelme(integer(null_value = 0, store = true, doc_values = true))]
    number: Option<i32>,
    #[djelme(long(coerce = true, index = false, time_series_metric = "gauge"))]
    large: i64,
    #[djelme(unsigned_long(null_value = 5))]
    huge: u64,
    #[djelme(half_float(coerce = false))]
    half: f32,
    single: f32,
    #[djelme(double(null_value = 1.0, ignore_malformed = false))]
    wide: f64,
    #[djelme(scaled_float(scaling_factor = 100, coerce = false))]
    money: f64,
    #[djelme(scaled_float(scaling_factor = 10.0, null_value = 2))]
    tenths: f64,
    #[djelme(date(
        format = "strict_date_optional_time||epoch_second",
        locale = "de",
        null_value = "2020-01-01",
        ignore_malformed = true
    ))]
    day: DateTime<Utc>,
    #[djelme(date(format = "strict_date_optional_time", locale = "en_US"))]
    other_day: DateTime<Utc>,
    #[djelme(date(locale = "ROOT", store = true))]
    root_day: DateTime<Utc>,
    #[djelme(date_nanos)]
    nanos: DateTime<Utc>,
    #[djelme(date_nanos(format = "strict_date_optional_time_nanos"))]
    formatted_nanos: DateTime<Utc>,
    #[djelme(boolean(null_value = false))]
    flag: Option<bool>,
    #[djelme(boolean(index = false, null_value = "true"))]
    text_flag: Option<bool>,
    #[djelme(ip(null_value = "::1", ignore_malformed = true))]
    address: Option<IpAddr>,
    #[djelme(ip(null_value = "0:0:0:0:0:0:0:1"))]
    long_address: Option<IpAddr>,
    #[djelme(version(meta(a = "b")))]
    release: String,
    #[djelme(flattened(
        depth_limit = 5,
        ignore_above = 100,
        null_value = "none",
        eager_global_ordinals = true,
        index_options = "freqs",
        split_queries_on_whitespace = true,
        similarity = "boolean",
        doc_values = true
    ))]
    labels: BTreeMap<String, Value>,
    more: Value,
    #[djelme(geo_point(ignore_z_value = false, ignore_malformed = true, null_value = "0,0"))]
    place: Value,
    #[djelme(geo_point(null_value(lat = 1.5, lon = 2)))]
    other_place: Value,
    #[djelme(binary(store = true, doc_values = true))]
    blob: String,
    #[djelme(binary)]
    other_blob: String,
    #[djelme(object(dynamic = false, subobjects = true))]
    inner: Inner,
    #[djelme(object(dynamic = "true"))]
    open: Inner,
    #[djelme(nested(include_in_parent = true, dynamic = "strict"))]
    list: Vec<Inner>,
    #[djelme(nested(include_in_root = true))]
    other_list: Vec<Inner>,
    #[djelme(long(script(lang = "painless", source = "emit(1)"), on_script_error = "continue"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    computed: Option<i64>,
    #[djelme(keyword(script(source = "emit('a')")))]
    #[serde(skip_serializing_if = "Option::is_none")]
    computed_word: Option<String>,
    #[djelme(keyword(time_series_dimension = true))]
    dimension: String,
    #[djelme(params(type = "integer_range", coerce = false))]
    span: Value,
    #[djelme(params(type = "date_range", format = "yyyy-MM-dd"))]
    dates: Value,
    #[djelme(params(type = "rank_feature", positive_score_impact = false))]
    rank: f64,
    #[djelme(params(type = "search_as_you_type", max_shingle_size = 3))]
    typed: String,
    #[djelme(params(
        type = "completion",
        analyzer = "simple",
        preserve_separators = true,
        preserve_position_increments = true,
        max_input_length = 50
    ))]
    completion: String,
    #[djelme(params(type = "token_count", analyzer = "standard"))]
    tokens: String,
    #[djelme(params(type = "dense_vector", dims = 3))]
    vector: Value,
    #[djelme(params(type = "sparse_vector"))]
    sparse: Value,
    #[djelme(params(type = "geo_shape", orientation = "right"))]
    shape: Value,
    #[djelme(params(type = "histogram"))]
    histogram: Value,
    #[djelme(params(type = "join", relations(question = ["answer", "comment"])))]
    join: Value,
    #[djelme(params(type = "aggregate_metric_double", metrics = ["min", "max"], default_metric = "max"))]
    metric: Value,
}

/// The type without the fields whose types the server lacks.
async fn known_to_the_server() -> RecordType {
    let mut types = Vec::new();
    Everything::TYPE.each_field(|_, mapping| types.push(mapping.es_type));
    let lacking = es8().unwrap().lacking_field_types(&types).await.unwrap();
    lacking.iter().for_each(|field_type| left_out(field_type));
    let mut everything = Everything::TYPE.clone();
    everything.properties.to_mut().retain(|property| match property {
        Property::Field { mapping, .. } => !lacking.iter().any(|name| name == mapping.es_type),
        Property::Base(_) => true,
    });
    everything
}

#[tokio::test]
async fn setting_up_twice_changes_nothing_and_check_is_in_sync() {
    let test = TestDjelme::new("everything", [known_to_the_server().await]).unwrap();
    let first = test.djelme.setup().await.unwrap();
    assert_eq!(first.types[0].change, TemplateChange::Created);
    let index = format!("{}shop_everything_2026.1.", test.prefix);
    crate::support::must("PUT", &format!("/{index}"), Some(&json!({}))).await;
    let check = test.djelme.check().await.unwrap();
    assert!(check.types[0].template.differences.is_empty(), "{check}");
    assert_eq!(check.types[0].indexes.len(), 1);
    assert!(check.types[0].indexes.iter().all(|index| index.differences.is_empty()), "{check}");
    let second = test.djelme.setup().await.unwrap();
    assert_eq!(second.changes(), [""; 0]);
    assert!(second.types[0].warnings.is_empty(), "{second}");
    test.clean().await.unwrap();
}
